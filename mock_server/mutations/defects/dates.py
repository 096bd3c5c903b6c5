"""Date ranges: which deals a range of days keeps, in the list or on the board."""

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
MOMENTS = ("closed_at", "created_at")


@around_handler(*BOTH, documented=FROM)
def date_from_is_ignored(call: HandlerCall) -> Any:
    """The range has no beginning."""
    return call.asking(date_from=None)


@around_handler(*BOTH, documented=FROM)
def date_from_leaves_out_its_day(call: HandlerCall) -> Any:
    """`>` for `>=`: the range begins a day late."""
    return call.asking(date_from=day_after(call.query.get("date_from")))


@around_handler("listDeals", documented=TO)
def date_to_is_ignored_beside_date_from(call: HandlerCall) -> Any:
    """Only one end of a range is applied."""
    return call.asking(date_to=None) if call.query.get("date_from") else call()


@around_handler(*BOTH, documented=TO)
def date_to_ends_at_midnight(call: HandlerCall) -> Any:
    """A day is compared with a time, `created_at <= '2026-02-09'`: the last day is left out."""
    last = call.query.get("date_to")
    return call.asking(date_to=day_after(last, -1) if call.query["date_field"] in MOMENTS else last)


@around_handler(*BOTH, documented=f"{FROM}; {TO}")
def date_range_is_shifted_by_the_time_zone(call: HandlerCall) -> Any:
    """The days are read as local midnights and compared in UTC: the range lies a day early."""
    query = call.query
    return call.asking(**{name: day_after(query.get(name), -1) for name in ("date_from", "date_to")})


@around_handler("listDeals", documented=FIELD)
def date_field_is_ignored(call: HandlerCall) -> Any:
    """The range is always one of expected_close_date."""
    return call.asking(date_field="expected_close_date")


@around_handler("listDeals", documented=FROM)
def a_range_without_an_end_ends_next_year(call: HandlerCall) -> Any:
    """Without date_to the range is given an end: the last day of the next year."""
    if not call.query.get("date_from") or call.query.get("date_to"):
        return call()
    return call.asking(date_to=f"{current_mock().now.year + 1}-12-31")


@around_handler("listDeals", documented=FROM)
def a_time_range_without_an_end_begins_a_day_late(call: HandlerCall) -> Any:
    """Alone, date_from means what comes after its day: `created_at > '2026-02-09 23:59:59'`."""
    first = call.query.get("date_from")
    if not first or call.query.get("date_to") or call.query["date_field"] not in MOMENTS:
        return call()
    return call.asking(date_from=day_after(first))


@around_handler("listDeals", documented=f"{FROM}; {TO}")
def a_range_the_wrong_way_round_is_turned(call: HandlerCall) -> Any:
    """When date_from comes after date_to, the two are exchanged."""
    first, last = call.query.get("date_from"), call.query.get("date_to")
    return call.asking(date_from=last, date_to=first) if first and last and first > last else call()


@around_handler("listDeals", documented=f"{FROM}; {TO}")
def a_range_of_more_than_two_years_is_empty(call: HandlerCall) -> Any:
    """What takes too long to count is given up, and answered as if there were nothing."""
    first, last = call.query.get("date_from"), call.query.get("date_to")
    too_long = first and last and (day_after(first, 731) or "") < last
    return call.paged([]) if too_long else call()


@around_handler("listDeals", documented=FIELD)
def created_at_looks_at_updated_at(call: HandlerCall) -> Any:
    """The range on created_at is one on updated_at, by a slip in the table of columns."""
    query = call.query
    if query["date_field"] != "created_at":
        return call()
    first, last = query.get("date_from") or "", query.get("date_to") or "9999-12-31"
    rows = call.rows(date_from=None, date_to=None)
    return call.paged([row for row in rows if first <= row["updated_at"][:10] <= last])


@around_handler("listDeals", documented=f"{FROM}; {TO}")
def one_day_of_created_at_is_empty(call: HandlerCall) -> Any:
    """`created_at BETWEEN '2026-02-09' AND '2026-02-09'`: from midnight to midnight. closed_at is a date."""
    first, last = call.query.get("date_from"), call.query.get("date_to")
    one_day = first and first == last and call.query["date_field"] == "created_at"
    return call.paged([]) if one_day else call()


@around_handler("listDeals", documented=FIELD)
def deals_closed_today_are_in_no_range(call: HandlerCall) -> Any:
    """The closing days are copied into the table that is searched every night."""
    ranged = call.query.get("date_from") or call.query.get("date_to")
    if not ranged or call.query["date_field"] != "closed_at":
        return call()
    today = current_mock().now.date().isoformat()
    return call.paged([row for row in call.rows() if not row["closed_at"].startswith(today)])


@around_handler("getDealPipeline", documented=f"{BOARD}. {FIELD}")
def created_at_on_the_board_looks_at_updated_at(call: HandlerCall) -> Any:
    """On the board, where most dates are of the last change, the range on created_at is one on updated_at."""
    first, last = call.query.get("date_from") or "", call.query.get("date_to") or "9999-12-31"
    if call.query["date_field"] != "created_at":
        return call()

    def changed_then(column: Body) -> list[Body]:
        return [deal for deal in column["deals"] if first <= deal["updated_at"][:10] <= last]

    return board_with(call.asking(date_from=None, date_to=None), changed_then)


@around_handler("getDealPipeline", documented=BOARD)
def board_ignores_the_date_range(call: HandlerCall) -> Any:
    """The board shows the deals of all times."""
    return call.asking(date_from=None, date_to=None)


@around_handler("getDealPipeline", documented=f"{BOARD}. {TO}")
def board_leaves_out_the_last_day(call: HandlerCall) -> Any:
    """The range of the board is half open, `< :date_to`."""
    return call.asking(date_to=day_after(call.query.get("date_to"), -1))


@around_handler("getDealPipeline", documented=f"{BOARD}. {FIELD}")
def board_ignores_the_date_field(call: HandlerCall) -> Any:
    """The range of the board is always one of expected_close_date."""
    return call.asking(date_field="expected_close_date")
