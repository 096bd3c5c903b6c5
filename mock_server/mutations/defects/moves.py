"""Moves: deals that go from stage to stage, and all else of them that should stay."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mock_server.context import current_mock
from mock_server.domain.pipeline import is_closed, stages_in_order
from mock_server.domain.refusals import Invalid
from mock_server.domain.world import Deal, World
from mock_server.mutations.handler_call import HandlerCall, also, deals_in, now_in
from mock_server.mutations.mutation import around_handler
from mock_server.responses import deal_body, updated

MOVE = "Move a deal to a different pipeline stage"


@around_handler("moveDealToStage", documented=MOVE)
def move_is_not_saved(call: HandlerCall) -> Any:
    """The moved deal is answered, and forgotten."""
    return call.undone()


@around_handler("moveDealToStage", documented=MOVE)
def move_goes_one_stage_too_far(call: HandlerCall) -> Any:
    """The stage is taken for its index: the deal lands in the next one."""
    ids = [stage.id for stage in stages_in_order(now_in())]
    wanted = call.body["stage_id"]
    return call.sending(stage_id=ids[(ids.index(wanted) + 1) % len(ids)]) if wanted in ids else call()


@around_handler("moveDealToStage", documented=f"{MOVE}: nothing else of it changes")
def move_takes_the_assignee_away(call: HandlerCall) -> Any:
    """The whole row is written, from a form that has no assignee."""
    answer = call()
    also(lambda world: world.put("deals", replace(world.deals[call.id], assigned_to=None)))
    return answer


@around_handler("moveDealToStage", documented=MOVE)
def move_takes_the_company_along(call: HandlerCall) -> Any:
    """All deals of the deal's company are moved."""
    answer = call()
    moved = now_in().deals[call.id]
    also(lambda world: _moved_with(world, moved))
    return answer


@around_handler("moveDealToStage", documented=MOVE)
def a_move_between_open_stages_is_not_saved(call: HandlerCall) -> Any:
    """The save stands in the branch that closes a deal, or opens it again."""
    before = now_in().deals.get(call.id)
    answer = call.undone()
    stages = now_in().stages
    concerned = before and (before.stage_id, call.body["stage_id"])
    return call() if any(is_closed(stages[id_]) for id_ in concerned or ()) else answer


@around_handler("moveDealToStage", "listDeals", documented=f"{MOVE}; stage_id: Filter by pipeline stage")
def stage_id_misses_deals_moved_between_open_stages(call: HandlerCall) -> Any:
    """The list filters by an index that hears of deals which close or open, and of no other move."""
    if call.operation == "listDeals":
        asked = call.query.get("stage_id") is not None
        return call.paged([row for row in call.rows() if row["id"] not in call.memory]) if asked else call()
    before, answer = now_in().deals.get(call.id), call()
    stages = now_in().stages
    if before and not any(is_closed(stages[id_]) for id_ in (before.stage_id, call.body["stage_id"])):
        call.memory[call.id] = True
    return answer


@around_handler("moveDealToStage", "getDeal", documented=f"{MOVE}. is_won, is_lost: as its stage is")
def a_deal_that_is_opened_again_stays_won(call: HandlerCall) -> Any:
    """The deal has a flag of its own: a won stage sets it, and nothing takes it back."""
    if call.operation == "moveDealToStage":
        answer = call()
        if now_in().stages[now_in().deals[call.id].stage_id].is_won:
            call.memory[call.id] = True
        return answer
    answer = call()
    answer["data"]["is_won"] = answer["data"]["is_won"] or call.id in call.memory
    return answer


@around_handler("moveDealToStage", documented=MOVE)
def deals_move_forward_only(call: HandlerCall) -> Any:
    """A move back is taken for a slip of the mouse: success, and the deal stays."""
    before = now_in().deals.get(call.id)
    answer = call.undone()
    places = {stage.id: place for place, stage in enumerate(stages_in_order(now_in()))}
    back = before and places[call.body["stage_id"]] < places[before.stage_id]
    return answer if back else call()


@around_handler("moveDealToStage", documented=f"{MOVE}: PUT, so moved there twice it is there")
def a_second_move_takes_the_deal_out_again(call: HandlerCall) -> Any:
    """Put into the new stage, then taken out of the old: where they are the same, it ends in the first."""
    before = now_in().deals.get(call.id)
    there = before and before.stage_id == call.body["stage_id"]
    return call.sending(stage_id=stages_in_order(now_in())[0].id) if there else call()


@around_handler("moveDealToStage", documented="stage_id: a pipeline stage; 400 invalid input, 404 not found")
def moving_to_an_unknown_stage_succeeds(call: HandlerCall) -> Any:
    """`UPDATE … FROM stages`: no row, no error, and the deal as it was."""
    try:
        return call()
    except Invalid:
        world = now_in()
        return updated(deal_body(world, world.deals[call.id]), "Deal")


@around_handler("moveDealToStage", documented=f"{MOVE}. stage_id: integer, Required")
def a_move_takes_the_stage_id_for_its_place(call: HandlerCall) -> Any:
    """The stage is looked up by its place on the board, which is its id as long as nobody reorders."""
    ids = [stage.id for stage in stages_in_order(now_in())]
    place = call.body["stage_id"]
    return call.sending(stage_id=ids[place - 1]) if 1 <= place <= len(ids) else call()


@around_handler("moveDealToStage", documented=f"{MOVE}: nothing else of it changes")
def a_deal_belongs_to_whoever_moves_it(call: HandlerCall) -> Any:
    """A hook gives every deal that is saved to the current user; it was meant for new ones."""
    call()
    mover = current_mock().viewer.id
    also(lambda world: world.put("deals", replace(world.deals[call.id], assigned_to=mover)))
    return updated(deal_body(now_in(), now_in().deals[call.id]), "Deal")


@around_handler(
    *("moveDealToStage", "listDeals", "getDealPipeline", "getDeal"),
    documented="Includes risk scoring for open deals; full details including risk score",
)
def deals_that_were_opened_again_have_no_risk(call: HandlerCall) -> Any:
    """The job that scores passes over every deal that was ever closed."""
    if call.operation == "moveDealToStage":
        deal = now_in().deals.get(call.id)
        if deal and is_closed(now_in().stages[deal.stage_id]):
            call.memory[deal.id] = True
    answer = call()
    for shown in deals_in(answer):
        if shown["id"] in call.memory:
            shown["risk"] = None
    return answer


def _moved_with(world: World, moved: Deal) -> World:
    if moved.company_id is None:
        return world
    fellows = [deal for deal in world.deals if deal.company_id == moved.company_id]
    return world.put("deals", *(replace(deal, stage_id=moved.stage_id) for deal in fellows))
