"""The numbers of the statistics, and how they change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from contract_tests.client.exchange import Exchange
from contract_tests.scene.expectations import NotJudged, granted
from contract_tests.scene.json_search import numbers_in
from contract_tests.scene.scene import Scene

VALUE: Final = 1_234_567.25  # of a deal; unlikely to be offset by changes to other deals

CENT: Final = 0.01


def numbers(s: Scene) -> tuple[dict[str, float], Exchange]:
    """The numbers of the statistics, and the request that read them."""
    exchange = granted(s.call("getDealStats"))
    found = numbers_in(exchange.json)
    if not found:
        raise NotJudged("no number is recognised in the response of getDealStats")
    return found, exchange


def changes_between(before: dict[str, float], after: dict[str, float]) -> list[float]:
    """How much each number has changed."""
    return [after[name] - before[name] for name in before if name in after]


def changed_by(
    wanted: float, before: dict[str, float]
) -> Callable[[tuple[dict[str, float], Exchange]], bool]:
    """A test whether a number of the statistics has changed by this amount."""
    return lambda found: includes(changes_between(before, found[0]), wanted)


def includes(changes: list[float], wanted: float) -> bool:
    """Whether one of the changes is the wanted one."""
    return any(abs(change - wanted) < CENT for change in changes)
