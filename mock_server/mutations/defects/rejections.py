"""Refusals: what should be turned away, and leave nothing behind."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from mock_server.context import current_mock
from mock_server.domain.refusals import Missing
from mock_server.domain.stages import create_stage
from mock_server.domain.tasks import create_task
from mock_server.mutations.handler_call import HandlerCall, now_in
from mock_server.mutations.http_exchange import HttpReply, HttpRequest
from mock_server.mutations.mutation import Mutation, around_handler, around_http
from mock_server.responses import record_body, updated

REFUSED = "422 validation error: an error, and no success"
NOT_FOUND = "404 not found"
TASK = f"PUT /deals/{{id}}/tasks/{{taskId}}: a task of this deal; {NOT_FOUND}"
NOTE = f"DELETE /deals/{{id}}/notes/{{noteId}}: a note of this deal; {NOT_FOUND}"


def saved_and_refused(operation: str, name: str, does: str, needed: Collection[str]) -> Mutation:
    """What is right in a body is saved before what is wrong is refused: there is no transaction around it."""

    async def around(request: HttpRequest) -> HttpReply:
        reply = await request.forward()
        wrong = reply.json["errors"].keys() if reply.status == 422 else ()
        if wrong and needed <= request.fields.keys() - wrong:
            await request.leaving_out(*wrong).forward()
        return reply

    around.__name__, around.__doc__ = name, does
    return around_http(operation, documented=REFUSED)(around)


a_refused_deal_is_made_all_the_same = saved_and_refused(
    "createDeal",
    "a_refused_deal_is_made_all_the_same",
    "The deal is inserted first, and its fields are checked one by one after: the error leaves it there.",
    {"name", "stage_id"},
)
a_refused_update_is_saved_by_half = saved_and_refused(
    "updateDeal",
    "a_refused_update_is_saved_by_half",
    "Each field is checked and saved in its turn: those that are right are saved, whatever comes after.",
    {"name", "stage_id"},
)
a_refused_task_is_made_all_the_same = saved_and_refused(
    "createDealTask",
    "a_refused_task_is_made_all_the_same",
    "The task is inserted first, and its priority is checked after: the error leaves it there.",
    {"title"},
)
a_refused_task_update_is_saved_by_half = saved_and_refused(
    "updateDealTask",
    "a_refused_task_update_is_saved_by_half",
    "The title is saved before the priority is looked at.",
    {"title"},
)


@around_http("getDeal", documented=f"{NOT_FOUND}. id: Resource ID")
async def deal_0_is_the_first(request: HttpRequest) -> HttpReply:
    """0 is as good as no id to the query: without a WHERE, the first row comes."""
    path, _, id_ = request.path.rpartition("/")
    return await (request.at(f"{path}/1") if id_ == "0" else request).forward()


@around_handler("updateDealTask", documented=TASK)
def a_task_can_be_changed_through_another_deal(call: HandlerCall) -> Any:
    """The deal is looked up, and then the task by its own id alone."""
    world = now_in()
    task = world.tasks.get(call.arguments["task_id"])
    return call(id_=task.deal_id) if task and call.id in world.deals else call()


@around_handler(
    "deleteDealNote", documented=f"DELETE /deals/{{id}}/notes/{{noteId}}: a note of this deal; {NOT_FOUND}"
)
def a_note_can_be_deleted_through_another_deal(call: HandlerCall) -> Any:
    """The deal is looked up, and then the note by its own id alone."""
    world = now_in()
    note = world.notes.get(call.arguments["note_id"])
    return call(id_=note.deal_id) if note and call.id in world.deals else call()


@around_handler("updateDealTask", documented=NOT_FOUND)
def updating_an_unknown_task_makes_one(call: HandlerCall) -> Any:
    """An upsert: what is not there is made."""
    try:
        return call()
    except Missing:
        if call.arguments["task_id"] in now_in().tasks:
            raise
        values = {**current_mock().contract.defaults("TaskInput"), **call.body}
        task = current_mock().worlds.commit(create_task, call.id, values, current_mock().now)[1]
        return updated(record_body("Task", task), "Task")


@around_handler("updatePipelineStage", documented=NOT_FOUND)
def updating_an_unknown_stage_makes_one(call: HandlerCall) -> Any:
    """An upsert: what is not there is made."""
    try:
        return call()
    except Missing:
        values = {**current_mock().contract.defaults("NewStage"), "name": "New stage", **call.body}
        stage = current_mock().worlds.commit(create_stage, values)[1]
        return updated(record_body("Stage", stage), "Stage")
