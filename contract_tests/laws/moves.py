"""Moves of a deal from stage to stage."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from contract_tests.facts import CONTRACT
from contract_tests.law import UNREADABLE_INPUT, NotJudged, expect, granted, law, refused
from contract_tests.laws.deals import full_body
from contract_tests.scene.digging import lost_fields
from contract_tests.scene.reading import Reading
from contract_tests.scene.scene import Scene
from contract_tests.verdict.selection import Selection

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
        found = s.search(word, partial(_are, wanted), stage_id=stage["id"])
        expect(found.ids == wanted, f"in stage {stage['id']}: {wanted}", found.ids, exchange, found.exchange)


def _are(ids: list[Any], found: Reading) -> bool:
    return found.ids == ids


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


@law("moveDealToStage", needs=("writes",), cases=("mine", "somebody else's"))
def a_move_changes_nothing_but_the_stage(s: Scene, whose: str) -> None:
    """“Move a deal to a different pipeline stage”, body `stage_id`: name, value, people and dates stay."""
    if whose != "mine" and s.other_id is None:
        raise NotJudged("all deals are assigned to one person")
    id = s.new_deal(**full_body(s, place=0 if whose == "mine" else 1))
    there = (s.stage_like(place=1), s.stage_like(won=True), s.stage_like(lost=True), s.stage_like())
    for stage in there if whose == "mine" else there[1:]:
        before = s.deal(id)
        exchange = granted(s.call("moveDealToStage", id=id, json={"stage_id": stage["id"]}))
        wrong = s.changed(before, s.deal(id), ignoring=OF_THE_STAGE)
        expect(not wrong, "all but the stage as it was", "; ".join(wrong), exchange)


@law("moveDealToStage", "createDeal", "updateDeal", needs=("writes",))
def a_stage_goes_by_its_id_wherever_it_stands(s: Scene) -> None:
    """“stage_id: Pipeline stage ID”: the stage of that id, and not the one in that place of the board."""
    if not Selection(skip=s.target.settings.skip).wants("", [CONTRACT.operations["reorderPipelineStages"]]):
        raise NotJudged("--skip: the order of the stages is to be left alone")
    here, there = s.stage_like()["id"], s.stage_like(place=1)["id"]
    order = [stage["id"] for stage in s.stages(fresh=True)]
    granted(s.call("reorderPipelineStages", json={"order": [*order[2:], *order[:2]]}))
    try:
        name = f"Placed {s.word()}"
        id = s.new_deal(name=name, stage_id=here)
        _is_in(s, id, [here], "createDeal")
        for operation, body in (("moveDealToStage", {}), ("updateDeal", {"name": name})):
            there, here = here, there
            exchange = granted(s.call(operation, id=id, json={**body, "stage_id": here}))
            _is_in(s, id, [here, there], operation, exchange)  # that it stays there is another law's affair
    finally:
        s.call("reorderPipelineStages", json={"order": order})


def _is_in(s: Scene, id: Any, stages: list[Any], operation: str, *exchanges: Any) -> None:
    where = s.deal(id)["stage_id"]
    expect(where in stages, f"in stage {stages[0]}", f"in stage {where}", *exchanges, operation=operation)


@law("moveDealToStage", needs=("writes",))
def a_move_twice_is_once(s: Scene) -> None:
    """“Move a deal to a different pipeline stage”: asked to where it is, a deal stays there (or 400, 422)."""
    id, stage = s.new_deal(**full_body(s)), s.stage_like(won=True)
    granted(s.call("moveDealToStage", id=id, json={"stage_id": stage["id"]}))
    once = s.deal(id)
    exchange = s.call("moveDealToStage", id=id, json={"stage_id": stage["id"]})
    if exchange.status not in UNREADABLE_INPUT:
        granted(exchange)
    wrong = s.changed(once, s.deal(id), ignoring=("risk", "updated_at", "closed_at"))
    expect(not wrong, "as after the first time", "; ".join(wrong), exchange)


@law("moveDealToStage", needs=("writes",))
def a_deal_cannot_move_to_a_stage_that_is_not_there(s: Scene) -> None:
    """“Move a deal to a different pipeline stage”: to one that there is; refused, it stays where it was."""
    id = s.new_deal(value=44)
    before = s.deal(id)
    exchange = s.call("moveDealToStage", id=id, json={"stage_id": s.unknown_id()})
    refused(exchange, 400, 404, 422, why="there is no such stage")
    wrong = s.changed(before, s.deal(id), ignoring=("risk",))
    expect(not wrong, "the deal as it was", "; ".join(wrong), exchange)
