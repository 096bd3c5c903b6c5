"""Deletes: deals that should be gone, and others that should not."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from mock_server.domain.refusals import Missing
from mock_server.domain.world import Deal, World
from mock_server.mutations.handler_call import HandlerCall, also, body_of, now_in
from mock_server.mutations.mutation import Mutation, around_handler
from mock_server.responses import deleted

NOT_FOUND = "404 not found"
GONE = "DELETE /deals/{id}: a deleted deal is gone"


@around_handler("deleteDeal", documented=GONE)
def delete_deletes_nothing(call: HandlerCall) -> Any:
    """Success is answered, and the deal stays."""
    return call.undone()


@around_handler("deleteDeal", documented="DELETE /deals/{id} deletes the deal of this id")
def delete_takes_the_company_along(call: HandlerCall) -> Any:
    """The cascade runs the wrong way: all deals of the deal's company are deleted."""
    gone = now_in().deals.get(call.id)
    answer = call()
    if gone is not None and gone.company_id is not None:
        also(lambda world: _without(world, lambda deal: deal.company_id == gone.company_id))
    return answer


@around_handler("deleteDeal", documented=NOT_FOUND)
def deleting_an_unknown_deal_succeeds(call: HandlerCall) -> Any:
    """Zero rows deleted is success, too."""
    with suppress(Missing):
        call()
    return deleted("Deal")


@around_handler("deleteDeal", documented=NOT_FOUND)
def a_deal_can_be_deleted_again(call: HandlerCall) -> Any:
    """Deals are only marked as deleted, and the mark can be set again."""
    if call.id in call.memory:
        return deleted("Deal")
    answer = call()
    call.memory[call.id] = True
    return answer


def soft_delete_forgotten(operation: str, name: str) -> Mutation:
    """The rows stay, marked as deleted; one operation forgets to look at the mark."""

    def around(call: HandlerCall) -> Any:
        if call.operation == "deleteDeal":
            gone = now_in().deals.get(call.id)
            answer = call()
            call.memory[call.id] = gone
            return answer
        world = now_in()
        gone_deals = [deal for deal in call.memory.values() if deal.stage_id in world.stages]
        return call.seeing(world.put("deals", *gone_deals)) if gone_deals else call()

    around.__name__ = name
    around.__doc__ = f"Deals are only marked as deleted, and {operation} does not look at the mark."
    return around_handler(operation, "deleteDeal", documented=GONE)(around)


deleted_deals_stay_readable = soft_delete_forgotten("getDeal", "deleted_deals_stay_readable")
deleted_deals_stay_on_the_list = soft_delete_forgotten("listDeals", "deleted_deals_stay_on_the_list")
deleted_deals_stay_on_the_board = soft_delete_forgotten("getDealPipeline", "deleted_deals_stay_on_the_board")
tasks_of_deleted_deals_stay = soft_delete_forgotten("listDealTasks", "tasks_of_deleted_deals_stay")
deleted_deals_stay_in_the_stats = soft_delete_forgotten("getDealStats", "deleted_deals_stay_in_the_stats")
deleted_deals_stay_in_the_export = soft_delete_forgotten("exportDeals", "deleted_deals_stay_in_the_export")


@around_handler("createDeal", "deleteDeal", documented=f"{GONE}, and its tasks are of no other deal")
def a_new_deal_inherits_the_tasks_of_a_deleted_one(call: HandlerCall) -> Any:
    """SQLite as it is: nobody cascades, and the number of the last row is given again."""
    before = now_in()
    answer = call()
    if call.operation == "deleteDeal":
        call.memory[call.id] = before.tasks.of(call.id)
        return answer
    shown, world = body_of(answer)["data"], now_in()
    number = max((deal.id for deal in world.deals if deal.id != shown["id"]), default=0) + 1
    made, left = replace(world.deals[shown["id"]], id=number), call.memory.pop(number, ())
    also(lambda world: world.drop("deals", shown["id"]).put("deals", made).put("tasks", *left))
    shown["id"] = number
    return answer


def _without(world: World, doomed: Callable[[Deal], bool]) -> World:
    return world.drop("deals", *(deal.id for deal in world.deals if doomed(deal)))
