"""The board: the list's deals, each in the column of its stage."""

from __future__ import annotations

from typing import Any, Final

from contract_tests.facts import LARGEST_PAGE, fact, values
from contract_tests.law import NotJudged, expect, law
from contract_tests.laws.dates import day_of, within
from contract_tests.laws.filters import Test
from contract_tests.scene.digging import Record, as_number, same
from contract_tests.scene.scene import Scene
from contract_tests.target.exchange import Exchange

COUNTS: Final = ("deals_count", "deal_count", "count")
SUMS: Final = ("total_value", "value_total", "sum")
FIELDS: Final = values("getDealPipeline", "date_field")
DATE_FIELD: Final = fact("getDealPipeline", "date_field", "default")
WIDEST: Final = {"scope": "company"}


def _board(s: Scene, **query: Any) -> tuple[list[tuple[Record, list[Record]]], Exchange]:
    """The board, read when the herd is there."""
    _ = s.herd
    return s.board(**query)


def _on_board(s: Scene, **query: Any) -> tuple[dict[Any, Record], Exchange]:
    """The deals on the board by id; one that stands there twice breaks the law."""
    groups, exchange = _board(s, **query)
    deals = [deal for _, group in groups for deal in group]
    ids = [deal["id"] for deal in deals]
    twice = sorted({id for id in ids if ids.count(id) > 1}, key=str)
    expect(not twice, "each deal in one column", f"in several: {twice[:5]}", exchange)
    return {deal["id"]: deal for deal in deals}, exchange


@law("getDealPipeline")
def the_board_has_every_deal_once(s: Scene) -> None:
    """“Retrieve deals grouped by pipeline stage for Kanban view”: each deal of the list is in one group."""
    board, exchange = _on_board(s, **WIDEST)
    missing = sorted(s.herd.records.keys() - board.keys(), key=str)
    expect(not missing, "every deal of the list", f"without {missing[:5]}", exchange)


@law("getDealPipeline")
def a_column_has_the_deals_of_its_stage(s: Scene) -> None:
    """“Retrieve deals grouped by pipeline stage”: a group is the deals of one stage, and names that stage."""
    groups, exchange = _board(s, **WIDEST)
    ids = {stage["id"] for stage in s.stages()}
    for column, deals in groups:
        found = {deal["stage_id"] for deal in deals}
        expect(len(found) == 1, "one stage in a group", f"the stages {found}", exchange)
        stage = column.get("stage") if isinstance(column.get("stage"), dict) else column
        named = stage.get("id", stage.get("stage_id")) if isinstance(stage, dict) else None
        if named in ids:
            expect(found == {named}, f"the deals of stage {named}", f"of stage {found}", exchange)
    board = {deal["id"]: deal for _, deals in groups for deal in deals}
    wrong = [id for id, r in s.herd.records.items() if id in board and board[id]["stage_id"] != r["stage_id"]]
    expect(not wrong, "each deal in the stage that its details tell", f"not so: {wrong[:5]}", exchange)


@law("getDealPipeline")
def a_column_counts_and_adds_up_its_deals(s: Scene) -> None:
    """“Retrieve deals grouped by pipeline stage”: a count or a sum beside a group is that of the group."""
    groups, exchange = _board(s, **WIDEST)
    judged = False
    for column, deals in groups:
        total = sum(as_number(deal.get("value")) or 0 for deal in deals)
        for names, wanted in ((COUNTS, len(deals)), (SUMS, total)):
            for name in names:
                if as_number(column.get(name)) is not None:
                    judged = True
                    got = as_number(column[name])
                    close = got is not None and abs(got - wanted) < 0.01
                    expect(close, f"{name} {wanted}", f"{name} {column[name]}", exchange)
    if not judged:
        raise NotJudged("no count or sum is recognised beside the groups of getDealPipeline")


@law("getDealPipeline")
def the_board_tells_of_a_deal_what_the_list_tells(s: Scene) -> None:
    """“Retrieve deals grouped by pipeline stage … Includes risk scoring”: the deals of the list."""
    board, exchange = _on_board(s, **WIDEST)
    for record in s.read(s.herd.base).records[:LARGEST_PAGE]:
        shown = board.get(record["id"], {})
        wrong = s.changed(record, shown, ignoring=())
        details = s.deal(record["id"]) if wrong else {}
        blamed = "listDeals" if wrong and not s.changed(shown, details, ignoring=()) else None
        told = "; ".join(wrong)
        expect(not wrong, f"deal {record['id']} as in the list", told, exchange, operation=blamed)


def _keeps_exactly(s: Scene, query: Record, test: Test, words: str) -> None:
    board, exchange = _on_board(s, **{**WIDEST, **query})
    herd = s.herd
    wrong = [id for id in board if id in herd.records and not test(herd.records[id])]
    expect(not wrong, f"only deals {words}", f"also {wrong[:5]}", exchange)
    missing = sorted(herd.where(test) - board.keys(), key=str)
    expect(not missing, f"every deal {words}", f"without {missing[:5]}", exchange)


@law("getDealPipeline")
def the_board_can_be_narrowed_to_an_assignee(s: Scene) -> None:
    """“assigned_to: Filter by assigned user ID”."""
    people = s.herd.values("assigned_to")
    if len(people) < 2:
        raise NotJudged("all deals are assigned to one person")
    person = people[-1]
    _keeps_exactly(s, {"assigned_to": person}, lambda r: r.get("assigned_to") == person, f"of {person}")


@law("getDealPipeline")
def the_board_can_be_narrowed_to_a_date_range(s: Scene) -> None:
    """“date_from: Filter start date”, “date_to: Filter end date”, “Default: expected_close_date”."""
    days = sorted({day_of(record) for record in s.herd.records.values()} - {""})
    if len(days) < 3:
        raise NotJudged("fewer than three different days in expected_close_date")
    a, b = days[len(days) // 3], days[len(days) * 2 // 3]
    _keeps_exactly(s, {"date_from": a, "date_to": b}, within(a, b), f"from {a} to {b}")
    _keeps_exactly(s, {"date_from": b}, lambda r: day_of(r) >= b, f"from {b} on")


@law("getDealPipeline", cases=[field for field in FIELDS if field != DATE_FIELD])
def the_board_and_the_list_mean_the_same_date_field(s: Scene, field: str) -> None:
    """“date_field: Date field to filter on. Values: expected_close_date, closed_at, created_at”."""
    day = day_of(next(iter(s.herd.records.values())), "created_at")
    query = {"date_field": field, "date_from": day, **WIDEST}
    groups, exchange = s.board(**query) if _anything(s, query) else ([], None)
    if exchange is None:
        raise NotJudged("no deal has that date since the day of the herd")
    board = {deal["id"] for _, deals in groups for deal in deals} & s.herd.records.keys()
    listed = s.read({**s.herd.base, **query}).whole()
    wanted = set(listed.ids) & s.herd.records.keys()
    expect(board == wanted, f"as in the list: {wanted}", board, exchange, listed.exchange)


def _anything(s: Scene, query: Record) -> bool:
    return s.page({**query, "per_page": 1}).total > 0


@law("getDealPipeline")
def the_board_can_be_narrowed_to_my_deals(s: Scene) -> None:
    """“scope: Scope filter. Values: me, team, company”."""
    if s.my_id is None or not s.herd.where(lambda r: same(r.get("assigned_to"), s.my_id)):
        raise NotJudged("who “me” is could not be found out, or has no deals")
    _keeps_exactly(s, {"scope": "me"}, lambda r: r.get("assigned_to") == s.my_id, f"of {s.my_id}")
