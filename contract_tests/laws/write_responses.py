"""What a write returns is what it has saved; and a partial update keeps the rest."""

from __future__ import annotations

from typing import Any, Final

from contract_tests.client.created import made_id
from contract_tests.client.exchange import Exchange
from contract_tests.laws.law import law
from contract_tests.scene.deal_writes import full_body
from contract_tests.scene.expectations import NotJudged, expect, granted
from contract_tests.scene.field_writes import WRITES, FieldWriter
from contract_tests.scene.json_search import Record, descendants, lost_fields, lost_names, same
from contract_tests.scene.scene import Scene

JOINED: Final = "_name"  # names of other records, which a response to a write may not have yet
BY_ITSELF: Final = ("risk", "updated_at")


def _task_fields(s: Scene) -> Record:
    return {
        "title": f"Task {s.word()}",
        "description": "As written.",
        "due_date": "2031-02-03",
        "due_time": "10:20",
        "priority": s.limits.values("createDealTask", "priority")[-1],
    }


def _stage_fields(s: Scene) -> Record:
    return {"name": f"Stage {s.word()}", "color": "#1a2b3c", "is_won": False, "is_lost": True}


def _values(s: Scene, operation: str) -> Record:
    if operation in ("createDeal", "updateDeal"):
        return full_body(s, place=1)
    if operation in ("createDealTask", "updateDealTask"):
        return _task_fields(s)
    if operation == "createDealNote":
        return {"content": f"A note {s.word()}"}
    return _stage_fields(s) | ({"probability": 35} if operation == "createPipelineStage" else {})


@law(each=WRITES, needs=("writes",))
def the_response_to_a_write_shows_what_was_saved(s: Scene, operation: str) -> None:
    """“200 success”, “201 created”, `data`: a record in the response to a write is as it was saved."""
    writer = FieldWriter(s, operation)
    body, exchange = writer.send(_values(s, operation))
    granted(exchange)
    _expect_shown(writer.saved(body, exchange), exchange, body)


@law("moveDealToStage", needs=("writes",))
def the_response_to_a_move_shows_the_new_stage(s: Scene) -> None:
    """“200 success”, `data`: a deal in the response to a move is in its new stage."""
    id = s.make.deal(stage_id=s.make.stage_like()["id"], value=12)
    stage = s.make.stage_like(won=True)["id"]
    exchange = granted(s.call("moveDealToStage", id=id, json={"stage_id": stage}))
    _expect_shown(s.api.deal(id), exchange, {"stage_id": stage})


def _expect_shown(saved: Record, exchange: Exchange, sent: Record) -> None:
    """Expect no value in the response to differ from what is saved; it need not show any."""
    unsaved = lost_names(sent, saved)  # for other laws to judge
    aside = {*BY_ITSELF, *unsaved, *(name for name in saved if name.endswith(JOINED))}
    kept = {name: value for name, value in saved.items() if name not in aside}
    for shown in _records(exchange, saved):
        # A value that the server sets by itself may be missing from the response.
        known = {name: shown[name] for name in kept if name in sent or shown.get(name) not in (None, "")}
        wrong = lost_fields({name: kept[name] for name in known if name in shown}, shown)
        expect(not wrong, "the values that a read shows", "; ".join(wrong), exchange)


def _records(exchange: Exchange, saved: Record) -> list[Record]:
    """The written record in a response: an object with its id and one of its other fields."""
    found = [each for each in descendants(exchange.json) if isinstance(each, dict)]
    id = saved.get("id", made_id(exchange.json, "note"))
    return [each for each in found if same(id, each.get("id")) and each.keys() & saved.keys() - {"id"}]


@law("updatePipelineStage", "listDealStages", needs=("writes",))
def renaming_a_stage_keeps_its_probability_and_its_deals(s: Scene) -> None:
    """Request Body of the update: name, color, is_won, is_lost: `probability` and the deals stay."""
    stage = s.make.stage(probability=45, color="#111111")
    deal = s.make.deal(stage_id=stage, value=77, probability=30, notes="Before")
    before, deal_before = _stage(s, stage), s.api.deal(deal)
    change = {"name": f"Renamed {s.word()}", "color": "#222222"}
    exchange = granted(s.call("updatePipelineStage", id=stage, json=change))
    kept: Record = {name: before[name] for name in ("probability", "display_order") if name in before}
    wrong = lost_fields(kept, _stage(s, stage))
    expect(not wrong, "its probability and display_order unchanged", "; ".join(wrong), exchange)
    wrong = s.api.changed(deal_before, s.api.deal(deal), ignoring=("risk", "updated_at", "stage_name"))
    expect(not wrong, "its deal unchanged", "; ".join(wrong), exchange)


def _stage(s: Scene, id: Any) -> Record:
    found = [stage for stage in s.api.stages(fresh=True) if stage["id"] == id]
    if not found:
        raise NotJudged("a new stage is not in the list of stages")  # for another law to judge
    return found[0]


@law("updateDealTask", needs=("writes",))
def fields_omitted_from_a_task_update_are_kept_or_cleared(s: Scene) -> None:
    """“title Required”, others “Optional”: an omitted field takes no new value."""
    fields = _task_fields(s)
    writer = FieldWriter(s, "updateDealTask", **fields)
    body, exchange = writer.send({"description": "Shorter."})
    after = writer.saved(body, granted(exchange))
    strange = [
        f"{name}: {value!r} became {after[name]!r}"
        for name, value in fields.items()
        if name not in body and name != "priority"  # which may have a default
        if name in after and not same(value, after[name]) and after[name] not in (None, "")
    ]
    expect(not strange, "each omitted field unchanged or empty", "; ".join(strange), exchange)
