"""The administration of the pipeline stages; on stages made for it, in an order that is put back."""

from __future__ import annotations

from typing import Any

from contract_tests.law import answered, expect, granted, law, refused
from contract_tests.scene.digging import Record, lost_fields
from contract_tests.scene.scene import Scene

PLACE = ("display_order",)


def _by_id(s: Scene) -> dict[Any, Record]:
    return {stage["id"]: stage for stage in s.stages(fresh=True)}


def _others_unchanged(
    s: Scene, before: dict[Any, Record], own: set[Any], *exchanges: Any, operation: str
) -> None:
    after = _by_id(s)
    for id in before.keys() - own:
        expect(id in after, f"stage {id} still there", "gone", *exchanges, operation=operation)
        wrong = s.changed(before[id], after[id], "Stage", ignoring=PLACE)
        expect(not wrong, f"stage {id} as it was", "; ".join(wrong), *exchanges, operation=operation)
    strange = after.keys() - before.keys() - own
    expect(not strange, "no other stage", f"also {strange}", *exchanges, operation=operation)


def _to_blame(s: Scene, id: Any) -> str:
    """Who is to blame that a new stage is not in the list: one that can be changed is there."""
    changed = s.call("updatePipelineStage", id=id, json={"color": "#101010"})
    return "listDealStages" if changed.ok else "createPipelineStage"


@law("createPipelineStage", "listDealStages", needs=("writes",), cases=("open", "won", "lost"))
def a_created_stage_is_in_the_list_as_it_was_sent(s: Scene, kind: str) -> None:
    """“Create a new pipeline stage”: name, probability, color, is_won, is_lost; “all pipeline stages”."""
    before = _by_id(s)
    body = {"name": f"Stage {s.word()}", "probability": {"open": 35, "won": 100, "lost": 0}[kind]}
    body |= {"color": "#12ab56", "is_won": kind == "won", "is_lost": kind == "lost"}
    exchange = granted(s.call("createPipelineStage", json=body))
    new = [stage for id, stage in _by_id(s).items() if id not in before]
    expect(len(new) == 1, "one stage more", f"{len(new)} more", exchange)
    s.target.made("stage", new[0]["id"])
    lost = lost_fields(body, new[0])
    expect(not lost, "every field as it was sent", "; ".join(lost), exchange)
    _others_unchanged(s, before, {new[0]["id"]}, exchange, operation="createPipelineStage")


@law("createPipelineStage", "listDealStages", needs=("writes",))
def a_stage_needs_only_a_name(s: Scene) -> None:
    """“name Required”, all others “Optional”; without a name no stage is made."""
    id = s.new_stage()
    if id not in _by_id(s):
        expect(False, f"stage {id} in the list", "not there", operation=_to_blame(s, id))
    before = _by_id(s)
    exchange = s.call("createPipelineStage", json={"probability": 10, "color": "#000000"})
    refused(exchange, why="name is required")
    expect(_by_id(s).keys() == before.keys(), "no stage more", "one more", exchange)


@law("updatePipelineStage", needs=("writes",))
def an_update_of_a_stage_changes_what_it_names(s: Scene) -> None:
    """The request body of the update: name, color, is_won, is_lost: what it names changes, nothing else."""
    first, id, last = (s.new_stage(probability=20, color="#111111") for _ in range(3))
    for change in (
        {"name": f"Renamed {s.word()}", "color": "#222222"},
        {"color": "#333333"},
        {"is_won": True},
    ):
        before = _by_id(s)
        exchange = granted(s.call("updatePipelineStage", id=id, json=change))
        after = _by_id(s)
        wanted = {**before[id], **change}
        lost = lost_fields(
            {name: value for name, value in wanted.items() if name != "probability"}, after[id]
        )
        expect(not lost, f"{change}, and all else as it was", "; ".join(lost), exchange)
        _others_unchanged(s, before, {id}, exchange, operation="updatePipelineStage")
    for each in (last, id, first):
        s.call("deletePipelineStage", id=each)


@law("updatePipelineStage", "getDeal", needs=("writes",))
def a_renamed_stage_has_its_new_name_on_its_deals(s: Scene) -> None:
    """“stage_name” of a deal: the name of its stage, as it is now."""
    stage = s.new_stage()
    id = s.new_deal(stage_id=stage)
    name = f"Renamed {s.word()}"
    exchange = granted(s.call("updatePipelineStage", id=stage, json={"name": name}))
    got = s.deal(id).get("stage_name")
    renamed = _by_id(s)[stage]["name"] == name  # then the deal is shown wrongly
    blamed = "getDeal" if renamed else "updatePipelineStage"
    expect(got == name, f"stage_name {name}", got, exchange, operation=blamed)


@law("updatePipelineStage", "getDeal", needs=("writes",), cases=("is_won", "is_lost"))
def a_stage_that_becomes_won_or_lost_takes_its_deals_along(s: Scene, flag: str) -> None:
    """“is_won”, “is_lost” of stage and deal: a deal is won or lost as its stage is."""
    stage = s.new_stage()
    id = s.new_deal(stage_id=stage)
    for value in (True, False):
        exchange = granted(s.call("updatePipelineStage", id=stage, json={flag: value}))
        now, deal = _by_id(s)[stage], s.deal(id)
        expect(now[flag] is value, f"{flag} {value}", now[flag], exchange)
        expect(deal[flag] is value, f"{flag} {value} on its deal", deal[flag], exchange)


@law("reorderPipelineStages", "listDealStages", needs=("writes",))
def stages_stand_in_the_order_that_was_asked_for(s: Scene) -> None:
    """“order: Array of stage IDs in desired display order”, “display_order”: nothing else changes."""
    own = [s.new_stage(), s.new_stage()]
    before = _by_id(s)
    order = [*own[::-1], *(id for id in before if id not in own)]
    for wanted in (order, [*order[2:], *order[:2]]):
        exchange = granted(s.call("reorderPipelineStages", json={"order": wanted}))
        got = [stage["id"] for stage in s.stages(fresh=True)]
        expect(got == wanted, f"the stages in the order {wanted}", got, exchange)
        _others_unchanged(s, before, set(), exchange, operation="reorderPipelineStages")
        places = [stage["display_order"] for stage in s.stages()]
        expect(len(set(places)) == len(places), "each stage in a place of its own", places, exchange)
    for id in own:
        s.call("deletePipelineStage", id=id)


@law("deletePipelineStage", "listDealStages", needs=("writes",))
def a_deleted_stage_is_gone_and_its_neighbours_stay(s: Scene) -> None:
    """DELETE removes the stage of the path, and no other; “404 not found”."""
    first, id, last = (s.new_stage() for _ in range(3))
    before = _by_id(s)
    exchange = granted(s.call("deletePipelineStage", id=id))
    expect(id not in _by_id(s), f"stage {id} gone from the list", "still there", exchange)
    _others_unchanged(s, before, {id}, exchange, operation="deletePipelineStage")
    again = s.call("deletePipelineStage", id=id)
    expect(again.status == 404, "404 the second time", answered(again), exchange, again)
    for each in (first, last):
        s.call("deletePipelineStage", id=each)


@law("deletePipelineStage", "getDeal", needs=("writes",))
def no_deal_is_left_in_a_deleted_stage(s: Scene) -> None:
    """“stage_id: Pipeline stage ID”: with the stage kept or its deals moved, none is left in no stage."""
    stage = s.new_stage()
    id = s.new_deal(stage_id=stage, value=66)
    exchange = s.call("deletePipelineStage", id=stage)
    if not exchange.ok:
        refused(exchange, 400, 403, 422, why="the stage still holds a deal")
        expect(stage in _by_id(s), f"stage {stage} still there after a refusal", "gone", exchange)
    after = s.call("getDeal", id=id)
    if exchange.ok and after.status == 404:
        return  # gone with its stage: nobody says that it may not
    where = after.data.get("stage_id") if isinstance(after.data, dict) else None
    expect(
        where in _by_id(s),
        "the deal in a stage that there is",
        f"{after.status}, stage {where}",
        exchange,
        after,
    )
