"""Writes: what a write may do and return where the documentation leaves it open."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import Any

from mock_server.context import current_mock
from mock_server.domain import spreadsheet
from mock_server.domain.importing import Imported, import_deals
from mock_server.domain.refusals import Invalid, Missing
from mock_server.domain.world import World
from mock_server.errors import BadRequest, Forbidden
from mock_server.mutations.handler_call import Body, HandlerCall, current_world, replace_world
from mock_server.mutations.http_exchange import HttpReply, HttpRequest
from mock_server.mutations.mutation import Changes, around_handler, around_http, with_contract

CREATES = ("createDeal", "createDealNote", "createDealTask", "createPipelineStage")
VALIDATED = (
    *CREATES,
    *(
        "listDeals",
        "getDealPipeline",
        "updateDeal",
        "moveDealToStage",
        "setDealPrimaryQuote",
        "updateDealTask",
    ),
    *("reorderPipelineStages", "updatePipelineStage", "deletePipelineStage", "importDeals", "login"),
)
READS = ("listDeals", "getDeal", "getDealPipeline", "getDealStats", "exportDeals")
EVERYTHING = (
    *VALIDATED,
    "getDeal",
    "getDealStats",
    "listDealStages",
    "listDealTasks",
    "deleteDeal",
    "exportDeals",
)
IMPORT_SECONDS = 1.0
ACCEPTED, LIMITED = 98, 2  # of each hundred requests


@around_http(
    *CREATES,
    documented="the documentation lists 200 success and 201 created, but not which one a create returns",
)
async def creates_answer_200(request: HttpRequest) -> HttpReply:
    """A create returns 200 instead of 201."""
    reply = await request.forward()
    return HttpReply(200, reply.headers, reply.body) if reply.status == 201 else reply


@around_http(
    *VALIDATED,
    documented="the documentation does not say when to use 400 invalid input or 422 validation error",
)
async def validation_errors_are_400(request: HttpRequest) -> HttpReply:
    """A validation error returns 400 instead of 422."""
    reply = await request.forward()
    return HttpReply(400, reply.headers, reply.body) if reply.status == 422 else reply


@around_http(
    *VALIDATED,
    documented="the documentation does not say when to use 400 invalid input or 422 validation error",
)
async def unreadable_requests_are_422(request: HttpRequest) -> HttpReply:
    """An unreadable request, such as one with invalid JSON, returns 422 instead of 400."""
    reply = await request.forward()
    if reply.status != 400:
        return reply
    said = reply.json["message"]
    body = {"success": False, "message": "Validation failed", "errors": {"body": said}}
    return HttpReply(422, reply.headers, b"").with_json(body)


@around_handler(
    "createDeal",
    "updateDeal",
    "moveDealToStage",
    documented="404 not found may also refer to a record that is named in the body",
)
def unknown_references_are_404(call: HandlerCall) -> Any:
    """A stage, contact or company ID in the body that does not exist returns 404 instead of 422."""
    try:
        return call()
    except Invalid as error:
        field = next((name for name, text in error.errors.items() if "does not exist" in text), None)
        if field is None:
            raise
        raise Missing(field.removesuffix("_id").capitalize(), call.body[field]) from error


@around_handler(
    "updateDeal", documented="the documentation does not say whether PUT keeps the fields that the body omits"
)
def put_clears_omitted_deal_fields(call: HandlerCall) -> Any:
    """PUT replaces the whole deal: fields that the body omits are cleared."""
    fields = current_mock().contract.properties("DealInput")
    return call(body={**dict.fromkeys(fields), **call.body})


@around_handler(
    "updateDealTask",
    documented="the documentation does not say whether PUT keeps the fields that the body omits",
)
def put_clears_omitted_task_fields(call: HandlerCall) -> Any:
    """PUT replaces the whole task: fields that the body omits are cleared."""
    fields = current_mock().contract.properties("TaskInput")
    return call(body={**dict.fromkeys(fields), **call.body})


@around_handler(
    "createDeal", documented="the documentation does not say who is assigned to a deal by default"
)
def a_new_deal_is_unassigned(call: HandlerCall) -> Any:
    """A deal that is created without `assigned_to` is assigned to nobody."""
    return call(body={"assigned_to": None, **call.body})


@around_handler("createDeal", "updateDeal", documented="spaces around a name are not part of its content")
def names_are_trimmed(call: HandlerCall) -> Any:
    """Spaces around the name of a deal are removed."""
    return call.with_fields(name=call.body["name"].strip() or call.body["name"])()


@around_handler(
    "deletePipelineStage",
    documented="the documentation does not say whether a stage with deals can be deleted",
)
def deleting_a_stage_with_deals_returns_400(call: HandlerCall) -> Any:
    """Deleting a stage with deals returns 400 without `errors`, instead of 422."""
    try:
        return call()
    except Invalid as error:
        raise BadRequest(" ".join(error.errors.values())) from error


@around_handler(
    "moveDealToStage", documented='the documentation says "Move a deal to a different pipeline stage"'
)
def a_move_to_the_current_stage_is_rejected(call: HandlerCall) -> Any:
    """A move to the stage that the deal is already in returns 422."""
    deal = current_world().deals.get(call.id)
    if deal and deal.stage_id == call.body["stage_id"]:
        raise Invalid({"stage_id": "the deal is in this stage already"})
    return call()


@around_handler(
    "deleteDeal",
    documented="the documentation lists 403 insufficient permissions, but not who may delete which deal",
)
def reps_delete_only_their_own_deals(call: HandlerCall) -> Any:
    """A rep gets 403 when deleting another user's deal."""
    deal, viewer = current_world().deals.get(call.id), current_mock().viewer
    if deal and viewer.role == current_mock().contract.roles[0] and deal.assigned_to not in (None, viewer.id):
        raise Forbidden("This deal is somebody else's")
    return call()


@with_contract(
    *("exportDeals", "createPipelineStage", "updatePipelineStage", "reorderPipelineStages"),
    documented='the documentation says "Some endpoints require Admin role", but not which',
)
def other_endpoints_need_the_admin_role() -> Changes:
    """The export requires the Admin role; creating, updating and reordering stages do not."""
    role = "x-required-role"
    return {
        ("paths", "/deals/export", "get", role): "admin",
        ("paths", "/pipeline-stages", "post", role): None,
        ("paths", "/pipeline-stages/{id}", "put", role): None,
        ("paths", "/pipeline-stages/reorder", "put", role): None,
    }


@around_handler(
    "importDeals",
    *READS,
    documented="the documentation does not say how soon imported deals are available",
)
def import_is_slow(call: HandlerCall) -> Any:
    """The rows of an import are saved one second later."""
    waiting: list[tuple[float, Callable[[World], Imported]]] = call.memory.setdefault("waiting", [])
    while waiting and waiting[0][0] <= monotonic():
        replace_world(waiting.pop(0)[1](current_world()).world)
    if call.operation != "importDeals":
        return call()
    response = call.without_saving()
    mock = current_mock()
    sheet = spreadsheet.read(call.file, mock.contract.csv_row)
    late = partial(import_deals, sheet=sheet, now=mock.now, viewer_id=mock.viewer.id, reported=0)
    waiting.append((monotonic() + IMPORT_SECONDS, late))
    return response


@around_http(*EVERYTHING, documented="the documentation lists 429 rate limited")
async def requests_are_rate_limited(request: HttpRequest) -> HttpReply:
    """Of every hundred requests, two in a row return 429 with Retry-After: 1."""
    request.memory["requests"] = place = request.memory.get("requests", -1) + 1
    if place % (ACCEPTED + LIMITED) < ACCEPTED:
        return await request.forward()
    body: Body = {"success": False, "message": "Too many requests"}
    headers = {"content-type": "application/json", "retry-after": "1"}
    return HttpReply(429, headers, b"").with_json(body)
