"""Robustness: odd input, and answers that are no answers."""

from __future__ import annotations

import re
from typing import Any

from mock_server.departures.call import Body, Call, web_page
from mock_server.departures.departure import inside, outside
from mock_server.departures.front import Asked, Reply
from mock_server.domain.refusals import Missing

NO_CRASH = "Status codes: 400 invalid input, 422 validation error, 404 not found; 500 is a server error"
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


def _page(text: str, status: int = 500) -> Reply:
    return Reply(status, HTML, f"<!doctype html><html><body><h1>{text}</h1></body></html>".encode())


def _trace(text: str) -> Reply:
    return Reply(500, PLAIN, f"Traceback (most recent call last):\n  …\n{text}".encode())


@outside(*TEXTS, documented=NO_CRASH)
async def an_emoji_crashes_it(asked: Asked) -> Reply:
    """The database's UTF-8 has three bytes at most, and says so."""
    if any(sign > "\uffff" for sign in asked.text):
        return _page("SQLSTATE[HY000]: Incorrect string value: '\\xF0\\x9F'")
    return await asked.answered()


@outside("listDeals", documented=NO_CRASH)
async def a_quote_in_the_search_crashes_it(asked: Asked) -> Reply:
    """The term is put into the SQL as it is."""
    if "'" in asked.query.get("search", ""):
        return _page("SQLSTATE[42000]: You have an error in your SQL syntax")
    return await asked.answered()


@outside(*TEXTS, documented=NO_CRASH)
async def a_long_text_crashes_it(asked: Asked) -> Reply:
    """A text that does not fit its column is a server error."""
    if any(isinstance(text, str) and len(text) > 191 for text in asked.fields.values()):
        return _page("SQLSTATE[22001]: Data too long for column")
    return await asked.answered()


@outside("listDeals", documented=NO_CRASH)
async def page_0_crashes_it(asked: Asked) -> Reply:
    """The offset is negative, which the database refuses."""
    if re.fullmatch("-[0-9]+|0+", asked.query.get("page", "1")):
        return _page("SQLSTATE[42000]: OFFSET must not be negative")
    return await asked.answered()


@outside("listDeals", documented=NO_CRASH)
async def per_page_0_crashes_it(asked: Asked) -> Reply:
    """The number of pages is total / per_page."""
    if re.fullmatch("[+-]?0+", asked.query.get("per_page", "1")):
        return _trace("ZeroDivisionError: division by zero")
    return await asked.answered()


@outside("listDeals", documented=NO_CRASH)
async def an_unknown_sort_field_crashes_it(asked: Asked) -> Reply:
    """The field goes into ORDER BY as it is."""
    reply = await asked.answered()
    if reply.status == 422 and "sort_by" in reply.json["errors"]:
        return _page(f"Unknown column '{asked.query['sort_by'][:20]}' in 'order clause'")
    return reply


@outside("listDeals", "getDealPipeline", documented=NO_CRASH)
async def an_impossible_date_crashes_the_filter(asked: Asked) -> Reply:
    """The date is parsed by the database."""
    reply = await asked.answered()
    wrong = reply.json["errors"] if reply.status == 422 else {}
    return (
        _trace("ValueError: Invalid isoformat string") if wrong.keys() & {"date_from", "date_to"} else reply
    )


@outside(*OF_A_DEAL, documented=NO_CRASH)
async def a_huge_id_crashes_it(asked: Asked) -> Reply:
    """An id beyond 32 bits is out of range for the driver."""
    if any(int(number[:20]) > INT_MAX for number in re.findall("[0-9]+", asked.path)):
        return _page("OverflowError: Python int too large to convert to C long")
    return await asked.answered()


@outside("createDeal", "updateDeal", documented=NO_CRASH)
async def a_dangling_reference_crashes_it(asked: Asked) -> Reply:
    """The foreign key's complaint is not caught."""
    reply = await asked.answered()
    said = reply.json["errors"].values() if reply.status == 422 else ()
    if any("does not exist" in text for text in said):
        return _page("SQLSTATE[23000]: Cannot add or update a child row: a foreign key constraint fails")
    return reply


@outside(*WITH_BODY, documented=NO_CRASH)
async def broken_json_crashes_it(asked: Asked) -> Reply:
    """The body is parsed outside any try."""
    if asked.json is None and asked.body:
        return _trace("json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)")
    return await asked.answered()


@outside(*WITH_BODY, documented=NO_CRASH)
async def a_body_that_is_no_object_crashes_it(asked: Asked) -> Reply:
    """A list has no `get`."""
    if asked.json is not None and not isinstance(asked.json, dict):
        return _trace("AttributeError: 'list' object has no attribute 'get'")
    return await asked.answered()


@outside(*WITH_BODY, documented=NO_CRASH)
async def a_missing_field_crashes_it(asked: Asked) -> Reply:
    """A required field is read as if it were there."""
    reply = await asked.answered()
    missing = [text for text in _errors(reply).values() if text.endswith("is required")]
    return _page("Undefined array key") if missing else reply


@outside("moveDealToStage", documented=NO_CRASH)
async def moving_to_an_unknown_stage_crashes_it(asked: Asked) -> Reply:
    """`$stage->name` of null."""
    reply = await asked.answered()
    return _page('Attempt to read property "name" on null') if "stage_id" in _errors(reply) else reply


@inside(*OF_A_DEAL, documented=f"{JSON}. 404 not found")
def an_unknown_deal_is_a_web_page(call: Call) -> Any:
    """404 comes as the framework's own page."""
    try:
        return call()
    except Missing:
        return web_page(404, "Not Found")


@inside(*OF_A_DEAL, documented=f"{NO_CRASH}. 404 not found")
def an_unknown_deal_crashes_it(call: Call) -> Any:
    """`$deal->id` of null."""
    try:
        return call()
    except Missing:
        return web_page(500, 'Attempt to read property "id" on null')


@outside("getDeal", "listDeals", documented=JSON)
async def json_comes_as_text_html(asked: Asked) -> Reply:
    """The body is JSON, the header says HTML."""
    reply = await asked.answered()
    return reply.with_headers(content_type="text/html; charset=utf-8")


@outside("listDeals", documented=JSON)
async def a_warning_stands_before_the_json(asked: Asked) -> Reply:
    """PHP shows its notices in the page."""
    reply = await asked.answered()
    warning = b"<br />\n<b>Warning</b>:  Undefined variable $scope in <b>DealController.php</b>\n"
    return Reply(reply.status, reply.headers, warning + reply.body)


@outside("deleteDeal", "deleteDealNote", "deleteDealTask", documented=STATUSES)
async def deletes_answer_204(asked: Asked) -> Reply:
    """204 and no body, as many a guide has it."""
    reply = await asked.answered()
    return Reply(204, {}, b"") if reply.status == 200 else reply


@outside("updateDeal", "moveDealToStage", documented=STATUSES)
async def updates_answer_202(asked: Asked) -> Reply:
    """The write goes to a queue: 202 accepted."""
    reply = await asked.answered()
    return Reply(202, reply.headers, reply.body) if reply.status == 200 else reply


@outside("createDeal", documented=STATUSES)
async def a_second_deal_of_a_name_is_a_conflict(asked: Asked) -> Reply:
    """409 for a name that there already is."""
    reply = await asked.answered()
    name = asked.fields.get("name")
    if reply.status != 201 or name not in asked.memory:
        asked.memory[name] = True
        return reply
    return Reply(409, reply.headers, b'{"success":false,"message":"A deal of this name exists"}')


@outside(*WITH_BODY, documented=ERROR)
async def errors_are_a_list(asked: Asked) -> Reply:
    """`errors` is a list of texts, not one text for each field."""
    reply = await asked.answered()
    errors = _errors(reply)
    return reply.with_json({**reply.json, "errors": list(errors.values())}) if errors else reply


@outside(*WITH_BODY, documented=f"{ERROR}: one text for each field")
async def errors_are_lists_of_texts(asked: Asked) -> Reply:
    """`"errors": {"name": ["name is required"]}`, as a framework has them."""
    reply = await asked.answered()
    errors = {name: [text] for name, text in _errors(reply).items()}
    return reply.with_json({**reply.json, "errors": errors}) if errors else reply


@outside(*WITH_BODY, documented=f"{ERROR}. 400 invalid input, 422 validation error")
async def validation_errors_are_answered_with_200(asked: Asked) -> Reply:
    """The error is in the body only."""
    reply = await asked.answered()
    return Reply(200, reply.headers, reply.body) if reply.status == 422 else reply


@outside(*OF_A_DEAL, documented=ERROR)
async def errors_do_not_say_success(asked: Asked) -> Reply:
    """`{"error": "Deal 999 not found"}`."""
    reply = await asked.answered()
    return reply.with_json({"error": reply.json["message"]}) if reply.status in (400, 404, 422) else reply


@outside("createDeal", documented=ERROR)
async def validation_names_no_field(asked: Asked) -> Reply:
    """A validation error has a message only."""
    reply = await asked.answered()
    if reply.status != 422:
        return reply
    return reply.with_json({"success": False, "message": "Validation failed"})


def _errors(reply: Reply) -> Body:
    """What a validation error says of each field."""
    errors: Body = reply.json["errors"] if reply.status == 422 else {}
    return errors
