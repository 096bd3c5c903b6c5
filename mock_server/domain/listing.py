"""Listing deals: filters as values, how they combine, and pages of the result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Any

from mock_server.domain.conditions import (
    AssignedTo,
    Between,
    Contains,
    InTeam,
    Test,
    TurnedOut,
    folded,
    passing,
)
from mock_server.domain.fields import order_by, place_by
from mock_server.domain.orders import Entry, Order
from mock_server.domain.refusals import Invalid
from mock_server.domain.sorting import in_order
from mock_server.domain.values import to_date
from mock_server.domain.world import Deal, User, World

OUTCOMES = {"1": "is_won", "0": "is_lost"}  # the parameter `won`: 1 for won deals, 0 for lost ones
LONGEST_KNOWN_ID = 15
LONGEST_ID = 4000  # digits; a shorter number without a record is not an error
FEW = 8  # if fewer than one deal in eight match, sorting them is faster than filtering all


@dataclass(frozen=True, slots=True)
class Filters:
    """What a deal must match: one of these stages (None: any), and every test."""

    stages: frozenset[int] | None = None
    tests: tuple[Test, ...] = ()

    @property
    def take_all(self) -> bool:
        return self.stages is None and not self.tests

    def takes(self, world: World, deal: Deal) -> bool:
        """Whether a deal of this world matches."""
        fits = self.stages is None or deal.stage_id in self.stages
        return fits and all(test(world, deal) for test in self.tests)


@dataclass(frozen=True, slots=True)
class Sort:
    """A property of the deal, by its contract name, and a direction."""

    name: str
    descending: bool = False


EVERY_DEAL = Filters()


def filters(params: Mapping[str, Any], viewer: User, searched: Iterable[str] = ()) -> Filters:
    """The filters for validated query parameters; `searched` are the properties that
    `search` looks in. A parameter that is absent, None or empty is ignored."""
    given = {name: value for name, value in params.items() if value not in (None, "")}
    made = (
        AssignedTo(given["assigned_to"]) if "assigned_to" in given else None,
        TurnedOut(OUTCOMES[given["won"]]) if "won" in given else None,
        _between(given),
        _SCOPES[given["scope"]](viewer) if "scope" in given else None,
        Contains(folded(given["search"]), tuple(searched)) if "search" in given else None,
    )
    return Filters(_stages(given), tuple(test for test in made if test is not None))


def matching_deals(world: World, wanted: Filters = EVERY_DEAL) -> list[Deal]:
    """The deals that match, by id."""
    if wanted.take_all:
        return list(world.deals)
    return in_order(list(_passing(world, wanted)), attrgetter("id"))


def page_of_deals(
    world: World, wanted: Filters, sort: Sort, page: int, per_page: int
) -> tuple[list[Deal], int]:
    """One page of the deals that match, and the total number."""
    order = _order(world, wanted, sort.name)
    ids = order.page((page - 1) * per_page, per_page, sort.descending)
    return [world.deals[id_] for id_ in ids], len(order)


def last_page(total: int, per_page: int) -> int:
    """The number of the last page; an empty list has one page."""
    return max(1, -(-total // per_page))


def _order(world: World, wanted: Filters, name: str) -> Order:
    """The deals that match, sorted by a property: kept with the world, as the order of all deals is."""
    if wanted.take_all:
        return order_by(world, name)
    place = place_by(name)

    def place_of_matching(world: World, deal: Deal) -> Entry | None:
        return place(world, deal) if wanted.takes(world, deal) else None

    def made() -> Order:
        deals = list(_passing(world, wanted))
        if len(deals) * FEW < len(world.deals):
            return Order.of(place(world, deal) for deal in deals)
        return order_by(world, name).only({deal.id for deal in deals})

    return world.orders.get((wanted, name), world, place_of_matching, made)


def _passing(world: World, wanted: Filters) -> Iterable[Deal]:
    if wanted.stages is None:
        return passing(world, world.deals.rows.values(), wanted.tests)
    return passing(world, world.deals.of_any(wanted.stages), wanted.tests)


def _stages(given: Mapping[str, Any]) -> frozenset[int] | None:
    sets = []
    if "stage_id" in given:
        sets.append(frozenset({given["stage_id"]}))
    if "stage_ids" in given:
        sets.append(_ids(given["stage_ids"]))
    return frozenset.intersection(*sets) if sets else None


def _ids(text: str) -> frozenset[int]:
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdecimal() and len(part) < LONGEST_ID for part in parts):
        raise Invalid({"stage_ids": "stage_ids must be a comma-separated list of integers"})
    # No id is so long, and a set of long numbers chosen for it takes a time quadratic in their count.
    return frozenset(int(part) for part in parts if len(part.lstrip("0")) <= LONGEST_KNOWN_ID)


def _between(given: Mapping[str, Any]) -> Test | None:
    bounds = {name: _day(name, given[name]) for name in ("date_from", "date_to") if name in given}
    if not bounds:
        return None
    first, last = bounds.get("date_from", date.min), bounds.get("date_to", date.max)
    return Between(given["date_field"], first, last)


def _day(name: str, value: str | date) -> date:
    try:
        day = to_date(value)
    except ValueError:
        day = None
    if day is None:
        raise Invalid({name: f"{name} must be a date (YYYY-MM-DD)"})
    return day


_SCOPES: Mapping[str, Callable[[User], Test | None]] = {
    "me": lambda viewer: AssignedTo(viewer.id),
    "team": lambda viewer: InTeam(viewer.team),
    "company": lambda _: None,
}
