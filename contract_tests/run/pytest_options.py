"""The connection between pytest and a run: the options, and where the run is stored."""

from __future__ import annotations

from typing import Any, Final

import pytest

from contract_tests.run.suite import Suite
from contract_tests.settings.options import OPTIONS, SettingsError
from contract_tests.settings.settings import Settings, gather

RUN_NAME: Final = "deals-contract-run"  # the plugin that provides the command's run
SUITE: Final = pytest.StashKey[Suite]()
TAKEN: Final = frozenset({"strict", "stop-early"})  # pytest's own --strict and -x are used instead


def suite_of(config: pytest.Config) -> Suite:
    """The run of this pytest session."""
    return config.stash[SUITE]


def add_options(parser: pytest.Parser, *, without: frozenset[str] = frozenset()) -> None:
    """Add the options of the command, except those that pytest or a plugin already defines."""
    group = parser.getgroup("deals-contract", "tests of a server against the contract of the Deals API")
    for option in OPTIONS:
        if option.name in TAKEN | without:
            continue
        how: dict[str, Any] = {"action": "store_true"} if not option.metavar else {"metavar": option.metavar}
        if option.many:
            how["action"] = "append"
        group.addoption(option.flag, dest=option.field, default=None, help=option.help, **how)


def settings_from(config: pytest.Config) -> Settings:
    """The settings of this session."""
    given = {option.field: config.getoption(option.field, None) for option in OPTIONS}
    given["stop_early"] = config.getoption("maxfail", 0) == 1
    settings = gather(given)
    if settings.har:
        raise SettingsError("--har is for the command: deals-contract --har FILE")
    return settings
