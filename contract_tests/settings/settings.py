"""What a run is told: on the command line, in the environment, in a file; in this order."""

from __future__ import annotations

import difflib
import os
import platform
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from contract_tests.settings.options import OPTIONS, Option, SettingsError

__all__ = ["CONFIG_FILE", "Settings", "SettingsError", "gather"]

CONFIG_FILE: Final = "deals-contract.toml"
# Here threads that parse code at the same time fail (python/cpython#106905), as those of Hypothesis do.
CANNOT_PARSE_IN_THREADS: Final = sys.version_info < (3, 11, 8) or (3, 12) <= sys.version_info < (3, 12, 2)


@dataclass(frozen=True)
class Settings:
    """Everything that a run is told; secrets are never part of its text."""

    base_url: str
    token: str | None = field(default=None, repr=False)
    email: str | None = None
    password: str | None = field(default=None, repr=False)
    admin_token: str | None = field(default=None, repr=False)
    other_token: str | None = field(default=None, repr=False)
    expired_token: str | None = field(default=None, repr=False)
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


def gather(
    given: Mapping[str, Any],
    environment: Mapping[str, str] | None = None,
    config: Path | None = None,
) -> Settings:
    """The settings: what is given goes before the environment, which goes before the file."""
    environment = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    for option, text, source in (
        *_from_file(config),
        *_from_environment(environment),
        *_from_command_line(given),
    ):
        values[option.field] = option.read(text, source)
    _refuse_nonsense(values)
    return Settings(**values)


def refuse_unknown_names(settings: Settings, known: Iterable[str]) -> None:
    """`--only` and `--skip` must name something: a typing error would hide a whole run."""
    names = {name.lower(): name for name in known}
    for option, given in (("--only", settings.only), ("--skip", settings.skip)):
        for name in given:
            if name.lower() not in names:
                near = difflib.get_close_matches(name.lower(), names, n=1)
                hint = f"; did you mean {names[near[0]]}?" if near else ""
                raise SettingsError(
                    f"{option}: no law, check, tag, operation or part is called {name!r}{hint}"
                )


_Given = Iterable[tuple[Option, Any, str]]


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
        raise SettingsError(f"the settings file {path} cannot be read: {error}") from error
    options = {option.name: option for option in OPTIONS}
    for key, value in document.items():
        option = options.get(key.replace("_", "-"))
        if option is None:
            near = difflib.get_close_matches(key, options, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise SettingsError(f"the settings file {path} has an unknown key {key!r}{hint}")
        yield option, value, f"{path}, {key}"


def _refuse_nonsense(values: Mapping[str, Any]) -> None:
    if not values.get("base_url"):
        raise SettingsError("no target: give --base-url URL (or DEALS_BASE_URL)")
    if bool(values.get("email")) != bool(values.get("password")):
        missing = "--password" if values.get("email") else "--email"
        raise SettingsError(f"signing in needs both --email and --password: {missing} is missing")
    if not values.get("token") and not values.get("email"):
        raise SettingsError(
            "not authorised: there is no token; give --token (or DEALS_TOKEN), or --email and --password"
        )
    if values.get("workers", 1) > 1 and CANNOT_PARSE_IN_THREADS:
        raise SettingsError(
            f"--workers needs Python 3.11.8, 3.12.2 or newer; this is Python {platform.python_version()}"
        )
    if values.get("quote_deal_id") and not values.get("quote_id"):
        raise SettingsError("--quote-deal-id says whose quote it is: give --quote-id, too")
    if values.get("read_only") and not values.get("token"):
        raise SettingsError("--read-only cannot sign in, which is a POST: give --token (or DEALS_TOKEN)")
