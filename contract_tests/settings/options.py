"""The options: defined once for the command line, the environment, the settings file and pytest."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

Reader = Callable[[Any], Any]


class SettingsError(Exception):
    """The settings are invalid."""


@dataclass(frozen=True)
class Option:
    """One option of a run."""

    name: str  # on the command line, without the dashes
    read_value: Reader
    help: str  # `{default}` stands for the default in `Settings`
    group: str
    metavar: str = ""  # empty for a switch
    secret: bool = False
    many: bool = False
    short: str = ""
    attribute: str = ""  # the name in Settings, if different

    @property
    def flag(self) -> str:
        """The long form on the command line."""
        return f"--{self.name}"

    @property
    def flags(self) -> tuple[str, ...]:
        """All forms on the command line."""
        return (self.short, self.flag) if self.short else (self.flag,)

    @property
    def field(self) -> str:
        """The attribute of `Settings`."""
        return self.attribute or self.name.replace("-", "_")

    def help_with(self, default: Any) -> str:
        """The help, with the default as a user would write it."""
        spelled: dict[Reader, str] = {_seconds: "{:g}s", _share: "{:.0%}"}
        if "{default}" not in self.help:
            return self.help
        return self.help.format(default=spelled.get(self.read_value, "{}").format(default))

    @property
    def variable(self) -> str:
        """The environment variable."""
        return "DEALS_" + self.name.replace("-", "_").upper()

    def read(self, value: Any, source: str) -> Any:
        """Read a value; an error names its source, and never repeats a secret."""
        try:
            return self.read_value(value)
        except ValueError as error:
            hidden = self.secret or "@" in str(value)  # an address may hold a password
            received = "" if hidden else f", but is {value!r}"
            raise SettingsError(f"{source} {error}{received}") from None


def _switch(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    words = {"1": True, "true": True, "yes": True, "on": True}
    words |= {"0": False, "false": False, "no": False, "off": False}
    if str(value).lower() not in words:
        raise ValueError("must be true or false")
    return words[str(value).lower()]


def _integer(least: int) -> Reader:
    def read(value: Any) -> int:
        if isinstance(value, bool) or not re.fullmatch(r"-?[0-9]{1,18}", str(value)):
            raise ValueError("must be a whole number")
        if int(value) < least:
            raise ValueError(f"must be at least {least}")
        return int(value)

    return read


def _seconds(value: Any) -> float:
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)\s*(s|m|h|)", str(value))
    if not found or float(found[1]) == 0:
        raise ValueError("must be a time above zero, such as 90, 90s or 2m")
    return float(found[1]) * {"": 1, "s": 1, "m": 60, "h": 3600}[found[2]]


def _rate(value: Any) -> float:
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)(?:/(s|m|h))?", str(value))
    if not found or float(found[1]) == 0:
        raise ValueError("must be a rate above zero, such as 5/s, 300/m or 1000/h")
    return float(found[1]) / {None: 1, "s": 1, "m": 60, "h": 3600}[found[2]]


def _web_address(value: Any) -> SplitResult | None:
    """The parts of an address of the web, or None for anything else."""
    try:
        parts = urlsplit(str(value).strip())
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return parts if usable else None


def _url(value: Any) -> str:
    parts = _web_address(value)
    if parts is None:
        raise ValueError("must be a URL such as http://host:port/api or https://host/api")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("must be a URL without user name, password, query and fragment")
    return str(value).strip().rstrip("/")


def _token(value: Any) -> str:
    text = re.sub(r"^bearer\s+", "", str(value).strip(), flags=re.IGNORECASE)
    if not re.fullmatch(r"[!-~]+", text):
        raise ValueError("must consist of printable ASCII characters without spaces")
    return text


def _names(value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, list | tuple) else [value]
    return tuple(name.strip() for text in values for name in str(text).split(",") if name.strip())


def _existing_file(value: Any) -> Path:
    path = Path(str(value)).expanduser()
    if not path.is_file():
        raise ValueError("must be an existing file")
    return path


def _new_file(value: Any) -> Path:
    path = Path(str(value)).expanduser()
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise ValueError("must be a file in an existing directory")
    return path


def _directory(value: Any) -> Path:
    path = Path(str(value)).expanduser()
    there = next(each for each in (path, *path.absolute().parents) if os.path.lexists(each))
    if not there.is_dir():
        raise ValueError("must be a directory" if there == path else f"must not be below the file {there}")
    if not os.access(there, os.W_OK | os.X_OK):
        raise ValueError(f"must be a directory that can be written to (no permission in {there})")
    return path


def _header(value: Any) -> tuple[tuple[str, str], ...]:
    """`NAME=VALUE`, several as a list: a value may contain any comma."""
    found = []
    for text in value if isinstance(value, list | tuple) else [value]:
        name, equals, content = str(text).partition("=")
        if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name.strip()) or not equals:
            raise ValueError("must be NAME=VALUE, such as X-Api-Key=…")
        if not re.fullmatch(r"[\x20-\x7e\t]*", content):
            raise ValueError("must have a value of printable ASCII characters")
        found.append((name.strip(), content.strip()))
    return tuple(found)


def _share(value: Any) -> float:
    found = re.fullmatch(r"([0-9]{1,3}(?:\.[0-9]+)?)\s*%?", str(value))
    if not found or float(found[1]) > 100:
        raise ValueError("must be a percentage from 0 to 100, such as 80%")
    return float(found[1]) / 100


def _proxy(value: Any) -> str:
    if _web_address(value) is None:
        raise ValueError("must be the URL of a proxy, such as http://proxy.example:3128")
    return str(value).strip()


SERVER, CONNECTION, ACCOUNTS = "server", "connection", "accounts"
SELECTION, LIMITS, OUTCOME = "what to test", "safety, limits and speed", "verdict and reports"

OPTIONS: Final = (
    Option("base-url", _url, "base URL of the API, including its base path: https://host/api", SERVER, "URL"),
    Option("contract", _existing_file, "contract file to use instead of the packaged one", SERVER, "FILE"),
    Option("header", _header, "header to send with every request, such as a gateway's key: NAME=VALUE; "
           "repeatable", CONNECTION, "NAME=VALUE", secret=True, many=True, attribute="headers"),
    Option("ca-file", _existing_file, "PEM file of the certificate authorities to trust", CONNECTION, "FILE"),
    Option("insecure", _switch, "do not verify the server's certificate", CONNECTION),
    Option("client-cert", _existing_file, "PEM file with a client certificate and its private key",
           CONNECTION, "FILE"),
    Option("proxy", _proxy, "proxy to use instead of the one in the environment", CONNECTION, "URL",
           secret=True),
    Option("no-proxy", _switch, "use no proxy, whatever the environment says", CONNECTION),
    Option("wait", _seconds, "wait so long for the server to start: 30s", CONNECTION, "TIME"),
    Option("token", _token, "bearer token of the account to test with", ACCOUNTS, "TOKEN", secret=True),
    Option("email", str, "email to sign in with through /auth/login, instead of --token; the response is "
           "tested, too", ACCOUNTS, "EMAIL"),
    Option("password", str, "password for --email", ACCOUNTS, "PASSWORD", secret=True),
    Option("admin-token", _token, "token of an admin account, if --token does not belong to one", ACCOUNTS,
           "TOKEN", secret=True),
    Option("other-token", _token, "token of a second account, with a lower role", ACCOUNTS, "TOKEN",
           secret=True),
    Option("expired-token", _token, "expired token, which the server must reject", ACCOUNTS, "TOKEN",
           secret=True),
    Option("only", _names, "test only these laws, checks, operations, tags or parts (conformance, laws, "
           "lifecycle); repeatable", SELECTION, "NAMES", many=True),
    Option("skip", _names, "test everything except these; repeatable", SELECTION, "NAMES", many=True),
    Option("seed", _integer(0), "seed of the generated requests (default: {default})", SELECTION, "N"),
    Option("quote-id", _integer(1), "ID of a quote whose deal may be changed (the API cannot create quotes)",
           SELECTION, "ID"),
    Option("quote-deal-id", _integer(1), "ID of that deal (default: the deal that has it as its primary "
           "quote)", SELECTION, "ID"),
    Option("read-only", _switch, "send only GET requests", LIMITS),
    Option("keep", _switch, "keep what the run created, instead of deleting it at the end", LIMITS),
    Option("rate-limit", _rate, "maximum request rate: 5/s, 300/m", LIMITS, "RATE"),
    Option("max-time", _seconds, "stop testing after this time: 90, 90s, 2m", LIMITS, "TIME"),
    Option("request-timeout", _seconds, "how long to wait for a response (default: {default})", LIMITS,
           "TIME"),
    Option("workers", _integer(1), "number of rules to test at the same time (default: {default}); "
           "faster if the server is slow to respond, with the same verdicts", LIMITS, "N"),
    Option("har", _existing_file, "judge recorded traffic in this HAR file, and send nothing", SELECTION,
           "FILE"),
    Option("strict", _switch, "fail on drift, too", OUTCOME),
    Option("min-judged", _share, "share of the selected rules that must be judged; with less, the run fails "
           "with status 2 (default: {default})", OUTCOME, "PERCENT"),
    Option("waivers", _existing_file, "YAML file of known findings to accept until a given date", OUTCOME,
           "FILE"),
    Option("update-waivers", _new_file, "write waivers for what the run finds into this file, or renew them",
           OUTCOME, "FILE"),
    Option("compare", _existing_file, "report.json of an earlier run to compare with", OUTCOME, "FILE"),
    Option("report-dir", _directory, "directory for report.json, junit.xml, report.md and report.html",
           OUTCOME, "DIR"),
    Option("stop-early", _switch, "stop at the first violation", OUTCOME, short="-x"),
)  # fmt: skip
