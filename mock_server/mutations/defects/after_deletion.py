"""After deletion: writes that reach what has been deleted."""

from __future__ import annotations

from typing import Any

from mock_server.context import current_mock
from mock_server.domain.notes import create_note
from mock_server.domain.pipeline import stages_in_order
from mock_server.domain.refusals import Invalid, Missing
from mock_server.mutations.handler_call import HandlerCall, change_world, current_world
from mock_server.mutations.mutation import around_handler
from mock_server.responses import created, deal_body, note_body, updated

GONE = "404 not found. Implied: what was deleted no longer exists"
STAGE = "DELETE /pipeline-stages/{id}. stage_id: Pipeline stage ID. Implied: the stage must exist"


@around_handler("deleteDeal", "updateDeal", documented=f"DELETE /deals/{{id}}. {GONE}")
def updating_a_deleted_deal_restores_it(call: HandlerCall) -> Any:
    """Deals are only marked as deleted, and an update restores them."""
    deals = current_world().deals
    if call.operation == "deleteDeal":
        call.memory[call.id] = deals.get(call.id)
    elif call.id not in deals and (deal := call.memory.get(call.id)):
        change_world(lambda world: world.put("deals", deal))
    return call()


@around_handler("deleteDeal", "createDealNote", documented=f"DELETE /deals/{{id}}. {GONE}")
def a_note_on_a_deleted_deal_is_saved(call: HandlerCall) -> Any:
    """A note can be added to a deleted deal, because the deal is only marked as deleted."""
    if call.operation == "deleteDeal":
        call.memory[call.id] = current_world().deals.get(call.id)
    elif call.id not in current_world().deals and (deal := call.memory.get(call.id)):
        world = current_world().put("deals", deal)
        arguments = (call.id, call.body["content"], current_mock().viewer.id, current_mock().now)
        there, note = create_note(world, *arguments)
        return created(note_body(there, note), "Note")
    return call()


@around_handler("deletePipelineStage", "createDeal", documented=STAGE)
def a_new_deal_in_a_deleted_stage_goes_to_the_first(call: HandlerCall) -> Any:
    """A deal that is created in a deleted stage is silently put in the first one."""
    if call.operation == "deletePipelineStage":
        response = call()
        call.memory[call.id] = True
        return response
    first = stages_in_order(current_world())[0].id
    return call.with_fields(stage_id=first)() if call.body["stage_id"] in call.memory else call()


@around_handler("deletePipelineStage", "moveDealToStage", documented=STAGE)
def a_move_to_a_deleted_stage_succeeds(call: HandlerCall) -> Any:
    """A move to a deleted stage returns success and changes nothing."""
    try:
        response = call()
    except Invalid:
        if call.operation == "deletePipelineStage" or call.body["stage_id"] not in call.memory:
            raise
        world = current_world()
        return updated(deal_body(world, world.deals[call.id]), "Deal")
    if call.operation == "deletePipelineStage":
        call.memory[call.id] = True
    return response


@around_handler(
    "deleteDealTask", "updateDealTask", documented=f"DELETE /deals/{{id}}/tasks/{{taskId}}. {GONE}"
)
def updating_a_deleted_task_restores_it(call: HandlerCall) -> Any:
    """Tasks are only marked as deleted, and an update restores them."""
    id_, tasks = call.arguments["task_id"], current_world().tasks
    if call.operation == "deleteDealTask":
        call.memory.setdefault(id_, tasks.get(id_))
        return call()
    try:
        return call()
    except Missing:
        task = call.memory.get(id_)
        if id_ in tasks or task is None or task.deal_id not in current_world().deals:
            raise
        change_world(lambda world: world.put("tasks", task))
        return call()
