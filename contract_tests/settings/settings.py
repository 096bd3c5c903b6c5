"""The settings of a run, from the command line, the environment or a file: the first that sets one wins."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

from contract_tests.settings.options import OPTIONS, Option, SettingsError

__all__ = ["CONFIG_FILE", "Settings", "SettingsError", "gather"]

# Headers that each request sets itself, or that would change what it is.
OWN_HEADERS: Final = frozenset(
    {
        "authorization",
        "connection",
        "content-length",
        "content-type",
        "transfer-encoding",
        "x-deals-contract",
    }
)
CONFIG_FILE: Final = "deals-contract.toml"

# What has a meaning with --har; everything else is about sending requests.
FOR_RECORDED: Final = frozenset(
    {"har", "base-url", "contract", "only", "skip", "strict", "stop-early", "min-judged"}
    | {"waivers", "update-waivers", "compare", "report-dir"}
)


@dataclass(frozen=True)
class Settings:
    """All settings of a run; the repr never shows secrets."""

    base_url: str
    token: str | None = field(default=None, repr=False)
    email: str | None = None
    password: str | None = field(default=None, repr=False)
    admin_token: str | None = field(default=None, repr=False)
    other_token: str | None = field(default=None, repr=False)
    expired_token: str | None = field(default=None, repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    ca_file: Path | None = None
    insecure: bool = False
    client_cert: Path | None = None
    proxy: str | None = field(default=None, repr=False)  # may hold a password
    no_proxy: bool = False
    wait: float = 0.0  # seconds
    seed: int = 1
    strict: bool = False
    read_only: bool = False
    stop_early: bool = False
    max_time: float | None = None  # seconds
    rate_limit: float | None = None  # requests per second
    request_timeout: float = 30.0  # seconds
    workers: int = 1
    quote_id: int | None = None
    quote_deal_id: int | None = None
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    waivers: Path | None = None
    report_dir: Path | None = None
    contract: Path | None = None
    har: Path | None = None
    keep: bool = False
    min_judged: float = 0.75  # of the selected rules
    update_waivers: Path | None = None
    compare: Path | None = None

    @property
    def target(self) -> str:
        """What is judged: a server, or a file with recorded traffic."""
        return str(self.har) if self.har else self.base_url


def described(option: Option) -> str:
    """What an option does, with its default; defaults are written in `Settings` only."""
    defaults = {each.name: each.default for each in fields(Settings)}
    return option.help_with(defaults[option.field])


def gather(
    given: Mapping[str, Any],
    environment: Mapping[str, str] | None = None,
    config: Path | None = None,
) -> Settings:
    """Collect the settings: the given values override the environment, which overrides the file."""
    values = {}
    for option, text, source in _given(given, os.environ if environment is None else environment, config):
        values[option.field] = option.read(text, source)
    if values.get("har"):
        return Settings(**_for_recorded(values, given))
    _refuse_nonsense(values)
    return Settings(**values)


def contract_file(given: Mapping[str, Any], config: Path | None = None) -> Path | None:
    """The contract file alone: what needs no server does not ask for one."""
    for option, text, source in reversed(_given(given, os.environ, config)):
        if option.field == "contract":
            path: Path = option.read(text, source)
            return path
    return None


def refuse_unknown_names(settings: Settings, known: Iterable[str]) -> None:
    """Refuse names in `--only` and `--skip` that do not exist: a typing error could deselect everything."""
    names = {name.lower(): name for name in known}
    for option, given in (("--only", settings.only), ("--skip", settings.skip)):
        for name in given:
            if name.lower() not in names:
                near = difflib.get_close_matches(name.lower(), names, n=1)
                hint = f"; did you mean {names[near[0]]}?" if near else ""
                raise SettingsError(
                    f"{option}: there is no law, check, operation, tag or part named {name!r}{hint}"
                )


_One = tuple[Option, Any, str]
_Given = Iterable[_One]


def _given(given: Mapping[str, Any], environment: Mapping[str, str], config: Path | None) -> list[_One]:
    """Every option that is set, its text, and where it is set; the last one wins."""
    return [*_from_file(config), *_from_environment(environment), *_from_command_line(given)]


def _from_command_line(given: Mapping[str, Any]) -> _Given:
    for option in OPTIONS:
        value = given.get(option.field)
        if value is not None and value is not False and value != []:
            yield option, value, option.flag


def _from_environment(environment: Mapping[str, str]) -> _Given:
    for option in OPTIONS:
        if environment.get(option.variable):
            yield option, environment[option.variable], option.variable


def _from_file(config: Path | None) -> _Given:
    path = config or Path(CONFIG_FILE)
    if config is None and not path.exists():
        return
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"cannot read the settings file {path}: {error}") from error
    options = {option.name: option for option in OPTIONS}
    for key, value in document.items():
        option = options.get(key.replace("_", "-"))
        if option is None:
            near = difflib.get_close_matches(key, options, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise SettingsError(f"unknown key {key!r} in the settings file {path}{hint}")
        yield option, value, f"{path}: {key}"


def _for_recorded(values: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """What --har needs; the environment and the file may hold more, since they serve other runs, too."""
    idle = [option.flag for option, _, _ in _from_command_line(given) if option.name not in FOR_RECORDED]
    if idle:
        raise SettingsError(f"--har judges a file and sends nothing: leave out {', '.join(idle)}")
    fields = {option.field for option in OPTIONS if option.name in FOR_RECORDED}
    return {"base_url": ""} | {name: value for name, value in values.items() if name in fields}


def _refuse_nonsense(values: Mapping[str, Any]) -> None:
    if not values.get("base_url"):
        raise SettingsError("--base-url (or DEALS_BASE_URL) is required")
    if bool(values.get("email")) != bool(values.get("password")):
        missing = "--password" if values.get("email") else "--email"
        raise SettingsError(f"signing in requires both --email and --password: {missing} is missing")
    if not values.get("token") and not values.get("email"):
        raise SettingsError(
            "credentials are required: --token (or DEALS_TOKEN), or both --email and --password"
        )
    _refuse_own_headers(values)
    if values.get("proxy") and values.get("no_proxy"):
        raise SettingsError("--proxy and --no-proxy exclude each other")
    if values.get("insecure") and values.get("ca_file"):
        raise SettingsError("--insecure and --ca-file exclude each other")
    if values.get("quote_deal_id") and not values.get("quote_id"):
        raise SettingsError("--quote-deal-id requires --quote-id")
    if values.get("read_only") and not values.get("token"):
        raise SettingsError("--read-only requires --token (or DEALS_TOKEN): signing in is a POST request")


def _refuse_own_headers(values: Mapping[str, Any]) -> None:
    for name, _ in values.get("headers", ()):
        if name.lower() in OWN_HEADERS:
            hint = "; use --token" if name.lower() == "authorization" else ""
            raise SettingsError(f"--header cannot set {name}: each request has its own{hint}")
