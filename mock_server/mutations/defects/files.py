"""Files: the export, the template and the import."""

from __future__ import annotations

import csv
from dataclasses import replace
from io import StringIO
from typing import Any

from flask import Response

from mock_server.context import current_mock
from mock_server.domain.pipeline import stages_in_order
from mock_server.domain.refusals import Invalid
from mock_server.mutations.handler_call import HandlerCall, current_world, replace_world, web_page
from mock_server.mutations.http_exchange import HttpReply, HttpRequest
from mock_server.mutations.mutation import around_handler, around_http
from mock_server.transport.reading import Upload

EXPORT = "GET /deals/export. Import and export deal data"
TEMPLATE = "GET /deals/template. Implied: POST /deals/import accepts the completed template"
NO_CRASH = "Status codes: 400 invalid input, 422 validation error, 500 server error"
IMPORT = "POST /deals/import. file: file. Import and export deal data"


def _text_of(response: Response) -> str:
    return response.get_data(as_text=True)


def _rows_of(response: Response) -> list[list[str]]:
    return list(csv.reader(StringIO(_text_of(response), newline="")))


def _with_text(response: Response, text: str | bytes) -> Response:
    response.set_data(text)
    return response


def _written(rows: list[list[str]]) -> str:
    text = StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _with_upload(call: HandlerCall, content: bytes) -> Any:
    return call.with_fields(file=Upload("deals.csv", content))()


@around_handler("exportDeals", documented=EXPORT)
def export_has_the_first_page_only(call: HandlerCall) -> Any:
    """The export contains only the first 25 deals."""
    response = call()
    return _with_text(response, _written(_rows_of(response)[:26]))


@around_handler("exportDeals", documented=EXPORT)
def export_is_cached(call: HandlerCall) -> Any:
    """The export is cached on the first request and never refreshed."""
    return Response(call.memory.setdefault("file", _text_of(call())), content_type="text/csv; charset=utf-8")


@around_handler("exportDeals", documented=EXPORT)
def export_does_not_quote_commas(call: HandlerCall) -> Any:
    """Cells are not quoted, so a comma in a name shifts all following columns."""
    response = call()
    return _with_text(response, "".join(",".join(row) + "\r\n" for row in _rows_of(response)))


@around_handler("exportDeals", documented=f"{EXPORT}. Implied: names are unchanged")
def export_supports_latin_1_only(call: HandlerCall) -> Any:
    """Characters outside Latin-1 are exported as question marks."""
    response = call()
    return _with_text(response, _text_of(response).encode("latin-1", "replace").decode("latin-1"))


@around_handler("exportDeals", documented=f"{EXPORT}. Implied: a file")
def export_is_a_web_page(call: HandlerCall) -> Any:
    """The export is an HTML table."""
    rows = ("".join(f"<td>{cell}</td>" for cell in row) for row in _rows_of(call()))
    return web_page(200, "".join(f"<tr>{row}</tr>" for row in rows))


@around_handler("exportDeals", documented=f"{EXPORT}. Implied: values are unchanged")
def export_rounds_the_values(call: HandlerCall) -> Any:
    """The export rounds values to whole numbers."""
    response = call()
    header, *rows = _rows_of(response)
    place = header.index("value")
    for row in rows:
        row[place] = row[place] and str(round(float(row[place])))
    return _with_text(response, _written([header, *rows]))


@around_handler("exportDeals", documented=EXPORT)
def export_leaves_out_lost_deals(call: HandlerCall) -> Any:
    """The export omits lost deals."""
    world = current_world()
    lost = [deal.id for deal in world.deals if world.stages[deal.stage_id].is_lost]
    return call.in_world(world.drop("deals", *lost))


@around_handler(
    "exportDeals", "listDeals", documented="GET /deals/export. updated_at. Implied: reading changes nothing"
)
def export_changes_every_deal(call: HandlerCall) -> Any:
    """An export sets `updated_at` of every deal to the current time."""
    response = call()
    if call.operation == "exportDeals":
        exported = [replace(deal, updated_at=current_mock().now) for deal in current_world().deals]
        _saving(response, exported)
    return response


@around_handler("importDeals", documented=IMPORT)
def import_saves_nothing(call: HandlerCall) -> Any:
    """An import returns success, but saves nothing."""
    return call.without_saving()


@around_handler("importDeals", documented=IMPORT)
def import_saves_everything_twice(call: HandlerCall) -> Any:
    """An import saves every row twice."""
    call()
    return call()


@around_handler("importDeals", documented=f"{IMPORT}. Implied: names are unchanged")
def import_garbles_non_ascii_letters(call: HandlerCall) -> Any:
    """An import reads UTF-8 as Latin-1, so "Müller" becomes "MÃ¼ller"."""
    return _with_upload(call, call.file.decode("latin-1").encode("utf-8"))


@around_handler("importDeals", documented=f"{IMPORT}. Implied: values are unchanged")
def import_loses_the_values(call: HandlerCall) -> Any:
    """An import ignores the `value` column."""
    before = current_world().deals.next_id
    response = call()
    made = [replace(deal, value=None) for deal in current_world().deals if deal.id >= before]
    return _saving(response, made)


@around_handler("importDeals", documented=f"{IMPORT}. Implied: an exported file can be imported")
def import_strips_at_signs(call: HandlerCall) -> Any:
    """An import removes @ from every cell, so assignees are not recognized by their email address."""
    return _with_upload(call, call.file.replace(b"@", b""))


@around_handler("downloadDealTemplate", documented=TEMPLATE)
def template_has_a_wrong_column_name(call: HandlerCall) -> Any:
    """The template names a column `stage`, but the import expects `stage_name`."""
    response = call()
    return _with_text(response, _text_of(response).replace("stage_name", "stage", 1))


@around_handler("importDeals", documented=f"{IMPORT}. 400 invalid input, 422 validation error")
def import_accepts_any_table(call: HandlerCall) -> Any:
    """A file with an unknown header is imported, with the first column as the name of each deal."""
    try:
        return call()
    except Invalid:
        stage = stages_in_order(current_world())[0].name
        lines = call.file.decode("utf-8", "replace").splitlines()[1:]
        rows = [[name, stage] for line in lines if (name := line.partition(",")[0].strip())]
        return _with_upload(call, _written([["name", "stage_name"], *rows]).encode())


@around_http("importDeals", documented=NO_CRASH)
async def import_crashes_on_an_invalid_file(request: HttpRequest) -> HttpReply:
    """An invalid import file returns 500 with a stack trace."""
    reply = await request.forward()
    if reply.status not in (400, 422):
        return reply
    trace = b"Traceback (most recent call last):\n  csv.Error: line contains NUL"
    return HttpReply(500, {"content-type": "text/plain"}, trace)


@around_http("importDeals", documented=NO_CRASH)
async def an_unnamed_part_crashes_the_import(request: HttpRequest) -> HttpReply:
    """A form part without a name makes the import return 500."""
    if all(b" name=" in part for part in request.body.split(b"Content-Disposition")[1:]):
        return await request.forward()
    return HttpReply(
        500, {"content-type": "text/plain"}, b"AttributeError: 'NoneType' object has no attribute 'strip'"
    )


def _saving(response: Any, deals: list[Any]) -> Any:
    if deals:
        replace_world(current_world().put("deals", *deals))
    return response
