"""Stages: the columns of the pipeline, and deals that move between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import takewhile
from typing import Any

from mock_server.domain.refusals import Invalid, Missing
from mock_server.domain.world import World
from mock_server.mutations.handler_call import HandlerCall, also, body_of, deals_in, now_in, put_in_place
from mock_server.mutations.http_exchange import HttpReply, HttpRequest
from mock_server.mutations.mutation import Mutation, around_handler, around_http
from mock_server.responses import deleted

ORDER = (
    "Batch-update display order of all pipeline stages. order: Array of stage IDs in desired display order"
)
MOVE = "Move a deal to a different pipeline stage"
NEW = "Create a new pipeline stage"
LIST = "Retrieve all pipeline stages with display order"
CHANGE = "PUT /pipeline-stages/{id}: name, color, is_won, is_lost"
CLOSED = 'won: Filter won/lost deals; the example: "is_won": false, "is_lost": false'
SHOWN = ("listDeals", "getDealPipeline", "getDeal", "createDeal", "updateDeal", "moveDealToStage")


@around_handler("reorderPipelineStages", documented=ORDER)
def new_order_is_not_saved(call: HandlerCall) -> Any:
    """The new order is answered, and forgotten."""
    return call.undone()


@around_handler("reorderPipelineStages", documented=ORDER)
def new_order_is_saved_backwards(call: HandlerCall) -> Any:
    """The first of the order is displayed last."""
    answer = call()
    also(lambda world: _placed(world, call.body["order"][::-1]))
    return answer


@around_handler("reorderPipelineStages", documented=ORDER)
def new_order_forgets_the_last_stage(call: HandlerCall) -> Any:
    """`i < length - 1`: the last stage keeps its old place."""
    last = call.body["order"][-1]
    before = now_in().stages.get(last)
    answer = call()
    if before is not None:
        also(lambda world: world.put("stages", before))
    return answer


@around_handler("reorderPipelineStages", documented=f"{ORDER}; 422 validation error: nothing is saved")
def a_refused_order_is_saved_up_to_its_fault(call: HandlerCall) -> Any:
    """One UPDATE after the other, without a transaction, and then the error."""
    try:
        return call()
    except Invalid:
        known = now_in().stages
        also(lambda world: _placed(world, list(takewhile(lambda id_: id_ in known, call.body["order"]))))
        raise


@around_handler("listDealStages", documented=LIST)
def stage_list_is_cached(call: HandlerCall) -> Any:
    """The stages are as they were when they were first asked for."""
    return call.once()


@around_handler("listDealStages", documented=f"{LIST}: color (#3b82f6)")
def stage_list_gives_colours_without_the_hash(call: HandlerCall) -> Any:
    """Colours are stored as six digits, and one of the views does not put the # before them."""
    answer = call()
    for stage in answer["data"]:
        stage["color"] = stage["color"] and stage["color"].removeprefix("#")
    return answer


@around_handler("createPipelineStage", documented=f"{NEW}. probability: integer")
def new_stage_loses_its_probability(call: HandlerCall) -> Any:
    """The field is missing on the list of fillable fields."""
    return call.leaving_out("probability")


@around_handler("createPipelineStage", documented=f"{NEW}. is_won, is_lost: boolean")
def new_stage_is_never_won_or_lost(call: HandlerCall) -> Any:
    """The flags are saved by an update only."""
    return call.leaving_out("is_won", "is_lost")


@around_handler("createPipelineStage", documented=NEW)
def new_stage_is_not_saved(call: HandlerCall) -> Any:
    """The transaction is never committed."""
    return call.undone()


@around_handler("createPipelineStage", documented=f"{NEW}. {LIST}")
def a_new_stage_counts_its_place_from_the_number_of_stages(call: HandlerCall) -> Any:
    """display_order is COUNT(*) + 1: once a stage was deleted, two have the same place."""
    answer = call()
    shown, count = body_of(answer)["data"], len(now_in().stages)
    made = replace(now_in().stages[shown["id"]], display_order=count)
    also(lambda world: world.put("stages", made))
    shown["display_order"] = count
    return answer


@around_http("createPipelineStage", documented="POST /pipeline-stages: name: Required")
async def a_stage_needs_no_name(request: HttpRequest) -> HttpReply:
    """A stage without a name is saved as "New stage"."""
    return await (request if "name" in request.fields else request.with_fields(name="New stage")).forward()


@around_handler("updatePipelineStage", documented=CHANGE)
def stage_update_is_not_saved(call: HandlerCall) -> Any:
    """The changed stage is answered, and forgotten."""
    return call.undone()


@around_handler("updatePipelineStage", documented=CHANGE)
def stage_color_cannot_be_changed(call: HandlerCall) -> Any:
    """The colour is only read when a stage is created."""
    return call.leaving_out("color")


@around_handler("updatePipelineStage", documented=CHANGE)
def a_stage_that_is_only_renamed_is_neither_won_nor_lost(call: HandlerCall) -> Any:
    """A box that is not ticked is not sent: what lacks in the body counts as false."""
    return call(body={"is_won": False, "is_lost": False, **call.body})


@around_handler("updatePipelineStage", documented="PUT /pipeline-stages/{id} changes the stage of this id")
def stage_update_recolors_all(call: HandlerCall) -> Any:
    """The WHERE is lost: every stage gets the colour."""
    answer = call()
    color = call.body.get("color")
    if color is not None:
        also(lambda world: world.put("stages", *(replace(stage, color=color) for stage in world.stages)))
    return answer


@around_handler(
    *SHOWN, documented='A deal\'s stage_name is that of its stage: "stage_id": 3, "stage_name": "Proposal"'
)
def renamed_stage_keeps_its_name_on_deals(call: HandlerCall) -> Any:
    """Names of stages are cached when they are first seen, and again never."""
    answer = call()
    for deal in deals_in(answer):
        deal["stage_name"] = call.memory.setdefault(deal["stage_id"], deal["stage_name"])
    return answer


@around_handler("deletePipelineStage", documented="DELETE /pipeline-stages/{id}: a deleted stage is gone")
def stage_is_not_deleted(call: HandlerCall) -> Any:
    """Success is answered, and the stage stays."""
    return call.undone()


@around_handler(
    "moveDealToStage", "updateDeal", "deletePipelineStage", documented="DELETE /pipeline-stages/{id}"
)
def a_stage_that_ever_held_a_deal_cannot_be_deleted(call: HandlerCall) -> Any:
    """A foreign key of the history of moves holds on to the stage, empty as it is."""
    if call.operation == "deletePipelineStage":
        if call.id in call.memory and call.id in now_in().stages:
            raise Invalid({"id": "The stage is in use"})
        return call()
    deal = now_in().deals.get(call.id)
    answer = call()
    if deal is not None:
        call.memory[deal.stage_id] = True
    return answer


@around_handler("deletePipelineStage", documented="404 not found")
def deleting_an_unknown_stage_succeeds(call: HandlerCall) -> Any:
    """Zero rows deleted is success, too."""
    try:
        return call()
    except Missing:
        return deleted("Stage")


@around_handler("updatePipelineStage", *SHOWN, documented=CLOSED)
def a_stage_that_becomes_won_leaves_its_deals(call: HandlerCall) -> Any:
    """A deal has flags of its own, written when it enters its stage and not when the stage is changed."""
    if call.operation == "updatePipelineStage":
        before = now_in()
        answer = call()
        flags = {"is_won": before.stages[call.id].is_won, "is_lost": before.stages[call.id].is_lost}
        for held in before.deals.of(call.id):
            call.memory.setdefault((held.id, call.id), flags)
        return answer
    answer = call()
    for deal in deals_in(body_of(answer)):
        deal.update(call.memory.get((deal["id"], deal["stage_id"]), {}))
    return answer


@around_handler("deletePipelineStage", "listDealStages", documented="stage_id: Pipeline stage ID")
def a_deleted_stage_keeps_its_deals(call: HandlerCall) -> Any:
    """Stages are only marked as deleted: nobody looks for their deals, which are in no stage then."""
    if call.operation == "deletePipelineStage":
        try:
            return call()
        except Invalid:
            call.memory[call.id] = True
            return deleted("Stage")
    answer = call()
    return {**answer, "data": [stage for stage in answer["data"] if stage["id"] not in call.memory]}


def _flags(name: str, does: str, change: Callable[[dict[str, Any]], object]) -> Mutation:
    def around(call: HandlerCall) -> Any:
        answer = call()
        for deal in deals_in(body_of(answer)):
            change(deal)
        return answer

    around.__name__, around.__doc__ = name, does
    return around_handler(*SHOWN, documented=CLOSED)(around)


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


@around_handler("reorderPipelineStages", documented="Batch-update display order of all pipeline stages")
def a_reordering_ends_at_the_first_stage_that_stays(call: HandlerCall) -> Any:
    """`return` for `continue` in the loop that skips what is in its place; the answer does not show it."""
    answer, stages = call.undone(), now_in().stages
    moved = takewhile(
        lambda placed: stages[placed[1]].display_order != placed[0], enumerate(call.body["order"], 1)
    )
    put_in_place(now_in().put("stages", *(replace(stages[id_], display_order=place) for place, id_ in moved)))
    return answer
