"""Filters: which deals a list, or the board, is narrowed to."""

from __future__ import annotations

import re
from typing import Any

from mock_server.departures.call import UNFILTERED, Body, Call, day_after
from mock_server.departures.departure import inside
from mock_server.handlers.context import mock

SEARCH = "search: Search term to filter results"
STAGE = "stage_id: Filter by pipeline stage"
STAGES = "stage_ids: Comma-separated list of stage IDs to filter by"
ASSIGNEE = "assigned_to: Filter by assigned user ID"
WON = "won: Filter won/lost deals. Values: 0, 1"
FROM = "date_from: Filter by date range start (YYYY-MM-DD)"
TO = "date_to: Filter by date range end (YYYY-MM-DD)"
FIELD = "date_field: Date field to filter on. Values: expected_close_date, closed_at, created_at"
SCOPE = "scope: Filter by user scope (me, team, company)"
BOARD = "Supports optional date range, scope, and assignee filtering"
BOTH = ("listDeals", "getDealPipeline")
MOMENTS = ("closed_at", "created_at")


@inside("listDeals", documented=SEARCH)
def search_is_ignored(call: Call) -> Any:
    """Whatever is searched for, everything is found."""
    return call.asking(search=None)


@inside("listDeals", documented=SEARCH)
def search_takes_wildcards(call: Call) -> Any:
    """The term goes into LIKE as it is: an underscore finds any character, a percent sign any text."""
    term = call.query.get("search") or ""
    parts = [{"%": ".*", "_": "."}.get(sign, re.escape(sign)) for sign in term]
    wanted = re.compile("".join(parts), re.IGNORECASE | re.DOTALL)
    texts = ("name", "company_name", "contact_name")
    rows = call.rows(search=None)
    return call.paged([row for row in rows if any(wanted.search(row[text] or "") for text in texts)])


@inside("listDeals", documented=SEARCH)
def search_finds_whole_names_only(call: Call) -> Any:
    """The term is compared, not looked for: one word of a name finds nothing."""
    term = (call.query.get("search") or "").casefold()
    return call.paged([row for row in call.rows() if not term or row["name"].casefold() == term])


@inside("listDeals", documented="Each query parameter filters; search is one of them")
def search_escapes_the_other_filters(call: Call) -> Any:
    """`WHERE stage = ? OR name LIKE ?` without brackets: what is found by name passes every other filter."""
    term = call.query.get("search")
    if not term:
        return call()
    passing = {row["id"] for row in [*call.rows(search=None), *call.rows(**{**UNFILTERED, "search": term})]}
    return call.paged([row for row in call.rows(**UNFILTERED) if row["id"] in passing])


@inside("listDeals", documented=STAGE)
def stage_id_is_ignored(call: Call) -> Any:
    """Deals of every stage are listed."""
    return call.asking(stage_id=None)


@inside("listDeals", documented=STAGE)
def an_unknown_stage_is_no_filter(call: Call) -> Any:
    """A stage that does not exist is dropped from the query, so that every deal is listed."""
    return call() if call.query.get("stage_id") in mock().world.stages else call.asking(stage_id=None)


@inside("listDeals", documented=STAGES)
def stage_ids_is_ignored(call: Call) -> Any:
    """Deals of every stage are listed."""
    return call.asking(stage_ids=None)


@inside("listDeals", documented=STAGES)
def only_the_first_of_stage_ids_counts(call: Call) -> Any:
    """The list is cast to a number: "2,5" is 2."""
    stages = call.query.get("stage_ids") or ""
    return call.asking(stage_ids=stages.partition(",")[0])


@inside("listDeals", documented=ASSIGNEE)
def assigned_to_is_ignored(call: Call) -> Any:
    """Everybody's deals are listed."""
    return call.asking(assigned_to=None)


@inside("getDealPipeline", documented=f"{BOARD}. {ASSIGNEE}")
def board_ignores_assigned_to(call: Call) -> Any:
    """The board shows everybody's deals."""
    return call.asking(assigned_to=None)


@inside("listDeals", documented=WON)
def won_0_is_taken_for_nothing(call: Call) -> Any:
    """`if ($won)`: the text "0" is false, so all deals are listed."""
    return call.asking(won=None) if call.query.get("won") == "0" else call()


@inside("listDeals", documented=WON)
def won_is_turned_round(call: Call) -> Any:
    """1 lists the lost deals, 0 the won ones."""
    other = {"0": "1", "1": "0"}
    return call.asking(won=other[call.query["won"]]) if call.query.get("won") else call()


@inside("listDeals", documented="Retrieve a paginated list of deals; won filters won/lost deals")
def closed_deals_are_not_listed(call: Call) -> Any:
    """Without a filter on won, the list silently holds open deals only."""
    if call.query.get("won"):
        return call()
    return call.paged([row for row in call.rows() if not (row["is_won"] or row["is_lost"])])


@inside(*BOTH, documented=FROM)
def date_from_is_ignored(call: Call) -> Any:
    """The range has no beginning."""
    return call.asking(date_from=None)


@inside(*BOTH, documented=FROM)
def date_from_leaves_out_its_day(call: Call) -> Any:
    """`>` for `>=`: the range begins a day late."""
    return call.asking(date_from=day_after(call.query.get("date_from")))


@inside("listDeals", documented=TO)
def date_to_is_ignored_beside_date_from(call: Call) -> Any:
    """Only one end of a range is applied."""
    return call.asking(date_to=None) if call.query.get("date_from") else call()


@inside(*BOTH, documented=TO)
def date_to_ends_at_midnight(call: Call) -> Any:
    """A day is compared with a time, `created_at <= '2026-02-09'`: the last day is left out."""
    last = call.query.get("date_to")
    return call.asking(date_to=day_after(last, -1) if call.query["date_field"] in MOMENTS else last)


@inside(*BOTH, documented=f"{FROM}; {TO}")
def date_range_is_shifted_by_the_time_zone(call: Call) -> Any:
    """The days are read as local midnights and compared in UTC: the range lies a day early."""
    query = call.query
    return call.asking(**{name: day_after(query.get(name), -1) for name in ("date_from", "date_to")})


@inside("listDeals", documented=FIELD)
def date_field_is_ignored(call: Call) -> Any:
    """The range is always one of expected_close_date."""
    return call.asking(date_field="expected_close_date")


@inside("getDealPipeline", documented=BOARD)
def board_ignores_the_date_range(call: Call) -> Any:
    """The board shows the deals of all times."""
    return call.asking(date_from=None, date_to=None)


@inside("listDeals", documented=SCOPE)
def scope_me_is_the_whole_company(call: Call) -> Any:
    """Asked for mine, the list gives everybody's."""
    return call.asking(scope=None) if call.query.get("scope") == "me" else call()


@inside(*BOTH, documented=SCOPE)
def scope_team_leaves_me_out(call: Call) -> Any:
    """The team is everybody in it but the one who asks."""
    answer = call()
    if call.query.get("scope") != "team":
        return answer
    if call.operation == "listDeals":
        return call.paged([row for row in call.rows() if not _is_mine(row)])
    for column in answer["data"]:
        column["deals"] = [row for row in column["deals"] if not _is_mine(row)]
    return answer


@inside("getDealPipeline", documented=BOARD)
def board_ignores_scope(call: Call) -> Any:
    """The board shows the company's deals."""
    return call.asking(scope=None)


def _is_mine(row: Body) -> bool:
    return bool(row["assigned_to"] == mock().viewer.id)
