"""Sorting: the order of the list of deals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mock_server.mutations.handler_call import Body, HandlerCall
from mock_server.mutations.http_exchange import HttpReply, HttpRequest
from mock_server.mutations.mutation import around_handler, around_http

SORT_BY = (
    "sort_by: Sort field (default: title). Values: title, contact_name, company_name, stage_name, value, "
    "expected_close_date, closed_at, assigned_to_name, created_at"
)
SORT_DIR = "sort_dir: Sort direction (default: ASC). Values: ASC, DESC"


def resorted(call: HandlerCall, key: Callable[[Body], Any]) -> Body:
    """The requested page in another order; deals with the key None come last, as usual."""
    rows = call.rows()
    placed = [row for row in rows if key(row) is not None]
    placed.sort(key=key, reverse=call.query["sort_dir"] == "DESC")
    return call.paged(placed + [row for row in rows if key(row) is None])


@around_handler("listDeals", documented=SORT_BY)
def sort_by_is_ignored(call: HandlerCall) -> Any:
    """`sort_by` is ignored: the list is always sorted by title."""
    return call.with_query(sort_by="title")()


@around_handler("listDeals", documented=SORT_DIR)
def sort_dir_is_ignored(call: HandlerCall) -> Any:
    """`sort_dir` is ignored: the list is always in ascending order."""
    return call.with_query(sort_dir="ASC")()


@around_handler("listDeals", documented=SORT_DIR)
def sort_dir_is_reversed(call: HandlerCall) -> Any:
    """ASC sorts in descending order, and DESC sorts in ascending order."""
    return call.with_query(sort_dir="ASC" if call.query["sort_dir"] == "DESC" else "DESC")()


@around_handler("listDeals", documented=SORT_DIR)
def descending_reverses_the_page_only(call: HandlerCall) -> Any:
    """With DESC, each page of the ascending list is reversed, instead of the whole list."""
    response = call.with_query(sort_dir="ASC")()
    return {**response, "data": response["data"][::-1]} if call.query["sort_dir"] == "DESC" else response


@around_http("listDeals", documented=SORT_BY)
async def list_is_newest_first_by_default(request: HttpRequest) -> HttpReply:
    """Without `sort_by`, the newest deal comes first."""
    newest = {"sort_by": "created_at", "sort_dir": "DESC"}
    return await (request if "sort_by" in request.query else request.with_query(**newest)).forward()


@around_handler("listDeals", documented=f"{SORT_BY}. value: number")
def values_are_sorted_as_text(call: HandlerCall) -> Any:
    """Values are sorted as text, so 1000 comes before 9."""
    if call.query["sort_by"] != "value":
        return call()
    return resorted(call, lambda row: None if row["value"] is None else str(row["value"]))


@around_handler("listDeals", documented=SORT_BY)
def close_dates_are_sorted_by_month_first(call: HandlerCall) -> Any:
    """Sorting by expected_close_date compares month and day, and ignores the year."""
    if call.query["sort_by"] != "expected_close_date":
        return call()
    return resorted(call, lambda row: row["expected_close_date"] and row["expected_close_date"][5:])


@around_handler("listDeals", documented=SORT_BY)
def only_the_page_is_sorted(call: HandlerCall) -> Any:
    """Pages are taken from the list in ID order, and only the deals of each page are sorted."""
    places = {row["id"]: place for place, row in enumerate(call.rows())}
    by_id = sorted(call.rows(), key=lambda row: row["id"])
    response = call.paged(by_id)
    return {**response, "data": sorted(response["data"], key=lambda row: places[row["id"]])}


@around_handler("listDeals", documented=SORT_BY)
def company_name_sorts_by_id(call: HandlerCall) -> Any:
    """Sorting by company_name sorts by company_id."""
    return _by_its_id(call, "company_name", "company_id")


@around_handler("listDeals", documented=SORT_BY)
def assigned_to_name_sorts_by_id(call: HandlerCall) -> Any:
    """Sorting by assigned_to_name sorts by assigned_to."""
    return _by_its_id(call, "assigned_to_name", "assigned_to")


@around_handler("listDeals", documented=SORT_BY)
def stage_name_sorts_by_id(call: HandlerCall) -> Any:
    """Sorting by stage_name sorts by stage_id."""
    return _by_its_id(call, "stage_name", "stage_id")


@around_handler("listDeals", documented=SORT_BY)
def created_at_sorts_by_id(call: HandlerCall) -> Any:
    """Sorting by created_at sorts by ID, which misplaces older deals that were added later."""
    return _by_its_id(call, "created_at", "id")


@around_handler("listDeals", documented=SORT_BY)
def names_with_accents_come_first(call: HandlerCall) -> Any:
    """Sorted by title, letters outside ASCII count as question marks, so É comes before A."""
    if call.query["sort_by"] != "title":
        return call()
    return resorted(call, lambda row: row["name"].encode("ascii", "replace").lower())


@around_handler("listDeals", documented="Retrieve a paginated list of deals. Implied: sorting removes none")
def sorting_by_company_loses_deals_without_one(call: HandlerCall) -> Any:
    """Sorting by company_name drops deals without a company, because of an inner join."""
    if call.query["sort_by"] != "company_name":
        return call()
    return call.paged([row for row in call.rows() if row["company_id"] is not None])


@around_handler("listDeals", documented="page: Page number for pagination. Implied: each deal is on one page")
def ties_are_shuffled_between_pages(call: HandlerCall) -> Any:
    """Deals with equal sort values change order between pages, so some appear twice and some never."""
    rows = call.rows()
    if call.query["page"] % 2 == 0:
        field = {"title": "name", "assigned_to_name": "assigned_name"}.get(call.query["sort_by"], "")
        rows.sort(key=lambda row: -row["id"])
        rows = _stably(rows, field or call.query["sort_by"], call.query["sort_dir"] == "DESC")
    return call.paged(rows)


def _by_its_id(call: HandlerCall, name: str, id_: str) -> Any:
    return resorted(call, lambda row: row[id_]) if call.query["sort_by"] == name else call()


def _stably(rows: list[Body], field: str, descending: bool) -> list[Body]:
    def key(row: Body) -> Any:
        value = row[field]
        return (value.casefold(), value) if isinstance(value, str) else value

    placed = sorted((row for row in rows if row[field] is not None), key=key, reverse=descending)
    return placed + [row for row in rows if row[field] is None]
