"""Date ranges: the deals that remain on the list or the board."""

from __future__ import annotations

from typing import Any

from mock_server.context import current_mock
from mock_server.mutations.handler_call import Body, HandlerCall, board_with, day_after
from mock_server.mutations.mutation import around_handler

FROM = "date_from: Filter by date range start (YYYY-MM-DD)"
TO = "date_to: Filter by date range end (YYYY-MM-DD)"
FIELD = "date_field: Date field to filter on. Values: expected_close_date, closed_at, created_at"
BOARD = "Supports optional date range, scope, and assignee filtering"
BOTH = ("listDeals", "getDealPipeline")
TIMESTAMPS = ("closed_at", "created_at")


@around_handler(*BOTH, documented=FROM)
def date_from_is_ignored(call: HandlerCall) -> Any:
    """`date_from` is ignored, so the range has no start."""
    return call.with_query(date_from=None)()


@around_handler(*BOTH, documented=FROM)
def date_from_is_exclusive(call: HandlerCall) -> Any:
    """`date_from` is exclusive, so the range starts one day late."""
    return call.with_query(date_from=day_after(call.query.get("date_from")))()


@around_handler("listDeals", documented=TO)
def date_to_is_ignored_with_date_from(call: HandlerCall) -> Any:
    """`date_to` is ignored if `date_from` is also sent."""
    return call.with_query(date_to=None)() if call.query.get("date_from") else call()


@around_handler(*BOTH, documented=TO)
def date_to_ends_at_midnight(call: HandlerCall) -> Any:
    """For closed_at and created_at, `date_to` ends at the start of its day, so the last day is missing."""
    last = call.query.get("date_to")
    return call.with_query(date_to=day_after(last, -1) if call.query["date_field"] in TIMESTAMPS else last)()


@around_handler(*BOTH, documented=f"{FROM}. {TO}")
def date_range_is_shifted_by_the_time_zone(call: HandlerCall) -> Any:
    """The dates are read as local midnights and compared in UTC, so the range is one day early."""
    query = call.query
    return call.with_query(**{name: day_after(query.get(name), -1) for name in ("date_from", "date_to")})()


@around_handler("listDeals", documented=FIELD)
def date_field_is_ignored(call: HandlerCall) -> Any:
    """`date_field` is ignored: the range always applies to expected_close_date."""
    return call.with_query(date_field="expected_close_date")()


@around_handler("listDeals", documented=FROM)
def a_range_without_an_end_ends_next_year(call: HandlerCall) -> Any:
    """Without `date_to`, the range ends on the last day of next year."""
    if not call.query.get("date_from") or call.query.get("date_to"):
        return call()
    return call.with_query(date_to=f"{current_mock().now.year + 1}-12-31")()


@around_handler("listDeals", documented=FROM)
def an_open_ended_time_range_starts_a_day_late(call: HandlerCall) -> Any:
    """For closed_at and created_at, a range without `date_to` starts one day late."""
    first = call.query.get("date_from")
    if not first or call.query.get("date_to") or call.query["date_field"] not in TIMESTAMPS:
        return call()
    return call.with_query(date_from=day_after(first))()


@around_handler("listDeals", documented=f"{FROM}. {TO}")
def a_reversed_range_is_swapped(call: HandlerCall) -> Any:
    """If `date_from` is later than `date_to`, the two are swapped."""
    first, last = call.query.get("date_from"), call.query.get("date_to")
    return call.with_query(date_from=last, date_to=first)() if first and last and first > last else call()


@around_handler("listDeals", documented=f"{FROM}. {TO}")
def a_range_of_more_than_two_years_is_empty(call: HandlerCall) -> Any:
    """A range of more than two years returns an empty list."""
    first, last = call.query.get("date_from"), call.query.get("date_to")
    too_long = first and last and (day_after(first, 731) or "") < last
    return call.paged([]) if too_long else call()


@around_handler("listDeals", documented=FIELD)
def created_at_range_uses_updated_at(call: HandlerCall) -> Any:
    """A range on created_at is applied to updated_at."""
    query = call.query
    if query["date_field"] != "created_at":
        return call()
    first, last = query.get("date_from") or "", query.get("date_to") or "9999-12-31"
    rows = call.rows(date_from=None, date_to=None)
    return call.paged([row for row in rows if first <= row["updated_at"][:10] <= last])


@around_handler("listDeals", documented=f"{FROM}. {TO}")
def a_one_day_range_of_created_at_is_empty(call: HandlerCall) -> Any:
    """A one-day range on created_at is empty, because it starts and ends at the same midnight."""
    first, last = call.query.get("date_from"), call.query.get("date_to")
    one_day = first and first == last and call.query["date_field"] == "created_at"
    return call.paged([]) if one_day else call()


@around_handler("listDeals", documented=FIELD)
def closed_at_ranges_miss_deals_closed_today(call: HandlerCall) -> Any:
    """A range on closed_at misses deals closed today, because the search table is updated at night."""
    ranged = call.query.get("date_from") or call.query.get("date_to")
    if not ranged or call.query["date_field"] != "closed_at":
        return call()
    today = current_mock().now.date().isoformat()
    return call.paged([row for row in call.rows() if not row["closed_at"].startswith(today)])


@around_handler("getDealPipeline", documented=f"{BOARD}. {FIELD}")
def board_range_on_created_at_uses_updated_at(call: HandlerCall) -> Any:
    """On the board, a range on created_at is applied to updated_at."""
    first, last = call.query.get("date_from") or "", call.query.get("date_to") or "9999-12-31"
    if call.query["date_field"] != "created_at":
        return call()

    def changed_then(column: Body) -> list[Body]:
        return [deal for deal in column["deals"] if first <= deal["updated_at"][:10] <= last]

    return board_with(call.with_query(date_from=None, date_to=None)(), changed_then)


@around_handler("getDealPipeline", documented=BOARD)
def board_ignores_the_date_range(call: HandlerCall) -> Any:
    """The board ignores `date_from` and `date_to`."""
    return call.with_query(date_from=None, date_to=None)()


@around_handler("getDealPipeline", documented=f"{BOARD}. {TO}")
def board_leaves_out_the_last_day(call: HandlerCall) -> Any:
    """On the board, `date_to` is exclusive, so the last day is missing."""
    return call.with_query(date_to=day_after(call.query.get("date_to"), -1))()


@around_handler("getDealPipeline", documented=f"{BOARD}. {FIELD}")
def board_ignores_the_date_field(call: HandlerCall) -> Any:
    """The board ignores `date_field`: the range always applies to expected_close_date."""
    return call.with_query(date_field="expected_close_date")()
