"""The figures of the statistics move by the right amount, whatever their names."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from contract_tests.client.exchange import Exchange
from contract_tests.laws.law import law
from contract_tests.scene.expectations import NotJudged, expect, granted
from contract_tests.scene.scene import Scene
from contract_tests.scene.statistics import CENT, VALUE, changed_by, numbers

RAISE: Final = 345_678.5  # what a deal is revalued by
Figures = dict[str, float]


def _counted(s: Scene) -> tuple[Any, str, Figures, Figures]:
    """A new deal, its name, and the figures without it: those that count deals, and those that add values."""
    s.make.deal()  # ends what is still cached from earlier writes
    name, (before, _) = f"Counted {s.word()}", numbers(s)
    id = s.make.deal(name=name, value=VALUE, stage_id=s.make.stage_like()["id"])
    after, _ = s.api.eventually(lambda: numbers(s), changed_by(VALUE, before))
    counts, values = (
        {path: before[path] for path in before if path in after and _near(after[path] - before[path], by)}
        for by in (1, VALUE)
    )
    if not values:
        raise NotJudged("no figure changes by the value of a new deal")  # for another law to judge
    return id, name, counts, values


def _near(one: float, other: float) -> bool:
    return abs(one - other) < CENT


def _revalued(s: Scene) -> None:
    """A new value replaces the old one in every figure that adds up values."""
    id, name, counts, values = _counted(s)
    body = {"name": name, "stage_id": s.api.deal(id)["stage_id"], "value": VALUE + RAISE}
    saving = granted(s.call("updateDeal", id=id, json=body))
    after, exchange = s.api.eventually(
        lambda: numbers(s), lambda found: _are(values, found[0], (VALUE + RAISE,))
    )
    _expect_each(values, after, (VALUE + RAISE,), saving, exchange)
    _expect_each(counts, after, (1,), saving, exchange)


def _moved(s: Scene, write: str) -> None:
    """A deal that changes its stage is in each figure once, or not at all."""
    id, name, counts, values = _counted(s)
    for stage in (s.make.stage_like(won=True), s.make.stage_like(lost=True), s.make.stage_like()):
        body = {"stage_id": stage["id"]} | ({"name": name} if write == "updateDeal" else {})
        saving = granted(s.call(write, id=id, json=body))
        after, exchange = s.api.eventually(
            lambda: numbers(s), lambda found: _are(values, found[0], (VALUE, 0))
        )
        _expect_each(values, after, (VALUE, 0), saving, exchange)
        _expect_each(counts, after, (1, 0), saving, exchange)


CHANGES: Final[dict[str, Callable[[Scene], None]]] = {
    "revalued": _revalued,
    "moved": partial(_moved, write="moveDealToStage"),
    "moved by an update": partial(_moved, write="updateDeal"),
}


@law("getDealStats", "updateDeal", "moveDealToStage", needs=("writes",), cases=CHANGES, of_all=True)
def each_figure_follows_a_deal_by_the_right_amount(s: Scene, change: str) -> None:
    """“Aggregate pipeline statistics (total value, count …)”: each deal counts once, at its value."""
    CHANGES[change](s)


def _are(before: Figures, after: Figures, by: tuple[float, ...]) -> bool:
    return all(_is(before, after, path, by) for path in before.keys() & after.keys())


def _is(before: Figures, after: Figures, path: str, by: tuple[float, ...]) -> bool:
    return any(_near(after[path] - before[path], each) for each in by)


def _expect_each(before: Figures, after: Figures, by: tuple[float, ...], *exchanges: Exchange) -> None:
    """Expect each of these figures to be one of these amounts higher than before."""
    for path in before.keys() & after.keys():
        words = " or ".join(f"{before[path] + each:.2f}" for each in by)
        received = f"{path} {after[path]:.2f}"
        expect(
            _is(before, after, path, by), f"{path} {words}", received, *exchanges, operation="getDealStats"
        )
