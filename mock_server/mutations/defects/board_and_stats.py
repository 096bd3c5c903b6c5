"""The board and the statistics: each deal once, with its current data."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

from mock_server.mutations.handler_call import (
    Body,
    HandlerCall,
    board_with,
    current_world,
    deals_in,
)
from mock_server.mutations.mutation import around_handler

BOARD = "Retrieve deals grouped by pipeline stage for Kanban view"
STATS = "Aggregate pipeline statistics (total value, count, win rate, etc.)"
IMPORT = "Import and export deal data. Implied: an imported deal is like any other"


@around_handler("getDealPipeline", documented=BOARD)
def board_is_cached(call: HandlerCall) -> Any:
    """The board is cached on the first request and never refreshed."""
    return call.cached(str(sorted(call.query.items(), key=str)))


@around_handler("getDealPipeline", documented=BOARD)
def board_shows_only_three_deals_per_stage(call: HandlerCall) -> Any:
    """The board shows only the first three deals of each stage."""
    return board_with(call(), lambda column: column["deals"][:3])


@around_handler("getDealPipeline", documented=BOARD)
def board_leaves_out_deals_without_a_company(call: HandlerCall) -> Any:
    """The board omits deals without a company, because of an inner join."""
    return board_with(call(), lambda column: [d for d in column["deals"] if d["company_id"] is not None])


@around_handler("getDealPipeline", documented=BOARD)
def board_shifts_the_deals_by_one_stage(call: HandlerCall) -> Any:
    """The board shows each deal in the column after its own."""
    columns = call()["data"]
    before = zip(columns, columns[-1:] + columns[:-1], strict=True)
    deals = {column["id"]: other["deals"] for column, other in before}
    return board_with(call(), lambda column: deals[column["id"]])


@around_handler(
    "getDealPipeline", documented=f"{BOARD}. Implied: total_value of a column is the sum of its deals"
)
def board_totals_leave_out_the_cents(call: HandlerCall) -> Any:
    """`total_value` of a column ignores the cents of each value."""
    response = call()
    for column in response["data"]:
        column["total_value"] = sum(int(deal["value"] or 0) for deal in column["deals"])
    return response


@around_handler("getDealPipeline", documented=BOARD)
def board_groups_by_stage_name(call: HandlerCall) -> Any:
    """Of two stages with the same name, only the last shows deals: those of both."""
    columns = call()["data"]
    last = {column["name"]: column for column in columns}
    for column in columns:
        if last[column["name"]] is not column:
            last[column["name"]]["deals"] += column["deals"]
            column["deals"] = []
    return board_with({"success": True, "data": columns}, lambda column: column["deals"])


@around_handler("getDealPipeline", documented=f"{BOARD}. Includes risk scoring. Implied: the current risk")
def board_keeps_a_risk_until_the_deal_is_edited(call: HandlerCall) -> Any:
    """On the board, `risk` is cached until the deal is updated: a new task or note does not change it."""
    response = call()
    for deal in deals_in(response):
        deal["risk"] = call.memory.setdefault((deal["id"], deal["updated_at"]), deal["risk"])
    return response


@around_handler("getDealPipeline", documented=f"{BOARD}. Implied: with their current data")
def board_shows_deals_as_first_seen(call: HandlerCall) -> Any:
    """The board caches each deal until it moves to another stage; only `risk` is current."""

    def card(deal: Body) -> Body:
        return {**call.memory.setdefault((deal["id"], deal["stage_id"]), deal), "risk": deal["risk"]}

    return board_with(call(), lambda column: [card(deal) for deal in column["deals"]])


@around_handler(
    "getDealPipeline", "moveDealToStage", documented=f"{BOARD}. Implied: each deal is in one column"
)
def moved_deals_stay_in_their_old_column_too(call: HandlerCall) -> Any:
    """A moved deal is shown in its old column as well as in its new one."""
    if call.operation == "moveDealToStage":
        before = current_world().deals.get(call.id)
        response = call()
        call.memory[call.id] = before.stage_id if before else None
        return response
    response = call()
    shown = {deal["id"]: deal for column in response["data"] for deal in column["deals"]}
    for column in response["data"]:
        here = {deal["id"] for deal in column["deals"]}
        left = [id_ for id_, stage in call.memory.items() if stage == column["id"] and id_ not in here]
        column["deals"] = column["deals"] + [shown[id_] for id_ in left if id_ in shown]
    return response


@around_handler("getDealStats", documented=STATS)
def stats_are_cached(call: HandlerCall) -> Any:
    """The statistics are cached on the first request and never refreshed."""
    return call.cached()


@around_handler("getDealStats", "deleteDeal", documented=STATS)
def stats_keep_a_deleted_deal_until_the_next_save(call: HandlerCall) -> Any:
    """The statistics count a deleted deal until another deal is saved."""
    before = current_world()
    if call.operation == "deleteDeal":
        response = call()
        stale = call.memory.get("deals") is before.deals
        call.memory.update(cached=call.memory["cached"] if stale else before, deals=current_world().deals)
        return response
    return call.in_world(call.memory["cached"]) if call.memory.get("deals") is before.deals else call()


@around_handler("getDealStats", documented=STATS)
def stats_count_the_first_page_only(call: HandlerCall) -> Any:
    """The statistics count only the first 25 deals."""
    world = current_world()
    later = sorted(world.deals.rows)[25:]
    return call.in_world(world.drop("deals", *later))


@around_handler("getDealStats", documented=f"{STATS}. Implied: each won deal increases the win rate")
def win_rate_is_the_loss_rate(call: HandlerCall) -> Any:
    """`win_rate` is the percentage of closed deals that are lost."""
    data: Body = call()["data"]
    closed = data["won_deals"] + data["lost_deals"]
    rate = round(100 * data["lost_deals"] / closed, 1) if closed else 0
    return {"success": True, "data": {**data, "win_rate": rate}}


@around_handler("getDealStats", documented=f"{STATS}. Implied: each deal is counted once")
def stats_count_a_deal_once_per_task(call: HandlerCall) -> Any:
    """The statistics count a deal with several tasks once for each task, because of a join."""
    world = current_world()
    ids = count(world.deals.next_id)
    twins = [replace(deal, id=next(ids)) for deal in world.deals for _ in world.tasks.of(deal.id)[1:]]
    return call.in_world(world.put("deals", *twins))


@around_handler("getDealStats", "importDeals", documented=f"{STATS}. {IMPORT}")
def stats_ignore_imported_deals(call: HandlerCall) -> Any:
    """The statistics do not count imported deals."""
    return _without_imports(call)


@around_handler("getDealPipeline", "importDeals", documented=f"{BOARD}. {IMPORT}")
def board_omits_imported_deals(call: HandlerCall) -> Any:
    """The board does not show imported deals."""
    return _without_imports(call)


@around_handler("getDealPipeline", documented='A success carries "success": true, usually with data')
def board_has_no_envelope(call: HandlerCall) -> Any:
    """The board is returned without the `{"success": …, "data": …}` envelope."""
    return call()["data"]


def _without_imports(call: HandlerCall) -> Any:
    """Remember the imported deals, or return the response as if they did not exist."""
    before = current_world()
    if call.operation != "importDeals":
        return call.in_world(before.drop("deals", *(id_ for id_ in call.memory if id_ in before.deals)))
    response = call()
    call.memory.update({deal.id: True for deal in current_world().deals if deal.id not in before.deals})
    return response


@around_handler(
    "getDealPipeline",
    documented="Supports optional date range, scope, and assignee filtering. date_to: Filter end date",
)
def board_ignores_date_to_without_date_from(call: HandlerCall) -> Any:
    """The board ignores `date_to` unless `date_from` is also sent."""
    return call() if call.query.get("date_from") else call.with_query(date_to=None)()
