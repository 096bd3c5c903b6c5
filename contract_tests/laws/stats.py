"""The pipeline statistics match the deals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from contract_tests.client.exchange import Exchange
from contract_tests.laws.law import law
from contract_tests.scene.expectations import NotJudged, expect, granted
from contract_tests.scene.json_search import Record, as_number
from contract_tests.scene.scene import Scene
from contract_tests.scene.statistics import CENT, VALUE, changed_by, changes_between, includes, numbers

RATE: Final = "rate"


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
    everything = s.api.listing().whole()
    found, exchange = numbers(s)
    deals = everything.deals
    mine = [record for record in deals if record.get("assigned_to") == s.my_id]
    judged = False
    for name, number in found.items():
        wanted = [of for some in (deals, mine) for of in _expected(name.rpartition(".")[2], some)]
        judged = judged or bool(wanted)
        close = any(abs(number - each) < CENT * max(1, len(deals)) / 10 for each in wanted)
        expect(
            close or not wanted,
            f"{name} {' or '.join(map(str, wanted[:2]))}, computed from the list",
            f"{name} {number}",
            exchange,
        )
    if not judged:
        raise NotJudged("no number of getDealStats is recognised by its name")


def _expected(name: str, deals: list[Record]) -> list[float]:
    """The values that a number of this name may have; none if the name is unknown."""
    kinds = {
        "total": deals,
        "open": [deal for deal in deals if not deal["is_won"] and not deal["is_lost"]],
        "won": [deal for deal in deals if deal["is_won"]],
        "lost": [deal for deal in deals if deal["is_lost"]],
    }
    kind, _, what = name.partition("_")
    if kind in kinds and what == "deals":
        return [len(kinds[kind])]
    if kind in kinds and what == "value":
        return [_sum(kinds[kind]), _sum(kinds["open"])] if kind == "total" else [_sum(kinds[kind])]
    if name == "win_rate":
        won, lost = len(kinds["won"]), len(kinds["lost"])
        rates = [won / (won + lost or 1), won / (len(deals) or 1)]
        return [
            round(rate * scale, digits) for rate in rates for scale in (1, 100) for digits in (0, 1, 2, 4)
        ]
    return []


def _sum(deals: list[Record]) -> float:
    values: list[Any] = [as_number(deal.get("value")) for deal in deals]
    return float(sum(value for value in values if value is not None))
