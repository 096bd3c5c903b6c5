"""Lists: orders, limits and defaults that the documentation leaves open."""

from __future__ import annotations

import re
from typing import Any

from mock_server.context import current_mock
from mock_server.mutations.handler_call import UNFILTERED, Body, HandlerCall, records_in
from mock_server.mutations.http_exchange import HttpReply, HttpRequest
from mock_server.mutations.mutation import Changes, around_handler, around_http, with_contract

PER_PAGE = 'the documentation says "Max: 100" for per_page, but not what happens above it'
STAGES = (
    *("listDealStages", "getDealPipeline"),
    *("createPipelineStage", "updatePipelineStage", "reorderPipelineStages"),
)
ORDER = "the documentation does not say how case, accents and missing values are sorted"


def _field(call: HandlerCall) -> str:
    named = current_mock().contract.fields_of("sort_by")
    return named[call.query["sort_by"]]


def _descending(call: HandlerCall) -> bool:
    return bool(call.query["sort_dir"] == "DESC")


@around_http("listDeals", documented=PER_PAGE)
async def per_page_is_clamped(request: HttpRequest) -> HttpReply:
    """A `per_page` above 100 is treated as 100."""
    wanted = request.query.get("per_page", "")
    too_many = wanted.isascii() and wanted.isdecimal() and int(wanted[:20]) > 100
    return await (request.with_query(per_page="100") if too_many else request).forward()


@around_http("listDeals", documented="the documentation does not say what happens for a page below 1")
async def page_0_is_the_first(request: HttpRequest) -> HttpReply:
    """A `page` below 1 is treated as 1."""
    below = re.fullmatch("-[0-9]+|0+", request.query.get("page", "1"))
    return await (request.with_query(page="1") if below else request).forward()


@around_handler("listDeals", documented="the documentation does not say what happens past the last page")
def a_page_past_the_end_is_the_last(call: HandlerCall) -> Any:
    """Past the end of the list, the last page is returned, with its own number."""
    response = call()
    beyond = response["current_page"] > response["last_page"]
    return call.with_query(page=response["last_page"])() if beyond else response


@around_handler("listDeals", documented="the documentation does not define last_page for an empty list")
def an_empty_list_has_last_page_0(call: HandlerCall) -> Any:
    """The `last_page` of an empty list is 0."""
    response = call()
    return response if response["total"] else {**response, "last_page": 0}


@around_handler("listDeals", documented=ORDER)
def sorting_is_case_sensitive(call: HandlerCall) -> Any:
    """Sorting is case-sensitive: Zebra comes before acme."""
    field = _field(call)
    return call.paged(_sorted(call.rows(), field, _descending(call)))


@around_handler("listDeals", documented=ORDER)
def nulls_sort_first(call: HandlerCall) -> Any:
    """In ascending order, deals without a value in the sort field come first."""
    field, rows = _field(call), call.rows()
    nulls = [row for row in rows if row[field] is None]
    placed = [row for row in rows if row[field] is not None]
    return call.paged(placed + nulls if _descending(call) else nulls + placed)


@around_handler(
    "listDeals", documented="the documentation does not say how deals with equal sort values are ordered"
)
def ties_are_newest_first(call: HandlerCall) -> Any:
    """Deals with equal sort values are sorted newest first."""
    field = _field(call)
    rows = sorted(call.rows(), key=lambda row: -row["id"])
    return call.paged(_sorted(rows, field, _descending(call), fold=True))


@around_handler("listDeals", documented="the documentation does not say whether won=0 means lost or not won")
def won_0_is_not_won(call: HandlerCall) -> Any:
    """`won=0` lists all deals that are not won, including open ones."""
    if call.query.get("won") != "0":
        return call()
    return call.paged([row for row in call.rows(won=None) if not row["is_won"]])


@around_handler("listDeals", documented="the documentation does not say whether search is case-sensitive")
def search_is_case_sensitive(call: HandlerCall) -> Any:
    """Search is case-sensitive."""
    term = call.query.get("search")
    if not term:
        return call()
    names = ("name", "company_name", "contact_name")
    return call.paged([row for row in call.rows() if any(term in (row[name] or "") for name in names)])


@around_handler("listDeals", documented="the documentation does not say which fields are searched")
def search_covers_deal_names_only(call: HandlerCall) -> Any:
    """Search covers the name of a deal, but not those of its company and contact."""
    term = (call.query.get("search") or "").casefold()
    return call.paged([row for row in call.rows() if term in row["name"].casefold()])


@around_handler("listDeals", documented="the documentation does not say which fields are searched")
def search_covers_all_text_fields(call: HandlerCall) -> Any:
    """Search also covers notes, tags, stage, assignee and reseller."""
    term = (call.query.get("search") or "").casefold()
    found = {row["id"] for row in call.rows()} if term else set()
    rows = call.rows(search=None)
    return call.paged([row for row in rows if not term or row["id"] in found or term in _text_of(row)])


@around_handler(
    "listDeals", documented="the documentation does not say how a search term is split into words"
)
def search_splits_at_punctuation(call: HandlerCall) -> Any:
    """A search finds the deals that contain every word of the term; punctuation separates words."""
    words = re.split(r"[\W_]+", (call.query.get("search") or "").casefold())
    names = ("name", "company_name", "contact_name")
    rows = [(row, " ".join(row[name] or "" for name in names).casefold()) for row in call.rows(search=None)]
    return call.paged([row for row, text in rows if all(word in text for word in words)])


@with_contract(
    "listDeals",
    "getDealPipeline",
    documented="the documentation names no default for scope",
)
def the_default_scope_is_me() -> Changes:
    """Without `scope`, only the current user's deals are listed."""
    return {("components", "parameters", "Scope", "schema", "default"): "me"}


@around_handler(
    "getDealTimeline", documented="the documentation does not say in which order the timeline is returned"
)
def timeline_is_oldest_first(call: HandlerCall) -> Any:
    """The timeline starts with the oldest email."""
    response = call()
    return {**response, "data": response["data"][::-1]}


@around_handler(
    "getDealPipeline", documented="the documentation does not say how the deals of a stage are ordered"
)
def board_lists_the_highest_values_first(call: HandlerCall) -> Any:
    """The deals of a stage are sorted by value, highest first."""
    response = call()
    for column in response["data"]:
        column["deals"].sort(key=lambda deal: -(deal["value"] or 0))
    return response


@around_handler(
    "getDealPipeline",
    documented='the documentation says "deals grouped by pipeline stage", and nothing of counts beside them',
)
def board_counts_are_those_of_the_stage(call: HandlerCall) -> Any:
    """`deals_count` and `total_value` of a column are those of the whole stage, whatever the filters."""
    response = call()
    whole = {column["id"]: column for column in call.with_query(**UNFILTERED)()["data"]}
    for column in response["data"]:
        column.update({name: whole[column["id"]][name] for name in ("deals_count", "total_value")})
    return response


@around_handler("listDealTasks", documented="the documentation does not say how tasks are ordered")
def tasks_are_newest_first(call: HandlerCall) -> Any:
    """Tasks are sorted newest first."""
    response = call()
    return {**response, "data": response["data"][::-1]}


@around_handler(*STAGES, documented="the documentation does not say with which number display_order starts")
def display_orders_go_in_tens(call: HandlerCall) -> Any:
    """`display_order` counts in tens: 0, 10, 20 …"""
    response = call()
    for stage in records_in(response, "display_order"):
        stage["display_order"] = (stage["display_order"] - 1) * 10
    return response


def _sorted(rows: list[Body], field: str, descending: bool, *, fold: bool = False) -> list[Body]:
    def key(row: Body) -> Any:
        value = row[field]
        return (value.casefold(), value) if fold and isinstance(value, str) else value

    placed = sorted((row for row in rows if row[field] is not None), key=key, reverse=descending)
    return placed + [row for row in rows if row[field] is None]


def _text_of(row: Body) -> str:
    names = ("notes", "tags", "stage_name", "assigned_name", "reseller_name")
    return " ".join(row[name] or "" for name in names).casefold()
