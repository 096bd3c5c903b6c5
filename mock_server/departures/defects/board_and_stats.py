"""The board and the statistics: every deal, once, as it is now."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

from mock_server.departures.call import Body, Call, now_in
from mock_server.departures.departure import inside

BOARD = "Retrieve deals grouped by pipeline stage for Kanban view"
STATS = "Aggregate pipeline statistics (total value, count, win rate, etc.)"


@inside("getDealPipeline", documented=BOARD)
def board_is_cached(call: Call) -> Any:
    """The board is as it was when it was first asked for."""
    return call.once(str(sorted(call.query.items(), key=str)))


@inside("getDealPipeline", documented=BOARD)
def board_shows_three_deals_of_a_stage(call: Call) -> Any:
    """A limit for the first screen, and no way to the rest."""
    return _columns(call, lambda column: column["deals"][:3])


@inside("getDealPipeline", documented=BOARD)
def board_leaves_out_deals_without_a_company(call: Call) -> Any:
    """An inner join of the companies."""
    return _columns(call, lambda column: [deal for deal in column["deals"] if deal["company_id"] is not None])


@inside("getDealPipeline", documented=BOARD)
def board_shifts_the_deals_by_one_stage(call: Call) -> Any:
    """Columns and deals are put together by place, off by one: each deal stands in the next column."""
    answer = call()
    groups = [column["deals"] for column in answer["data"]]
    for column, deals in zip(answer["data"], groups[-1:] + groups[:-1], strict=True):
        column["deals"] = deals
    return answer


@inside("getDealPipeline", "moveDealToStage", documented=f"{BOARD}: each in the stage where it is")
def moved_deals_stay_in_their_old_column_too(call: Call) -> Any:
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


@inside("getDealStats", documented=STATS)
def stats_are_cached(call: Call) -> Any:
    """The statistics are as they were when they were first asked for."""
    return call.once()


@inside("getDealStats", documented=STATS)
def stats_count_the_first_page_only(call: Call) -> Any:
    """What the list gives is counted: 25 deals at most."""
    world = now_in()
    later = sorted(world.deals.rows)[25:]
    return call.seeing(world.drop("deals", *later))


@inside("getDealStats", documented=f"{STATS}: the win rate grows with every deal won")
def win_rate_is_the_rate_of_losses(call: Call) -> Any:
    """The lost deals are divided by the closed ones."""
    data: Body = call()["data"]
    closed = data["won_deals"] + data["lost_deals"]
    rate = round(100 * data["lost_deals"] / closed, 1) if closed else 0
    return {"success": True, "data": {**data, "win_rate": rate}}


@inside("getDealStats", documented=f"{STATS}: of deals, each counted once")
def stats_count_a_deal_once_for_each_task(call: Call) -> Any:
    """A join of the tasks: a deal with two tasks counts twice."""
    world = now_in()
    ids = count(world.deals.next_id)
    twins = [replace(deal, id=next(ids)) for deal in world.deals for _ in world.tasks.of(deal.id)[1:]]
    return call.seeing(world.put("deals", *twins))


@inside("getDealPipeline", documented='A success carries "success": true, with data')
def board_has_no_envelope(call: Call) -> Any:
    """The columns come bare."""
    return call()["data"]


def _columns(call: Call, deals_of: Any) -> Any:
    """The board with other deals in its columns, and their counts and sums as they then are."""
    answer = call()
    for column in answer["data"]:
        column["deals"] = deals_of(column)
        column["deals_count"] = len(column["deals"])
        column["total_value"] = sum(deal["value"] or 0 for deal in column["deals"])
    return answer
