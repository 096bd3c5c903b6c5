"""The board and the statistics: every deal, once, as it is now."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

from mock_server.mutations.handler_call import UNFILTERED, Body, HandlerCall, board_with, deals_in, now_in
from mock_server.mutations.mutation import around_handler

BOARD = "Retrieve deals grouped by pipeline stage for Kanban view"
STATS = "Aggregate pipeline statistics (total value, count, win rate, etc.)"
IMPORT = "Import and export deal data: what was imported is a deal"


@around_handler("getDealPipeline", documented=BOARD)
def board_is_cached(call: HandlerCall) -> Any:
    """The board is as it was when it was first asked for."""
    return call.once(str(sorted(call.query.items(), key=str)))


@around_handler("getDealPipeline", documented=BOARD)
def board_shows_three_deals_of_a_stage(call: HandlerCall) -> Any:
    """A limit for the first screen, and no way to the rest."""
    return board_with(call(), lambda column: column["deals"][:3])


@around_handler("getDealPipeline", documented=BOARD)
def board_leaves_out_deals_without_a_company(call: HandlerCall) -> Any:
    """An inner join of the companies."""
    return board_with(call(), lambda column: [d for d in column["deals"] if d["company_id"] is not None])


@around_handler("getDealPipeline", documented=BOARD)
def board_shifts_the_deals_by_one_stage(call: HandlerCall) -> Any:
    """Columns and deals are put together by place, off by one: each deal stands in the next column."""
    columns = call()["data"]
    before = zip(columns, columns[-1:] + columns[:-1], strict=True)
    deals = {column["id"]: other["deals"] for column, other in before}
    return board_with(call(), lambda column: deals[column["id"]])


@around_handler("getDealPipeline", documented=f"{BOARD}: a column's total_value is that of its deals")
def board_sums_leave_out_the_cents(call: HandlerCall) -> Any:
    """The values are cast to integers before they are added."""
    answer = call()
    for column in answer["data"]:
        column["total_value"] = sum(int(deal["value"] or 0) for deal in column["deals"])
    return answer


@around_handler("getDealPipeline", documented=BOARD)
def board_groups_by_the_name_of_the_stage(call: HandlerCall) -> Any:
    """`keyBy('stage_name')`: of two stages of one name, the last has the deals of both."""
    columns = call()["data"]
    last = {column["name"]: column for column in columns}
    for column in columns:
        if last[column["name"]] is not column:
            last[column["name"]]["deals"] += column["deals"]
            column["deals"] = []
    return board_with({"success": True, "data": columns}, lambda column: column["deals"])


@around_handler("getDealPipeline", documented="Kanban view. Includes risk scoring")
def board_keeps_a_risk_until_the_deal_is_edited(call: HandlerCall) -> Any:
    """The score is memoized by id and updated_at: a new task or note does not change it."""
    answer = call()
    for deal in deals_in(answer):
        deal["risk"] = call.memory.setdefault((deal["id"], deal["updated_at"]), deal["risk"])
    return answer


@around_handler("getDealPipeline", documented=f"{BOARD}: a column's deals_count is that of its deals")
def board_counts_disregard_the_filters(call: HandlerCall) -> Any:
    """The columns are counted by a query of their own, to which the filters were never added."""
    answer = call()
    counts = {column["id"]: column["deals_count"] for column in call.asking(**UNFILTERED)["data"]}
    for column in answer["data"]:
        column["deals_count"] = counts[column["id"]]
    return answer


@around_handler("getDealPipeline", documented=f"{BOARD}: as they are now")
def board_shows_deals_as_first_seen(call: HandlerCall) -> Any:
    """Each card is cached by the deal's id and its stage; only its risk is scored anew."""

    def card(deal: Body) -> Body:
        return {**call.memory.setdefault((deal["id"], deal["stage_id"]), deal), "risk": deal["risk"]}

    return board_with(call(), lambda column: [card(deal) for deal in column["deals"]])


@around_handler("getDealPipeline", "moveDealToStage", documented=f"{BOARD}: each in the stage where it is")
def moved_deals_stay_in_their_old_column_too(call: HandlerCall) -> Any:
    """The old column is not told of the move: the deal stands in both."""
    if call.operation == "moveDealToStage":
        before = now_in().deals.get(call.id)
        answer = call()
        call.memory[call.id] = before.stage_id if before else None
        return answer
    answer = call()
    shown = {deal["id"]: deal for column in answer["data"] for deal in column["deals"]}
    for column in answer["data"]:
        here = {deal["id"] for deal in column["deals"]}
        left = [id_ for id_, stage in call.memory.items() if stage == column["id"] and id_ not in here]
        column["deals"] = column["deals"] + [shown[id_] for id_ in left if id_ in shown]
    return answer


@around_handler("getDealStats", documented=STATS)
def stats_are_cached(call: HandlerCall) -> Any:
    """The statistics are as they were when they were first asked for."""
    return call.once()


@around_handler("getDealStats", "deleteDeal", documented=STATS)
def stats_keep_a_deleted_deal_until_the_next_save(call: HandlerCall) -> Any:
    """They are cached; a deal that is saved empties the cache, and one that is deleted is forgotten."""
    before = now_in()
    if call.operation == "deleteDeal":
        answer = call()
        stale = call.memory.get("deals") is before.deals
        call.memory.update(cached=call.memory["cached"] if stale else before, deals=now_in().deals)
        return answer
    return call.seeing(call.memory["cached"]) if call.memory.get("deals") is before.deals else call()


@around_handler("getDealStats", documented=STATS)
def stats_count_the_first_page_only(call: HandlerCall) -> Any:
    """What the list gives is counted: 25 deals at most."""
    world = now_in()
    later = sorted(world.deals.rows)[25:]
    return call.seeing(world.drop("deals", *later))


@around_handler("getDealStats", documented=f"{STATS}: the win rate grows with every deal won")
def win_rate_is_the_rate_of_losses(call: HandlerCall) -> Any:
    """The lost deals are divided by the closed ones."""
    data: Body = call()["data"]
    closed = data["won_deals"] + data["lost_deals"]
    rate = round(100 * data["lost_deals"] / closed, 1) if closed else 0
    return {"success": True, "data": {**data, "win_rate": rate}}


@around_handler("getDealStats", documented=f"{STATS}: of deals, each counted once")
def stats_count_a_deal_once_for_each_task(call: HandlerCall) -> Any:
    """A join of the tasks: a deal with two tasks counts twice."""
    world = now_in()
    ids = count(world.deals.next_id)
    twins = [replace(deal, id=next(ids)) for deal in world.deals for _ in world.tasks.of(deal.id)[1:]]
    return call.seeing(world.put("deals", *twins))


@around_handler("getDealStats", "importDeals", documented=f"{STATS}; {IMPORT}")
def stats_do_not_hear_of_imports(call: HandlerCall) -> Any:
    """Counters are kept by the events of the model, and a bulk insert fires none."""
    return _not_knowing_imports(call)


@around_handler("getDealPipeline", "importDeals", documented=f"{BOARD}; {IMPORT}")
def imported_deals_are_on_no_board(call: HandlerCall) -> Any:
    """The board joins the places of its cards, and an import writes none."""
    return _not_knowing_imports(call)


@around_handler("getDealPipeline", documented='A success carries "success": true, with data')
def board_has_no_envelope(call: HandlerCall) -> Any:
    """The columns come bare."""
    return call()["data"]


def _not_knowing_imports(call: HandlerCall) -> Any:
    """An import, remembered, or the answer as if none of its deals were there."""
    before = now_in()
    if call.operation != "importDeals":
        return call.seeing(before.drop("deals", *(id_ for id_ in call.memory if id_ in before.deals)))
    answer = call()
    call.memory.update({deal.id: True for deal in now_in().deals if deal.id not in before.deals})
    return answer


@around_handler("getDealPipeline", documented="Supports optional date range: date_to: Filter end date")
def board_needs_a_start_to_mind_the_end(call: HandlerCall) -> Any:
    """The range is applied if date_from is there; date_to alone is not looked at."""
    return call() if call.query.get("date_from") else call.asking(date_to=None)
