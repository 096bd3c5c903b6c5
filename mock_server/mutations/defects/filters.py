"""Filters: the deals that remain on the list or the board."""

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
TOGETHER = "Implied: a deal is listed only if it matches all filters"
WON = "won: Filter won/lost deals. Values: 0, 1"
SCOPE = "scope: Filter by user scope (me, team, company)"
BOARD = "Supports optional date range, scope, and assignee filtering"
BOTH = ("listDeals", "getDealPipeline")
SEARCHED = ("name", "company_name", "contact_name")


@around_handler("listDeals", documented=SEARCH)
def search_is_ignored(call: HandlerCall) -> Any:
    """`search` is ignored, so every deal is listed."""
    return call.with_query(search=None)()


@around_handler("listDeals", documented=SEARCH)
def search_accepts_wildcards(call: HandlerCall) -> Any:
    """`search` goes into LIKE unescaped, so _ matches any character and % matches any text."""
    term = call.query.get("search") or ""
    parts = [{"%": ".*", "_": "."}.get(sign, re.escape(sign)) for sign in term]
    wanted = re.compile("".join(parts), re.IGNORECASE | re.DOTALL)
    rows = call.rows(search=None)
    return call.paged([row for row in rows if any(wanted.search(row[text] or "") for text in SEARCHED)])


@around_handler("listDeals", documented=SEARCH)
def search_finds_whole_names_only(call: HandlerCall) -> Any:
    """`search` finds a deal only if the term is its whole name."""
    term = (call.query.get("search") or "").casefold()
    return call.paged([row for row in call.rows() if not term or row["name"].casefold() == term])


@around_handler("listDeals", documented=SEARCH)
def a_search_of_two_words_finds_nothing(call: HandlerCall) -> Any:
    """Spaces in the search term become plus signs, so a search for two words finds nothing."""
    return call.with_query(search=(call.query.get("search") or "").replace(" ", "+"))()


@around_handler("listDeals", documented=SEARCH)
def a_long_search_term_is_ignored(call: HandlerCall) -> Any:
    """A search term of more than 255 characters is ignored, so every deal is listed."""
    return call.with_query(search=None)() if len(call.query.get("search") or "") > 255 else call()


@around_handler("listDeals", documented=SEARCH)
def search_drops_non_ascii_letters(call: HandlerCall) -> Any:
    """Non-ASCII letters are removed from the search term: Núñez becomes Nez."""
    term = call.query.get("search") or ""
    return call.with_query(search="".join(letter for letter in term if letter.isascii()))()


@around_handler("listDeals", documented="Paginated deal list: total")
def search_total_counts_each_matching_field(call: HandlerCall) -> Any:
    """With `search`, `total` counts a deal once for each field that matches."""
    term = call.query.get("search")
    if not term:
        return call()
    total = sum(max(1, _matches(row, term)) for row in call.rows())
    return {**call(), "total": total, "last_page": last_page(total, call.query["per_page"])}


@around_handler("listDeals", documented=f"{SEARCH}. {TOGETHER}")
def search_bypasses_the_other_filters(call: HandlerCall) -> Any:
    """`OR name LIKE ?` is not in brackets, so a deal that matches `search` bypasses all other filters."""
    term = call.query.get("search")
    if not term:
        return call()
    passing = {row["id"] for row in [*call.rows(search=None), *call.rows(**{**UNFILTERED, "search": term})]}
    return call.paged([row for row in call.rows(**UNFILTERED) if row["id"] in passing])


@around_handler("listDeals", documented=STAGE)
def stage_id_is_ignored(call: HandlerCall) -> Any:
    """`stage_id` is ignored, so deals of every stage are listed."""
    return call.with_query(stage_id=None)()


@around_handler("listDeals", documented=STAGE)
def an_unknown_stage_id_is_ignored(call: HandlerCall) -> Any:
    """A `stage_id` that does not exist is ignored, so every deal is listed."""
    return (
        call()
        if call.query.get("stage_id") in current_mock().world.stages
        else call.with_query(stage_id=None)()
    )


@around_handler("listDeals", documented=STAGE)
def stage_id_leaves_out_unassigned_deals(call: HandlerCall) -> Any:
    """With `stage_id`, an inner join on the assignee drops unassigned deals."""
    if call.query.get("stage_id") is None:
        return call()
    return call.paged([row for row in call.rows() if row["assigned_to"] is not None])


@around_handler("listDeals", documented=f"page: Page number for pagination. {STAGE}")
def stage_id_is_ignored_on_later_pages(call: HandlerCall) -> Any:
    """From page 2 on, `stage_id` is ignored."""
    return call.with_query(stage_id=None)() if call.query["page"] > 1 else call()


@around_handler("listDeals", documented=f"{SEARCH}. {STAGE}. {TOGETHER}")
def search_is_cached_without_the_stage(call: HandlerCall) -> Any:
    """Search results are cached without `stage_id` in the key, so another stage gets the same results."""
    query = call.query
    if not query.get("search") or query.get("stage_id") is None:
        return call()
    return call.cached(str({**query, "stage_id": None}))


@around_handler("listDeals", documented=STAGES)
def stage_ids_is_ignored(call: HandlerCall) -> Any:
    """`stage_ids` is ignored, so deals of every stage are listed."""
    return call.with_query(stage_ids=None)()


@around_handler("listDeals", documented=STAGES)
def only_the_first_of_stage_ids_counts(call: HandlerCall) -> Any:
    """Only the first of `stage_ids` is used: "2,5" is cast to the number 2."""
    stages = call.query.get("stage_ids") or ""
    return call.with_query(stage_ids=stages.partition(",")[0])()


@around_handler("listDeals", documented=ASSIGNEE)
def assigned_to_is_ignored(call: HandlerCall) -> Any:
    """`assigned_to` is ignored, so everybody's deals are listed."""
    return call.with_query(assigned_to=None)()


@around_handler("listDeals", documented=ASSIGNEE)
def my_own_id_is_ignored_as_assignee(call: HandlerCall) -> Any:
    """`assigned_to` is ignored if it is the current user's own ID, so everybody's deals are listed."""
    return (
        call.with_query(assigned_to=None)()
        if call.query.get("assigned_to") == current_mock().viewer.id
        else call()
    )


@around_handler("listDeals", documented=ASSIGNEE)
def only_open_deals_of_colleagues_are_listed(call: HandlerCall) -> Any:
    """If `assigned_to` is another user, only that user's open deals are listed."""
    if call.query.get("assigned_to") in (None, current_mock().viewer.id):
        return call()
    return call.paged([row for row in call.rows() if not _is_closed(row)])


@around_handler("listDeals", documented=f"{STAGE}. {ASSIGNEE}. {TOGETHER}")
def stage_and_assignee_are_combined_with_or(call: HandlerCall) -> Any:
    """`stage_id` and `assigned_to` are combined with OR, so a deal that matches either is listed."""
    if None in (call.query.get("stage_id"), call.query.get("assigned_to")):
        return call()
    passing = {row["id"] for name in ("stage_id", "assigned_to") for row in call.rows(**{name: None})}
    rows = call.rows(stage_id=None, assigned_to=None)
    return call.paged([row for row in rows if row["id"] in passing])


@around_handler("listDeals", documented=f"{STAGE}. {STAGES}. {TOGETHER}")
def stage_id_and_stage_ids_are_combined_with_or(call: HandlerCall) -> Any:
    """`stage_id` and `stage_ids` are combined with OR, so together they list more than either alone."""
    one, several = call.query.get("stage_id"), call.query.get("stage_ids")
    if one is None or one < 0 or not several:
        return call()
    return call.with_query(stage_id=None, stage_ids=f"{several},{one}")()


@around_handler("listDeals", documented=f"{ASSIGNEE}. {SCOPE}. {TOGETHER}")
def an_assignee_overrides_the_scope(call: HandlerCall) -> Any:
    """`assigned_to` overrides `scope`, so deals outside the scope are listed."""
    return call.with_query(scope=None)() if call.query.get("assigned_to") is not None else call()


@around_handler("getDealPipeline", documented=f"{BOARD}. {ASSIGNEE}. {SCOPE}")
def an_assignee_overrides_the_scope_of_the_board(call: HandlerCall) -> Any:
    """On the board, `assigned_to` overrides `scope`, so deals outside the scope are shown."""
    return call.with_query(scope=None)() if call.query.get("assigned_to") is not None else call()


@around_handler("getDealPipeline", documented=f"{BOARD}. {ASSIGNEE}")
def board_ignores_assigned_to(call: HandlerCall) -> Any:
    """The board ignores `assigned_to` and shows everybody's deals."""
    return call.with_query(assigned_to=None)()


@around_handler("listDeals", documented=WON)
def won_0_is_ignored(call: HandlerCall) -> Any:
    """`won=0` is ignored because the string "0" is falsy, so all deals are listed."""
    return call.with_query(won=None)() if call.query.get("won") == "0" else call()


@around_handler("listDeals", documented=WON)
def won_is_inverted(call: HandlerCall) -> Any:
    """`won=1` lists the lost deals, and `won=0` lists the won deals."""
    other = {"0": "1", "1": "0"}
    return call.with_query(won=other[call.query["won"]])() if call.query.get("won") else call()


@around_handler("listDeals", documented=WON)
def won_1_matches_probability_100(call: HandlerCall) -> Any:
    """`won=1` checks for a probability of 100 instead of `is_won`, so open deals are listed, too."""
    if call.query.get("won") != "1":
        return call()
    return call.paged([row for row in call.rows(won=None) if row["probability"] == 100])


@around_handler("listDeals", documented=f"Retrieve a paginated list of deals. {WON}")
def closed_deals_are_not_listed(call: HandlerCall) -> Any:
    """Without `won`, only open deals are listed."""
    if call.query.get("won"):
        return call()
    return call.paged([row for row in call.rows() if not _is_closed(row)])


@around_handler("listDeals", documented=SCOPE)
def scope_me_is_the_whole_company(call: HandlerCall) -> Any:
    """`scope=me` lists everybody's deals."""
    return call.with_query(scope=None)() if call.query.get("scope") == "me" else call()


@around_handler("listDeals", documented=SCOPE)
def scope_me_leaves_out_lost_deals(call: HandlerCall) -> Any:
    """`scope=me` leaves out lost deals."""
    if call.query.get("scope") != "me":
        return call()
    return call.paged([row for row in call.rows() if not row["is_lost"]])


@around_handler("listDeals", documented=SCOPE)
def scope_me_of_a_rep_is_the_whole_company(call: HandlerCall) -> Any:
    """`scope=me` lists everybody's deals if the current user is a rep."""
    mine = call.query.get("scope") == "me" and current_mock().viewer.role == "rep"
    return call.with_query(scope=None)() if mine else call()


@around_http("listDeals", documented=SCOPE)
async def scope_company_is_the_team(request: HttpRequest) -> HttpReply:
    """`scope=company` lists only the deals of the user's team."""
    whole = request.query.get("scope") == "company"
    return await (request.with_query(scope="team") if whole else request).forward()


@around_handler(*BOTH, documented=SCOPE)
def scope_team_leaves_me_out(call: HandlerCall) -> Any:
    """`scope=team` leaves out the current user's own deals."""
    response = call()
    if call.query.get("scope") != "team":
        return response
    if call.operation == "listDeals":
        return call.paged([row for row in call.rows() if not _is_mine(row)])
    for column in response["data"]:
        column["deals"] = [row for row in column["deals"] if not _is_mine(row)]
    return response


@around_handler("getDealPipeline", documented=BOARD)
def board_ignores_scope(call: HandlerCall) -> Any:
    """The board ignores `scope` and shows the deals of the whole company."""
    return call.with_query(scope=None)()


def _matches(row: Body, term: str) -> int:
    return sum(term.casefold() in (row[field] or "").casefold() for field in SEARCHED)


def _is_mine(row: Body) -> bool:
    return bool(row["assigned_to"] == current_mock().viewer.id)


def _is_closed(row: Body) -> bool:
    return bool(row["is_won"] or row["is_lost"])
