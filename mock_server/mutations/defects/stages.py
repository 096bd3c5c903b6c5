"""Stages: the pipeline stages and their order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import takewhile
from typing import Any

from mock_server.domain.refusals import Invalid, Missing
from mock_server.domain.world import World
from mock_server.mutations.handler_call import (
    HandlerCall,
    body_of,
    change_world,
    current_world,
    deals_in,
    replace_world,
)
from mock_server.mutations.http_exchange import HttpReply, HttpRequest
from mock_server.mutations.mutation import Mutation, around_handler, around_http
from mock_server.responses import deleted

ORDER = (
    "Batch-update display order of all pipeline stages. order: Array of stage IDs in desired display order"
)
MOVE = "Move a deal to a different pipeline stage"
NEW = "Create a new pipeline stage"
LIST = "Retrieve all pipeline stages with display order"
CHANGE = "PUT /pipeline-stages/{id}. name, color, is_won, is_lost: Optional"
CLOSED = 'won: Filter won/lost deals. Response example: "is_won": false, "is_lost": false'
SHOWN = ("listDeals", "getDealPipeline", "getDeal", "createDeal", "updateDeal", "moveDealToStage")


@around_handler("reorderPipelineStages", documented=ORDER)
def new_order_is_not_saved(call: HandlerCall) -> Any:
    """The response shows the new order of the stages, but nothing is saved."""
    return call.without_saving()


@around_handler("reorderPipelineStages", documented=ORDER)
def new_order_is_saved_backwards(call: HandlerCall) -> Any:
    """The new order of the stages is saved in reverse."""
    response = call()
    change_world(lambda world: _placed(world, call.body["order"][::-1]))
    return response


@around_handler("reorderPipelineStages", documented=ORDER)
def new_order_forgets_the_last_stage(call: HandlerCall) -> Any:
    """The last stage of the new order keeps its old position."""
    last = call.body["order"][-1]
    before = current_world().stages.get(last)
    response = call()
    if before is not None:
        change_world(lambda world: world.put("stages", before))
    return response


@around_handler(
    "reorderPipelineStages", documented=f"{ORDER}. 422 validation error. Implied: nothing is saved"
)
def a_rejected_order_is_partly_saved(call: HandlerCall) -> Any:
    """An invalid order is rejected with 422, but the stages before the invalid ID are saved."""
    try:
        return call()
    except Invalid:
        known = current_world().stages
        change_world(
            lambda world: _placed(world, list(takewhile(lambda id_: id_ in known, call.body["order"])))
        )
        raise


@around_handler("listDealStages", documented='Response example: "color": "#3b82f6"')
def stages_lack_their_color(call: HandlerCall) -> Any:
    """The stage list omits `color`."""
    response = call()
    for stage in response["data"]:
        del stage["color"]
    return response


@around_handler("listDealStages", documented=LIST)
def the_first_stage_is_not_listed(call: HandlerCall) -> Any:
    """The stage list starts with the second stage, because of an offset that counts from 1."""
    response = call()
    return {**response, "data": response["data"][1:]}


@around_handler("listDealStages", documented=LIST)
def stage_list_is_cached(call: HandlerCall) -> Any:
    """The stage list is cached on the first request and never refreshed."""
    return call.cached()


@around_handler("listDealStages", documented=f'{LIST}. Response example: "color": "#3b82f6"')
def stage_list_returns_colors_without_the_hash(call: HandlerCall) -> Any:
    """The stage list returns `color` without the leading #."""
    response = call()
    for stage in response["data"]:
        stage["color"] = stage["color"] and stage["color"].removeprefix("#")
    return response


@around_handler("createPipelineStage", documented=f"{NEW}. probability: integer")
def new_stage_loses_its_probability(call: HandlerCall) -> Any:
    """`probability` of a new stage is not saved."""
    return call.without_fields("probability")()


@around_handler("createPipelineStage", documented=f"{NEW}. is_won, is_lost: boolean")
def new_stage_is_never_won_or_lost(call: HandlerCall) -> Any:
    """`is_won` and `is_lost` of a new stage are not saved."""
    return call.without_fields("is_won", "is_lost")()


@around_handler("createPipelineStage", documented=NEW)
def new_stage_is_not_saved(call: HandlerCall) -> Any:
    """A create returns the new stage, but it is not saved."""
    return call.without_saving()


@around_handler("createPipelineStage", documented=f"{NEW}. {LIST}")
def a_new_stage_may_repeat_a_display_order(call: HandlerCall) -> Any:
    """`display_order` of a new stage is COUNT(*) + 1, which may be taken if a stage was deleted."""
    response = call()
    shown, count = body_of(response)["data"], len(current_world().stages)
    made = replace(current_world().stages[shown["id"]], display_order=count)
    change_world(lambda world: world.put("stages", made))
    shown["display_order"] = count
    return response


@around_http("createPipelineStage", documented="POST /pipeline-stages. name: Required")
async def a_stage_needs_no_name(request: HttpRequest) -> HttpReply:
    """A stage without a name is saved as "New stage"."""
    return await (request if "name" in request.fields else request.with_fields(name="New stage")).forward()


@around_handler("updatePipelineStage", documented=CHANGE)
def stage_update_is_not_saved(call: HandlerCall) -> Any:
    """The response shows the updated stage, but nothing is saved."""
    return call.without_saving()


@around_handler("updatePipelineStage", documented=CHANGE)
def stage_color_cannot_be_changed(call: HandlerCall) -> Any:
    """A stage update ignores `color`."""
    return call.without_fields("color")()


@around_handler("updatePipelineStage", documented=CHANGE)
def stage_update_clears_omitted_flags(call: HandlerCall) -> Any:
    """A stage update without `is_won` or `is_lost` sets them to false."""
    return call(body={"is_won": False, "is_lost": False, **call.body})


@around_handler(
    "updatePipelineStage",
    documented="PUT /pipeline-stages/{id}. Implied: changes the stage with this ID, and no other",
)
def stage_update_recolors_all_stages(call: HandlerCall) -> Any:
    """A stage update sets `color` on every stage."""
    response = call()
    color = call.body.get("color")
    if color is not None:
        change_world(
            lambda world: world.put("stages", *(replace(stage, color=color) for stage in world.stages))
        )
    return response


@around_handler(
    *SHOWN,
    documented='Response example: "stage_id": 3, "stage_name": "Proposal". Implied: the current name',
)
def a_renamed_stage_keeps_its_old_name_on_deals(call: HandlerCall) -> Any:
    """Stage names on deals are cached, so a renamed stage keeps its old name there."""
    response = call()
    for deal in deals_in(response):
        deal["stage_name"] = call.memory.setdefault(deal["stage_id"], deal["stage_name"])
    return response


@around_handler(
    "deletePipelineStage",
    documented="DELETE /pipeline-stages/{id}. Implied: a deleted stage no longer exists",
)
def stage_is_not_deleted(call: HandlerCall) -> Any:
    """Deleting a stage returns success, but the stage stays."""
    return call.without_saving()


@around_handler(
    "moveDealToStage",
    "updateDeal",
    "deletePipelineStage",
    documented="DELETE /pipeline-stages/{id}. Implied: an empty stage can be deleted",
)
def a_stage_that_once_held_a_deal_cannot_be_deleted(call: HandlerCall) -> Any:
    """An empty stage cannot be deleted if a deal was once in it."""
    if call.operation == "deletePipelineStage":
        if call.id in call.memory and call.id in current_world().stages:
            raise Invalid({"id": "The stage is in use"})
        return call()
    deal = current_world().deals.get(call.id)
    response = call()
    if deal is not None:
        call.memory[deal.stage_id] = True
    return response


@around_handler("deletePipelineStage", documented="404 not found")
def deleting_an_unknown_stage_succeeds(call: HandlerCall) -> Any:
    """Deleting a stage that does not exist returns success instead of 404."""
    try:
        return call()
    except Missing:
        return deleted("Stage")


@around_handler("updatePipelineStage", *SHOWN, documented=CLOSED)
def a_stage_that_becomes_won_does_not_update_its_deals(call: HandlerCall) -> Any:
    """If `is_won` or `is_lost` of a stage changes, its deals keep the old values."""
    if call.operation == "updatePipelineStage":
        before = current_world()
        response = call()
        flags = {"is_won": before.stages[call.id].is_won, "is_lost": before.stages[call.id].is_lost}
        for held in before.deals.of(call.id):
            call.memory.setdefault((held.id, call.id), flags)
        return response
    response = call()
    for deal in deals_in(body_of(response)):
        deal.update(call.memory.get((deal["id"], deal["stage_id"]), {}))
    return response


@around_handler(
    "deletePipelineStage",
    "listDealStages",
    documented="stage_id: Pipeline stage ID. Implied: each deal is in a stage that exists",
)
def a_deleted_stage_keeps_its_deals(call: HandlerCall) -> Any:
    """A stage with deals can be deleted, and its deals stay in the deleted stage."""
    if call.operation == "deletePipelineStage":
        try:
            return call()
        except Invalid:
            call.memory[call.id] = True
            return deleted("Stage")
    response = call()
    return {**response, "data": [stage for stage in response["data"] if stage["id"] not in call.memory]}


def _flags(name: str, does: str, change: Callable[[dict[str, Any]], object]) -> Mutation:
    def around(call: HandlerCall) -> Any:
        response = call()
        for deal in deals_in(body_of(response)):
            change(deal)
        return response

    around.__name__, around.__doc__ = name, does
    return around_handler(*SHOWN, documented=CLOSED)(around)


won_deals_are_not_won = _flags(
    "won_deals_are_not_won",
    "`is_won` of a deal is always false.",
    lambda deal: deal.update(is_won=False),
)
lost_deals_are_won = _flags(
    "lost_deals_are_won",
    "Lost deals have `is_won` true and `is_lost` false.",
    lambda deal: deal.update(is_won=deal["is_won"] or deal["is_lost"], is_lost=False),
)


def _placed(world: World, order: list[int]) -> World:
    stages = [replace(world.stages[id_], display_order=place) for place, id_ in enumerate(order, 1)]
    return world.put("stages", *stages)


@around_handler("reorderPipelineStages", documented=ORDER)
def reordering_stops_at_the_first_unmoved_stage(call: HandlerCall) -> Any:
    """Only the stages before the first one that keeps its position are saved; the response hides this."""
    response, stages = call.without_saving(), current_world().stages
    moved = takewhile(
        lambda placed: stages[placed[1]].display_order != placed[0], enumerate(call.body["order"], 1)
    )
    replace_world(
        current_world().put("stages", *(replace(stages[id_], display_order=place) for place, id_ in moved))
    )
    return response
