"""Filters: which deals a list, or the board, is narrowed to."""

from __future__ import annotations

import re
from typing import Any

from mock_server.departures.call import UNFILTERED, Body, Call
from mock_server.departures.departure import inside, outside
from mock_server.departures.front import Asked, Reply
from mock_server.domain.listing import last_page
from mock_server.handlers.context import mock

SEARCH = "search: Search term to filter results"
STAGE = "stage_id: Filter by pipeline stage"
STAGES = "stage_ids: Comma-separated list of stage IDs to filter by"
ASSIGNEE = "assigned_to: Filter by assigned user ID"
TOGETHER = "Each query parameter filters the list; together they narrow it"
WON = "won: Filter won/lost deals. Values: 0, 1"
SCOPE = "scope: Filter by user scope (me, team, company)"
BOARD = "Supports optional date range, scope, and assignee filtering"
BOTH = ("listDeals", "getDealPipeline")
SEARCHED = ("name", "company_name", "contact_name")


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
    rows = call.rows(search=None)
    return call.paged([row for row in rows if any(wanted.search(row[text] or "") for text in SEARCHED)])


@inside("listDeals", documented=SEARCH)
def search_finds_whole_names_only(call: Call) -> Any:
    """The term is compared, not looked for: one word of a name finds nothing."""
    term = (call.query.get("search") or "").casefold()
    return call.paged([row for row in call.rows() if not term or row["name"].casefold() == term])


@inside("listDeals", documented=SEARCH)
def a_search_of_two_words_finds_nothing(call: Call) -> Any:
    """The blank of a term stays the plus sign that it is in a URL."""
    return call.asking(search=(call.query.get("search") or "").replace(" ", "+"))


@inside("listDeals", documented=SEARCH)
def a_long_search_term_is_dropped(call: Call) -> Any:
    """What is longer than the column cannot be found there, and is not searched for: all deals are listed."""
    return call.asking(search=None) if len(call.query.get("search") or "") > 255 else call()


@inside("listDeals", documented=SEARCH)
def search_drops_letters_beyond_ascii(call: Call) -> Any:
    """The term is cleaned with [^ -~]: of Núñez is left Nez."""
    term = call.query.get("search") or ""
    return call.asking(search="".join(letter for letter in term if letter.isascii()))


@inside("listDeals", documented="Paginated deal list: total")
def search_counts_a_deal_for_each_field_that_matches(call: Call) -> Any:
    """The deals are those of a UNION, the total is that of a UNION ALL."""
    term = call.query.get("search")
    if not term:
        return call()
    total = sum(max(1, _matches(row, term)) for row in call.rows())
    return {**call(), "total": total, "last_page": last_page(total, call.query["per_page"])}


@inside("listDeals", documented=TOGETHER)
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


@inside("listDeals", documented=STAGE)
def stage_id_leaves_out_deals_of_nobody(call: Call) -> Any:
    """Stage and assignee are joined for the filter: a deal that nobody has is in no stage."""
    if call.query.get("stage_id") is None:
        return call()
    return call.paged([row for row in call.rows() if row["assigned_to"] is not None])


@inside("listDeals", documented=f"page: Page number; {STAGE}")
def stage_id_is_forgotten_on_later_pages(call: Call) -> Any:
    """The links to the other pages keep the search, but not the stage."""
    return call.asking(stage_id=None) if call.query["page"] > 1 else call()


@inside("listDeals", documented=TOGETHER)
def a_search_in_another_stage_comes_from_the_cache(call: Call) -> Any:
    """What a search finds is kept, under everything that was asked for but the stage."""
    query = call.query
    if not query.get("search") or query.get("stage_id") is None:
        return call()
    return call.once(str({**query, "stage_id": None}))


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


@inside("listDeals", documented=ASSIGNEE)
def my_own_id_is_no_assignee(call: Call) -> Any:
    """Oneself is what the picker shows before anybody is picked, so it is taken for no choice."""
    return call.asking(assigned_to=None) if call.query.get("assigned_to") == mock().viewer.id else call()


@inside("listDeals", documented=ASSIGNEE)
def of_a_colleague_only_open_deals_are_listed(call: Call) -> Any:
    """The list of somebody else is that of the hand-over, where closed deals are of no interest."""
    if call.query.get("assigned_to") in (None, mock().viewer.id):
        return call()
    return call.paged([row for row in call.rows() if not _is_closed(row)])


@inside("listDeals", documented=TOGETHER)
def stage_and_assignee_widen_each_other(call: Call) -> Any:
    """`WHERE stage_id = ? OR assigned_to = ?`: a deal that passes one of the two is listed."""
    if None in (call.query.get("stage_id"), call.query.get("assigned_to")):
        return call()
    passing = {row["id"] for name in ("stage_id", "assigned_to") for row in call.rows(**{name: None})}
    rows = call.rows(stage_id=None, assigned_to=None)
    return call.paged([row for row in rows if row["id"] in passing])


@inside("listDeals", documented=f"{STAGE}; {STAGES}")
def stage_id_and_stage_ids_widen_each_other(call: Call) -> Any:
    """The stage is put into the list of stages: both together find more than either."""
    one, several = call.query.get("stage_id"), call.query.get("stage_ids")
    if one is None or one < 0 or not several:
        return call()
    return call.asking(stage_id=None, stage_ids=f"{several},{one}")


@inside("listDeals", documented=f"{ASSIGNEE}; {SCOPE}")
def an_assignee_overrides_the_scope(call: Call) -> Any:
    """Who asks for somebody's deals gets them, also those outside of the scope that was asked for."""
    return call.asking(scope=None) if call.query.get("assigned_to") is not None else call()


@inside("getDealPipeline", documented=f"{BOARD}. {ASSIGNEE}; {SCOPE}")
def an_assignee_overrides_the_scope_of_the_board(call: Call) -> Any:
    """One picker on the page chooses a scope or a person: the last that is read wins."""
    return call.asking(scope=None) if call.query.get("assigned_to") is not None else call()


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


@inside("listDeals", documented=WON)
def sure_deals_are_found_as_won(call: Call) -> Any:
    """`WHERE probability = 100` finds open deals, too, that somebody is sure of."""
    if call.query.get("won") != "1":
        return call()
    return call.paged([row for row in call.rows(won=None) if row["probability"] == 100])


@inside("listDeals", documented="Retrieve a paginated list of deals; won filters won/lost deals")
def closed_deals_are_not_listed(call: Call) -> Any:
    """Without a filter on won, the list silently holds open deals only."""
    if call.query.get("won"):
        return call()
    return call.paged([row for row in call.rows() if not _is_closed(row)])


@inside("listDeals", documented=SCOPE)
def scope_me_is_the_whole_company(call: Call) -> Any:
    """Asked for mine, the list gives everybody's."""
    return call.asking(scope=None) if call.query.get("scope") == "me" else call()


@inside("listDeals", documented=SCOPE)
def scope_me_leaves_out_lost_deals(call: Call) -> Any:
    """Mine is what I am proud of, or still may be: what I have lost is not listed."""
    if call.query.get("scope") != "me":
        return call()
    return call.paged([row for row in call.rows() if not row["is_lost"]])


@inside("listDeals", documented=SCOPE)
def scope_me_of_a_rep_is_the_whole_company(call: Call) -> Any:
    """Who “me” is, is looked up among managers and admins: for a rep the filter falls away."""
    mine = call.query.get("scope") == "me" and mock().viewer.role == "rep"
    return call.asking(scope=None) if mine else call()


@outside("listDeals", documented=SCOPE)
async def scope_company_is_the_team(asked: Asked) -> Reply:
    """The wider of two scopes is that of the team; the third was thought of for the list without a scope."""
    whole = asked.query.get("scope") == "company"
    return await (asked.with_query(scope="team") if whole else asked).answered()


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


def _matches(row: Body, term: str) -> int:
    return sum(term.casefold() in (row[field] or "").casefold() for field in SEARCHED)


def _is_mine(row: Body) -> bool:
    return bool(row["assigned_to"] == mock().viewer.id)


def _is_closed(row: Body) -> bool:
    return bool(row["is_won"] or row["is_lost"])
