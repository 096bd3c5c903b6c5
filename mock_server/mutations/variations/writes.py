"""Writes: what a write may do, and answer, where the documentation leaves it open."""

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
from mock_server.mutations.handler_call import Body, HandlerCall, now_in, put_in_place
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
BURST, CALM = 2, 98  # of a hundred requests so many are turned away, after so many that are not


@around_http(
    *CREATES, documented="201 created and 200 success are both in use; which a create answers is not said"
)
async def creates_answer_200(request: HttpRequest) -> HttpReply:
    """A create answers 200."""
    reply = await request.forward()
    return HttpReply(200, reply.headers, reply.body) if reply.status == 201 else reply


@around_http(*VALIDATED, documented="400 invalid input, 422 validation error: which is which is not said")
async def validation_errors_are_400(request: HttpRequest) -> HttpReply:
    """A wrong field is answered with 400."""
    reply = await request.forward()
    return HttpReply(400, reply.headers, reply.body) if reply.status == 422 else reply


@around_http(*VALIDATED, documented="400 invalid input, 422 validation error: which is which is not said")
async def unreadable_requests_are_422(request: HttpRequest) -> HttpReply:
    """Broken JSON is a validation error of the body."""
    reply = await request.forward()
    if reply.status != 400:
        return reply
    said = reply.json["message"]
    body = {"success": False, "message": "Validation failed", "errors": {"body": said}}
    return HttpReply(422, reply.headers, b"").with_json(body)


@around_handler(
    "createDeal", "updateDeal", "moveDealToStage", documented="404 not found: of a record in the body, too"
)
def unknown_references_are_404(call: HandlerCall) -> Any:
    """A stage, contact or company that does not exist is answered with 404."""
    try:
        return call()
    except Invalid as error:
        field = next((name for name, text in error.errors.items() if "does not exist" in text), None)
        if field is None:
            raise
        raise Missing(field.removesuffix("_id").capitalize(), call.body[field]) from error


@around_handler(
    "updateDeal", documented="PUT: whether fields that are not named keep their values is not said"
)
def put_clears_what_a_deal_is_not_given(call: HandlerCall) -> Any:
    """A PUT is the whole deal: fields that the body does not name are cleared."""
    fields = current_mock().contract.properties("DealInput")
    return call(body={**dict.fromkeys(fields), **call.body})


@around_handler(
    "updateDealTask", documented="PUT: whether fields that are not named keep their values is not said"
)
def put_clears_what_a_task_is_not_given(call: HandlerCall) -> Any:
    """A PUT is the whole task: fields that the body does not name are cleared."""
    fields = current_mock().contract.properties("TaskInput")
    return call(body={**dict.fromkeys(fields), **call.body})


@around_handler("createDeal", documented="assigned_to: optional; whose a deal is then is not said")
def a_new_deal_is_nobodys(call: HandlerCall) -> Any:
    """Without assigned_to a deal is nobody's."""
    return call(body={"assigned_to": None, **call.body})


@around_handler("createDeal", "updateDeal", documented="name: a text; spaces around it are not content")
def names_are_trimmed(call: HandlerCall) -> Any:
    """Spaces around a name are taken off."""
    return call.sending(name=call.body["name"].strip() or call.body["name"])


@around_handler("deletePipelineStage", documented="Whether a stage with deals can be deleted is not said")
def a_stage_with_deals_is_refused_with_400(call: HandlerCall) -> Any:
    """The refusal is a 400 without fields."""
    try:
        return call()
    except Invalid as error:
        raise BadRequest(" ".join(error.errors.values())) from error


@around_handler("moveDealToStage", documented="Move a deal to a different pipeline stage")
def a_move_to_where_a_deal_is_is_refused(call: HandlerCall) -> Any:
    """A stage in which the deal is already is no different one: 422."""
    deal = now_in().deals.get(call.id)
    if deal and deal.stage_id == call.body["stage_id"]:
        raise Invalid({"stage_id": "the deal is in this stage already"})
    return call()


@around_handler("deleteDeal", documented="403 insufficient permissions: who may delete what is not said")
def reps_delete_only_their_own(call: HandlerCall) -> Any:
    """The lowest role may delete no deal of somebody else."""
    deal, viewer = now_in().deals.get(call.id), current_mock().viewer
    if deal and viewer.role == current_mock().contract.roles[0] and deal.assigned_to not in (None, viewer.id):
        raise Forbidden("This deal is somebody else's")
    return call()


@with_contract(
    *("exportDeals", "createPipelineStage", "updatePipelineStage", "reorderPipelineStages"),
    documented="Some endpoints require Admin role; which is not said",
)
def other_endpoints_need_the_admin_role() -> Changes:
    """The export does; making, changing and ordering stages does not."""
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
    documented="An import answers that it has the file; when the deals are there is not said",
)
def import_is_slow(call: HandlerCall) -> Any:
    """The rows of an import arrive a second later."""
    waiting: list[tuple[float, Callable[[World], Imported]]] = call.memory.setdefault("waiting", [])
    while waiting and waiting[0][0] <= monotonic():
        put_in_place(waiting.pop(0)[1](now_in()).world)
    if call.operation != "importDeals":
        return call()
    answer = call.undone()
    rows = spreadsheet.read(call.body["file"].content, current_mock().contract.csv_row)
    late = partial(import_deals, rows=rows, now=current_mock().now, viewer_id=current_mock().viewer.id)
    waiting.append((monotonic() + IMPORT_SECONDS, late))
    return answer


@around_http(*EVERYTHING, documented="429 rate limited")
async def requests_are_rate_limited(request: HttpRequest) -> HttpReply:
    """Of every hundred requests two in a row are answered with 429 and Retry-After: 1."""
    request.memory["requests"] = place = request.memory.get("requests", -1) + 1
    if place % (CALM + BURST) < CALM:
        return await request.forward()
    body: Body = {"success": False, "message": "Too many requests"}
    headers = {"content-type": "application/json", "retry-after": "1"}
    return HttpReply(429, headers, b"").with_json(body)
