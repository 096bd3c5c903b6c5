"""Robustness: unusual input, and responses in the wrong form."""

from __future__ import annotations

import re
from typing import Any

from mock_server.domain.refusals import Missing
from mock_server.mutations.handler_call import Body, HandlerCall, web_page
from mock_server.mutations.http_exchange import HttpReply, HttpRequest
from mock_server.mutations.mutation import around_handler, around_http

NO_CRASH = "Status codes: 400 invalid input, 404 not found, 422 validation error, 500 server error"
STATUSES = "Status codes in use: 200, 201, 400, 401, 403, 404, 422, 429, 500. No others are named"
JSON = "All responses are JSON (file downloads aside)"
ERROR = (
    'An error is {"success": false, "message": "Validation failed", "errors": {"email": "Email is required"}}'
)
TEXTS = ("createDeal", "updateDeal", "createDealNote", "createDealTask")
WITH_BODY = (*TEXTS, "moveDealToStage", "updateDealTask", "createPipelineStage", "updatePipelineStage")
OF_A_DEAL = ("getDeal", "updateDeal", "deleteDeal", "moveDealToStage")
INT_MAX = 2**31 - 1
HTML = {"content-type": "text/html; charset=utf-8"}
PLAIN = {"content-type": "text/plain; charset=utf-8"}


def _page(text: str, status: int = 500) -> HttpReply:
    return HttpReply(status, HTML, f"<!doctype html><html><body><h1>{text}</h1></body></html>".encode())


def _trace(text: str) -> HttpReply:
    return HttpReply(500, PLAIN, f"Traceback (most recent call last):\n  …\n{text}".encode())


@around_http(*TEXTS, documented=NO_CRASH)
async def an_emoji_crashes_the_server(request: HttpRequest) -> HttpReply:
    """An emoji in a text returns 500, because the database rejects 4-byte UTF-8."""
    if any(sign > "\uffff" for sign in request.text):
        return _page("SQLSTATE[HY000]: Incorrect string value: '\\xF0\\x9F'")
    return await request.forward()


@around_http("listDeals", documented=NO_CRASH)
async def a_quote_in_the_search_crashes_the_server(request: HttpRequest) -> HttpReply:
    """A single quote in `search` returns 500, because the term goes into the SQL unescaped."""
    if "'" in request.query.get("search", ""):
        return _page("SQLSTATE[42000]: You have an error in your SQL syntax")
    return await request.forward()


@around_http(*TEXTS, documented=NO_CRASH)
async def a_long_text_crashes_the_server(request: HttpRequest) -> HttpReply:
    """A text of more than 191 characters returns 500, because it does not fit its column."""
    if any(isinstance(text, str) and len(text) > 191 for text in request.fields.values()):
        return _page("SQLSTATE[22001]: Data too long for column")
    return await request.forward()


@around_http("listDeals", documented=NO_CRASH)
async def page_0_crashes_the_server(request: HttpRequest) -> HttpReply:
    """A `page` below 1 returns 500, because the offset is negative."""
    if re.fullmatch("-[0-9]+|0+", request.query.get("page", "1")):
        return _page("SQLSTATE[42000]: OFFSET must not be negative")
    return await request.forward()


@around_http("listDeals", documented=NO_CRASH)
async def per_page_0_crashes_the_server(request: HttpRequest) -> HttpReply:
    """A `per_page` of 0 returns 500, because of a division by zero."""
    if re.fullmatch("[+-]?0+", request.query.get("per_page", "1")):
        return _trace("ZeroDivisionError: division by zero")
    return await request.forward()


@around_http("listDeals", documented=NO_CRASH)
async def an_unknown_sort_field_crashes_the_server(request: HttpRequest) -> HttpReply:
    """An unknown `sort_by` returns 500, because it goes into ORDER BY unchecked."""
    reply = await request.forward()
    if reply.status == 422 and "sort_by" in reply.json["errors"]:
        return _page(f"Unknown column '{request.query['sort_by'][:20]}' in 'order clause'")
    return reply


@around_http("listDeals", "getDealPipeline", documented=NO_CRASH)
async def an_invalid_date_crashes_the_filter(request: HttpRequest) -> HttpReply:
    """An invalid `date_from` or `date_to` returns 500."""
    reply = await request.forward()
    wrong = reply.json["errors"] if reply.status == 422 else {}
    return (
        _trace("ValueError: Invalid isoformat string") if wrong.keys() & {"date_from", "date_to"} else reply
    )


@around_http(*OF_A_DEAL, documented=NO_CRASH)
async def a_huge_id_crashes_the_server(request: HttpRequest) -> HttpReply:
    """An ID of more than 32 bits returns 500."""
    if any(int(number[:20]) > INT_MAX for number in re.findall("[0-9]+", request.path)):
        return _page("OverflowError: Python int too large to convert to C long")
    return await request.forward()


@around_http("createDeal", "updateDeal", documented=NO_CRASH)
async def an_unknown_reference_crashes_the_server(request: HttpRequest) -> HttpReply:
    """A reference to a record that does not exist returns 500, because of an uncaught foreign key error."""
    reply = await request.forward()
    said = reply.json["errors"].values() if reply.status == 422 else ()
    if any("does not exist" in text for text in said):
        return _page("SQLSTATE[23000]: Cannot add or update a child row: a foreign key constraint fails")
    return reply


@around_http(*WITH_BODY, documented=NO_CRASH)
async def invalid_json_crashes_the_server(request: HttpRequest) -> HttpReply:
    """A body with invalid JSON returns 500."""
    if request.json is None and request.body:
        return _trace("json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)")
    return await request.forward()


@around_http(*WITH_BODY, documented=NO_CRASH)
async def a_non_object_body_crashes_the_server(request: HttpRequest) -> HttpReply:
    """A JSON body that is not an object, such as an array, returns 500."""
    if request.json is not None and not isinstance(request.json, dict):
        return _trace("AttributeError: 'list' object has no attribute 'get'")
    return await request.forward()


@around_http(*WITH_BODY, documented=NO_CRASH)
async def a_missing_field_crashes_the_server(request: HttpRequest) -> HttpReply:
    """A body without a required field returns 500."""
    reply = await request.forward()
    missing = [text for text in _errors(reply).values() if text.endswith("is required")]
    return _page("Undefined array key") if missing else reply


@around_http("moveDealToStage", documented=NO_CRASH)
async def moving_to_an_unknown_stage_crashes_the_server(request: HttpRequest) -> HttpReply:
    """A move to a stage that does not exist returns 500."""
    reply = await request.forward()
    return _page('Attempt to read property "name" on null') if "stage_id" in _errors(reply) else reply


@around_handler(*OF_A_DEAL, documented=f"{JSON}. 404 not found")
def an_unknown_deal_returns_a_web_page(call: HandlerCall) -> Any:
    """A deal that does not exist returns 404 as an HTML page."""
    try:
        return call()
    except Missing:
        return web_page(404, "Not Found")


@around_handler(*OF_A_DEAL, documented=NO_CRASH)
def an_unknown_deal_crashes_the_server(call: HandlerCall) -> Any:
    """A deal that does not exist returns 500 instead of 404."""
    try:
        return call()
    except Missing:
        return web_page(500, 'Attempt to read property "id" on null')


@around_http("getDeal", "listDeals", documented=JSON)
async def json_is_sent_as_html(request: HttpRequest) -> HttpReply:
    """JSON is sent with the content type text/html."""
    reply = await request.forward()
    return reply.with_headers(content_type="text/html; charset=utf-8")


@around_http("listDeals", documented=JSON)
async def a_warning_precedes_the_json(request: HttpRequest) -> HttpReply:
    """A PHP warning is printed before the JSON."""
    reply = await request.forward()
    warning = b"<br />\n<b>Warning</b>:  Undefined variable $scope in <b>DealController.php</b>\n"
    return HttpReply(reply.status, reply.headers, warning + reply.body)


@around_http("deleteDeal", "deleteDealNote", "deleteDealTask", documented=STATUSES)
async def deletes_answer_204(request: HttpRequest) -> HttpReply:
    """A delete returns 204 without a body."""
    reply = await request.forward()
    return HttpReply(204, {}, b"") if reply.status == 200 else reply


@around_http("updateDeal", "moveDealToStage", documented=STATUSES)
async def updates_answer_202(request: HttpRequest) -> HttpReply:
    """Updating or moving a deal returns 202."""
    reply = await request.forward()
    return HttpReply(202, reply.headers, reply.body) if reply.status == 200 else reply


@around_http("createDeal", documented=STATUSES)
async def a_duplicate_name_is_a_conflict(request: HttpRequest) -> HttpReply:
    """Creating a deal with an existing name returns 409."""
    reply = await request.forward()
    name = str(request.fields.get("name"))
    if reply.status != 201 or name not in request.memory:
        request.memory[name] = True
        return reply
    return HttpReply(409, reply.headers, b'{"success":false,"message":"A deal of this name exists"}')


@around_http(*WITH_BODY, documented=ERROR)
async def errors_are_a_list(request: HttpRequest) -> HttpReply:
    """`errors` is an array of messages instead of an object with one message for each field."""
    reply = await request.forward()
    errors = _errors(reply)
    return reply.with_json({**reply.json, "errors": list(errors.values())}) if errors else reply


@around_http(*WITH_BODY, documented=f"{ERROR}. errors maps a field to one text")
async def field_errors_are_lists(request: HttpRequest) -> HttpReply:
    """Each field in `errors` has an array of messages: `{"name": ["name is required"]}`."""
    reply = await request.forward()
    errors = {name: [text] for name, text in _errors(reply).items()}
    return reply.with_json({**reply.json, "errors": errors}) if errors else reply


@around_http(*WITH_BODY, documented=f"{ERROR}. 400 invalid input, 422 validation error")
async def validation_errors_are_answered_with_200(request: HttpRequest) -> HttpReply:
    """A validation error returns 200."""
    reply = await request.forward()
    return HttpReply(200, reply.headers, reply.body) if reply.status == 422 else reply


@around_http(*OF_A_DEAL, documented=ERROR)
async def errors_omit_success(request: HttpRequest) -> HttpReply:
    """An error has the form `{"error": "Deal 999 not found"}`, without `success`."""
    reply = await request.forward()
    return reply.with_json({"error": reply.json["message"]}) if reply.status in (400, 404, 422) else reply


@around_http("createDeal", documented=ERROR)
async def validation_errors_name_no_field(request: HttpRequest) -> HttpReply:
    """A validation error has a `message`, but no `errors`."""
    reply = await request.forward()
    if reply.status != 422:
        return reply
    return reply.with_json({"success": False, "message": "Validation failed"})


def _errors(reply: HttpReply) -> Body:
    """What a validation error says of each field."""
    errors: Body = reply.json["errors"] if reply.status == 422 else {}
    return errors
