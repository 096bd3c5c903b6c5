"""Paging: which deals a page holds, and what it says of the whole."""

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
    """Every page holds the deals of the first."""
    return {**call.asking(page=1), "current_page": call.query["page"]}


@around_handler("listDeals", documented=PAGE)
def pages_count_from_zero(call: HandlerCall) -> Any:
    """Page 1 holds what belongs on page 2: the offset is page × per_page."""
    return {**call.asking(page=call.query["page"] + 1), "current_page": call.query["page"]}


@around_handler("listDeals", documented=PAGE)
def pages_overlap_by_one(call: HandlerCall) -> Any:
    """The last deal of a page comes again as the first of the next."""
    return call.paged(call.rows(), offset=(call.query["page"] - 1) * max(1, call.query["per_page"] - 1))


@around_handler("listDeals", documented=PAGE)
def first_deal_of_later_pages_is_lost(call: HandlerCall) -> Any:
    """From page 2 on the offset is one too large, so a deal between two pages is on neither."""
    page = call.query["page"]
    return call.paged(call.rows(), offset=(page - 1) * call.query["per_page"] + (page > 1))


@around_handler("listDeals", documented="Retrieve a paginated list of deals: each is on one page")
def later_pages_by_value_lose_deals_without_one(call: HandlerCall) -> Any:
    """A list by value goes on with `WHERE value > ?`, which is never true of a deal without a value."""
    answer = call()
    if call.query["sort_by"] != "value" or call.query["page"] == 1:
        return answer
    return {**answer, "data": [row for row in answer["data"] if row["value"] is not None]}


@around_handler("listDeals", documented=PAGE)
def small_pages_are_sorted_another_way(call: HandlerCall) -> Any:
    """Up to ten deals come in the order of the index, by bytes; more are sorted, without regard to case."""
    if call.query["sort_by"] != "title" or call.query["per_page"] > 10:
        return call()
    return call.paged(sorted(call.rows(), key=itemgetter("name"), reverse=call.query["sort_dir"] == "DESC"))


@around_handler("listDeals", documented=PER_PAGE)
def pages_are_one_short(call: HandlerCall) -> Any:
    """A full page holds one deal less than asked for."""
    answer = call()
    rows = answer["data"]
    return {**answer, "data": rows[:-1] if len(rows) == call.query["per_page"] else rows}


@around_handler("listDeals", documented=PER_PAGE)
def per_page_is_ignored(call: HandlerCall) -> Any:
    """A page always holds 25 deals."""
    return call.asking(per_page=25)


@around_handler("listDeals", documented=PER_PAGE)
def a_page_holds_25_at_most(call: HandlerCall) -> Any:
    """A page may be smaller than usual, but not larger, whatever it says."""
    size = call.query["per_page"]
    return {**call.asking(per_page=min(size, 25)), "per_page": size}


@around_http("listDeals", documented=f"{PER_PAGE}; 404 not found, 422 validation error")
async def a_page_too_large_is_not_found(request: HttpRequest) -> HttpReply:
    """The paginator has one error for all that it cannot do: there is no such page."""
    reply = await request.forward()
    too_large = reply.status == 422 and "per_page" in reply.json.get("errors", {})
    return replace(reply, status=404).with_json(NO_PAGE) if too_large else reply


@with_contract("listDeals", documented=PER_PAGE)
def per_page_has_no_maximum() -> Changes:
    """A page of a thousand deals is served."""
    return {("paths", "/deals", "get", "parameters", "per_page", "schema", "maximum"): None}


@around_http("listDeals", documented=PER_PAGE)
async def a_page_holds_ten_by_default(request: HttpRequest) -> HttpReply:
    """Without per_page a page holds ten deals."""
    return await request.with_query(**{"per_page": "10", **request.query}).forward()


@around_handler("listDeals", documented=NUMBERS)
def last_page_is_rounded_down(call: HandlerCall) -> Any:
    """The last, not quite full page is not counted."""
    answer = call()
    return {**answer, "last_page": max(1, answer["total"] // answer["per_page"])}


@around_handler("listDeals", documented=NUMBERS)
def last_page_is_one_too_many_when_it_is_full(call: HandlerCall) -> Any:
    """When the deals fill their pages exactly, an empty page is counted: total / per_page + 1."""
    answer = call()
    return {**answer, "last_page": answer["total"] // answer["per_page"] + 1}


@around_handler("listDeals", documented=NUMBERS)
def an_empty_list_has_the_pages_of_all_deals(call: HandlerCall) -> Any:
    """`pages = ceil((total || everything) / per_page)`: a total of 0 is taken for none."""
    answer = call()
    if answer["total"]:
        return answer
    return {**answer, "last_page": last_page(len(call.rows(**UNFILTERED)), answer["per_page"])}


@around_handler("listDeals", documented=NUMBERS)
def total_is_that_of_the_page(call: HandlerCall) -> Any:
    """The total is how many deals the page holds."""
    answer = call()
    return {**answer, "total": len(answer["data"])}


@around_handler("listDeals", documented=NUMBERS)
def total_of_later_pages_is_what_was_seen(call: HandlerCall) -> Any:
    """The deals are counted for page 1; from then on the total is how many there were so far."""
    answer, query = call(), call.query
    seen = (query["page"] - 1) * query["per_page"] + len(answer["data"])
    return {**answer, "total": seen} if query["page"] > 1 else answer


@around_handler("listDeals", documented=NUMBERS)
def a_page_past_the_end_counts_nothing(call: HandlerCall) -> Any:
    """The total is `count(*) OVER ()`, a column of every deal of the page: without a deal there is none."""
    answer = call()
    return answer if answer["data"] else {**answer, "total": 0, "last_page": 1}


@around_handler("listDeals", documented=NUMBERS)
def total_disregards_the_filters(call: HandlerCall) -> Any:
    """The total is that of all deals, whatever is filtered."""
    everything = len(call.rows(**UNFILTERED))
    return {**call(), "total": everything}


@around_handler("listDeals", "deleteDeal", documented=NUMBERS)
def total_counts_deleted_deals(call: HandlerCall) -> Any:
    """A deleted deal leaves the list, but not its total."""
    answer: Body = call()
    if call.operation == "deleteDeal":
        call.memory["deleted"] = call.memory.get("deleted", 0) + 1
        return answer
    return {**answer, "total": answer["total"] + call.memory.get("deleted", 0)}


@around_handler("listDeals", documented=NUMBERS)
def current_page_is_always_1(call: HandlerCall) -> Any:
    """Whichever page it is, the list calls it the first."""
    return {**call(), "current_page": 1}


@around_handler("listDeals", documented=NUMBERS)
def per_page_is_always_said_to_be_25(call: HandlerCall) -> Any:
    """The page is as large as asked for, but says 25."""
    return {**call(), "per_page": 25}


@around_handler("listDeals", documented=NUMBERS)
def page_numbers_are_text(call: HandlerCall) -> Any:
    """`"current_page": "1"`: the query's text is handed back."""
    answer = call()
    return {**answer, **{name: str(answer[name]) for name in ("current_page", "per_page")}}


@around_handler("listDeals", documented=NUMBERS)
def page_numbers_stand_under_meta(call: HandlerCall) -> Any:
    """`{"data": […], "meta": {"current_page": …}}`, as a framework's resources do."""
    answer = call()
    return {"data": answer.pop("data"), "meta": answer}


@around_handler("listDeals", documented=NUMBERS)
def list_lacks_last_page(call: HandlerCall) -> Any:
    """A simple paginator, that never counted: no `last_page`, no `total`."""
    answer = call()
    return {name: answer[name] for name in ("data", "current_page", "per_page")}


@around_handler("listDeals", documented="page: Page number for pagination; the filters filter the list")
def filters_work_on_the_page_only(call: HandlerCall) -> Any:
    """A page of all deals is taken first and filtered then, so that matching deals further on are missed."""
    matching = {row["id"] for row in call.rows()}
    everything = call.paged(call.rows(**UNFILTERED))
    return {**call(), "data": [row for row in everything["data"] if row["id"] in matching]}
