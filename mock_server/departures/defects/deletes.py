"""Deletes: deals that should be gone, and others that should not."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from mock_server.departures.call import Call, also, now_in
from mock_server.departures.departure import Departure, inside
from mock_server.domain.refusals import Missing
from mock_server.domain.world import Deal, World
from mock_server.handlers.answers import deleted

NOT_FOUND = "404 not found"
GONE = "DELETE /deals/{id}: a deleted deal is gone"


@inside("deleteDeal", documented=GONE)
def delete_deletes_nothing(call: Call) -> Any:
    """Success is answered, and the deal stays."""
    return call.undone()


@inside("deleteDeal", documented="DELETE /deals/{id} deletes the deal of this id")
def delete_takes_the_company_along(call: Call) -> Any:
    """The cascade runs the wrong way: all deals of the deal's company are deleted."""
    gone = now_in().deals.get(call.id)
    answer = call()
    if gone is not None and gone.company_id is not None:
        also(lambda world: _without(world, lambda deal: deal.company_id == gone.company_id))
    return answer


@inside("deleteDeal", documented=NOT_FOUND)
def deleting_an_unknown_deal_succeeds(call: Call) -> Any:
    """Zero rows deleted is success, too."""
    with suppress(Missing):
        call()
    return deleted("Deal")


def soft_delete_forgotten(operation: str, name: str) -> Departure:
    """The rows stay, marked as deleted; one operation forgets to look at the mark."""

    def around(call: Call) -> Any:
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
    return inside(operation, "deleteDeal", documented=GONE)(around)


deleted_deals_stay_readable = soft_delete_forgotten("getDeal", "deleted_deals_stay_readable")
deleted_deals_stay_on_the_list = soft_delete_forgotten("listDeals", "deleted_deals_stay_on_the_list")
deleted_deals_stay_on_the_board = soft_delete_forgotten("getDealPipeline", "deleted_deals_stay_on_the_board")
deleted_deals_stay_in_the_stats = soft_delete_forgotten("getDealStats", "deleted_deals_stay_in_the_stats")
deleted_deals_stay_in_the_export = soft_delete_forgotten("exportDeals", "deleted_deals_stay_in_the_export")


def _without(world: World, doomed: Callable[[Deal], bool]) -> World:
    return world.drop("deals", *(deal.id for deal in world.deals if doomed(deal)))
