"""Downloads: files that are not what they say."""

from __future__ import annotations

import json
from typing import Any

from mock_server.mutations.handler_call import HandlerCall
from mock_server.mutations.http_exchange import HttpReply, HttpRequest
from mock_server.mutations.mutation import around_handler, around_http

FILES = "Import and export deal data"
EXPORT = f"GET /deals/export. {FILES}"
TEMPLATE = f"GET /deals/template. {FILES}"


@around_http("downloadDealTemplate", documented=TEMPLATE)
async def template_is_empty(request: HttpRequest) -> HttpReply:
    """The template has 0 bytes, because its file is missing on the server."""
    reply = await request.forward()
    return HttpReply(reply.status, reply.headers, b"") if reply.status == 200 else reply


@around_http("exportDeals", documented=f"{EXPORT}. Implied: in the charset that it names")
async def export_is_latin_1_but_says_utf_8(request: HttpRequest) -> HttpReply:
    """The export is in Latin-1, but its content type says `charset=utf-8`."""
    reply = await request.forward()
    content = reply.body.decode().encode("latin-1", "replace")
    return HttpReply(200, reply.headers, content) if reply.status == 200 else reply


@around_http("exportDeals", documented=f"{EXPORT}. Implied: a file of the kind that it names")
async def export_is_json_but_says_csv(request: HttpRequest) -> HttpReply:
    """The export is JSON, but its content type says text/csv."""
    reply = await request.forward()
    rows = [line.split(",") for line in reply.body.decode("utf-8", "replace").splitlines()]
    return HttpReply(200, reply.headers, json.dumps(rows).encode()) if reply.status == 200 else reply


@around_http("downloadDealTemplate", documented=f"{TEMPLATE}. Implied: it names the columns")
async def template_lacks_the_header(request: HttpRequest) -> HttpReply:
    """The template has the example row, but no header."""
    reply = await request.forward()
    content = reply.body.partition(b"\r\n")[2]
    return HttpReply(200, reply.headers, content) if reply.status == 200 else reply


@around_http("downloadDealTemplate", documented=f"{TEMPLATE}. Implied: a file to be filled in")
async def template_is_the_export(request: HttpRequest) -> HttpReply:
    """The template is the export of all deals, because of a wrong route."""
    reply = await request.forward()
    export = await request.with_path(request.path.replace("template", "export")).forward()
    return export if reply.status == 200 else reply


@around_handler("exportDeals", "downloadDealTemplate", documented=f"{FILES}. Implied: a file")
def files_are_archives_but_say_csv(call: HandlerCall) -> Any:
    """Export and template are spreadsheets (.xlsx), but their content type says text/csv."""
    response = call()
    response.set_data(b"PK\x03\x04" + response.get_data())
    return response
