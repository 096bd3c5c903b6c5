"""The board: the deals of the list, each in the column of its stage."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any, Final

from contract_tests.client.exchange import Exchange
from contract_tests.laws.law import law
from contract_tests.scene.expectations import NotJudged, expect, granted
from contract_tests.scene.filtering import Test, day_of, each_filter, within
from contract_tests.scene.json_search import Record, as_number, groups_in, lost_fields, same
from contract_tests.scene.limits import ContractLimits
from contract_tests.scene.scene import Scene

COUNTS: Final = ("deals_count", "deal_count", "count")
SUMS: Final = ("total_value", "value_total", "sum")
WIDEST: Final = {"scope": "company"}
CENT: Final = 0.01


def _date_field(limits: ContractLimits) -> str:
    """The date field that the board filters by, unless another is given."""
    return str(limits.of("getDealPipeline", "date_field", "default"))


def _other_date_fields(limits: ContractLimits) -> list[str]:
    default = _date_field(limits)
    return [field for field in limits.values("getDealPipeline", "date_field") if field != default]


def _board(s: Scene, **query: Any) -> tuple[list[tuple[Record, list[Record]]], Exchange]:
    """The board, read after the sample deals have been made."""
    _ = s.samples
    return s.api.board(**query)


def _on_board(s: Scene, **query: Any) -> tuple[dict[Any, Record], Exchange]:
    """The deals on the board by id; a deal that appears twice breaks the law."""
    groups, exchange = _board(s, **query)
    deals = [deal for _, group in groups for deal in group]
    ids = [deal["id"] for deal in deals]
    twice = sorted({id for id in ids if ids.count(id) > 1}, key=str)
    expect(not twice, "each deal in one column", f"deals {twice[:5]} in several", exchange)
    return {deal["id"]: deal for deal in deals}, exchange


@law("getDealPipeline")
def the_board_shows_every_deal_once(s: Scene) -> None:
    """“Retrieve deals grouped by pipeline stage for Kanban view”: each listed deal is in one group."""
    s.call("getDealPipeline", query=WIDEST)  # fills any cache, if the sample deals do not exist yet
    board, exchange = _on_board(s, **WIDEST)
    missing = sorted(s.samples.records.keys() - board.keys(), key=str)
    expect(not missing, "every listed deal on the board", f"missing {missing[:5]}", exchange)


@law("getDealPipeline")
def a_board_column_holds_the_deals_of_its_stage(s: Scene) -> None:
    """“Retrieve deals grouped by pipeline stage”: a group holds the deals of one stage, and names it."""
    groups, exchange = _board(s, **WIDEST)
    ids = {stage["id"] for stage in s.api.stages()}
    for column, deals in groups:
        found = {deal["stage_id"] for deal in deals}
        expect(len(found) == 1, "the deals of one stage in each group", f"the stages {found}", exchange)
        stage = _stage_of(column)
        named = stage.get("id", stage.get("stage_id"))
        if named in ids:
            expect(found == {named}, f"the deals of stage {named}", f"deals of the stages {found}", exchange)
    board = {deal["id"]: deal for _, deals in groups for deal in deals}
    wrong = [
        id for id, r in s.samples.records.items() if id in board and board[id]["stage_id"] != r["stage_id"]
    ]
    expect(
        not wrong, "each deal in the stage that its details show", f"deals {wrong[:5]} in another", exchange
    )


@law("getDealPipeline", of_all=True)
def board_column_counts_and_sums_match_their_deals(s: Scene) -> None:
    """“Retrieve deals grouped by pipeline stage”: a count or sum beside a whole group matches it."""
    # On a board with filters, they may be those of the whole stage.
    groups, exchange = s.api.eventually(lambda: _board(s, **WIDEST), lambda board: not _wrong_sums(board[0]))
    if not any(True for group in groups for _ in _counts_and_sums(*group)):
        raise NotJudged("no count or sum is recognised beside the groups of getDealPipeline")
    for name, wanted, got in _wrong_sums(groups):
        expect(False, f"{name} {wanted}", f"{name} {got}", exchange)


def _wrong_sums(groups: list[tuple[Record, list[Record]]]) -> list[tuple[str, float, float]]:
    shown = [each for group in groups for each in _counts_and_sums(*group)]
    return [(name, wanted, got) for name, wanted, got in shown if abs(got - wanted) >= CENT]


def _counts_and_sums(column: Record, deals: list[Record]) -> Iterator[tuple[str, float, float]]:
    """The counts and sums beside a group: name, expected value, shown value."""
    total = sum(as_number(deal.get("value")) or 0 for deal in deals)
    for names, wanted in ((COUNTS, len(deals)), (SUMS, total)):
        for name in names:
            got = as_number(column.get(name))
            if got is not None:
                yield name, wanted, got


@law("getDealPipeline")
def board_and_list_show_the_same_deal_data(s: Scene) -> None:
    """“Retrieve deals grouped by pipeline stage … Includes risk scoring”: the same data as in the list."""
    board, exchange = _on_board(s, **WIDEST)
    for record in s.api.listing(s.samples.base).records[: s.limits.largest_page]:
        shown = board.get(record["id"], {})
        wrong = s.api.changed(record, shown, ignoring=())
        details = s.api.deal(record["id"]) if wrong else {}
        blamed = "listDeals" if wrong and not s.api.changed(shown, details, ignoring=()) else None
        received = "; ".join(wrong)
        expect(not wrong, f"deal {record['id']} as in the list", received, exchange, operation=blamed)


def _keeps_exactly(s: Scene, query: Record, test: Test, words: str) -> None:
    board, exchange = _on_board(s, **{**WIDEST, **query})
    samples = s.samples
    wrong = [id for id in board if id in samples.records and not test(samples.records[id])]
    expect(not wrong, f"only deals {words}", f"also {wrong[:5]}", exchange)
    missing = sorted(samples.where(test) - board.keys(), key=str)
    expect(not missing, f"every deal {words}", f"missing {missing[:5]}", exchange)


@law("getDealPipeline")
def the_board_filters_by_assigned_to(s: Scene) -> None:
    """“assigned_to: Filter by assigned user ID”: all deals assigned to the user, and no others."""
    people = s.samples.values("assigned_to")
    if len(people) < 2:
        raise NotJudged("all deals are assigned to one user")
    person = people[-1]
    _keeps_exactly(
        s, {"assigned_to": person}, lambda r: r.get("assigned_to") == person, f"assigned to {person}"
    )


@law("getDealPipeline")
def the_board_filters_by_date_range(s: Scene) -> None:
    """“date_from: Filter start date”, “date_to: Filter end date”, “Default: expected_close_date”."""
    days = sorted({day_of(record) for record in s.samples.records.values()} - {""})
    if len(days) < 3:
        raise NotJudged("fewer than three different days in expected_close_date")
    a, b = days[len(days) // 3], days[len(days) * 2 // 3]
    _keeps_exactly(s, {"date_from": a, "date_to": b}, within(a, b), f"dated {a} to {b}")
    _keeps_exactly(s, {"date_from": b}, lambda r: day_of(r) >= b, f"dated {b} or later")
    _keeps_exactly(s, {"date_to": a}, lambda r: "" < day_of(r) <= a, f"dated {a} or earlier")


@law("getDealPipeline")
def combined_board_filters_return_exactly_the_deals_that_match_all(s: Scene) -> None:
    """“Supports optional date range, scope, and assignee filtering”: combined filters all apply."""
    known = s.limits.contract.fields("getDealPipeline", "documented").keys()
    queries = [query for query, _ in each_filter(s) if query.keys() <= known]
    alone = [_of_samples(s, query)[0] for query in queries]
    if not any(alone):
        raise NotJudged("no groups of deals are recognised in the response of getDealPipeline")
    for one, other in combinations(range(len(queries)), 2):
        query = {**queries[one], **queries[other]}
        found, exchange = _of_samples(s, query)
        both = alone[one] & alone[other]
        expect(found == both, f"the deals {both} that match all of {query}", found, exchange)


def _of_samples(s: Scene, query: Record) -> tuple[set[Any], Exchange]:
    """The sample deals on this board, which may be empty."""
    exchange = granted(s.call("getDealPipeline", query={**WIDEST, **query}))
    groups = groups_in(exchange.json) or []
    return {deal["id"] for _, deals in groups for deal in deals} & s.samples.records.keys(), exchange


@law("getDealPipeline", cases=_other_date_fields, of_all=True)
def date_field_filters_board_and_list_alike(s: Scene, field: str) -> None:
    """“date_field: Date field to filter on. Values: …, closed_at, created_at”: as in the list."""
    day = day_of(next(iter(s.samples.records.values())), "created_at")
    query = {"date_field": field, "date_from": day, **WIDEST}
    groups, exchange = s.api.board(**query) if _anything(s, query) else ([], None)
    if exchange is None:
        raise NotJudged(f"no deal has a {field} on or after the day on which the sample deals were made")
    board = {deal["id"] for _, deals in groups for deal in deals} & s.samples.records.keys()
    listed = s.api.listing({**s.samples.base, **query}).whole()
    wanted = set(listed.ids) & s.samples.records.keys()
    expect(board == wanted, f"the same deals as in the list: {wanted}", board, exchange, listed.exchange)
    _same_count_of_older_deals(s, field)


def _same_count_of_older_deals(s: Scene, field: str) -> None:
    """Expect as many older deals on the board as in the list, if the board hides none."""
    days = sorted({day_of(record, field) for record in s.api.all_deals().records} - {""})
    whole = s.api.once("board hides none", lambda: len(_on_board(s, **WIDEST)[0]) == s.api.total(**WIDEST))
    if not days or not whole:
        return
    query = {"date_field": field, "date_from": days[len(days) // 2], **WIDEST}
    listed = s.api.page({**query, "per_page": 1})
    if listed.total:
        board, exchange = _on_board(s, **query)
        received = f"{len(board)} deals"
        expect(
            len(board) == listed.total,
            f"{listed.total} deals, as in the list",
            received,
            exchange,
            listed.exchange,
        )


def _anything(s: Scene, query: Record) -> bool:
    return s.api.page({**query, "per_page": 1}).total > 0


@law("getDealPipeline")
def the_board_filters_by_scope_me(s: Scene) -> None:
    """“scope: Scope filter. Values: me, team, company”: “me” returns all my deals, and no others."""
    if s.my_id is None or not s.samples.where(lambda r: same(r.get("assigned_to"), s.my_id)):
        raise NotJudged("the user ID of “me” could not be determined, or this user has no deals")
    _keeps_exactly(s, {"scope": "me"}, lambda r: r.get("assigned_to") == s.my_id, f"assigned to {s.my_id}")


@law("getDealPipeline", needs=("writes",), of_stages="order")
def board_and_stage_list_show_the_same_stage_data(s: Scene) -> None:
    """“Retrieve deals grouped by pipeline stage”: a group shows the current data of its stage."""
    stage, last = s.make.stage(), s.make.stage()
    deal = s.make.deal(stage_id=stage)
    listed, shown, _ = _listed_and_shown(s, stage)
    alike = [name for name in listed if name in shown and same(shown[name], listed[name])]
    others = [each["id"] for each in s.api.stages() if each["id"] not in (stage, last)]
    name = f"Renamed {s.word()}"
    granted(s.call("reorderPipelineStages", json={"order": [*others, last, stage]}))
    granted(s.call("updatePipelineStage", id=stage, json={"name": name, "color": "#123456"}))
    newest = s.api.stages(fresh=True)[-1]
    if (newest["id"], newest.get("name")) != (stage, name):
        raise NotJudged("the list of stages does not show the change either")

    def stale(seen: tuple[Record, Record, Exchange]) -> list[str]:
        return lost_fields({name: seen[0].get(name) for name in alike}, seen[1])

    seen = s.api.eventually(lambda: _listed_and_shown(s, stage), lambda seen: not stale(seen))
    expect(not stale(seen), "the same as in the list of stages", "; ".join(stale(seen)), seen[2])
    s.call("deleteDeal", id=deal)


def _listed_and_shown(s: Scene, id: Any) -> tuple[Record, Record, Exchange]:
    """A stage as shown by the list of stages and by the board, and the request for the board."""
    listed = next((stage for stage in s.api.stages(fresh=True) if stage["id"] == id), {})
    groups, exchange = s.api.board(**WIDEST)
    shown = next((_stage_of(column) for column, deals in groups if deals[0]["stage_id"] == id), {})
    return s.api.known(listed, "Stage"), shown if shown.get("id") == id else {}, exchange


def _stage_of(column: Record) -> Record:
    """What a group of deals shows of its stage."""
    nested = column.get("stage")
    return nested if isinstance(nested, dict) else column
