"""What the list should be, derived only from the deals as the API shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from unicodedata import normalize

from tests.mock_server.conftest import Api

Deal = dict[str, Any]
Query = Mapping[str, Any]

TEAMS = ({1, 2, 3, 4}, {5, 6, 7, 8})  # ids of the users
ADMIN = 1
SORTS = {  # sort_by: the property that it means
    "title": "name",
    "contact_name": "contact_name",
    "company_name": "company_name",
    "stage_name": "stage_name",
    "value": "value",
    "expected_close_date": "expected_close_date",
    "closed_at": "closed_at",
    "assigned_to_name": "assigned_name",
    "created_at": "created_at",
}

SEARCHED = ("name", "company_name", "contact_name")


def expected(everything: list[Deal], query: Query, viewer: int = ADMIN) -> list[int]:
    """The ids of the deals that match, in the order of the list."""
    asked = {name: value for name, value in query.items() if name in FILTERS}
    passing = [
        deal
        for deal in everything
        if _in_range(query, deal) and all(FILTERS[name](value, deal, viewer) for name, value in asked.items())
    ]
    return in_order(passing, query.get("sort_by", "title"), query.get("sort_dir") == "DESC")


def in_order(deals: list[Deal], sort_by: str, descending: bool) -> list[int]:
    """Their ids, nulls last and ties by id."""
    name = SORTS[sort_by]
    by_id = sorted(deals, key=lambda deal: deal["id"])
    known = [deal for deal in by_id if deal[name] is not None]
    known.sort(key=lambda deal: _place(deal[name]), reverse=descending)  # stable: ties stay by id
    return [deal["id"] for deal in known + [deal for deal in by_id if deal[name] is None]]


def pages(api: Api, **query: Any) -> Iterator[list[Deal]]:
    """All pages, up to the `last_page` of the first one."""
    first = api.get("/deals", **query).json()
    yield first["data"]
    for page in range(2, first["last_page"] + 1):
        yield api.data("/deals", **query, page=page)


def whole_list(api: Api, **query: Any) -> list[Deal]:
    """The deals of all pages."""
    return [deal for page in pages(api, per_page=100, **query) for deal in page]


def all_ids(api: Api, **query: Any) -> list[int]:
    """The ids of the deals of all pages."""
    return [deal["id"] for deal in whole_list(api, **query)]


def _found_by(term: str, deal: Deal, _: int) -> bool:
    return any(_folded(term) in _folded(deal[name]) for name in SEARCHED)


def _folded(text: str | None) -> str:
    return normalize("NFC", normalize("NFC", text or "").casefold())


def _in_scope(scope: str, deal: Deal, viewer: int) -> bool:
    owner = deal["assigned_to"]
    in_team = any({owner, viewer} <= team for team in TEAMS)
    return bool({"me": owner == viewer, "team": in_team, "company": True}[scope])


FILTERS: dict[str, Callable[[Any, Deal, int], bool]] = {
    "search": _found_by,
    "stage_id": lambda value, deal, _: bool(deal["stage_id"] == value),
    "stage_ids": lambda value, deal, _: str(deal["stage_id"]) in value.split(","),
    "assigned_to": lambda value, deal, _: bool(deal["assigned_to"] == value),
    "won": lambda value, deal, _: bool(deal["is_won"] if value == "1" else deal["is_lost"]),
    "scope": _in_scope,
}


def _in_range(query: Query, deal: Deal) -> bool:
    if not {"date_from", "date_to"} & query.keys():
        return True
    day = deal[query.get("date_field", "expected_close_date")]
    return day is not None and query.get("date_from", "") <= day[:10] <= query.get("date_to", "9999-12-31")


def _place(value: Any) -> Any:
    return (value.casefold(), value) if isinstance(value, str) else value
