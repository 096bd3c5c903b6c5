"""Closed deals: won and lost deals that change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mock_server.domain.pipeline import is_closed
from mock_server.mutations.handler_call import HandlerCall, change_world, current_world
from mock_server.mutations.mutation import around_handler
from mock_server.responses import deal_body, updated

CHANGE = "PUT /deals/{id}. name, value, notes, tags. Implied: success means that the update is saved"


@around_handler(
    "updateDeal", "getDeal", documented="is_won, is_lost. Implied: they follow the stage of the deal"
)
def a_deal_reopened_by_an_update_stays_won(call: HandlerCall) -> Any:
    """A won deal that an update puts back in an open stage keeps `is_won`."""
    world = current_world()
    deal = world.deals.get(call.id)
    won = deal is not None and world.stages[deal.stage_id].is_won
    response = call()
    if call.operation == "updateDeal":
        call.memory[call.id] = won and not is_closed(current_world().stages[call.body["stage_id"]])
    elif call.memory.get(call.id):
        response["data"]["is_won"] = True
    return response


@around_handler("updateDeal", documented=CHANGE)
def an_update_of_a_closed_deal_is_not_saved(call: HandlerCall) -> Any:
    """An update of a won or lost deal returns success, but saves nothing unless it reopens the deal."""
    world = current_world()
    deal, stage = world.deals.get(call.id), world.stages.get(call.body["stage_id"])
    if deal and stage and is_closed(stage) and is_closed(world.stages[deal.stage_id]):
        call.without_saving()  # rejects what the handler rejects
        if deal.stage_id == stage.id:
            return updated(deal_body(world, deal), "Deal")
    return call()


@around_handler("updateDeal", documented="date_field: closed_at. Implied: the day on which a deal was closed")
def an_update_closes_a_deal_without_a_date(call: HandlerCall) -> Any:
    """A deal that an update puts in a won or lost stage has no `closed_at`; only a move sets it."""
    before = current_world().deals.get(call.id)
    response = call()
    deal = current_world().deals[call.id]
    if before and before.stage_id != deal.stage_id and is_closed(current_world().stages[deal.stage_id]):
        changed = replace(deal, closed_at=None)
        change_world(lambda world: world.put("deals", changed))
        response["data"]["closed_at"] = None
    return response
