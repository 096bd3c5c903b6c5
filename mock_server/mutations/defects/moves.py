"""Moves: the stage of a deal changes, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mock_server.context import current_mock
from mock_server.domain.pipeline import is_closed, stages_in_order
from mock_server.domain.refusals import Invalid
from mock_server.domain.world import Deal, World
from mock_server.mutations.handler_call import HandlerCall, change_world, current_world, deals_in
from mock_server.mutations.mutation import around_handler
from mock_server.responses import deal_body, updated

MOVE = "Move a deal to a different pipeline stage"


@around_handler("moveDealToStage", documented=MOVE)
def move_is_not_saved(call: HandlerCall) -> Any:
    """The response shows the deal in its new stage, but the move is not saved."""
    return call.without_saving()


@around_handler("moveDealToStage", documented=MOVE)
def move_goes_one_stage_too_far(call: HandlerCall) -> Any:
    """A move puts the deal in the stage after the requested one."""
    ids = [stage.id for stage in stages_in_order(current_world())]
    wanted = call.body["stage_id"]
    return call.with_fields(stage_id=ids[(ids.index(wanted) + 1) % len(ids)])() if wanted in ids else call()


@around_handler("moveDealToStage", documented=f"{MOVE}. Implied: nothing else changes")
def move_clears_the_assignee(call: HandlerCall) -> Any:
    """A move clears `assigned_to`."""
    response = call()
    change_world(lambda world: world.put("deals", replace(world.deals[call.id], assigned_to=None)))
    return response


@around_handler("moveDealToStage", documented=MOVE)
def move_includes_all_deals_of_the_company(call: HandlerCall) -> Any:
    """A move also moves all other deals of the deal's company."""
    response = call()
    moved = current_world().deals[call.id]
    change_world(lambda world: _moved_with(world, moved))
    return response


@around_handler("moveDealToStage", documented=MOVE)
def a_move_between_open_stages_is_not_saved(call: HandlerCall) -> Any:
    """A move is saved only if it closes or reopens the deal."""
    before = current_world().deals.get(call.id)
    response = call.without_saving()
    stages = current_world().stages
    concerned = before and (before.stage_id, call.body["stage_id"])
    return call() if any(is_closed(stages[id_]) for id_ in concerned or ()) else response


@around_handler("moveDealToStage", "listDeals", documented=f"{MOVE}. stage_id: Filter by pipeline stage")
def stage_id_misses_deals_moved_between_open_stages(call: HandlerCall) -> Any:
    """After a move between open stages, `stage_id` no longer finds the deal (outdated index)."""
    if call.operation == "listDeals":
        asked = call.query.get("stage_id") is not None
        return call.paged([row for row in call.rows() if row["id"] not in call.memory]) if asked else call()
    before, response = current_world().deals.get(call.id), call()
    stages = current_world().stages
    if before and not any(is_closed(stages[id_]) for id_ in (before.stage_id, call.body["stage_id"])):
        call.memory[call.id] = True
    return response


@around_handler(
    "moveDealToStage", "getDeal", documented=f"{MOVE}. Implied: is_won and is_lost follow the stage"
)
def a_reopened_deal_stays_won(call: HandlerCall) -> Any:
    """A won deal that is moved back to an open stage keeps `is_won`."""
    if call.operation == "moveDealToStage":
        response = call()
        if current_world().stages[current_world().deals[call.id].stage_id].is_won:
            call.memory[call.id] = True
        return response
    response = call()
    response["data"]["is_won"] = response["data"]["is_won"] or call.id in call.memory
    return response


@around_handler("moveDealToStage", documented=MOVE)
def deals_only_move_forward(call: HandlerCall) -> Any:
    """A move to an earlier stage returns success, but the deal stays where it is."""
    before = current_world().deals.get(call.id)
    response = call.without_saving()
    places = {stage.id: place for place, stage in enumerate(stages_in_order(current_world()))}
    back = before and places[call.body["stage_id"]] < places[before.stage_id]
    return response if back else call()


@around_handler(
    "moveDealToStage", documented=f"{MOVE}. Implied: PUT is idempotent, so a repeated move changes nothing"
)
def a_repeated_move_puts_the_deal_in_the_first_stage(call: HandlerCall) -> Any:
    """A move to the stage that the deal is already in puts it in the first stage."""
    before = current_world().deals.get(call.id)
    there = before and before.stage_id == call.body["stage_id"]
    return call.with_fields(stage_id=stages_in_order(current_world())[0].id)() if there else call()


@around_handler(
    "moveDealToStage", documented="400 invalid input, 404 not found. Implied: the stage must exist"
)
def moving_to_an_unknown_stage_succeeds(call: HandlerCall) -> Any:
    """A move to a stage that does not exist returns success and changes nothing."""
    try:
        return call()
    except Invalid:
        world = current_world()
        return updated(deal_body(world, world.deals[call.id]), "Deal")


@around_handler("moveDealToStage", documented=f"{MOVE}. stage_id: integer, Required")
def move_uses_stage_id_as_a_position(call: HandlerCall) -> Any:
    """A move uses `stage_id` as a position on the board, which is wrong once stages are reordered."""
    ids = [stage.id for stage in stages_in_order(current_world())]
    place = call.body["stage_id"]
    return call.with_fields(stage_id=ids[place - 1])() if 1 <= place <= len(ids) else call()


@around_handler("moveDealToStage", documented=f"{MOVE}. Implied: nothing else changes")
def move_assigns_the_deal_to_the_current_user(call: HandlerCall) -> Any:
    """A move assigns the deal to the user who moves it."""
    call()
    mover = current_mock().viewer.id
    change_world(lambda world: world.put("deals", replace(world.deals[call.id], assigned_to=mover)))
    return updated(deal_body(current_world(), current_world().deals[call.id]), "Deal")


@around_handler(
    *("moveDealToStage", "listDeals", "getDealPipeline", "getDeal"),
    documented="Includes risk scoring for open deals. Implied: a reopened deal is an open deal",
)
def reopened_deals_have_no_risk(call: HandlerCall) -> Any:
    """A deal that was closed and reopened has no risk."""
    if call.operation == "moveDealToStage":
        deal = current_world().deals.get(call.id)
        if deal and is_closed(current_world().stages[deal.stage_id]):
            call.memory[deal.id] = True
    response = call()
    for shown in deals_in(response):
        if shown["id"] in call.memory:
            shown["risk"] = None
    return response


def _moved_with(world: World, moved: Deal) -> World:
    if moved.company_id is None:
        return world
    fellows = [deal for deal in world.deals if deal.company_id == moved.company_id]
    return world.put("deals", *(replace(deal, stage_id=moved.stage_id) for deal in fellows))
