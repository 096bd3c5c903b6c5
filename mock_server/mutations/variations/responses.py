"""Answers: how a record may look where the documentation leaves it open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mock_server.mutations.handler_call import Body, HandlerCall, body_of, deals_in, found_in
from mock_server.mutations.http_exchange import HttpReply, HttpRequest
from mock_server.mutations.mutation import around_handler, around_http

BOARDS = ("listDeals", "getDealPipeline")
DEALS = (*BOARDS, "getDeal", "createDeal", "updateDeal", "moveDealToStage", "setDealPrimaryQuote")
ANSWERS = (*DEALS, "listDealStages", "listDealTasks", "createDealTask", "updateDealTask")
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


@around_handler(*DEALS, documented="Risk is included for open deals; of closed ones nothing is said")
def closed_deals_have_no_risk(call: HandlerCall) -> Any:
    """A closed deal has no field `risk`, instead of null."""
    answer = call()
    for deal in deals_in(answer):
        if deal.get("risk") is None:
            deal.pop("risk", None)
    return answer


@around_handler(*ANSWERS, documented="An example shows fields that are there, and forbids no others")
def answers_have_more_fields(call: HandlerCall) -> Any:
    """Records and envelopes have fields that nobody asked for."""
    answer = call()
    for record in [*deals_in(answer), *found_in(answer, "display_order"), *found_in(answer, "due_time")]:
        record.update(uuid=f"0000-{record['id']}", custom_fields={"region": None}, owner=[])
    body_of(answer)["request_id"] = "f3a9"
    return answer


@around_handler(*DEALS, documented="value and the risk score are numbers; JSON knows no integers")
def whole_numbers_have_a_point(call: HandlerCall) -> Any:
    """50000 comes as 50000.0."""
    answer = call()
    for record, name in _numbers(answer):
        record[name] = float(record[name])
    return answer


@around_handler(*DEALS, documented="loss_reason, notes, tags: optional; how nothing is written is not said")
def text_that_is_missing_is_empty(call: HandlerCall) -> Any:
    """A text that a deal does not have is "", instead of null."""
    answer = call()
    for deal in deals_in(answer):
        deal.update({name: "" for name in TEXTS if deal.get(name, "") is None})
    return answer


@around_handler(
    "createDeal", "updateDeal", documented="notes, tags: optional; an empty text is as good as none"
)
def empty_text_becomes_null(call: HandlerCall) -> Any:
    """A text that is given as "" is saved as nothing, and comes back as null."""
    return call.sending(**{name: None for name in ("notes", "tags") if call.body.get(name) == ""})


@around_handler(*DEALS, documented="These fields are in no example of the documentation")
def deals_have_documented_fields_only(call: HandlerCall) -> Any:
    """What only we put into a deal is not there."""
    answer = call()
    for deal in deals_in(answer):
        for name in GUESSED:
            deal.pop(name, None)
    return answer


@around_handler(
    *BOARDS, documented='The example shows "weight": "..." on the list and "weight": 25 on the deal'
)
def weights_on_the_list_are_text(call: HandlerCall) -> Any:
    """A risk factor's weight comes as text where there are many deals."""
    answer = call()
    for factor in found_in(answer, "weight"):
        factor["weight"] = str(factor["weight"])
    return answer


@around_handler(*DEALS, documented='risk_level: the example shows "medium", and no list of values')
def risk_has_a_critical_level(call: HandlerCall) -> Any:
    """From 50 on the level is "critical"."""
    answer = call()
    for risk in found_in(answer, "risk_level"):
        if risk["risk_score"] >= 50:
            risk["risk_level"] = "critical"
    return answer


@around_handler(*CREATES, documented="What a create answers in data is not said")
def creates_answer_only_the_id(call: HandlerCall) -> Any:
    """`"data": {"id": 201}`."""
    body, status = call()
    return {**body, "data": {"id": body["data"]["id"]}}, status


@around_handler(*SAVES, *DELETES, documented="usually with data, and on writes a message: usually")
def writes_have_no_message(call: HandlerCall) -> Any:
    """A write answers without a message."""
    answer = call()
    del body_of(answer)["message"]
    return answer


@around_handler(*DELETES, documented="What a delete answers beside success is not said")
def deletes_answer_null_data(call: HandlerCall) -> Any:
    """A delete answers `"data": null`, too."""
    return {**call(), "data": None}


@around_handler("getDealPipeline", documented="Deals grouped by pipeline stage; how, is not said")
def board_is_wrapped_in_stages(call: HandlerCall) -> Any:
    """`"data": {"stages": […]}`."""
    return {"success": True, "data": {"stages": call()["data"]}}


@around_handler(
    "getDealPipeline", documented="Deals grouped by pipeline stage; a stage without deals is no group"
)
def board_leaves_empty_stages_out(call: HandlerCall) -> Any:
    """Only stages with deals are on the board."""
    answer = call()
    return {**answer, "data": [column for column in answer["data"] if column["deals"]]}


@around_handler("getDealPipeline", documented="Deals grouped by pipeline stage; how, is not said")
def board_nests_the_stage(call: HandlerCall) -> Any:
    """`{"stage": {…}, "count": 2, "deals": […]}` for each column."""
    answer = call()
    names = ("deals", "deals_count", "total_value")
    columns = [
        {
            "stage": {name: value for name, value in column.items() if name not in names},
            "count": column["deals_count"],
            "deals": column["deals"],
        }
        for column in answer["data"]
    ]
    return {**answer, "data": columns}


@around_handler("getDealPipeline", documented="Deals grouped by pipeline stage; in which order, is not said")
def board_has_the_newest_stage_first(call: HandlerCall) -> Any:
    """The columns come by their ids, the last first; display_order tells where to show them."""
    answer = call()
    return {**answer, "data": sorted(answer["data"], key=lambda column: -column["id"])}


@around_handler("getDealStats", documented="total value, count, win rate, etc.: in words, not in names")
def stats_have_other_names(call: HandlerCall) -> Any:
    """`totalValue`, `count`, `winRate`."""
    data = call()["data"]
    return {"success": True, "data": {new: data[old] for old, new in STATS.items()}}


@around_handler("importDeals", documented="What an import answers is not said")
def import_answers_only_a_message(call: HandlerCall) -> Any:
    """The import tells in words what went in."""
    answer: Body = call()
    del answer["data"]
    return answer


@around_http("exportDeals", "downloadDealTemplate", documented="The kind of the file is not said")
async def files_are_octet_streams(request: HttpRequest) -> HttpReply:
    """A file comes as application/octet-stream."""
    reply = await request.forward()
    kind = "application/octet-stream"
    return reply.with_headers(content_type=kind) if reply.status == 200 else reply


@around_http("exportDeals", documented="The kind of the file is not said")
async def export_has_a_byte_order_mark(request: HttpRequest) -> HttpReply:
    """The export begins with a BOM, for spreadsheets."""
    reply = await request.forward()
    return HttpReply(200, reply.headers, b"\xef\xbb\xbf" + reply.body) if reply.status == 200 else reply


@around_http("downloadDealTemplate", documented="The columns of the template are not said")
async def template_has_a_column_for_remarks(request: HttpRequest) -> HttpReply:
    """The template ends in a column for whoever fills it in, which an import does not read."""
    reply = await request.forward()
    if reply.status != 200:
        return reply
    header, *rows = reply.body.decode().splitlines()
    text = "\r\n".join([f"{header},remarks", *(f"{row}," for row in rows), ""])
    return HttpReply(200, reply.headers, text.encode())


@around_http(*ANSWERS, "getDealStats", documented="JSON is JSON, whatever its parameters and escapes")
async def json_names_its_charset(request: HttpRequest) -> HttpReply:
    """`application/json; charset=utf-8`."""
    reply = await request.forward()
    return reply.with_headers(content_type="application/json; charset=utf-8")


def _numbers(answer: Any) -> Iterator[tuple[Body, str]]:
    for sign in ("value", "risk_score", "total_value"):
        for record in found_in(answer, sign):
            if isinstance(record[sign], int):
                yield record, sign
