"""Stages: the columns of the pipeline, and deals that move between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mock_server.departures.call import Call, also, body_of, deals_in, now_in
from mock_server.departures.departure import Departure, inside, outside
from mock_server.departures.front import Asked, Reply
from mock_server.domain.pipeline import stages_in_order
from mock_server.domain.refusals import Missing
from mock_server.domain.world import Deal, World
from mock_server.handlers.answers import deleted

ORDER = (
    "Batch-update display order of all pipeline stages. order: Array of stage IDs in desired display order"
)
MOVE = "Move a deal to a different pipeline stage"
NEW = "Create a new pipeline stage"
LIST = "Retrieve all pipeline stages with display order"
CHANGE = "PUT /pipeline-stages/{id}: name, color, is_won, is_lost"
CLOSED = 'won: Filter won/lost deals; the example: "is_won": false, "is_lost": false'
SHOWN = ("listDeals", "getDealPipeline", "getDeal", "createDeal", "updateDeal", "moveDealToStage")


@inside("reorderPipelineStages", documented=ORDER)
def new_order_is_not_saved(call: Call) -> Any:
    """The new order is answered, and forgotten."""
    return call.undone()


@inside("reorderPipelineStages", documented=ORDER)
def new_order_is_saved_backwards(call: Call) -> Any:
    """The first of the order is displayed last."""
    answer = call()
    also(lambda world: _placed(world, call.body["order"][::-1]))
    return answer


@inside("reorderPipelineStages", documented=ORDER)
def new_order_forgets_the_last_stage(call: Call) -> Any:
    """`i < length - 1`: the last stage keeps its old place."""
    last = call.body["order"][-1]
    before = now_in().stages.get(last)
    answer = call()
    if before is not None:
        also(lambda world: world.put("stages", before))
    return answer


@inside("listDealStages", documented=LIST)
def stage_list_is_cached(call: Call) -> Any:
    """The stages are as they were when they were first asked for."""
    return call.once()


@inside("createPipelineStage", documented=f"{NEW}. probability: integer")
def new_stage_loses_its_probability(call: Call) -> Any:
    """The field is missing on the list of fillable fields."""
    return call.leaving_out("probability")


@inside("createPipelineStage", documented=f"{NEW}. is_won, is_lost: boolean")
def new_stage_is_never_won_or_lost(call: Call) -> Any:
    """The flags are saved by an update only."""
    return call.leaving_out("is_won", "is_lost")


@inside("createPipelineStage", documented=NEW)
def new_stage_is_not_saved(call: Call) -> Any:
    """The transaction is never committed."""
    return call.undone()


@outside("createPipelineStage", documented="POST /pipeline-stages: name: Required")
async def a_stage_needs_no_name(asked: Asked) -> Reply:
    """A stage without a name is saved as "New stage"."""
    return await (asked if "name" in asked.fields else asked.with_fields(name="New stage")).answered()


@inside("updatePipelineStage", documented=CHANGE)
def stage_update_is_not_saved(call: Call) -> Any:
    """The changed stage is answered, and forgotten."""
    return call.undone()


@inside("updatePipelineStage", documented=CHANGE)
def stage_color_cannot_be_changed(call: Call) -> Any:
    """The colour is only read when a stage is created."""
    return call.leaving_out("color")


@inside("updatePipelineStage", documented="PUT /pipeline-stages/{id} changes the stage of this id")
def stage_update_recolors_all(call: Call) -> Any:
    """The WHERE is lost: every stage gets the colour."""
    answer = call()
    color = call.body.get("color")
    if color is not None:
        also(lambda world: world.put("stages", *(replace(stage, color=color) for stage in world.stages)))
    return answer


@inside(
    *SHOWN, documented='A deal\'s stage_name is that of its stage: "stage_id": 3, "stage_name": "Proposal"'
)
def renamed_stage_keeps_its_name_on_deals(call: Call) -> Any:
    """Names of stages are cached when they are first seen, and again never."""
    answer = call()
    for deal in deals_in(answer):
        deal["stage_name"] = call.memory.setdefault(deal["stage_id"], deal["stage_name"])
    return answer


@inside("deletePipelineStage", documented="DELETE /pipeline-stages/{id}: a deleted stage is gone")
def stage_is_not_deleted(call: Call) -> Any:
    """Success is answered, and the stage stays."""
    return call.undone()


@inside("deletePipelineStage", documented="404 not found")
def deleting_an_unknown_stage_succeeds(call: Call) -> Any:
    """Zero rows deleted is success, too."""
    try:
        return call()
    except Missing:
        return deleted("Stage")


@inside("moveDealToStage", documented=MOVE)
def move_is_not_saved(call: Call) -> Any:
    """The moved deal is answered, and forgotten."""
    return call.undone()


@inside("moveDealToStage", documented=MOVE)
def move_goes_one_stage_too_far(call: Call) -> Any:
    """The stage is taken for its index: the deal lands in the next one."""
    ids = [stage.id for stage in stages_in_order(now_in())]
    wanted = call.body["stage_id"]
    return call.sending(stage_id=ids[(ids.index(wanted) + 1) % len(ids)]) if wanted in ids else call()


@inside("moveDealToStage", documented=f"{MOVE}: nothing else of it changes")
def move_takes_the_assignee_away(call: Call) -> Any:
    """The whole row is written, from a form that has no assignee."""
    answer = call()
    also(lambda world: world.put("deals", replace(world.deals[call.id], assigned_to=None)))
    return answer


@inside("moveDealToStage", documented=MOVE)
def move_takes_the_company_along(call: Call) -> Any:
    """All deals of the deal's company are moved."""
    answer = call()
    moved = now_in().deals[call.id]
    also(lambda world: _moved_with(world, moved))
    return answer


def _flags(name: str, does: str, change: Callable[[dict[str, Any]], object]) -> Departure:
    def around(call: Call) -> Any:
        answer = call()
        for deal in deals_in(body_of(answer)):
            change(deal)
        return answer

    around.__name__, around.__doc__ = name, does
    return inside(*SHOWN, documented=CLOSED)(around)


won_deals_are_not_won = _flags(
    "won_deals_are_not_won",
    "A move to a won stage leaves the deal's own is_won as it was.",
    lambda deal: deal.update(is_won=False),
)
lost_deals_are_won = _flags(
    "lost_deals_are_won",
    "Every closed deal counts as won.",
    lambda deal: deal.update(is_won=deal["is_won"] or deal["is_lost"], is_lost=False),
)


def _placed(world: World, order: list[int]) -> World:
    stages = [replace(world.stages[id_], display_order=place) for place, id_ in enumerate(order, 1)]
    return world.put("stages", *stages)


def _moved_with(world: World, moved: Deal) -> World:
    if moved.company_id is None:
        return world
    fellows = [deal for deal in world.deals if deal.company_id == moved.company_id]
    return world.put("deals", *(replace(deal, stage_id=moved.stage_id) for deal in fellows))
