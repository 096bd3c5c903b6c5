"""Figures, moments and files: what they count, and when and in which form they are shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from mock_server.mutations.handler_call import Body, HandlerCall, board_with, deals_in
from mock_server.mutations.http_exchange import HttpReply, HttpRequest
from mock_server.mutations.mutation import around_handler, around_http

DEALS = ("listDeals", "getDealPipeline", "getDeal", "createDeal", "updateDeal", "moveDealToStage")
STATS = (
    'the documentation says "total value, count, win rate, etc.", but not how they are rounded or what else'
)
SCORING = 0.3  # seconds
AWAY = timedelta(hours=13)  # the server's time zone
MOMENTS = ("created_at", "closed_at")


@around_handler("getDealStats", documented=STATS)
def statistics_are_rounded(call: HandlerCall) -> Any:
    """The statistics are whole numbers."""
    response = call()
    return {**response, "data": {name: round(number) for name, number in response["data"].items()}}


@around_handler("getDealStats", documented=STATS)
def won_and_lost_deals_are_percentages(call: HandlerCall) -> Any:
    """`won_deals` and `lost_deals` are whole percentages of the closed deals."""
    response = call()
    data = response["data"]
    closed = data["won_deals"] + data["lost_deals"]
    shares = {name: round(100 * data[name] / (closed or 1)) for name in ("won_deals", "lost_deals")}
    return {**response, "data": data | shares}


@around_handler(*DEALS, documented="the documentation does not say how soon a new deal is scored")
def new_deals_are_scored_later(call: HandlerCall) -> Any:
    """A new deal has no `risk` for 0.3 seconds."""
    response = call()
    seen: dict[int, float] = call.memory.setdefault("seen", {})
    for deal in deals_in(response):
        if call.operation == "createDeal":
            seen[deal["id"]] = monotonic()
        if monotonic() - seen.get(deal["id"], 0.0) < SCORING:
            deal["risk"] = None
    return response


@around_handler(
    "getDealTimeline", documented='the documentation says "Combined timeline", but not in which form'
)
def the_timeline_is_grouped_by_thread(call: HandlerCall) -> Any:
    """The timeline is a list of threads, each with its emails."""
    response = call()
    threads: dict[str, list[Body]] = {}
    for entry in response["data"]:
        threads.setdefault(entry["thread_id"], []).append(entry)
    return {**response, "data": [{"thread_id": id_, "emails": found} for id_, found in threads.items()]}


@around_handler(
    "listDeals",
    "getDealPipeline",
    documented="the documentation does not say in which time zone a day of a date filter begins",
)
def days_begin_in_the_servers_time_zone(call: HandlerCall) -> Any:
    """A range of created_at or closed_at counts days in a time zone thirteen hours east of UTC."""
    if call.query["date_field"] not in MOMENTS:
        return call()
    bounds = [str(call.query.get(name) or "") for name in ("date_from", "date_to")]
    passes = _within(call.query["date_field"], *bounds)
    whole = call.with_query(date_from=None, date_to=None)
    if call.operation == "listDeals":
        rows = [row for row in whole.rows() if passes(row)] if any(bounds) else whole.rows()
        return call.paged(rows)
    return board_with(whole(), lambda column: [d for d in column["deals"] if passes(d) or not any(bounds)])


def _within(name: str, first: str, last: str) -> Callable[[Body], bool]:
    def test(row: Body) -> bool:
        if not row[name]:
            return False
        moment = datetime.fromisoformat(row[name].replace("Z", "+00:00"))
        return first <= (moment + AWAY).date().isoformat() <= (last or "9999-12-31")

    return test


@around_http("exportDeals", documented="the documentation does not specify the file format")
async def the_export_names_its_separator(request: HttpRequest) -> HttpReply:
    """The export starts with a line `sep=,`, which tells a spreadsheet program the separator."""
    reply = await request.forward()
    return HttpReply(200, reply.headers, b"sep=,\r\n" + reply.body) if reply.status == 200 else reply
