"""Rejections: requests that must be rejected and must change nothing."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from mock_server.context import current_mock
from mock_server.domain.refusals import Missing
from mock_server.domain.stages import create_stage
from mock_server.domain.tasks import create_task
from mock_server.mutations.handler_call import HandlerCall, current_world
from mock_server.mutations.http_exchange import HttpReply, HttpRequest
from mock_server.mutations.mutation import Mutation, around_handler, around_http
from mock_server.responses import record_body, updated

REJECTED = "422 validation error. Implied: a rejected request changes nothing"
NOT_FOUND = "404 not found"
TASK = f"PUT /deals/{{id}}/tasks/{{taskId}}. {NOT_FOUND}. Implied: only tasks of this deal"
NOTE = f"DELETE /deals/{{id}}/notes/{{noteId}}. {NOT_FOUND}. Implied: only notes of this deal"


def saved_but_rejected(operation: str, name: str, does: str, needed: Collection[str]) -> Mutation:
    """Rejects a body with invalid fields, but saves the valid ones: there is no transaction around it."""

    async def around(request: HttpRequest) -> HttpReply:
        reply = await request.forward()
        wrong = reply.json["errors"].keys() if reply.status == 422 else ()
        if wrong and needed <= request.fields.keys() - wrong:
            await request.without_fields(*wrong).forward()
        return reply

    around.__name__, around.__doc__ = name, does
    return around_http(operation, documented=REJECTED)(around)


a_rejected_deal_is_created_anyway = saved_but_rejected(
    "createDeal",
    "a_rejected_deal_is_created_anyway",
    "A deal with an invalid field is rejected with 422, but created without that field.",
    {"name", "stage_id"},
)
a_rejected_update_is_partly_saved = saved_but_rejected(
    "updateDeal",
    "a_rejected_update_is_partly_saved",
    "An update with an invalid field is rejected with 422, but its valid fields are saved.",
    {"name", "stage_id"},
)
a_rejected_task_is_created_anyway = saved_but_rejected(
    "createDealTask",
    "a_rejected_task_is_created_anyway",
    "A task with an invalid field is rejected with 422, but created without that field.",
    {"title"},
)
a_rejected_task_update_is_partly_saved = saved_but_rejected(
    "updateDealTask",
    "a_rejected_task_update_is_partly_saved",
    "A task update with an invalid field is rejected with 422, but its valid fields are saved.",
    {"title"},
)


@around_http("getDeal", documented=f"{NOT_FOUND}. id: Resource ID")
async def deal_0_returns_the_first_deal(request: HttpRequest) -> HttpReply:
    """GET /deals/0 returns the first deal instead of 404."""
    path, _, id_ = request.path.rpartition("/")
    return await (request.with_path(f"{path}/1") if id_ == "0" else request).forward()


@around_handler("updateDealTask", documented=TASK)
def a_task_can_be_changed_through_another_deal(call: HandlerCall) -> Any:
    """A task can be updated under the ID of another deal."""
    world = current_world()
    task = world.tasks.get(call.arguments["task_id"])
    return call(id_=task.deal_id) if task and call.id in world.deals else call()


@around_handler("deleteDealNote", documented=NOTE)
def a_note_can_be_deleted_through_another_deal(call: HandlerCall) -> Any:
    """A note can be deleted under the ID of another deal."""
    world = current_world()
    note = world.notes.get(call.arguments["note_id"])
    return call(id_=note.deal_id) if note and call.id in world.deals else call()


@around_handler("updateDealTask", documented=NOT_FOUND)
def updating_an_unknown_task_creates_one(call: HandlerCall) -> Any:
    """Updating a task that does not exist creates one instead of returning 404."""
    try:
        return call()
    except Missing:
        if call.arguments["task_id"] in current_world().tasks:
            raise
        values = {**current_mock().contract.defaults("TaskInput"), **call.body}
        task = current_mock().store.commit(create_task, call.id, values, current_mock().now)[1]
        return updated(record_body("Task", task), "Task")


@around_handler("updatePipelineStage", documented=NOT_FOUND)
def updating_an_unknown_stage_creates_one(call: HandlerCall) -> Any:
    """Updating a stage that does not exist creates one instead of returning 404."""
    try:
        return call()
    except Missing:
        values = {**current_mock().contract.defaults("NewStage"), "name": "New stage", **call.body}
        stage = current_mock().store.commit(create_stage, values)[1]
        return updated(record_body("Stage", stage), "Stage")
