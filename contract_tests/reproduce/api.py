"""What the Python scripts of findings use: it judges a law, or the responses to some requests, once more.

The settings come from the environment: TOKEN, BASE_URL … or, as for a run, DEALS_TOKEN, DEALS_BASE_URL …
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from string import Template
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import parse_qs

from contract_tests.client.client import Client
from contract_tests.client.created import MAKERS, made_id
from contract_tests.client.errors import NoResponseError, UnreachableError
from contract_tests.client.exchange import Exchange
from contract_tests.client.sending import Sending
from contract_tests.client.tokens import VARIABLES, header_variable
from contract_tests.laws import all_laws
from contract_tests.run.law_runner import judge_law, rule_names
from contract_tests.run.suite import CouldNotRunError, Suite
from contract_tests.settings.options import OPTIONS, SettingsError
from contract_tests.settings.settings import Settings
from contract_tests.verdict.checks import ALWAYS_RESPONDS
from contract_tests.verdict.findings import Finding, Kind
from deals_spec import ContractError

SHOWS: Final = 1
DOES_NOT_SHOW: Final = 0
COULD_NOT_RUN: Final = 2
VERDICTS: Final = {SHOWS: "The fault shows.", DOES_NOT_SHOW: "The fault does not show."}
OF_A_RUN: Final = frozenset(  # options that would change which requests are sent
    {"only", "skip", "read-only", "max-time", "har", "keep", "waivers", "update-waivers"}
    | {"compare", "report-dir", "stop-early", "strict", "workers", "min-judged"}
)
NONE: Final[Mapping[str, str]] = MappingProxyType({})
Judge = Callable[[Suite], bool]
Steps = Callable[["Api"], object]


class Api:
    """The server under test, to which the steps of a script send requests.

    In all texts, $run stands for the id of the run, $TOKEN for a token, and other names for what was kept.
    """

    def __init__(self, suite: Suite) -> None:
        self._client = suite.client
        run = suite.run_id  # marks everything that is made here
        self._values = {"run": run, "RUN": run.upper(), "Run": run.capitalize(), **_secrets(suite.client)}

    def send(
        self,
        method: str,
        path: str,
        body: str | bytes | None = None,
        *,
        as_: str = "me",
        headers: Mapping[str, str] | None = None,
        file: tuple[str, bytes, str] | None = None,
    ) -> Exchange:
        """Send a request; what it makes is deleted at the end."""
        path, _, query = self._filled(path).partition("?")
        filled = {name: self._filled(value) for name, value in (headers or {}).items()}
        if isinstance(body, str):
            filled = {"Content-Type": "application/json", **filled}
        how: Sending = {"query": parse_qs(query, keep_blank_values=True), "headers": filled}
        if body is not None:
            how["data"] = self._bytes(body)
        if file is not None:
            how["files"] = {"file": (file[0], self._bytes(file[1]), file[2])}
        return self._client.send(method, path, as_=as_, **how)

    def make(self, name: str, method: str, path: str, body: str | bytes | None = None, **how: Any) -> None:
        """Send a request that must make a record, and keep its id under a name."""
        exchange = self.send(method, path, body, **how)
        if not self.keep(name, exchange):
            raise CouldNotRunError(f"{method} {exchange.path} returned {exchange.status}, and no id")

    def keep(self, name: str, exchange: Exchange) -> bool:
        """Keep the id of the record that a request has made; returns whether it has made one."""
        id = made_id(exchange.json, MAKERS.get(exchange.operation_id or "", "")) if exchange.ok else None
        self._values[name] = str(id)
        return id is not None

    def _filled(self, text: str) -> str:
        try:
            return Template(text).substitute(self._values)
        except KeyError as error:
            raise CouldNotRunError(f"set {error.args[0]}") from error

    def _bytes(self, content: str | bytes) -> bytes:
        if isinstance(content, str):
            return self._filled(content).encode("utf-8", "surrogatepass")
        return self._filled(content.decode("latin-1")).encode("latin-1")


def _secrets(client: Client) -> dict[str, str]:
    """The values that no script contains, by the names that stand for them."""
    found = {variable[1:]: client.people.get(person) for person, variable in VARIABLES.items()}
    parts = {
        f"{name}_{n}": part for name, t in found.items() for n, part in enumerate((t or "").split("."), 1)
    }
    headers = {header_variable(header)[1:]: value for header, value in client.settings.headers}
    texts = {"EMAIL": client.settings.email, "PASSWORD": client.settings.password}
    given = {name: json.dumps(text)[1:-1] if text else None for name, text in texts.items()}  # in JSON
    values: dict[str, str | None] = {**found, **parts, **headers, **given}
    return {name: value for name, value in values.items() if value}


def has(node: Any, name: str, value: Any) -> bool:
    """Whether a response shows this value in a field of this name."""
    if isinstance(node, dict):
        here = name in node and type(node[name]) is type(value) and node[name] == value
        return here or any(has(each, name, value) for each in node.values())
    return isinstance(node, list) and any(has(each, name, value) for each in node)


def show_law(law_id: str, *, after: Sequence[str] = (), headers: Iterable[str] = (), **defaults: str) -> int:
    """Judge one law, again and, if it still holds, after other laws; returns the exit status of the script.

    The second time a server may send what it has kept since the first, and what others wrote may decide.
    """

    def judge(suite: Suite) -> bool:
        laws = {each.id: each for each in all_laws(suite.contract)}
        if law_id not in laws:
            raise CouldNotRunError(f"this version of deals-contract has no law {law_id}")
        held = False
        for earlier in ((), (), after) if after else ((), ()):
            for each in (*(each for each in earlier if each in laws), law_id):
                judge_law(laws[each], suite)
            found = [each for each in suite.recorder.findings if each.rule == laws[law_id].name]
            if _say(found):
                return True
            held = held or not found
        if not held:
            raise CouldNotRunError(f"not judged: {found[0].reason}")
        return False

    return _show(judge, headers, defaults)


def show_check(steps: Steps, rule: str, claim: str, *, headers: Iterable[str] = (), **defaults: str) -> int:
    """Send the requests of the steps; returns the exit status of the script.

    The fault shows if the steps return so, or if a response breaks the rule in the same way.
    """

    def judge(suite: Suite) -> bool:
        api = Api(suite)
        try:
            outcome = steps(api)
        except UnreachableError:
            return rule == "not_a_server_error" and claim == ALWAYS_RESPONDS and suite.alive()
        same = [
            each
            for each in suite.recorder.findings
            if each.rule == rule and claim in (each.claim, each.cause) and each.kind is not Kind.NOT_JUDGED
        ]
        return bool(outcome) if outcome is not None else _say(same)

    return _show(judge, headers, defaults)


def _show(judge: Judge, headers: Iterable[str], defaults: Mapping[str, str]) -> int:
    try:
        suite = Suite(settings_from(os.environ, defaults, headers), rules=rule_names())
    except (SettingsError, ContractError) as error:
        return _could_not_run(str(error))
    try:
        suite.open()
        suite.client.observers.append(_print)
        result = SHOWS if judge(suite) else DOES_NOT_SHOW
    except (CouldNotRunError, NoResponseError) as error:
        return _could_not_run(suite.client.redact(str(error)))
    except Exception as error:  # a response that nobody has thought of shows nothing
        return _could_not_run(suite.client.redact(f"{type(error).__name__}: {error}"))
    finally:
        suite.close()
        for left in suite.left:
            print(f"not cleaned up: {left}", file=sys.stderr)
    print(VERDICTS[result])
    return result


def settings_from(
    environment: Mapping[str, str], defaults: Mapping[str, str] = NONE, headers: Iterable[str] = ()
) -> Settings:
    """The settings in an environment, in which TOKEN comes before DEALS_TOKEN."""
    environment = {**{f"DEALS_{name}": value for name, value in defaults.items()}, **environment}
    values: dict[str, Any] = {}
    for option in OPTIONS:
        for name in (option.variable, option.variable.removeprefix("DEALS_")):
            if option.name not in OF_A_RUN and environment.get(name):
                values[option.field] = option.read(environment[name], name)
    missing = [] if values.get("token") or values.get("email") else ["TOKEN"]
    if "headers" not in values:
        names = {header: header_variable(header)[1:] for header in headers}
        missing += [name for name in names.values() if not environment.get(name)]
        values["headers"] = tuple((header, environment.get(name, "")) for header, name in names.items())
    if missing:
        raise SettingsError(f"set {', '.join(missing)}")
    return Settings(**values)


def _say(findings: Iterable[Finding]) -> bool:
    """Print how a rule is broken; returns whether it is."""
    broken = [each for each in findings if each.kind is not Kind.NOT_JUDGED]
    for each in broken:
        print(f"  expected {each.expected}\n  received {each.received}")
    return bool(broken)


def _print(exchange: Exchange) -> None:
    print(f"{exchange.method} {exchange.path}: {exchange.status}")


def _could_not_run(reason: str) -> int:
    print(f"could not run: {reason}", file=sys.stderr)
    return COULD_NOT_RUN
