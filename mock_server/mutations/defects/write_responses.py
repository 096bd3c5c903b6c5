"""Write responses: what a write returns, and what a partial update keeps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mock_server.context import current_mock
from mock_server.mutations.handler_call import HandlerCall, change_world, current_world
from mock_server.mutations.mutation import around_handler
from mock_server.responses import deal_body, record_body, updated

RETURNED = "200 success, usually with data. Implied: the record as it was saved"


@around_handler("updateDeal", documented=f"PUT /deals/{{id}}. {RETURNED}")
def update_returns_the_old_deal(call: HandlerCall) -> Any:
    """An update returns the deal as it was before."""
    world = current_world()
    response = call()
    return updated(deal_body(world, world.deals[call.id]), "Deal") if response else response


@around_handler("moveDealToStage", documented=f"PUT /deals/{{id}}/stage. {RETURNED}")
def move_returns_the_old_stage(call: HandlerCall) -> Any:
    """A move returns the deal in its old stage."""
    world = current_world()
    response = call()
    return updated(deal_body(world, world.deals[call.id]), "Deal") if response else response


@around_handler("updateDealTask", documented=f"PUT /deals/{{id}}/tasks/{{taskId}}. {RETURNED}")
def task_update_returns_the_old_task(call: HandlerCall) -> Any:
    """An update of a task returns the task as it was before."""
    task = current_world().tasks.get(call.arguments["task_id"])
    response = call()
    return updated(record_body("Task", task), "Task") if task else response


@around_handler(
    "updatePipelineStage",
    documented="PUT /pipeline-stages/{id}. name, color, is_won, is_lost. Implied: the probability stays",
)
def renaming_a_stage_resets_its_probability(call: HandlerCall) -> Any:
    """An update of the name of a stage sets its probability to 0, because the whole record is replaced."""
    response = call()
    if "name" in call.body:
        stage = replace(current_world().stages[call.id], probability=0)
        change_world(lambda world: world.put("stages", stage))
        response["data"]["probability"] = 0
    return response


@around_handler("updateDealTask", documented="due_date: date, Optional. Implied: set only if it is sent")
def a_task_update_without_a_due_date_sets_today(call: HandlerCall) -> Any:
    """An update of a task without `due_date` sets it to today."""
    return call(body={"due_date": current_mock().now.date().isoformat(), **call.body})
