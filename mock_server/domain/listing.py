"""Listing deals: filters as values, how they combine, and pages of the result."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from unicodedata import normalize

from mock_server.domain.fields import deal_field, order_by, sort_key, stage_of
from mock_server.domain.orders import Order
from mock_server.domain.refusals import Invalid
from mock_server.domain.values import to_date
from mock_server.domain.world import Deal, User, World

Test = Callable[[World, Deal], bool]
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
        _contains(given.get("search"), tuple(searched)),
        _assigned_to(given.get("assigned_to")),
        _turned_out(given.get("won")),
        _between(given),
        _SCOPES[given["scope"]](viewer) if "scope" in given else None,
    )
    return Filters(_stages(given), tuple(test for test in made if test is not None))


def matching_deals(world: World, wanted: Filters = EVERY_DEAL) -> list[Deal]:
    """The deals that match, by id."""
    return sorted(_passing(world, wanted), key=lambda deal: deal.id)


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
    if wanted.take_all:
        return order_by(world, name)
    deals = list(_passing(world, wanted))
    if len(deals) * FEW < len(world.deals):
        key = sort_key(name)
        return Order.of((key(world, deal), deal.id) for deal in deals)
    return order_by(world, name).only({deal.id for deal in deals})


def _passing(world: World, wanted: Filters) -> Iterable[Deal]:
    deals = _candidates(world, wanted.stages)
    if not wanted.tests:
        return deals
    return (deal for deal in deals if all(test(world, deal) for test in wanted.tests))


def _candidates(world: World, stages: Collection[int] | None) -> Iterable[Deal]:
    if stages is None:
        return world.deals.rows.values()
    return (deal for stage_id in stages for deal in world.deals.of(stage_id))


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


def folded(text: str) -> str:
    """The text without differences in case or in how accents are encoded."""
    return text.lower() if text.isascii() else normalize("NFC", normalize("NFC", text).casefold())


def _contains(term: str | None, names: tuple[str, ...]) -> Test | None:
    if term is None:
        return None
    wanted = folded(term)

    def test(world: World, deal: Deal) -> bool:
        texts = (deal_field(world, deal, name) for name in names)
        return any(text is not None and wanted in folded(text) for text in texts)

    return test


def _assigned_to(user_id: int | None) -> Test | None:
    return None if user_id is None else lambda _, deal: deal.assigned_to == user_id


def _turned_out(won: str | None) -> Test | None:
    if won is None:
        return None
    outcome = OUTCOMES[won]
    return lambda world, deal: bool(getattr(stage_of(world, deal), outcome))


def _between(given: Mapping[str, Any]) -> Test | None:
    bounds = {name: _day(name, given[name]) for name in ("date_from", "date_to") if name in given}
    if not bounds:
        return None
    first, last = bounds.get("date_from", date.min), bounds.get("date_to", date.max)
    name = given["date_field"]

    def test(world: World, deal: Deal) -> bool:
        value = deal_field(world, deal, name)
        day = value.date() if isinstance(value, datetime) else value
        return day is not None and first <= day <= last

    return test


def _day(name: str, value: str | date) -> date:
    try:
        day = to_date(value)
    except ValueError:
        day = None
    if day is None:
        raise Invalid({name: f"{name} must be a date (YYYY-MM-DD)"})
    return day


def _mine(viewer: User) -> Test | None:
    return _assigned_to(viewer.id)


def _my_team(viewer: User) -> Test | None:
    def test(world: World, deal: Deal) -> bool:
        user = world.users.get(deal.assigned_to)
        return user is not None and user.team == viewer.team

    return test


def _everybody(_: User) -> Test | None:
    return None


_SCOPES: Mapping[str, Callable[[User], Test | None]] = {
    "me": _mine,
    "team": _my_team,
    "company": _everybody,
}
