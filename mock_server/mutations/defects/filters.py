"""Filters: which deals a list, or the board, is narrowed to."""

from __future__ import annotations

import re
from typing import Any

from mock_server.context import current_mock
from mock_server.domain.listing import last_page
from mock_server.mutations.handler_call import UNFILTERED, Body, HandlerCall
from mock_server.mutations.http_exchange import HttpReply, HttpRequest
from mock_server.mutations.mutation import around_handler, around_http

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


@around_handler("listDeals", documented=SEARCH)
def search_is_ignored(call: HandlerCall) -> Any:
    """Whatever is searched for, everything is found."""
    return call.asking(search=None)


@around_handler("listDeals", documented=SEARCH)
def search_takes_wildcards(call: HandlerCall) -> Any:
    """The term goes into LIKE as it is: an underscore finds any character, a percent sign any text."""
    term = call.query.get("search") or ""
    parts = [{"%": ".*", "_": "."}.get(sign, re.escape(sign)) for sign in term]
    wanted = re.compile("".join(parts), re.IGNORECASE | re.DOTALL)
    rows = call.rows(search=None)
    return call.paged([row for row in rows if any(wanted.search(row[text] or "") for text in SEARCHED)])


@around_handler("listDeals", documented=SEARCH)
def search_finds_whole_names_only(call: HandlerCall) -> Any:
    """The term is compared, not looked for: one word of a name finds nothing."""
    term = (call.query.get("search") or "").casefold()
    return call.paged([row for row in call.rows() if not term or row["name"].casefold() == term])


@around_handler("listDeals", documented=SEARCH)
def a_search_of_two_words_finds_nothing(call: HandlerCall) -> Any:
    """The blank of a term stays the plus sign that it is in a URL."""
    return call.asking(search=(call.query.get("search") or "").replace(" ", "+"))


@around_handler("listDeals", documented=SEARCH)
def a_long_search_term_is_dropped(call: HandlerCall) -> Any:
    """What is longer than the column cannot be found there, and is not searched for: all deals are listed."""
    return call.asking(search=None) if len(call.query.get("search") or "") > 255 else call()


@around_handler("listDeals", documented=SEARCH)
def search_drops_letters_beyond_ascii(call: HandlerCall) -> Any:
    """The term is cleaned with [^ -~]: of Núñez is left Nez."""
    term = call.query.get("search") or ""
    return call.asking(search="".join(letter for letter in term if letter.isascii()))


@around_handler("listDeals", documented="Paginated deal list: total")
def search_counts_a_deal_for_each_field_that_matches(call: HandlerCall) -> Any:
    """The deals are those of a UNION, the total is that of a UNION ALL."""
    term = call.query.get("search")
    if not term:
        return call()
    total = sum(max(1, _matches(row, term)) for row in call.rows())
    return {**call(), "total": total, "last_page": last_page(total, call.query["per_page"])}


@around_handler("listDeals", documented=TOGETHER)
def search_escapes_the_other_filters(call: HandlerCall) -> Any:
    """`WHERE stage = ? OR name LIKE ?` without brackets: what is found by name passes every other filter."""
    term = call.query.get("search")
    if not term:
        return call()
    passing = {row["id"] for row in [*call.rows(search=None), *call.rows(**{**UNFILTERED, "search": term})]}
    return call.paged([row for row in call.rows(**UNFILTERED) if row["id"] in passing])


@around_handler("listDeals", documented=STAGE)
def stage_id_is_ignored(call: HandlerCall) -> Any:
    """Deals of every stage are listed."""
    return call.asking(stage_id=None)


@around_handler("listDeals", documented=STAGE)
def an_unknown_stage_is_no_filter(call: HandlerCall) -> Any:
    """A stage that does not exist is dropped from the query, so that every deal is listed."""
    return call() if call.query.get("stage_id") in current_mock().world.stages else call.asking(stage_id=None)


@around_handler("listDeals", documented=STAGE)
def stage_id_leaves_out_deals_of_nobody(call: HandlerCall) -> Any:
    """Stage and assignee are joined for the filter: a deal that nobody has is in no stage."""
    if call.query.get("stage_id") is None:
        return call()
    return call.paged([row for row in call.rows() if row["assigned_to"] is not None])


@around_handler("listDeals", documented=f"page: Page number; {STAGE}")
def stage_id_is_forgotten_on_later_pages(call: HandlerCall) -> Any:
    """The links to the other pages keep the search, but not the stage."""
    return call.asking(stage_id=None) if call.query["page"] > 1 else call()


@around_handler("listDeals", documented=TOGETHER)
def a_search_in_another_stage_comes_from_the_cache(call: HandlerCall) -> Any:
    """What a search finds is kept, under everything that was asked for but the stage."""
    query = call.query
    if not query.get("search") or query.get("stage_id") is None:
        return call()
    return call.once(str({**query, "stage_id": None}))


@around_handler("listDeals", documented=STAGES)
def stage_ids_is_ignored(call: HandlerCall) -> Any:
    """Deals of every stage are listed."""
    return call.asking(stage_ids=None)


@around_handler("listDeals", documented=STAGES)
def only_the_first_of_stage_ids_counts(call: HandlerCall) -> Any:
    """The list is cast to a number: "2,5" is 2."""
    stages = call.query.get("stage_ids") or ""
    return call.asking(stage_ids=stages.partition(",")[0])


@around_handler("listDeals", documented=ASSIGNEE)
def assigned_to_is_ignored(call: HandlerCall) -> Any:
    """Everybody's deals are listed."""
    return call.asking(assigned_to=None)


@around_handler("listDeals", documented=ASSIGNEE)
def my_own_id_is_no_assignee(call: HandlerCall) -> Any:
    """Oneself is what the picker shows before anybody is picked, so it is taken for no choice."""
    return (
        call.asking(assigned_to=None) if call.query.get("assigned_to") == current_mock().viewer.id else call()
    )


@around_handler("listDeals", documented=ASSIGNEE)
def of_a_colleague_only_open_deals_are_listed(call: HandlerCall) -> Any:
    """The list of somebody else is that of the hand-over, where closed deals are of no interest."""
    if call.query.get("assigned_to") in (None, current_mock().viewer.id):
        return call()
    return call.paged([row for row in call.rows() if not _is_closed(row)])


@around_handler("listDeals", documented=TOGETHER)
def stage_and_assignee_widen_each_other(call: HandlerCall) -> Any:
    """`WHERE stage_id = ? OR assigned_to = ?`: a deal that passes one of the two is listed."""
    if None in (call.query.get("stage_id"), call.query.get("assigned_to")):
        return call()
    passing = {row["id"] for name in ("stage_id", "assigned_to") for row in call.rows(**{name: None})}
    rows = call.rows(stage_id=None, assigned_to=None)
    return call.paged([row for row in rows if row["id"] in passing])


@around_handler("listDeals", documented=f"{STAGE}; {STAGES}")
def stage_id_and_stage_ids_widen_each_other(call: HandlerCall) -> Any:
    """The stage is put into the list of stages: both together find more than either."""
    one, several = call.query.get("stage_id"), call.query.get("stage_ids")
    if one is None or one < 0 or not several:
        return call()
    return call.asking(stage_id=None, stage_ids=f"{several},{one}")


@around_handler("listDeals", documented=f"{ASSIGNEE}; {SCOPE}")
def an_assignee_overrides_the_scope(call: HandlerCall) -> Any:
    """Who asks for somebody's deals gets them, also those outside of the scope that was asked for."""
    return call.asking(scope=None) if call.query.get("assigned_to") is not None else call()


@around_handler("getDealPipeline", documented=f"{BOARD}. {ASSIGNEE}; {SCOPE}")
def an_assignee_overrides_the_scope_of_the_board(call: HandlerCall) -> Any:
    """One picker on the page chooses a scope or a person: the last that is read wins."""
    return call.asking(scope=None) if call.query.get("assigned_to") is not None else call()


@around_handler("getDealPipeline", documented=f"{BOARD}. {ASSIGNEE}")
def board_ignores_assigned_to(call: HandlerCall) -> Any:
    """The board shows everybody's deals."""
    return call.asking(assigned_to=None)


@around_handler("listDeals", documented=WON)
def won_0_is_taken_for_nothing(call: HandlerCall) -> Any:
    """`if ($won)`: the text "0" is false, so all deals are listed."""
    return call.asking(won=None) if call.query.get("won") == "0" else call()


@around_handler("listDeals", documented=WON)
def won_is_turned_round(call: HandlerCall) -> Any:
    """1 lists the lost deals, 0 the won ones."""
    other = {"0": "1", "1": "0"}
    return call.asking(won=other[call.query["won"]]) if call.query.get("won") else call()


@around_handler("listDeals", documented=WON)
def sure_deals_are_found_as_won(call: HandlerCall) -> Any:
    """`WHERE probability = 100` finds open deals, too, that somebody is sure of."""
    if call.query.get("won") != "1":
        return call()
    return call.paged([row for row in call.rows(won=None) if row["probability"] == 100])


@around_handler("listDeals", documented="Retrieve a paginated list of deals; won filters won/lost deals")
def closed_deals_are_not_listed(call: HandlerCall) -> Any:
    """Without a filter on won, the list silently holds open deals only."""
    if call.query.get("won"):
        return call()
    return call.paged([row for row in call.rows() if not _is_closed(row)])


@around_handler("listDeals", documented=SCOPE)
def scope_me_is_the_whole_company(call: HandlerCall) -> Any:
    """HttpRequest for mine, the list gives everybody's."""
    return call.asking(scope=None) if call.query.get("scope") == "me" else call()


@around_handler("listDeals", documented=SCOPE)
def scope_me_leaves_out_lost_deals(call: HandlerCall) -> Any:
    """Mine is what I am proud of, or still may be: what I have lost is not listed."""
    if call.query.get("scope") != "me":
        return call()
    return call.paged([row for row in call.rows() if not row["is_lost"]])


@around_handler("listDeals", documented=SCOPE)
def scope_me_of_a_rep_is_the_whole_company(call: HandlerCall) -> Any:
    """Who “me” is, is looked up among managers and admins: for a rep the filter falls away."""
    mine = call.query.get("scope") == "me" and current_mock().viewer.role == "rep"
    return call.asking(scope=None) if mine else call()


@around_http("listDeals", documented=SCOPE)
async def scope_company_is_the_team(request: HttpRequest) -> HttpReply:
    """The wider of two scopes is that of the team; the third was thought of for the list without a scope."""
    whole = request.query.get("scope") == "company"
    return await (request.with_query(scope="team") if whole else request).forward()


@around_handler(*BOTH, documented=SCOPE)
def scope_team_leaves_me_out(call: HandlerCall) -> Any:
    """The team is everybody in it but the one who asks."""
    answer = call()
    if call.query.get("scope") != "team":
        return answer
    if call.operation == "listDeals":
        return call.paged([row for row in call.rows() if not _is_mine(row)])
    for column in answer["data"]:
        column["deals"] = [row for row in column["deals"] if not _is_mine(row)]
    return answer


@around_handler("getDealPipeline", documented=BOARD)
def board_ignores_scope(call: HandlerCall) -> Any:
    """The board shows the company's deals."""
    return call.asking(scope=None)


def _matches(row: Body, term: str) -> int:
    return sum(term.casefold() in (row[field] or "").casefold() for field in SEARCHED)


def _is_mine(row: Body) -> bool:
    return bool(row["assigned_to"] == current_mock().viewer.id)


def _is_closed(row: Body) -> bool:
    return bool(row["is_won"] or row["is_lost"])
