"""Caches: responses that are cached until the next write, except that one write does not clear the cache."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mock_server.context import current_mock
from mock_server.mutations.handler_call import HandlerCall, current_world
from mock_server.mutations.mutation import Mutation, around_handler
from mock_server.responses import csv_file

WRITES = (
    *("createDeal", "updateDeal", "moveDealToStage", "deleteDeal", "setDealPrimaryQuote", "importDeals"),
    *("createDealNote", "deleteDealNote", "createDealTask", "updateDealTask", "deleteDealTask"),
    *("createPipelineStage", "updatePipelineStage", "reorderPipelineStages", "deletePipelineStage"),
)
DETAILS = "Retrieve a single deal with full details. Implied: its current data"
LIST = "Retrieve a paginated list of deals. Implied: with their current data"
BOARD = "Retrieve deals grouped by pipeline stage. Implied: with their current data"


def cached(view: str, forgotten: str, name: str, documented: str) -> Mutation:
    """Caches the responses of a view; one of the writes does not clear the cache."""

    def around(call: HandlerCall) -> Any:
        if call.operation == view:
            return call.cached((current_mock().viewer.id, str(call.arguments)))
        call.memory.clear()
        return call()

    around.__name__ = name
    around.__doc__ = (
        f"{view} responses are cached until the next write, but {forgotten} does not clear the cache."
    )
    return around_handler(view, *(write for write in WRITES if write != forgotten), documented=documented)(
        around
    )


details_are_outdated_after_a_move = cached(
    "getDeal", "moveDealToStage", "details_are_outdated_after_a_move", DETAILS
)
details_are_outdated_after_a_stage_rename = cached(
    "getDeal", "updatePipelineStage", "details_are_outdated_after_a_stage_rename", DETAILS
)
list_is_outdated_after_a_move = cached("listDeals", "moveDealToStage", "list_is_outdated_after_a_move", LIST)
list_is_outdated_after_a_delete = cached("listDeals", "deleteDeal", "list_is_outdated_after_a_delete", LIST)
board_is_outdated_after_a_stage_rename = cached(
    "getDealPipeline", "updatePipelineStage", "board_is_outdated_after_a_stage_rename", BOARD
)
board_is_outdated_after_a_delete = cached(
    "getDealPipeline", "deleteDeal", "board_is_outdated_after_a_delete", BOARD
)


@around_handler(
    "reorderPipelineStages", "getDealPipeline", documented="Batch-update display order of all pipeline stages"
)
def board_keeps_the_old_order_after_reordering(call: HandlerCall) -> Any:
    """The board keeps the old order of its columns after the stages are reordered."""
    stages = current_world().stages
    if call.operation == "reorderPipelineStages":
        response = call()
        for stage in stages:
            call.memory.setdefault(stage.id, stage.display_order)
        return response
    places = {stage.id: call.memory.get(stage.id, stage.display_order) for stage in stages}
    kept = [replace(stage, display_order=places[stage.id]) for stage in stages]
    return call.in_world(current_world().put("stages", *kept))


@around_handler(
    "exportDeals",
    *(write for write in WRITES if write != "updateDeal"),
    documented="GET /deals/export. Import and export deal data. Implied: their current data",
)
def export_is_outdated_after_an_update(call: HandlerCall) -> Any:
    """The export is cached until the next write, but updateDeal does not clear the cache."""
    if call.operation != "exportDeals":
        call.memory.clear()
        return call()
    if "text" not in call.memory:
        call.memory["text"] = call().get_data(as_text=True)
    return csv_file(call.memory["text"], "deals.csv")


stats_are_outdated_after_an_update = cached(
    "getDealStats",
    "updateDeal",
    "stats_are_outdated_after_an_update",
    "Aggregate pipeline statistics (total value, count, win rate, etc.). Implied: of the current data",
)


@around_handler(
    "getDealPipeline", *(write for write in WRITES if write != "updatePipelineStage"), documented=BOARD
)
def board_columns_keep_their_names_after_a_rename(call: HandlerCall) -> Any:
    """The names of the columns are cached until the next write, but updatePipelineStage does not clear it."""
    response = call()
    if call.operation != "getDealPipeline":
        call.memory.clear()
        return response
    for column in response["data"]:
        column["name"] = call.memory.setdefault(column["id"], column["name"])
    return response


@around_handler("updateDeal", "listDeals", documented="stage_id: Filter by pipeline stage")
def stage_id_finds_deals_in_the_stage_before_an_update(call: HandlerCall) -> Any:
    """After an update that moves a deal, `stage_id` still finds it in its old stage (outdated index)."""
    if call.operation == "updateDeal":
        before = current_world().deals.get(call.id)
        response = call()
        if before and before.stage_id != call.body["stage_id"]:
            call.memory[call.id] = before.stage_id, call.body["stage_id"]
        return response
    asked = call.query.get("stage_id")
    if asked is None:
        return call()
    moved = {id_: old for id_, (old, new) in call.memory.items() if _stage_of(id_) == new}
    rows = call.rows(stage_id=None)
    return call.paged([row for row in rows if moved.get(row["id"], row["stage_id"]) == asked])


def _stage_of(deal_id: int) -> int | None:
    deal = current_world().deals.get(deal_id)
    return deal.stage_id if deal else None
