"""Deletes: a deleted deal must be gone, and no other."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from mock_server.domain.refusals import Missing
from mock_server.domain.world import Deal, World
from mock_server.mutations.handler_call import HandlerCall, body_of, change_world, current_world
from mock_server.mutations.mutation import Mutation, around_handler
from mock_server.responses import deleted

NOT_FOUND = "404 not found"
GONE = "DELETE /deals/{id}. Implied: a deleted deal no longer exists"


@around_handler("deleteDeal", documented=GONE)
def delete_deletes_nothing(call: HandlerCall) -> Any:
    """A delete returns success, but the deal stays."""
    return call.without_saving()


@around_handler(
    "deleteDeal", documented="DELETE /deals/{id}. Implied: deletes the deal with this ID, and no other"
)
def delete_includes_all_deals_of_the_company(call: HandlerCall) -> Any:
    """A delete also removes all other deals of the deal's company."""
    gone = current_world().deals.get(call.id)
    response = call()
    if gone is not None and gone.company_id is not None:
        change_world(lambda world: _dropped(world, lambda deal: deal.company_id == gone.company_id))
    return response


@around_handler("deleteDeal", documented=NOT_FOUND)
def deleting_an_unknown_deal_succeeds(call: HandlerCall) -> Any:
    """Deleting a deal that does not exist returns success instead of 404."""
    with suppress(Missing):
        call()
    return deleted("Deal")


@around_handler("deleteDeal", documented=NOT_FOUND)
def a_deal_can_be_deleted_twice(call: HandlerCall) -> Any:
    """Deleting a deal a second time returns success instead of 404."""
    if call.id in call.memory:
        return deleted("Deal")
    response = call()
    call.memory[call.id] = True
    return response


def soft_delete_ignored(operation: str, name: str, does: str) -> Mutation:
    """Deals are only marked as deleted, and one operation ignores the mark."""

    def around(call: HandlerCall) -> Any:
        if call.operation == "deleteDeal":
            gone = current_world().deals.get(call.id)
            response = call()
            call.memory[call.id] = gone
            return response
        world = current_world()
        gone_deals = [deal for deal in call.memory.values() if deal.stage_id in world.stages]
        return call.in_world(world.put("deals", *gone_deals)) if gone_deals else call()

    around.__name__, around.__doc__ = name, does
    return around_handler(operation, "deleteDeal", documented=GONE)(around)


deleted_deals_stay_readable = soft_delete_ignored(
    "getDeal", "deleted_deals_stay_readable", "A deleted deal can still be read."
)
deleted_deals_stay_on_the_list = soft_delete_ignored(
    "listDeals", "deleted_deals_stay_on_the_list", "A deleted deal stays on the list."
)
deleted_deals_stay_on_the_board = soft_delete_ignored(
    "getDealPipeline", "deleted_deals_stay_on_the_board", "A deleted deal stays on the board."
)
tasks_of_deleted_deals_stay_readable = soft_delete_ignored(
    "listDealTasks",
    "tasks_of_deleted_deals_stay_readable",
    "The tasks of a deleted deal can still be listed.",
)
deleted_deals_stay_in_the_stats = soft_delete_ignored(
    "getDealStats", "deleted_deals_stay_in_the_stats", "The statistics still count a deleted deal."
)
deleted_deals_stay_in_the_export = soft_delete_ignored(
    "exportDeals", "deleted_deals_stay_in_the_export", "The export still contains a deleted deal."
)


@around_handler("createDeal", "deleteDeal", documented=f"{GONE}, and its tasks do not appear on other deals")
def a_new_deal_inherits_the_tasks_of_a_deleted_one(call: HandlerCall) -> Any:
    """A new deal reuses the ID of a deleted deal, and inherits its tasks."""
    before = current_world()
    response = call()
    if call.operation == "deleteDeal":
        call.memory[call.id] = before.tasks.of(call.id)
        return response
    shown, world = body_of(response)["data"], current_world()
    number = max((deal.id for deal in world.deals if deal.id != shown["id"]), default=0) + 1
    made, left = replace(world.deals[shown["id"]], id=number), call.memory.pop(number, ())
    change_world(lambda world: world.drop("deals", shown["id"]).put("deals", made).put("tasks", *left))
    shown["id"] = number
    return response


def _dropped(world: World, matches: Callable[[Deal], bool]) -> World:
    return world.drop("deals", *(deal.id for deal in world.deals if matches(deal)))
