"""Moves of a deal from stage to stage, and its end."""

from __future__ import annotations

from typing import Any, Final

from contract_tests.law import NotJudged, answered, expect, granted, law, refused
from contract_tests.laws.changes import unharmed
from contract_tests.laws.deals import full_body
from contract_tests.laws.files import csv_rows
from contract_tests.scene.digging import Record, lost_fields, mentions
from contract_tests.scene.scene import Scene

# What follows the stage; all else stays.
OF_THE_STAGE: Final = (
    "stage_id", "stage_name", "is_won", "is_lost", "probability", "closed_at", "loss_reason", "risk",
    "updated_at",
)  # fmt: skip


@law("moveDealToStage", needs=("writes",))
def a_moved_deal_is_in_its_new_stage(s: Scene) -> None:
    """“Move a deal to a different pipeline stage”: there from then on, in the details and in the list."""
    here, there = s.stage_like(), s.stage_like(place=1)
    word = s.word()
    id = s.new_deal(name=f"Moving {word}", stage_id=here["id"])
    exchange = granted(s.call("moveDealToStage", id=id, json={"stage_id": there["id"]}))
    wrong = lost_fields({"stage_id": there["id"], "stage_name": there["name"]}, s.deal(id))
    expect(not wrong, f"in stage {there['id']}", "; ".join(wrong), exchange)
    for stage, wanted in ((here, []), (there, [id])):
        found = s.read({"search": word, "stage_id": stage["id"]})
        expect(found.ids == wanted, f"in stage {stage['id']}: {wanted}", found.ids, exchange, found.exchange)


@law("moveDealToStage", needs=("writes",), cases=("won", "lost"))
def a_won_or_lost_stage_closes_the_deal_and_an_open_one_opens_it(s: Scene, outcome: str) -> None:
    """“is_won”, “is_lost” of stage and deal: a deal is won in a won stage, lost in a lost one, else open."""
    open_, closed = s.stage_like(), s.stage_like(won=outcome == "won", lost=outcome == "lost")
    id = s.new_deal(stage_id=open_["id"], value=300)
    for stage in (closed, open_):
        exchange = granted(s.call("moveDealToStage", id=id, json={"stage_id": stage["id"]}))
        flags = {name: stage[name] for name in ("is_won", "is_lost")}
        wrong = lost_fields({"stage_id": stage["id"], **flags}, s.deal(id))
        expect(not wrong, f"{flags} as stage {stage['id']}", "; ".join(wrong), exchange)


@law("moveDealToStage", needs=("writes",))
def a_move_changes_nothing_but_the_stage(s: Scene) -> None:
    """“Move a deal to a different pipeline stage”, body `stage_id`: name, value, people and dates stay."""
    id = s.new_deal(**full_body(s))
    for stage in (s.stage_like(place=1), s.stage_like(won=True), s.stage_like(lost=True), s.stage_like()):
        before = s.deal(id)
        exchange = granted(s.call("moveDealToStage", id=id, json={"stage_id": stage["id"]}))
        wrong = s.changed(before, s.deal(id), ignoring=OF_THE_STAGE)
        expect(not wrong, "all but the stage as it was", "; ".join(wrong), exchange)


@law("moveDealToStage", needs=("writes",))
def a_move_twice_is_once(s: Scene) -> None:
    """PUT: moved to the stage where it is, a deal stays as it is."""
    id, stage = s.new_deal(**full_body(s)), s.stage_like(won=True)
    granted(s.call("moveDealToStage", id=id, json={"stage_id": stage["id"]}))
    once = s.deal(id)
    exchange = granted(s.call("moveDealToStage", id=id, json={"stage_id": stage["id"]}))
    wrong = s.changed(once, s.deal(id), ignoring=("risk", "updated_at", "closed_at"))
    expect(not wrong, "as after the first time", "; ".join(wrong), exchange)


@law("moveDealToStage", needs=("writes",))
def a_move_touches_only_its_deal(s: Scene) -> None:
    """“id Required: Resource ID”: the deal of the path moves, and no other."""
    stage = s.stage_like()["id"]
    first, id, last = (s.new_deal(stage_id=stage, value=value) for value in (1, 2, 3))
    others = {other: s.deal(other) for other in (first, last)}
    exchange = granted(s.call("moveDealToStage", id=id, json={"stage_id": s.stage_like(place=1)["id"]}))
    unharmed(s, others, exchange, operation="moveDealToStage")


@law("moveDealToStage", needs=("writes",))
def a_deal_cannot_move_to_a_stage_that_is_not_there(s: Scene) -> None:
    """“Move a deal to a different pipeline stage”: to one that there is; refused, it stays where it was."""
    id = s.new_deal(value=44)
    before = s.deal(id)
    exchange = s.call("moveDealToStage", id=id, json={"stage_id": s.unknown_id()})
    refused(exchange, 400, 404, 422, why="there is no such stage")
    wrong = s.changed(before, s.deal(id), ignoring=("risk",))
    expect(not wrong, "the deal as it was", "; ".join(wrong), exchange)


def _deleted(s: Scene, **fields: Any) -> tuple[Any, Any, Record]:
    id = s.new_deal(**fields)
    record = s.deal(id)
    return id, granted(s.call("deleteDeal", id=id)), record


@law("deleteDeal", "getDeal", needs=("writes",))
def a_deleted_deal_is_not_found(s: Scene) -> None:
    """DELETE removes the deal; “404 not found”."""
    id, deletion, _ = _deleted(s)
    for operation in ("getDeal", "deleteDeal"):
        exchange = s.call(operation, id=id)
        expect(exchange.status == 404, "404", answered(exchange), deletion, exchange, operation="deleteDeal")


@law(
    "deleteDeal",
    "listDeals",
    "getDealPipeline",
    "exportDeals",
    needs=("writes",),
    cases=("list", "board", "export"),
)
def a_deleted_deal_is_gone_from(s: Scene, view: str) -> None:
    """DELETE removes the deal: no view shows it any longer."""
    word = s.word()
    id, deletion, record = _deleted(s, name=f"Gone {word}", value=55)
    if view == "list":
        found = s.read({"search": word})
        expect(
            not found.records, "no deal found", found.ids, deletion, found.exchange, operation="deleteDeal"
        )
        total = s.page({"search": word}).total
        expect(not total, "total 0", f"total {total}", deletion, found.exchange, operation="listDeals")
        return
    if view == "board":
        exchange = granted(s.call("getDealPipeline"))
        expect(
            not mentions(exchange.json, record["name"]), "not on the board", "still there", deletion, exchange
        )
        return
    exchange = granted(s.call("exportDeals"))
    rows = csv_rows(exchange)
    if rows is None:
        raise NotJudged("the export is not recognised as CSV")
    cells = {cell for row in rows for cell in row}
    expect(record["name"] not in cells, "not in the export", f"deal {id} still there", deletion, exchange)


@law("deleteDeal", "listDealTasks", needs=("writes",))
def nothing_is_left_of_a_deleted_deal(s: Scene) -> None:
    """“404 not found”: a deal that is deleted has no tasks, no timeline and no e-mails any longer."""
    id = s.new_deal()
    s.new_task(id)
    deletion = granted(s.call("deleteDeal", id=id))
    for operation in ("listDealTasks", "getDealTimeline", "listDealLinkedEmails"):
        exchange = s.call(operation, id=id)
        expect(exchange.status == 404, "404", answered(exchange), deletion, exchange, operation=operation)


@law("deleteDeal", needs=("writes",))
def a_deletion_takes_only_its_deal(s: Scene) -> None:
    """“id Required: Resource ID”: the deal of the path is removed, and no other."""
    word, stage = s.word(), s.stage_like()["id"]
    first, id, last = (s.new_deal(name=f"Row {word}", stage_id=stage, value=n) for n in (1, 2, 3))
    task = s.new_task(last)
    others = {other: s.deal(other) for other in (first, last)}
    exchange = granted(s.call("deleteDeal", id=id))
    unharmed(s, others, exchange, operation="deleteDeal")
    found = s.read({"search": word})
    expect(
        sorted(found.ids, key=str) == sorted(others, key=str),
        f"the deals {list(others)}",
        found.ids,
        exchange,
    )
    left = [each.get("id") for each in s.tasks(last)[0]]
    expect(left == [task], f"the task {task} of deal {last}", left, exchange)
