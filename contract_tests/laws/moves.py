"""Moving a deal from stage to stage."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from contract_tests.laws.law import law
from contract_tests.scene.deal_writes import full_body
from contract_tests.scene.expectations import UNREADABLE_INPUT, NotJudged, expect, granted, refused
from contract_tests.scene.json_search import lost_fields
from contract_tests.scene.listing import Listing
from contract_tests.scene.scene import Scene
from contract_tests.verdict.selection import Selection

MINE: Final = "assigned to me"
# The fields that follow the stage; all others stay the same.
OF_THE_STAGE: Final = (
    "stage_id", "stage_name", "is_won", "is_lost", "probability", "closed_at", "loss_reason", "risk",
    "updated_at",
)  # fmt: skip


@law("moveDealToStage", needs=("writes",))
def a_moved_deal_is_in_its_new_stage(s: Scene) -> None:
    """“Move a deal to a different pipeline stage”: its details and the list show the new stage."""
    here, there = s.make.stage_like(), s.make.stage_like(place=1)
    word = s.word()
    id = s.make.deal(name=f"Moving {word}", stage_id=here["id"])
    exchange = granted(s.call("moveDealToStage", id=id, json={"stage_id": there["id"]}))
    wrong = lost_fields({"stage_id": there["id"], "stage_name": there["name"]}, s.api.deal(id))
    expect(not wrong, f"in stage {there['id']}", "; ".join(wrong), exchange)
    for stage, wanted in ((here, []), (there, [id])):
        found = s.api.search(word, partial(_are, wanted), stage_id=stage["id"])
        expect(
            found.ids == wanted,
            f"the deals {wanted} in stage {stage['id']}",
            found.ids,
            exchange,
            found.exchange,
        )


def _are(ids: list[Any], found: Listing) -> bool:
    return found.ids == ids


@law("moveDealToStage", needs=("writes",), cases=("won", "lost"))
def a_moved_deal_takes_the_won_and_lost_flags_of_its_stage(s: Scene, outcome: str) -> None:
    """“is_won”, “is_lost” of stage and deal: won in a won stage, lost in a lost one, open in any other."""
    open_, closed = s.make.stage_like(), s.make.stage_like(won=outcome == "won", lost=outcome == "lost")
    id = s.make.deal(stage_id=open_["id"], value=300)
    for stage in (closed, open_):
        exchange = granted(s.call("moveDealToStage", id=id, json={"stage_id": stage["id"]}))
        flags = {name: stage[name] for name in ("is_won", "is_lost")}
        wrong = lost_fields({"stage_id": stage["id"], **flags}, s.api.deal(id))
        expect(not wrong, f"{flags} as stage {stage['id']}", "; ".join(wrong), exchange)


@law("moveDealToStage", needs=("writes",), cases=(MINE, "assigned to another user"))
def a_move_changes_only_the_stage(s: Scene, whose: str) -> None:
    """“Move a deal to a different pipeline stage”, body `stage_id`: name, value, people and dates stay."""
    if whose != MINE and s.other_id is None:
        raise NotJudged("all deals are assigned to one user")
    id = s.make.deal(**full_body(s, place=0 if whose == MINE else 1))
    there = (
        s.make.stage_like(place=1),
        s.make.stage_like(won=True),
        s.make.stage_like(lost=True),
        s.make.stage_like(),
    )
    for stage in there if whose == MINE else there[1:]:
        before = s.api.deal(id)
        exchange = granted(s.call("moveDealToStage", id=id, json={"stage_id": stage["id"]}))
        wrong = s.api.changed(before, s.api.deal(id), ignoring=OF_THE_STAGE)
        expect(not wrong, "everything but the stage unchanged", "; ".join(wrong), exchange)


@law("moveDealToStage", "createDeal", "updateDeal", needs=("writes",), of_stages="order")
def stage_id_means_the_id_of_a_stage_not_its_position(s: Scene) -> None:
    """“stage_id: Pipeline stage ID”: an ID, whatever the position of the stage."""
    if not Selection(skip=s.client.settings.skip).wants(
        "", [s.limits.contract.operations["reorderPipelineStages"]]
    ):
        raise NotJudged("--skip: the run must not reorder the stages")
    here, there = s.make.stage_like()["id"], s.make.stage_like(place=1)["id"]
    order = [stage["id"] for stage in s.api.stages(fresh=True)]
    granted(s.call("reorderPipelineStages", json={"order": [*order[2:], *order[:2]]}))
    try:
        name = f"Placed {s.word()}"
        id = s.make.deal(name=name, stage_id=here)
        _is_in(s, id, [here], "createDeal")
        for operation, body in (("moveDealToStage", {}), ("updateDeal", {"name": name})):
            there, here = here, there
            exchange = granted(s.call(operation, id=id, json={**body, "stage_id": here}))
            # Whether the deal moved at all is for another law to judge.
            _is_in(s, id, [here, there], operation, exchange)
    finally:
        s.call("reorderPipelineStages", json={"order": order})


def _is_in(s: Scene, id: Any, stages: list[Any], operation: str, *exchanges: Any) -> None:
    where = s.api.deal(id)["stage_id"]
    expect(where in stages, f"in stage {stages[0]}", f"in stage {where}", *exchanges, operation=operation)


@law("moveDealToStage", needs=("writes",))
def repeating_a_move_changes_nothing(s: Scene) -> None:
    """“Move a deal to a different pipeline stage”: moving it again has no effect, or is refused."""
    id, stage = s.make.deal(**full_body(s)), s.make.stage_like(won=True)
    granted(s.call("moveDealToStage", id=id, json={"stage_id": stage["id"]}))
    once = s.api.deal(id)
    exchange = s.call("moveDealToStage", id=id, json={"stage_id": stage["id"]})
    if exchange.status not in UNREADABLE_INPUT:
        granted(exchange)
    wrong = s.api.changed(once, s.api.deal(id), ignoring=("risk", "updated_at", "closed_at"))
    expect(not wrong, "the same as after the first move", "; ".join(wrong), exchange)


@law("moveDealToStage", needs=("writes",))
def moving_a_deal_to_an_unknown_stage_is_refused(s: Scene) -> None:
    """“Move a deal to a different pipeline stage”: to an existing one; if refused, the deal stays."""
    id = s.make.deal(value=44)
    before = s.api.deal(id)
    exchange = s.call("moveDealToStage", id=id, json={"stage_id": s.api.unknown_id()})
    refused(exchange, 400, 404, 422, why="there is no such stage")
    wrong = s.api.changed(before, s.api.deal(id), ignoring=("risk",))
    expect(not wrong, "the deal unchanged", "; ".join(wrong), exchange)
