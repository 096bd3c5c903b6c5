"""Caches: answers that are kept until somebody writes, and one of the writes that was forgotten."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mock_server.context import current_mock
from mock_server.mutations.handler_call import HandlerCall, now_in
from mock_server.mutations.mutation import Mutation, around_handler

WRITES = (
    *("createDeal", "updateDeal", "moveDealToStage", "deleteDeal", "setDealPrimaryQuote", "importDeals"),
    *("createDealNote", "deleteDealNote", "createDealTask", "updateDealTask", "deleteDealTask"),
    *("createPipelineStage", "updatePipelineStage", "reorderPipelineStages", "deletePipelineStage"),
)
DETAILS = "Retrieve a single deal with full details: as it is now"
LIST = "Retrieve a paginated list of deals: as they are now"
BOARD = "Retrieve deals grouped by pipeline stage: as they are now"


def cached(view: str, forgotten: str, name: str, documented: str) -> Mutation:
    """The answers of a view are kept; one of the writes does not throw them away."""

    def around(call: HandlerCall) -> Any:
        if call.operation == view:
            return call.once((current_mock().viewer.id, str(call.arguments)))
        call.memory.clear()
        return call()

    around.__name__ = name
    around.__doc__ = f"The answers of {view} are kept until somebody writes; {forgotten} was forgotten there."
    return around_handler(view, *(write for write in WRITES if write != forgotten), documented=documented)(
        around
    )


details_are_cached_past_a_move = cached(
    "getDeal", "moveDealToStage", "details_are_cached_past_a_move", DETAILS
)
details_are_cached_past_a_renamed_stage = cached(
    "getDeal", "updatePipelineStage", "details_are_cached_past_a_renamed_stage", DETAILS
)
list_is_cached_past_a_move = cached("listDeals", "moveDealToStage", "list_is_cached_past_a_move", LIST)
list_is_cached_past_a_deletion = cached("listDeals", "deleteDeal", "list_is_cached_past_a_deletion", LIST)
board_is_cached_past_a_renamed_stage = cached(
    "getDealPipeline", "updatePipelineStage", "board_is_cached_past_a_renamed_stage", BOARD
)
board_is_cached_past_a_deletion = cached(
    "getDealPipeline", "deleteDeal", "board_is_cached_past_a_deletion", BOARD
)


@around_handler(
    "reorderPipelineStages", "getDealPipeline", documented="Batch-update display order of all stages"
)
def board_keeps_the_order_of_before_a_reordering(call: HandlerCall) -> Any:
    """The columns' places are cached, and only changes of single stages empty the cache."""
    stages = now_in().stages
    if call.operation == "reorderPipelineStages":
        answer = call()
        for stage in stages:
            call.memory.setdefault(stage.id, stage.display_order)
        return answer
    places = {stage.id: call.memory.get(stage.id, stage.display_order) for stage in stages}
    kept = [replace(stage, display_order=places[stage.id]) for stage in stages]
    return call.seeing(now_in().put("stages", *kept))
