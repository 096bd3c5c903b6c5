"""How pytest is told about a run: its options, and the run itself."""

from __future__ import annotations

from typing import Any, Final

import pytest

from contract_tests.run.suite import Suite
from contract_tests.settings.options import OPTIONS
from contract_tests.settings.settings import Settings, gather

RUN_NAME: Final = "deals-contract-run"  # of the plugin that brings a run of the command
SUITE: Final = pytest.StashKey[Suite]()
TAKEN: Final = frozenset({"strict", "stop-early"})  # pytest's own --strict and -x serve


def suite_of(config: pytest.Config) -> Suite:
    """The run that this pytest session is."""
    return config.stash[SUITE]


def add_options(parser: pytest.Parser, *, without: frozenset[str] = frozenset()) -> None:
    """The options of the command, but for those that pytest or a plugin has already."""
    group = parser.getgroup("deals-contract", "the Deals API, held against its contract")
    for option in OPTIONS:
        if option.name in TAKEN | without:
            continue
        how: dict[str, Any] = {"action": "store_true"} if not option.metavar else {"metavar": option.metavar}
        if option.many:
            how["action"] = "append"
        group.addoption(option.flag, dest=option.field, default=None, help=option.help, **how)


def settings_from(config: pytest.Config) -> Settings:
    """What this session was told."""
    given = {option.field: config.getoption(option.field, None) for option in OPTIONS}
    given["stop_early"] = config.getoption("maxfail", 0) == 1
    return gather(given)
