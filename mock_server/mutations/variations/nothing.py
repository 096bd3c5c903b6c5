"""Nothing: how a response says that there is no value, no list, or no field at fault."""

from __future__ import annotations

from typing import Any

from mock_server.handlers import handled_operations
from mock_server.mutations.handler_call import HandlerCall, deals_in, records_in
from mock_server.mutations.http_exchange import HttpReply, HttpRequest
from mock_server.mutations.mutation import around_handler, around_http

EVERYTHING = tuple(handled_operations())
DEALS = (
    *("listDeals", "getDealPipeline", "getDeal", "createDeal"),
    *("updateDeal", "moveDealToStage", "setDealPrimaryQuote"),
)
LISTS = ("listDeals", "getDealPipeline", "listDealTasks", "getDealTimeline", "listDealLinkedEmails")
ERRORS = 'the documentation says "errors appears on validation errors", not what other errors have there'
EMPTY = "the documentation does not say how an empty list is returned"


@around_handler(
    *DEALS,
    documented="the example shows a deal with a value in every field, not one without",
)
def fields_without_a_value_are_left_out(call: HandlerCall) -> Any:
    """Fields of a deal that have no value are omitted instead of returned as null."""
    response = call()
    for deal in deals_in(response):
        for name in [name for name, value in deal.items() if value is None]:
            del deal[name]
    return response


@around_http(*EVERYTHING, documented=ERRORS)
async def errors_are_null_where_no_field_is_wrong(request: HttpRequest) -> HttpReply:
    """An error that is no field's fault has `"errors": null`."""
    return _with_errors(await request.forward(), None)


@around_http(*EVERYTHING, documented=ERRORS)
async def errors_are_an_empty_list_where_no_field_is_wrong(request: HttpRequest) -> HttpReply:
    """An error that is no field's fault has `"errors": []`, as PHP writes an empty map."""
    return _with_errors(await request.forward(), [])


@around_http(
    "deletePipelineStage",
    "importDeals",
    documented='"errors maps a field to one text": a field that the request does not have cannot be named',
)
async def a_conflict_is_a_422_without_errors(request: HttpRequest) -> HttpReply:
    """A well-formed request that the state of the data forbids returns 422 with only a message."""
    reply = await request.forward()
    if reply.status != 422:
        return reply
    return reply.with_json({"success": False, "message": " ".join(reply.json["errors"].values())})


@around_handler(*LISTS, documented=EMPTY)
def empty_lists_are_null(call: HandlerCall) -> Any:
    """A list without entries is null, as Go writes an empty slice."""
    response = call()
    for record in [response, *records_in(response, "deals"), *records_in(response, "risk_factors")]:
        for name in ("data", "deals", "risk_factors"):
            if record.get(name) == []:
                record[name] = None
    return response


def _with_errors(reply: HttpReply, nothing: Any) -> HttpReply:
    if reply.status < 400 or reply.status == 422:
        return reply
    return reply.with_json({**reply.json, "errors": nothing})
