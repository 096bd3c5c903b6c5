"""Counts and sums of the deals in each stage, kept with the world: statistics take no longer if it is large.

Sums are exact, as integers in units of the smallest number that a float can be; so it makes no difference
in which order values are added and taken away.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from mock_server.domain.long_work import looks_at
from mock_server.domain.tables import Table
from mock_server.domain.values import Number, cents

UNITS: Final = 1074  # a float is a whole number of 2**-1074
EXACT: Final = 2**53  # up to here, an integer is the same number as a float
BULK: Final = 8  # if a write touches more than one deal in eight, adding up again is cheaper


class HoldsDeals(Protocol):
    """The part of a world that is needed here."""

    @property
    def deals(self) -> Table[Any]: ...


@dataclass(frozen=True, slots=True)
class Tally:
    """How many deals there are, their value, and their value times probability, both in units."""

    deals: int = 0
    fractions: int = 0  # deals whose value is no integer
    value: int = 0
    weighted: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.deals + other.deals,
            self.fractions + other.fractions,
            self.value + other.value,
            self.weighted + other.weighted,
        )

    def __sub__(self, other: Tally) -> Tally:
        return self + Tally(-other.deals, -other.fractions, -other.value, -other.weighted)

    @property
    def total_value(self) -> Number:
        """The value, rounded to cents."""
        return cents(self.value / (1 << UNITS)) if self.fractions else self.value >> UNITS

    @property
    def weighted_value(self) -> Number:
        """The value of the deals, each multiplied by its probability, rounded to cents."""
        return cents(self.weighted / (1 << UNITS) / 100)


NO_DEALS: Final = Tally()


class Tallies:
    """The tally of each stage by its id: a cache for one world, made by writes to deals and carried along."""

    __slots__ = ("_by_stage",)

    def __init__(self, by_stage: Mapping[int, Tally] | None = None) -> None:
        self._by_stage = by_stage

    def get(self, world: HoldsDeals) -> Mapping[int, Tally]:
        """The tallies of a world's stages; stages without deals are missing."""
        if self._by_stage is None:
            looks_at(len(world.deals))
            self._by_stage = _added_up(world.deals.rows.values())
        return self._by_stage

    def carried(self, table: str, old: HoldsDeals, new: HoldsDeals, touched: Collection[int]) -> Tallies:
        """The tallies of the new world, which differs from the old one in these records."""
        if table != "deals":
            return self
        if self._by_stage is None or len(touched) * BULK > len(new.deals):
            return Tallies(_added_up(new.deals.rows.values()))
        by_stage = dict(self._by_stage)
        for id_ in set(touched):
            before, after = old.deals.get(id_), new.deals.get(id_)
            if before is not None:
                left = by_stage.pop(before.stage_id) - _of(before)
                if left.deals:  # a stage without deals may be deleted
                    by_stage[before.stage_id] = left
            if after is not None:
                by_stage[after.stage_id] = by_stage.get(after.stage_id, NO_DEALS) + _of(after)
        return Tallies(by_stage)


def _added_up(deals: Iterable[Any]) -> dict[int, Tally]:
    """The same as adding one tally after another, without making each of them."""
    sums: dict[int, list[int]] = {}
    for deal in deals:
        of_stage = sums.setdefault(deal.stage_id, [0, 0, 0, 0, 0, 0])
        of_stage[0] += 1
        value = deal.value
        if isinstance(value, float):
            of_stage[1] += 1
            of_stage[4] += _in_units(value)
        elif value:
            of_stage[2] += value  # integers become units once they have been added up, which is faster
        if value and deal.probability:
            weighted = value * deal.probability
            if isinstance(weighted, int) and abs(weighted) <= EXACT:
                of_stage[3] += weighted
            else:
                of_stage[5] += _in_units(float(weighted))
    return {
        stage: Tally(deals, fractions, (whole << UNITS) + value, (whole_weighted << UNITS) + weighted)
        for stage, (deals, fractions, whole, whole_weighted, value, weighted) in sums.items()
    }


def _of(deal: Any) -> Tally:
    return _added_up([deal])[deal.stage_id]


def _in_units(number: Number) -> int:
    numerator, denominator = number.as_integer_ratio()
    return numerator << (UNITS + 1 - denominator.bit_length())
