"""The pipeline statistics match the deals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from contract_tests.client.exchange import Exchange
from contract_tests.laws.law import law
from contract_tests.scene.expectations import Broken, NotJudged, expect, granted
from contract_tests.scene.scene import Scene
from contract_tests.scene.statistics import (
    VALUE,
    Tally,
    changed_by,
    changes_between,
    includes,
    numbers,
    tally_of,
    without_partial_values,
)

RATE: Final = "rate"
Compared = tuple[list[Tally], tuple[dict[str, float], Exchange]]
DOCUMENTED: Final = ("total_value", "total_deals", "deals_count", "deal_count", "count", "win_rate")


def _beyond(rate: float, sign: int) -> Callable[[tuple[float, Exchange]], bool]:
    return lambda found: (found[0] - rate) * sign > 0


def _created_and_deleted(s: Scene) -> None:
    """A new deal raises a count by one and a value by its value; deleting it lowers both."""
    before, _ = numbers(s)
    id = s.make.deal(value=VALUE)
    for sign in (1, -1):
        after, exchange = s.api.eventually(lambda: numbers(s), changed_by(sign * VALUE, before))
        changes = changes_between(before, after)
        what = {
            name: after[name] - before[name]
            for name in before
            if name in after and after[name] != before[name]
        }
        expect(includes(changes, sign), f"a count changed by {sign}", f"changed: {what}", exchange)
        expect(
            includes(changes, sign * VALUE),
            f"a value changed by {sign * VALUE}",
            f"changed: {what}",
            exchange,
        )
        before = after
        if sign == 1:
            granted(s.call("deleteDeal", id=id))


def _won_and_lost(s: Scene) -> None:
    """Winning a deal never lowers the win rate, and losing one never raises it."""
    id = s.make.deal(value=1, stage_id=s.make.stage_like()["id"])
    previous, _ = _rate(s)
    for stage, sign in ((s.make.stage_like(won=True), 1), (s.make.stage_like(lost=True), -1)):
        granted(s.call("moveDealToStage", id=id, json={"stage_id": stage["id"]}))
        rate, exchange = s.api.eventually(lambda: _rate(s), _beyond(previous, sign))
        words = "not lower" if sign == 1 else "not higher"
        expect((rate - previous) * sign >= 0, f"a win rate {words} than {previous}", rate, exchange)
        previous = rate


CHANGES: Final = {"created and deleted": _created_and_deleted, "won and lost": _won_and_lost}


@law("getDealStats", needs=("writes",), cases=CHANGES, of_all=True)
def the_statistics_follow_changes_to_deals(s: Scene, change: str) -> None:
    """“Aggregate pipeline statistics (total value, count, win rate, etc.)”: they change with the deals."""
    CHANGES[change](s)


def _rate(s: Scene) -> tuple[float, Exchange]:
    found, exchange = numbers(s)
    rates = [value for name, value in found.items() if RATE in name.lower() and "win" in name.lower()]
    if not rates:
        raise NotJudged("no win rate is recognised in the response of getDealStats")
    return rates[0], exchange


@law("getDealStats", "listDeals", needs=("writes",), of_all=True)
def the_statistics_agree_with_the_list(s: Scene) -> None:
    """“Aggregate pipeline statistics (total value, count, win rate, etc.)”: they match the list."""
    _agree(_compared(s), lambda name: name in DOCUMENTED)


@law("getDealStats", "listDeals", needs=("writes",), of_all=True, drift=True)
def statistics_named_after_deals_agree_with_the_list(s: Scene) -> None:
    """“Aggregate pipeline statistics (…, etc.)”; we guess what `won_deals` and the like count."""
    compared = _compared(s)
    try:
        _agree(compared, lambda name: name in DOCUMENTED)
    except Broken as broken:
        raise NotJudged("the documented statistics do not match the list") from broken
    _agree(compared, lambda name: name not in DOCUMENTED)


def _compared(s: Scene) -> Compared:
    """The tallies of the deals in every scope, since it is not documented which is meant, and the numbers."""
    scopes: list[dict[str, str]] = [{}, {"scope": "me"}]
    if s.limits.widest_scope and s.api.total(**s.limits.widest_scope) != s.api.total():
        scopes.append(s.limits.widest_scope)
    return without_partial_values([tally_of(s, scope) for scope in scopes]), numbers(s)


def _agree(compared: Compared, is_judged: Callable[[str], bool]) -> None:
    """Expect the numbers with these names to be those of the deals in one of the scopes."""
    tallies, (found, exchange) = compared
    judged = False
    for path, number in found.items():
        name = path.rpartition(".")[2]
        wanted = [each for tally in tallies for each in tally.expected(name)] if is_judged(name) else []
        judged = judged or bool(wanted)
        shown = " or ".join(dict.fromkeys(f"{value:g}" for value, _ in wanted))
        close = any(abs(number - value) < tolerance for value, tolerance in wanted)
        expect(close or not wanted, f"{path} {shown}, computed from the list", f"{path} {number}", exchange)
    if not judged:
        raise NotJudged("no number of getDealStats is recognised by its name")
