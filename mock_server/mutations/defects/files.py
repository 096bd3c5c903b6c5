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
from mock_server.mutations.handler_call import HandlerCall, now_in, put_in_place, web_page
from mock_server.mutations.http_exchange import HttpReply, HttpRequest
from mock_server.mutations.mutation import around_handler, around_http
from mock_server.transport.reading import Upload

EXPORT = "GET /deals/export: Import and export deal data"
TEMPLATE = "GET /deals/template: a file to fill in for POST /deals/import"
IMPORT = "POST /deals/import with file=@file: Import and export deal data"


def _text_of(answer: Response) -> str:
    return answer.get_data(as_text=True)


def _rows_of(answer: Response) -> list[list[str]]:
    return list(csv.reader(StringIO(_text_of(answer), newline="")))


def _with_text(answer: Response, text: str | bytes) -> Response:
    answer.set_data(text)
    return answer


def _written(rows: list[list[str]]) -> str:
    text = StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _with_upload(call: HandlerCall, content: bytes) -> Any:
    return call.sending(file=Upload("deals.csv", content))


def _content(call: HandlerCall) -> bytes:
    content: bytes = call.body["file"].content
    return content


@around_handler("exportDeals", documented=EXPORT)
def export_has_the_first_page_only(call: HandlerCall) -> Any:
    """What the list gives is exported: 25 deals at most."""
    answer = call()
    return _with_text(answer, _written(_rows_of(answer)[:26]))


@around_handler("exportDeals", documented=EXPORT)
def export_is_cached(call: HandlerCall) -> Any:
    """The file is made when it is first asked for, and never again."""
    return Response(call.memory.setdefault("file", _text_of(call())), content_type="text/csv; charset=utf-8")


@around_handler("exportDeals", documented=EXPORT)
def export_quotes_nothing(call: HandlerCall) -> Any:
    """The cells are put together with commas: a comma in a name moves all that follows one column on."""
    answer = call()
    return _with_text(answer, "".join(",".join(row) + "\r\n" for row in _rows_of(answer)))


@around_handler("exportDeals", documented=f"{EXPORT}: names as they are")
def export_knows_western_letters_only(call: HandlerCall) -> Any:
    """The file is written for an old spreadsheet: what is not Latin-1 becomes a question mark."""
    answer = call()
    return _with_text(answer, _text_of(answer).encode("latin-1", "replace").decode("latin-1"))


@around_handler("exportDeals", documented=f"{EXPORT}: a download")
def export_is_a_web_page(call: HandlerCall) -> Any:
    """The file comes as an HTML table."""
    rows = ("".join(f"<td>{cell}</td>" for cell in row) for row in _rows_of(call()))
    return web_page(200, "".join(f"<tr>{row}</tr>" for row in rows))


@around_handler("exportDeals", documented=f"{EXPORT}: a deal's value")
def export_rounds_the_values(call: HandlerCall) -> Any:
    """Values are formatted without decimals."""
    answer = call()
    header, *rows = _rows_of(answer)
    place = header.index("value")
    for row in rows:
        row[place] = row[place] and str(round(float(row[place])))
    return _with_text(answer, _written([header, *rows]))


@around_handler("exportDeals", documented=EXPORT)
def export_leaves_out_lost_deals(call: HandlerCall) -> Any:
    """The file has what the sales board shows when it opens: the open deals and the won."""
    world = now_in()
    lost = [deal.id for deal in world.deals if world.stages[deal.stage_id].is_lost]
    return call.seeing(world.drop("deals", *lost))


@around_handler(
    "exportDeals", "listDeals", documented="GET /deals/export: a read; updated_at: the last change"
)
def export_changes_every_deal(call: HandlerCall) -> Any:
    """When a deal was exported is written to its row, and so `updated_at` is renewed."""
    answer = call()
    if call.operation == "exportDeals":
        exported = [replace(deal, updated_at=current_mock().now) for deal in now_in().deals]
        _saving(answer, exported)
    return answer


@around_handler("importDeals", documented=IMPORT)
def import_takes_nothing_in(call: HandlerCall) -> Any:
    """The rows are read, counted, and forgotten."""
    return call.undone()


@around_handler("importDeals", documented=IMPORT)
def import_takes_everything_in_twice(call: HandlerCall) -> Any:
    """The rows are taken in on upload, and again by the job behind."""
    call()
    return call()


@around_handler("importDeals", documented=f"{IMPORT}: names as they are")
def import_garbles_letters(call: HandlerCall) -> Any:
    """UTF-8 is read as Latin-1: "Müller" becomes "MÃ¼ller"."""
    return _with_upload(call, _content(call).decode("latin-1").encode("utf-8"))


@around_handler("importDeals", documented=f"{IMPORT}: a deal's value")
def import_loses_the_values(call: HandlerCall) -> Any:
    """The column `value` is not read."""
    before = now_in().deals.next_id
    answer = call()
    made = [replace(deal, value=None) for deal in now_in().deals if deal.id >= before]
    return _saving(answer, made)


@around_handler("importDeals", documented=f"{IMPORT}: what was exported can be imported")
def import_strips_at_signs(call: HandlerCall) -> Any:
    """A guard against formulas takes them out of every cell: an assignee's e-mail is nobody's then."""
    return _with_upload(call, _content(call).replace(b"@", b""))


@around_handler("downloadDealTemplate", documented=f"{TEMPLATE}, which takes it")
def template_names_the_stage_column_otherwise(call: HandlerCall) -> Any:
    """The import was given new names for its columns, the file in the assets was not."""
    answer = call()
    return _with_text(answer, _text_of(answer).replace("stage_name", "stage", 1))


@around_handler("importDeals", documented=f"{IMPORT}, of deals: 400 invalid input, 422 validation error")
def import_makes_deals_of_any_table(call: HandlerCall) -> Any:
    """Where the header is not understood, the first column is the name, and the stage is the first."""
    try:
        return call()
    except Invalid:
        stage = stages_in_order(now_in())[0].name
        lines = _content(call).decode("utf-8", "replace").splitlines()[1:]
        rows = [[name, stage] for line in lines if (name := line.partition(",")[0].strip())]
        return _with_upload(call, _written([["name", "stage_name"], *rows]).encode())


@around_http(
    "importDeals", documented="Status codes: 400 invalid input, 422 validation error; 500 is a server error"
)
async def import_crashes_on_what_is_no_csv(request: HttpRequest) -> HttpReply:
    """A file that cannot be read is a stack trace."""
    reply = await request.forward()
    if reply.status not in (400, 422):
        return reply
    trace = b"Traceback (most recent call last):\n  csv.Error: line contains NUL"
    return HttpReply(500, {"content-type": "text/plain"}, trace)


@around_http("importDeals", documented="Status codes: 400 invalid input; 500 is a server error")
async def an_unnamed_part_crashes_the_import(request: HttpRequest) -> HttpReply:
    """A part of the form that has no name is looked up by its name."""
    if all(b" name=" in part for part in request.body.split(b"Content-Disposition")[1:]):
        return await request.forward()
    return HttpReply(
        500, {"content-type": "text/plain"}, b"AttributeError: 'NoneType' object has no attribute 'strip'"
    )


def _saving(answer: Any, deals: list[Any]) -> Any:
    if deals:
        put_in_place(now_in().put("deals", *deals))
    return answer
