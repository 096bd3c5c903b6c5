"""Paging: the deals on a page, and the page numbers and totals in the response."""

from __future__ import annotations

from dataclasses import replace
from operator import itemgetter
from typing import Any

from mock_server.domain.listing import last_page
from mock_server.mutations.handler_call import UNFILTERED, Body, HandlerCall
from mock_server.mutations.http_exchange import HttpReply, HttpRequest
from mock_server.mutations.mutation import Changes, around_handler, around_http, with_contract

PAGE = "page: Page number for pagination. Default: 1"
PER_PAGE = "per_page: Number of results per page (max 100). Default: 25. Max: 100"
NO_PAGE = {"success": False, "message": "Invalid page"}
NUMBERS = "Paginated deal list: {data, current_page, last_page, per_page, total}"


@around_handler("listDeals", documented=PAGE)
def page_is_ignored(call: HandlerCall) -> Any:
    """Every page returns the deals of page 1."""
    return {**call.with_query(page=1)(), "current_page": call.query["page"]}


@around_handler("listDeals", documented=PAGE)
def pages_count_from_zero(call: HandlerCall) -> Any:
    """The offset is page × per_page, so page 1 returns the deals of page 2."""
    return {**call.with_query(page=call.query["page"] + 1)(), "current_page": call.query["page"]}


@around_handler("listDeals", documented=PAGE)
def pages_overlap_by_one(call: HandlerCall) -> Any:
    """The last deal of each page is repeated as the first deal of the next page."""
    return call.paged(call.rows(), offset=(call.query["page"] - 1) * max(1, call.query["per_page"] - 1))


@around_handler("listDeals", documented=PAGE)
def first_deal_of_later_pages_is_lost(call: HandlerCall) -> Any:
    """From page 2 on, the offset is one too high, so the first deal after page 1 is on no page."""
    page = call.query["page"]
    return call.paged(call.rows(), offset=(page - 1) * call.query["per_page"] + (page > 1))


@around_handler(
    "listDeals", documented="Retrieve a paginated list of deals. Implied: each deal is on one page"
)
def later_pages_sorted_by_value_lose_deals_without_value(call: HandlerCall) -> Any:
    """Sorted by value, page 2 and later pages use `WHERE value > ?`, which drops deals without a value."""
    response = call()
    if call.query["sort_by"] != "value" or call.query["page"] == 1:
        return response
    return {**response, "data": [row for row in response["data"] if row["value"] is not None]}


@around_handler("listDeals", documented=PAGE)
def small_pages_sort_differently(call: HandlerCall) -> Any:
    """Sorted by title, pages of up to 10 deals are case-sensitive, larger pages are not."""
    if call.query["sort_by"] != "title" or call.query["per_page"] > 10:
        return call()
    return call.paged(sorted(call.rows(), key=itemgetter("name"), reverse=call.query["sort_dir"] == "DESC"))


@around_handler("listDeals", documented=PER_PAGE)
def pages_are_one_short(call: HandlerCall) -> Any:
    """A full page holds one deal fewer than per_page."""
    response = call()
    rows = response["data"]
    return {**response, "data": rows[:-1] if len(rows) == call.query["per_page"] else rows}


@around_handler("listDeals", documented=PER_PAGE)
def per_page_is_ignored(call: HandlerCall) -> Any:
    """A page always holds 25 deals."""
    return call.with_query(per_page=25)()


@around_handler("listDeals", documented=PER_PAGE)
def a_page_holds_at_most_25(call: HandlerCall) -> Any:
    """A page holds at most 25 deals, but `per_page` in the response repeats the requested size."""
    size = call.query["per_page"]
    return {**call.with_query(per_page=min(size, 25))(), "per_page": size}


@around_http("listDeals", documented=f"{PER_PAGE}. 404 not found, 422 validation error")
async def per_page_out_of_range_returns_404(request: HttpRequest) -> HttpReply:
    """A `per_page` outside its range, such as 500, returns 404."""
    reply = await request.forward()
    too_large = reply.status == 422 and "per_page" in reply.json.get("errors", {})
    return replace(reply, status=404).with_json(NO_PAGE) if too_large else reply


@with_contract("listDeals", documented=PER_PAGE)
def per_page_has_no_maximum() -> Changes:
    """`per_page` has no maximum: per_page=1000 returns 1000 deals."""
    return {("paths", "/deals", "get", "parameters", "per_page", "schema", "maximum"): None}


@around_http("listDeals", documented=PER_PAGE)
async def a_page_holds_ten_by_default(request: HttpRequest) -> HttpReply:
    """Without `per_page`, a page holds 10 deals."""
    return await request.with_query(**{"per_page": "10", **request.query}).forward()


@around_handler("listDeals", documented=NUMBERS)
def last_page_is_rounded_down(call: HandlerCall) -> Any:
    """`last_page` is rounded down, so a partly filled last page is not counted."""
    response = call()
    return {**response, "last_page": max(1, response["total"] // response["per_page"])}


@around_handler("listDeals", documented=NUMBERS)
def last_page_is_one_too_high_when_pages_are_full(call: HandlerCall) -> Any:
    """If the last page is exactly full, `last_page` is one too high (total / per_page + 1)."""
    response = call()
    return {**response, "last_page": response["total"] // response["per_page"] + 1}


@around_handler("listDeals", documented=NUMBERS)
def an_empty_list_has_the_last_page_of_all_deals(call: HandlerCall) -> Any:
    """If no deal matches, `last_page` is calculated from all deals, because a total of 0 is falsy."""
    response = call()
    if response["total"]:
        return response
    return {**response, "last_page": last_page(len(call.rows(**UNFILTERED)), response["per_page"])}


@around_handler("listDeals", documented=NUMBERS)
def total_counts_only_the_page(call: HandlerCall) -> Any:
    """`total` is the number of deals on the page."""
    response = call()
    return {**response, "total": len(response["data"])}


@around_handler("listDeals", documented=NUMBERS)
def total_of_later_pages_counts_the_deals_so_far(call: HandlerCall) -> Any:
    """From page 2 on, `total` is the number of deals up to the end of the page."""
    response, query = call(), call.query
    seen = (query["page"] - 1) * query["per_page"] + len(response["data"])
    return {**response, "total": seen} if query["page"] > 1 else response


@around_handler("listDeals", documented=NUMBERS)
def a_page_past_the_end_has_total_0(call: HandlerCall) -> Any:
    """Past the last page, `total` is 0, because it comes from `count(*) OVER ()` and there are no rows."""
    response = call()
    return response if response["data"] else {**response, "total": 0, "last_page": 1}


@around_handler("listDeals", documented=NUMBERS)
def total_ignores_the_filters(call: HandlerCall) -> Any:
    """`total` counts all deals, regardless of the filters."""
    everything = len(call.rows(**UNFILTERED))
    return {**call(), "total": everything}


@around_handler("listDeals", "deleteDeal", documented=NUMBERS)
def total_counts_deleted_deals(call: HandlerCall) -> Any:
    """A deleted deal leaves the list but is still counted in `total`."""
    response: Body = call()
    if call.operation == "deleteDeal":
        call.memory["deleted"] = call.memory.get("deleted", 0) + 1
        return response
    return {**response, "total": response["total"] + call.memory.get("deleted", 0)}


@around_handler("listDeals", documented=NUMBERS)
def current_page_is_always_1(call: HandlerCall) -> Any:
    """`current_page` is 1 on every page."""
    return {**call(), "current_page": 1}


@around_handler("listDeals", documented=NUMBERS)
def per_page_is_always_reported_as_25(call: HandlerCall) -> Any:
    """The page has the requested size, but `per_page` in the response is always 25."""
    return {**call(), "per_page": 25}


@around_handler("listDeals", documented=NUMBERS)
def page_numbers_are_text(call: HandlerCall) -> Any:
    """`current_page` and `per_page` are strings, such as "1"."""
    response = call()
    return {**response, **{name: str(response[name]) for name in ("current_page", "per_page")}}


@around_handler("listDeals", documented=NUMBERS)
def page_numbers_are_under_meta(call: HandlerCall) -> Any:
    """The page numbers are nested: `{"data": […], "meta": {"current_page": …}}`."""
    response = call()
    return {"data": response.pop("data"), "meta": response}


@around_handler("listDeals", documented=NUMBERS)
def list_lacks_last_page(call: HandlerCall) -> Any:
    """The response has no `last_page` and no `total`."""
    response = call()
    return {name: response[name] for name in ("data", "current_page", "per_page")}


@around_handler(
    "listDeals", documented="page: Page number for pagination. Implied: the filters apply to the whole list"
)
def filters_apply_to_the_page_only(call: HandlerCall) -> Any:
    """The filters are applied after paging, so matching deals on later pages are missed."""
    matching = {row["id"] for row in call.rows()}
    everything = call.paged(call.rows(**UNFILTERED))
    return {**call(), "data": [row for row in everything["data"] if row["id"] in matching]}
