"""Managing pipeline stages: on stages made for the laws; the original order is restored."""

from __future__ import annotations

from typing import Any

from contract_tests.laws.law import law
from contract_tests.scene.expectations import NotJudged, expect, granted, refused, response_of
from contract_tests.scene.json_search import Record, lost_fields, lost_names
from contract_tests.scene.scene import Scene

PLACE = ("display_order",)


def _by_id(s: Scene) -> dict[Any, Record]:
    return {stage["id"]: stage for stage in s.stages()}


def _others_unchanged(
    s: Scene, before: dict[Any, Record], own: set[Any], *exchanges: Any, operation: str
) -> None:
    after = _by_id(s)
    for id in before.keys() - own:
        expect(id in after, f"stage {id} still listed", "not listed", *exchanges, operation=operation)
        wrong = s.api.changed(before[id], after[id], "Stage", ignoring=PLACE)
        expect(not wrong, f"stage {id} unchanged", "; ".join(wrong), *exchanges, operation=operation)
    strange = after.keys() - before.keys() - own
    expect(not strange, "no other new stage", f"also {strange}", *exchanges, operation=operation)


def _to_blame(s: Scene, id: Any, lost: Record, *, writing: str) -> str:
    """The operation to blame for what the list shows: the list, if an update returns the right values."""
    changes = {"name": f"Stage {s.word()}", "color": "#101010", "is_won": False}
    other = next(name for name in changes if name not in lost)
    changed = s.call("updatePipelineStage", id=id, json={other: changes[other]})
    shown = changed.data if lost else {}
    known = changed.ok and isinstance(shown, dict) and lost.keys() <= shown.keys()
    return "listDealStages" if known and not lost_names(lost, shown) else writing


@law(
    *("createPipelineStage", "listDealStages"),
    needs=("writes",),
    of_stages="set",
    cases=("open", "won", "lost"),
)
def a_created_stage_is_listed_as_sent(s: Scene, kind: str) -> None:
    """“Create a new pipeline stage”: name, probability, color, is_won, is_lost: listed as sent."""
    before = _by_id(s)
    body = {"name": f"Stage {s.word()}", "probability": {"open": 35, "won": 100, "lost": 0}[kind]}
    body |= {"color": "#12ab56", "is_won": kind == "won", "is_lost": kind == "lost"}
    exchange = granted(s.call("createPipelineStage", json=body))
    new = [stage for id, stage in _by_id(s).items() if id not in before]
    expect(len(new) == 1, "one new stage", f"{len(new)} new stages", exchange)
    s.client.made("stage", new[0]["id"])
    if lost := lost_names(body, new[0]):
        sent = {name: body[name] for name in lost}
        blamed = _to_blame(s, new[0]["id"], sent, writing="createPipelineStage")
        received = "; ".join(lost_fields(body, new[0]))
        expect(False, "every field as sent", received, exchange, operation=blamed)
    _others_unchanged(s, before, {new[0]["id"]}, exchange, operation="createPipelineStage")


@law("createPipelineStage", "listDealStages", needs=("writes",), of_stages="set")
def a_stage_needs_only_a_name(s: Scene) -> None:
    """“name Required”, all others “Optional”: a name is enough, and without one no stage is created."""
    id = s.make.stage()
    if id not in _by_id(s):
        expect(
            False,
            f"stage {id} in the list",
            "not listed",
            operation=_to_blame(s, id, {}, writing="createPipelineStage"),
        )
    before = _by_id(s)
    exchange = s.call("createPipelineStage", json={"probability": 10, "color": "#000000"})
    refused(exchange, why="name is required")
    expect(_by_id(s).keys() == before.keys(), "no new stage", "a new stage", exchange)


@law("updatePipelineStage", "listDealStages", needs=("writes",), of_stages="set")
def a_stage_update_changes_only_the_fields_sent(s: Scene) -> None:
    """Request Body of the update: name, color, is_won, is_lost: only the fields sent change."""
    first, id, last = (s.make.stage(probability=20, color="#111111") for _ in range(3))
    after = _by_id(s)
    for change in (
        {"name": f"Renamed {s.word()}", "color": "#222222"},
        {"color": "#333333"},
        {"is_won": True},
        {"name": f"Renamed {s.word()}"},
        {"is_won": False, "is_lost": True},
        {"color": "#444444"},
    ):
        before = after
        exchange = granted(s.call("updatePipelineStage", id=id, json=change))
        after = _by_id(s)
        wanted = {name: value for name, value in (before[id] | change).items() if name != "probability"}
        if lost := lost_names(wanted, after[id]):
            named = {name: wanted[name] for name in lost}
            blamed = _to_blame(s, id, named, writing="updatePipelineStage")
            received = "; ".join(lost_fields(wanted, after[id]))
            expect(False, f"{change}, and everything else unchanged", received, exchange, operation=blamed)
        _others_unchanged(s, before, {id}, exchange, operation="updatePipelineStage")
    for each in (last, id, first):
        s.call("deletePipelineStage", id=each)


@law("createPipelineStage", "listDealStages", needs=("writes",), of_stages="order")
def a_new_stage_gets_a_unique_display_order(s: Scene) -> None:
    """“Retrieve all pipeline stages with display order”: a stage created after a deletion has its own."""
    first, last = s.make.stage(), s.make.stage()
    if not _alone(s, last):
        raise NotJudged("new stages share a display_order even before one is deleted")
    granted(s.call("deletePipelineStage", id=first))
    new = s.make.stage()
    places = [stage["display_order"] for stage in s.api.stages(fresh=True)]
    expect(_alone(s, new), f"a display_order that only stage {new} has", places)
    for id in (new, last):
        s.call("deletePipelineStage", id=id)


def _alone(s: Scene, id: Any) -> bool:
    """Whether no other stage has the same display_order."""
    places = {stage["id"]: stage["display_order"] for stage in s.api.stages(fresh=True)}
    return [*places.values()].count(places[id]) == 1


@law("updatePipelineStage", "getDeal", needs=("writes",))
def renaming_a_stage_updates_stage_name_on_its_deals(s: Scene) -> None:
    """“stage_name”: a deal shows the current name of its stage."""
    stage = s.make.stage()
    id = s.make.deal(stage_id=stage)
    name = f"Renamed {s.word()}"
    exchange = granted(s.call("updatePipelineStage", id=stage, json={"name": name}))
    got = s.api.deal(id).get("stage_name")
    renamed = _by_id(s)[stage]["name"] == name  # then only the deal is wrong
    blamed = "getDeal" if renamed else "updatePipelineStage"
    expect(got == name, f"stage_name {name}", got, exchange, operation=blamed)


@law("getDealPipeline", needs=("writes",))
def stages_with_the_same_name_have_separate_columns(s: Scene) -> None:
    """“Retrieve deals grouped by pipeline stage”: two stages are two groups, even with the same name."""
    stages = [s.make.stage(), s.make.stage()]
    name = f"Same name {s.word()}"
    for stage in stages:
        if not s.call("updatePipelineStage", id=stage, json={"name": name}).ok:
            raise NotJudged("two stages cannot have the same name")
    deals = {s.make.deal(stage_id=stage) for stage in stages}
    groups, exchange = s.api.board(scope="company")
    columns = [{deal["id"] for deal in group} & deals for _, group in groups]
    expect(deals not in columns, f"the deals {deals} in two columns", "both in one column", exchange)


@law("updatePipelineStage", "getDeal", needs=("writes",), cases=("is_won", "is_lost"))
def deals_follow_changes_to_the_flags_of_their_stage(s: Scene, flag: str) -> None:
    """“is_won”, “is_lost” of stage and deal: a deal has the flags of its stage."""
    stage = s.make.stage()
    id = s.make.deal(stage_id=stage)
    for value in (True, False):
        exchange = granted(s.call("updatePipelineStage", id=stage, json={flag: value}))
        now, deal = _by_id(s)[stage], s.api.deal(id)
        expect(now[flag] is value, f"{flag} {value}", now[flag], exchange)
        expect(deal[flag] is value, f"{flag} {value} on its deal", deal[flag], exchange)


@law("reorderPipelineStages", "listDealStages", needs=("writes",), of_stages="order")
def stages_are_listed_in_the_requested_order(s: Scene) -> None:
    """“order: Array of stage IDs in desired display order”, “display_order”: only the order changes."""
    own = [s.make.stage(), s.make.stage()]
    before = _by_id(s)
    order = [*own[::-1], *(stage["id"] for stage in s.api.stages() if stage["id"] not in own)]
    # The third order changes only the last two places.
    for wanted in (order, [*order[2:], *order[:2]], [*order[2:], *order[1::-1]]):
        exchange = granted(s.call("reorderPipelineStages", json={"order": wanted}))
        got = [stage["id"] for stage in s.api.stages(fresh=True)]
        expect(got == wanted, f"the stages in the order {wanted}", got, exchange)
        _others_unchanged(s, before, set(), exchange, operation="reorderPipelineStages")
        places = [stage["display_order"] for stage in s.api.stages()]
        expect(len(set(places)) == len(places), "a different display_order for each stage", places, exchange)
    for id in own:
        s.call("deletePipelineStage", id=id)


@law("reorderPipelineStages", needs=("writes",), of_stages="order")
def a_refused_reorder_changes_nothing(s: Scene) -> None:
    """“Batch-update display order of all pipeline stages”, “422 validation error”: nothing is saved."""
    own = [s.make.stage(), s.make.stage()]
    before = [stage["id"] for stage in s.api.stages(fresh=True)]
    order = [*(id for id in before if id not in own), *own[::-1]]
    # An unknown id, a repeated id, a missing id.
    for wrong in ([*order, s.api.unknown_id()], [*order, own[0]], order[1:]):
        exchange = s.call("reorderPipelineStages", json={"order": wrong})
        after = [stage["id"] for stage in s.api.stages(fresh=True)]
        if exchange.ok:  # the documentation does not forbid it
            granted(s.call("reorderPipelineStages", json={"order": before}))
        else:
            expect(after == before, f"the order unchanged: {before}", after, exchange)
    for id in own:
        s.call("deletePipelineStage", id=id)


@law("deletePipelineStage", "listDealStages", needs=("writes",), of_stages="set")
def deleting_a_stage_removes_only_that_stage(s: Scene) -> None:
    """DELETE removes the stage in the path, and no other; “404 not found”."""
    first, id, last = (s.make.stage() for _ in range(3))
    before = _by_id(s)
    exchange = granted(s.call("deletePipelineStage", id=id))
    expect(id not in _by_id(s), f"stage {id} no longer listed", "still listed", exchange)
    _others_unchanged(s, before, {id}, exchange, operation="deletePipelineStage")
    again = s.call("deletePipelineStage", id=id)
    expect(again.status == 404, "404 for the second deletion", response_of(again), exchange, again)
    for each in (first, last):
        s.call("deletePipelineStage", id=each)


@law("deletePipelineStage", "getDeal", needs=("writes",))
def no_deal_is_left_in_a_deleted_stage(s: Scene) -> None:
    """“stage_id: Pipeline stage ID”: deleting a stage is refused, moves its deals or deletes them."""
    stage = s.make.stage()
    id = s.make.deal(stage_id=stage, value=66)
    exchange = s.call("deletePipelineStage", id=stage)
    if not exchange.ok:
        refused(exchange, 400, 403, 422, why="the stage still contains a deal")
        expect(stage in _by_id(s), f"stage {stage} still listed after the refusal", "not listed", exchange)
    after = s.call("getDeal", id=id)
    if exchange.ok and after.status == 404:
        return  # deleted with its stage: the documentation does not forbid it
    where = after.data.get("stage_id") if isinstance(after.data, dict) else None
    expect(
        where in _by_id(s),
        "the deal in an existing stage",
        f"{after.status}, stage {where}",
        exchange,
        after,
    )


@law("deletePipelineStage", needs=("writes",))
def an_emptied_stage_can_be_deleted(s: Scene) -> None:
    """DELETE removes the stage: also one whose deals have all moved to another stage."""
    stage, home = s.make.stage(), {"stage_id": s.make.stage_like()["id"]}
    moved, updated = s.make.deal(stage_id=stage), s.make.deal(stage_id=stage)
    granted(s.call("moveDealToStage", id=moved, json=home))
    granted(s.call("updateDeal", id=updated, json={"name": f"Deal {s.word()}", **home}))
    exchange = s.call("deletePipelineStage", id=stage)
    if not exchange.ok and not s.call("deletePipelineStage", id=s.make.stage()).ok:
        raise NotJudged("a stage that never had a deal cannot be deleted")
    expect(exchange.ok, f"success (stage {stage} is empty)", response_of(exchange), exchange)
