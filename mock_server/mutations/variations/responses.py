"""Responses: the form of a response where the documentation leaves it open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mock_server.mutations.handler_call import Body, HandlerCall, body_of, deals_in, records_in
from mock_server.mutations.http_exchange import HttpReply, HttpRequest
from mock_server.mutations.mutation import around_handler, around_http

BOARDS = ("listDeals", "getDealPipeline")
DEALS = (*BOARDS, "getDeal", "createDeal", "updateDeal", "moveDealToStage", "setDealPrimaryQuote")
RESPONSES = (*DEALS, "listDealStages", "listDealTasks", "createDealTask", "updateDealTask")
CREATES = ("createDeal", "createDealNote", "createDealTask", "createPipelineStage")
SAVES = (
    *CREATES,
    "updateDeal",
    "moveDealToStage",
    "setDealPrimaryQuote",
    "updateDealTask",
    "updatePipelineStage",
    "reorderPipelineStages",
)
DELETES = ("deleteDeal", "deleteDealNote", "deleteDealTask", "deletePipelineStage")
GUESSED = ("bill_to_contact_id", "reseller_contact_id", "primary_quote_id", "closed_at", "deal_notes")
TEXTS = ("loss_reason", "notes", "tags", "contact_name", "company_name", "reseller_name", "assigned_name")
STATS = {
    "total_deals": "count",
    "total_value": "totalValue",
    "open_deals": "openCount",
    "won_deals": "wonCount",
    "lost_deals": "lostCount",
    "win_rate": "winRate",
    "average_deal_value": "averageValue",
}


@around_handler(
    *DEALS,
    documented='the documentation says "Includes risk scoring for open deals", not for closed ones',
)
def closed_deals_have_no_risk(call: HandlerCall) -> Any:
    """Closed deals omit `risk` instead of returning null."""
    response = call()
    for deal in deals_in(response):
        if deal.get("risk") is None:
            deal.pop("risk", None)
    return response


@around_handler(*RESPONSES, documented="the examples show the documented fields, but do not exclude others")
def responses_have_extra_fields(call: HandlerCall) -> Any:
    """Records and envelopes have additional fields."""
    response = call()
    for record in [
        *deals_in(response),
        *records_in(response, "display_order"),
        *records_in(response, "due_time"),
    ]:
        record.update(uuid=f"0000-{record['id']}", custom_fields={"region": None}, owner=[])
    body_of(response)["request_id"] = "f3a9"
    return response


@around_handler(*DEALS, documented="JSON does not distinguish integers from other numbers")
def whole_numbers_have_a_decimal_point(call: HandlerCall) -> Any:
    """Whole numbers are written with a decimal point: 50000.0."""
    response = call()
    for record, name in _numbers(response):
        record[name] = float(record[name])
    return response


@around_handler(*DEALS, documented="the documentation does not say how a missing text is returned")
def missing_text_is_an_empty_string(call: HandlerCall) -> Any:
    """A text that a deal does not have is "" instead of null."""
    response = call()
    for deal in deals_in(response):
        deal.update({name: "" for name in TEXTS if deal.get(name, "") is None})
    return response


@around_handler(
    "createDeal", "updateDeal", documented="notes and tags are optional, and an empty text has no content"
)
def empty_text_becomes_null(call: HandlerCall) -> Any:
    """`notes` and `tags` that are sent as "" are saved as null."""
    return call.with_fields(**{name: None for name in ("notes", "tags") if call.body.get(name) == ""})()


@around_handler(*DEALS, documented="the omitted fields are in no example of the documentation")
def deals_have_documented_fields_only(call: HandlerCall) -> Any:
    """Deals have only the fields in the documentation's examples."""
    response = call()
    for deal in deals_in(response):
        for name in GUESSED:
            deal.pop(name, None)
    return response


@around_handler(
    *BOARDS,
    documented='the example of the list shows "weight": "...", the example of a deal shows "weight": 25',
)
def weights_on_the_list_are_text(call: HandlerCall) -> Any:
    """On the list and the board, the `weight` of a risk factor is a string."""
    response = call()
    for factor in records_in(response, "weight"):
        factor["weight"] = str(factor["weight"])
    return response


@around_handler(
    *DEALS, documented='the example shows "risk_level": "medium", but the documentation lists no values'
)
def risk_has_a_critical_level(call: HandlerCall) -> Any:
    """From a score of 50, `risk_level` is "critical"."""
    response = call()
    for risk in records_in(response, "risk_level"):
        if risk["risk_score"] >= 50:
            risk["risk_level"] = "critical"
    return response


@around_handler(*CREATES, documented="the documentation does not say what a create returns in data")
def creates_answer_only_the_id(call: HandlerCall) -> Any:
    """A create returns only the ID: `"data": {"id": 201}`."""
    body, status = call()
    return {**body, "data": {"id": body["data"]["id"]}}, status


@around_handler(
    *SAVES,
    *DELETES,
    documented='the documentation says "usually with data, and on writes a message", so not always',
)
def writes_have_no_message(call: HandlerCall) -> Any:
    """A write returns no `message`."""
    response = call()
    del body_of(response)["message"]
    return response


@around_handler(*DELETES, documented="the documentation does not say what a delete returns besides success")
def deletes_answer_null_data(call: HandlerCall) -> Any:
    """A delete also returns `"data": null`."""
    return {**call(), "data": None}


@around_handler(
    "getDealPipeline",
    documented='the documentation says "deals grouped by pipeline stage", but not in which form',
)
def board_is_wrapped_in_stages(call: HandlerCall) -> Any:
    """The columns of the board are nested: `"data": {"stages": […]}`."""
    return {"success": True, "data": {"stages": call()["data"]}}


@around_handler(
    "getDealPipeline",
    documented='the documentation says "deals grouped by pipeline stage": an empty stage is no group',
)
def board_leaves_empty_stages_out(call: HandlerCall) -> Any:
    """The board omits stages without deals."""
    response = call()
    return {**response, "data": [column for column in response["data"] if column["deals"]]}


@around_handler(
    "getDealPipeline",
    documented='the documentation says "deals grouped by pipeline stage", but not in which form',
)
def board_nests_the_stage(call: HandlerCall) -> Any:
    """Each column of the board has the form `{"stage": {…}, "count": 2, "deals": […]}`."""
    response = call()
    names = ("deals", "deals_count", "total_value")
    columns = [
        {
            "stage": {name: value for name, value in column.items() if name not in names},
            "count": column["deals_count"],
            "deals": column["deals"],
        }
        for column in response["data"]
    ]
    return {**response, "data": columns}


@around_handler(
    "getDealPipeline",
    documented='the documentation says "deals grouped by pipeline stage", but not in which order',
)
def board_has_the_newest_stage_first(call: HandlerCall) -> Any:
    """The columns of the board are sorted by stage ID, highest first."""
    response = call()
    return {**response, "data": sorted(response["data"], key=lambda column: -column["id"])}


@around_handler(
    "getDealStats",
    documented='the documentation says "total value, count, win rate, etc.", but names no fields',
)
def stats_have_other_names(call: HandlerCall) -> Any:
    """The statistics have other field names, such as `totalValue`, `count` and `winRate`."""
    data = call()["data"]
    return {"success": True, "data": {new: data[old] for old, new in STATS.items()}}


@around_handler("importDeals", documented="the documentation does not say what an import returns")
def import_answers_only_a_message(call: HandlerCall) -> Any:
    """An import returns only a `message`, without `data`."""
    response: Body = call()
    del response["data"]
    return response


@around_http(
    "exportDeals", "downloadDealTemplate", documented="the documentation names no content type for files"
)
async def files_are_octet_streams(request: HttpRequest) -> HttpReply:
    """Files are sent with the content type application/octet-stream."""
    reply = await request.forward()
    kind = "application/octet-stream"
    return reply.with_headers(content_type=kind) if reply.status == 200 else reply


@around_http("exportDeals", documented="the documentation does not specify the file format")
async def export_has_a_byte_order_mark(request: HttpRequest) -> HttpReply:
    """The export starts with a byte order mark, for spreadsheet programs."""
    reply = await request.forward()
    return HttpReply(200, reply.headers, b"\xef\xbb\xbf" + reply.body) if reply.status == 200 else reply


@around_http("downloadDealTemplate", documented="the documentation does not name the columns of the template")
async def template_has_a_column_for_remarks(request: HttpRequest) -> HttpReply:
    """The template has an additional column for remarks, which the import ignores."""
    reply = await request.forward()
    if reply.status != 200:
        return reply
    header, *rows = reply.body.decode().splitlines()
    text = "\r\n".join([f"{header},remarks", *(f"{row}," for row in rows), ""])
    return HttpReply(200, reply.headers, text.encode())


@around_http(*RESPONSES, "getDealStats", documented="a content type may have parameters")
async def json_names_its_charset(request: HttpRequest) -> HttpReply:
    """The content type names a charset: `application/json; charset=utf-8`."""
    reply = await request.forward()
    return reply.with_headers(content_type="application/json; charset=utf-8")


@around_http(
    *RESPONSES, "getDealStats", documented="the examples show JSON, but name no content type of a response"
)
async def json_has_a_content_type_of_its_own(request: HttpRequest) -> HttpReply:
    """The content type is application/vnd.deals+json, and that of errors application/problem+json."""
    reply = await request.forward()
    return reply.with_headers(
        content_type=f"application/{'vnd.deals' if reply.status < 400 else 'problem'}+json"
    )


def _numbers(response: Any) -> Iterator[tuple[Body, str]]:
    for sign in ("value", "risk_score", "total_value"):
        for record in records_in(response, sign):
            if isinstance(record[sign], int):
                yield record, sign
