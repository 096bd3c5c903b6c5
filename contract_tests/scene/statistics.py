"""The numbers of the statistics, and how they change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from contract_tests.client.exchange import Exchange
from contract_tests.scene.expectations import NotJudged, granted
from contract_tests.scene.json_search import Record, as_number, numbers_in
from contract_tests.scene.scene import Scene

VALUE: Final = 1_234_567.25  # of a deal; unlikely to be offset by changes to other deals

CENT: Final = 0.01
WHOLE: Final = 1.0  # by how much a value that is rounded to a whole number may be off


def numbers(s: Scene, person: str = "me") -> tuple[dict[str, float], Exchange]:
    """The numbers of the statistics as this user sees them, and the request that read them."""
    exchange = granted(s.call("getDealStats", as_=person))
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
    """Whether one of the changes is the wanted one; values may be rounded to whole numbers."""
    tolerance = CENT if abs(wanted) < VALUE else WHOLE
    return any(abs(change - wanted) < tolerance for change in changes)


@dataclass(frozen=True)
class Tally:
    """How many deals there are of each kind, and what they are worth if all could be read."""

    counts: Mapping[str, int]
    values: Mapping[str, float]

    def expected(self, name: str) -> list[tuple[float, float]]:
        """The values that a number of this name may have, each with its tolerance; [] if it is unknown."""
        kind, _, what = name.partition("_")
        if name in ("count", "deals_count", "deal_count"):
            kind, what = "total", "deals"
        kinds = ("total", "open") if kind == "total" else (kind,)  # the pipeline may be its open deals only
        if what == "deals":
            return [(self.counts[each], CENT) for each in kinds if each in self.counts]
        if what == "value":
            slack = max(WHOLE, CENT * self.counts["total"] / 10)
            return [(self.values[each], slack) for each in kinds if each in self.values]
        if name == "win_rate":
            return [(rate * scale, scale / 100) for rate in self._rates() for scale in (1, 100)]
        return []

    def _rates(self) -> tuple[float, float]:
        """Won deals as a share of the closed ones, and of all."""
        won, lost, total = (self.counts[kind] for kind in ("won", "lost", "total"))
        return won / (won + lost or 1), won / (total or 1)


def tally_of(s: Scene, scope: Mapping[str, str]) -> Tally:
    """The tally of the deals in a scope; of a list too long to be read whole, only the counts."""
    there = s.api.listing(scope)
    if not there.complete:
        return Tally(_counted_by_stage(s, scope), {})
    kinds: dict[str, list[Record]] = {
        "total": there.deals,
        "open": [deal for deal in there.deals if not deal["is_won"] and not deal["is_lost"]],
        "won": [deal for deal in there.deals if deal["is_won"]],
        "lost": [deal for deal in there.deals if deal["is_lost"]],
    }
    return Tally({kind: len(deals) for kind, deals in kinds.items()}, {k: _sum(d) for k, d in kinds.items()})


def without_partial_values(tallies: list[Tally]) -> list[Tally]:
    """The tallies; without values unless those of every scope are known: any of them may be meant."""
    known = all(tally.values for tally in tallies)
    return tallies if known else [replace(tally, values={}) for tally in tallies]


def _counted_by_stage(s: Scene, scope: Mapping[str, str]) -> dict[str, int]:
    counts = {"total": s.api.total(**scope)}
    for kind in ("won", "lost"):
        stages = [stage["id"] for stage in s.api.stages() if stage.get(f"is_{kind}")]
        counts[kind] = sum(s.api.total(stage_id=stage, **scope) for stage in stages)
    return counts | {"open": counts["total"] - counts["won"] - counts["lost"]}


def _sum(deals: list[Record]) -> float:
    return float(sum(as_number(deal.get("value")) or 0 for deal in deals))
