"""Lists: orders, ends and defaults that the documentation leaves open."""

from __future__ import annotations

import re
from typing import Any

from mock_server.context import current_mock
from mock_server.mutations.handler_call import Body, HandlerCall, found_in
from mock_server.mutations.http_exchange import HttpReply, HttpRequest
from mock_server.mutations.mutation import around_handler, around_http

PER_PAGE = "per_page: max 100; what happens beyond is not said"
STAGES = (
    *("listDealStages", "getDealPipeline"),
    *("createPipelineStage", "updatePipelineStage", "reorderPipelineStages"),
)
ORDER = "Which of two names comes first is not said: case, accents, nothing at all"


def _field(call: HandlerCall) -> str:
    named = current_mock().contract.fields_of("sort_by")
    return named[call.query["sort_by"]]


def _descending(call: HandlerCall) -> bool:
    return bool(call.query["sort_dir"] == "DESC")


@around_http("listDeals", documented=PER_PAGE)
async def per_page_is_clamped(request: HttpRequest) -> HttpReply:
    """More than 100 is taken for 100."""
    wanted = request.query.get("per_page", "")
    too_many = wanted.isascii() and wanted.isdecimal() and int(wanted[:20]) > 100
    return await (request.with_query(per_page="100") if too_many else request).forward()


@around_http("listDeals", documented="page: Page number; what happens below 1 is not said")
async def page_0_is_the_first(request: HttpRequest) -> HttpReply:
    """A page below 1 is taken for 1."""
    below = re.fullmatch("-[0-9]+|0+", request.query.get("page", "1"))
    return await (request.with_query(page="1") if below else request).forward()


@around_handler("listDeals", documented="page: Page number; what happens beyond the last is not said")
def a_page_past_the_end_is_the_last(call: HandlerCall) -> Any:
    """Beyond the last page the last page is given, and says so."""
    answer = call()
    beyond = answer["current_page"] > answer["last_page"]
    return call.asking(page=answer["last_page"]) if beyond else answer


@around_handler("listDeals", documented="last_page: of an empty list nothing is said")
def an_empty_list_has_no_page(call: HandlerCall) -> Any:
    """The last page of an empty list is 0."""
    answer = call()
    return answer if answer["total"] else {**answer, "last_page": 0}


@around_handler("listDeals", documented=ORDER)
def sorting_minds_the_case(call: HandlerCall) -> Any:
    """ "Zebra" comes before "acme"."""
    field = _field(call)
    return call.paged(_sorted(call.rows(), field, _descending(call)))


@around_handler("listDeals", documented=ORDER)
def nothing_sorts_first(call: HandlerCall) -> Any:
    """Ascending, deals without a value in the field come first."""
    field, rows = _field(call), call.rows()
    nulls = [row for row in rows if row[field] is None]
    placed = [row for row in rows if row[field] is not None]
    return call.paged(placed + nulls if _descending(call) else nulls + placed)


@around_handler(
    "listDeals", documented="Of deals that sort the same nothing is said, but that each is on one page"
)
def ties_are_newest_first(call: HandlerCall) -> Any:
    """Of deals that sort the same, the newest comes first."""
    field = _field(call)
    rows = sorted(call.rows(), key=lambda row: -row["id"])
    return call.paged(_sorted(rows, field, _descending(call), fold=True))


@around_handler("listDeals", documented="won: 0, 1; whether 0 is lost or not won is not said")
def won_0_is_not_won(call: HandlerCall) -> Any:
    """0 lists all that is not won, open deals as well."""
    if call.query.get("won") != "0":
        return call()
    return call.paged([row for row in call.rows(won=None) if not row["is_won"]])


@around_handler("listDeals", documented="search: Search term; whether case counts is not said")
def search_minds_the_case(call: HandlerCall) -> Any:
    """A term is found in its own case only."""
    term = call.query.get("search")
    if not term:
        return call()
    names = ("name", "company_name", "contact_name")
    return call.paged([row for row in call.rows() if any(term in (row[name] or "") for name in names)])


@around_handler("listDeals", documented="search: Search term; which fields are searched is not said")
def search_looks_at_names_only(call: HandlerCall) -> Any:
    """The name of a deal is searched, but not those of its company and contact."""
    term = (call.query.get("search") or "").casefold()
    return call.paged([row for row in call.rows() if term in row["name"].casefold()])


@around_handler("listDeals", documented="search: Search term; which fields are searched is not said")
def search_looks_everywhere(call: HandlerCall) -> Any:
    """Notes, tags, stage and people are searched, too."""
    term = (call.query.get("search") or "").casefold()
    found = {row["id"] for row in call.rows()} if term else set()
    rows = call.rows(search=None)
    return call.paged([row for row in rows if not term or row["id"] in found or term in _text_of(row)])


@around_handler("getDealTimeline", documented="Combined timeline: which end is first is not said")
def timeline_is_oldest_first(call: HandlerCall) -> Any:
    """The oldest e-mail comes first."""
    answer = call()
    return {**answer, "data": answer["data"][::-1]}


@around_handler("getDealPipeline", documented="Deals grouped by pipeline stage: their order is not said")
def board_has_the_dearest_deals_first(call: HandlerCall) -> Any:
    """The deals of a stage come by value, the highest first."""
    answer = call()
    for column in answer["data"]:
        column["deals"].sort(key=lambda deal: -(deal["value"] or 0))
    return answer


@around_handler("listDealTasks", documented="The order of the tasks is not said")
def tasks_are_newest_first(call: HandlerCall) -> Any:
    """The newest task comes first."""
    answer = call()
    return {**answer, "data": answer["data"][::-1]}


@around_handler(*STAGES, documented="display_order: which number is the first is not said")
def display_orders_go_in_tens(call: HandlerCall) -> Any:
    """0, 10, 20 …"""
    answer = call()
    for stage in found_in(answer, "display_order"):
        stage["display_order"] = (stage["display_order"] - 1) * 10
    return answer


def _sorted(rows: list[Body], field: str, descending: bool, *, fold: bool = False) -> list[Body]:
    def key(row: Body) -> Any:
        value = row[field]
        return (value.casefold(), value) if fold and isinstance(value, str) else value

    placed = sorted((row for row in rows if row[field] is not None), key=key, reverse=descending)
    return placed + [row for row in rows if row[field] is None]


def _text_of(row: Body) -> str:
    names = ("notes", "tags", "stage_name", "assigned_name", "reseller_name")
    return " ".join(row[name] or "" for name in names).casefold()
