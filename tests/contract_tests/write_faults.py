"""Faults of writing, as real backends get them wrong."""

from __future__ import annotations

import math

from tests.contract_tests.faults import (
    DONE,
    Answer,
    Call,
    Fault,
    Request,
    accepting,
    also,
    asked,
    days_off,
    forgotten,
    pretended,
    put,
    shown,
    told,
)


async def clearing(request: Request, call: Call) -> Answer:
    """A note writes over the deal's own text."""
    answer = await call(request)
    if request.operation == "createDealNote" and answer.ok:
        id = request.ids[0]
        deal = (await call(request.at("getDeal", id=id))).json["data"]
        body = {"name": deal["name"], "stage_id": deal["stage_id"], "notes": request.json["content"]}
        await call(request.at("updateDeal", id=id).saying(body))
    return answer


async def no_longer_there(request: Request, call: Call) -> Answer:
    """A deal that is not there has no tasks: 200, and an empty list."""
    answer = await call(request)
    empty = (
        request.operation in ("listDealTasks", "getDealTimeline", "listDealLinkedEmails")
        and answer.status == 404
    )
    return Answer(200, b'{"success": true, "data": []}', answer.headers) if empty else answer


async def half_refused(request: Request, call: Call) -> Answer:
    """A refused update saves what was right in it."""
    answer = await call(request)
    if request.operation == "updateDeal" and answer.status in (400, 422):
        deal = (await call(request.at("getDeal", id=request.ids[0]))).json.get("data")
        if deal:
            body = {"name": deal["name"], "stage_id": deal["stage_id"], "tags": "half"}
            await call(request.at("updateDeal", id=request.ids[0]).saying(body))
    return answer


async def resetting_value(request: Request, call: Call) -> Answer:
    """A move sets the deal's value to nothing."""
    answer = await call(request)
    if request.operation == "moveDealToStage" and answer.ok:
        deal = answer.json["data"]
        body = {"name": deal["name"], "stage_id": deal["stage_id"], "value": 0}
        await call(request.at("updateDeal", id=deal["id"]).saying(body))
    return answer


async def marking_reads(request: Request, call: Call) -> Answer:
    """Whoever reads a deal changes it."""
    answer = await call(request)
    if request.operation == "getDeal" and answer.ok:
        deal = answer.json["data"]
        body = {
            "name": deal["name"],
            "stage_id": deal["stage_id"],
            "probability": (deal["probability"] or 0) // 2,
        }
        await call(request.at("updateDeal", id=deal["id"]).saying(body))
    return answer


async def accumulating(request: Request, call: Call) -> Answer:
    """The value of an update is added to what is there."""
    body = request.json if request.operation == "updateDeal" else None
    if not isinstance(body, dict) or not isinstance(body.get("value"), int | float):
        return await call(request)
    deal = (await call(request.at("getDeal", id=request.ids[0]))).json.get("data") or {}
    return await call(request.saying({**body, "value": body["value"] + (deal.get("value") or 0)}))


async def moving_on(request: Request, call: Call) -> Answer:
    """Moved to where it is, a deal goes on to another stage."""
    if request.operation != "moveDealToStage" or not isinstance(request.json, dict):
        return await call(request)
    deal = (await call(request.at("getDeal", id=request.ids[0]))).json.get("data")
    there = deal and deal["stage_id"] == request.json.get("stage_id")
    return await call(request.saying({"stage_id": 1}) if there else request)


def orphaning() -> Fault:
    """A stage that still has deals disappears from the list of stages."""
    hidden: set[int] = set()

    async def fault(request: Request, call: Call) -> Answer:
        answer = await call(request)
        if request.operation == "deletePipelineStage" and answer.status == 422:
            hidden.add(request.ids[0])
            return DONE
        if request.operation == "listDealStages" and answer.ok:
            left = [stage for stage in answer.json["data"] if stage["id"] not in hidden]
            return answer.saying({**answer.json, "data": left})
        return answer

    return fault


def _first(request: Request) -> int:
    return request.ids[0]


def _before(request: Request) -> int:
    return request.ids[0] - 1


WRITES: dict[str, Fault] = {
    "move-again-moves-on": moving_on,
    "create-without-notes": forgotten("createDeal", "notes"),
    "create-without-reseller": forgotten("createDeal", "reseller_id"),
    "create-without-assignee": forgotten("createDeal", "assigned_to"),
    "create-value-cut": put("createDeal", value=math.floor),
    "create-day-shifted": put("createDeal", expected_close_date=lambda v: days_off(v, -1)),
    "create-twice": also("createDeal", "createDeal"),
    "create-pretended": pretended("createDeal"),
    "update-pretended": pretended("updateDeal"),
    "update-without-value": forgotten("updateDeal", "value"),
    "update-without-tags": forgotten("updateDeal", "tags"),
    "update-resets-assignee": put("updateDeal", assigned_to=1),
    "update-accumulates": accumulating,
    "update-adds": put("updateDeal", value=lambda v: v + 1),
    "update-of-the-one-before": asked("updateDeal", lambda r: r.with_id(lambda id: id - 1)),
    "update-also-the-one-before": also("updateDeal", "updateDeal", id=_before),
    "update-keeps-null": asked(
        "updateDeal", lambda r: r.saying({k: v for k, v in r.json.items() if v is not None})
    ),
    "update-stage-ignored": put("updateDeal", stage_id=1),
    "update-refused-by-half": half_refused,
    "update-accepts-anything": accepting("updateDeal", 400, 422),
    "create-accepts-anything": accepting("createDeal", 400, 422),
    "create-clamps-probability": put("createDeal", probability=lambda v: min(100, max(0, v))),
    "update-clamps-probability": put("updateDeal", probability=lambda v: min(100, max(0, v))),
    "delete-pretended": pretended("deleteDeal"),
    "delete-also-the-one-before": also("deleteDeal", "deleteDeal", id=_before),
    "delete-of-the-one-before": asked("deleteDeal", lambda r: r.with_id(lambda id: id - 1)),
    "delete-again-is-fine": accepting("deleteDeal", 404),
    "move-pretended": pretended("moveDealToStage"),
    "move-of-the-one-before": asked("moveDealToStage", lambda r: r.with_id(lambda id: id - 1)),
    "move-also-the-one-before": also("moveDealToStage", "moveDealToStage", id=_before),
    "move-resets-value": resetting_value,
    "move-accepts-anything": accepting("moveDealToStage", 400, 404, 422),
    "never-won": shown("getDeal", lambda d: {**d, "is_won": False}),
    "details-without-risk": shown("getDeal", lambda d: {**d, "risk": None}),
    "details-of-another-risk": shown(
        "getDeal", lambda d: {**d, "risk": d["risk"] and {**d["risk"], "risk_score": 0}}
    ),
    "details-of-another-deal": asked("getDeal", lambda r: r.with_id(lambda id: max(1, id - 1))),
    "details-another-company": shown("getDeal", lambda d: {**d, "company_name": d["contact_name"]}),
    "unknown-tasks-are-none": no_longer_there,
    "reads-change": marking_reads,
    "quote-accepts-anything": accepting("setDealPrimaryQuote", 400, 404, 422),
    "quote-clears": shown("getDeal", lambda d: {**d, "primary_quote_id": None}),
}
STAGES: dict[str, Fault] = {
    "stage-delete-orphans": orphaning(),
    "stage-create-pretended": pretended("createPipelineStage"),
    "stage-without-color": forgotten("createPipelineStage", "color"),
    "stage-without-probability": forgotten("createPipelineStage", "probability"),
    "stage-never-won": forgotten("createPipelineStage", "is_won"),
    "stage-twice": also("createPipelineStage", "createPipelineStage"),
    "stage-without-name": accepting("createPipelineStage", 400, 422),
    "stage-rename-lost": forgotten("updatePipelineStage", "name"),
    "stage-color-lost": forgotten("updatePipelineStage", "color"),
    "stage-won-lost": forgotten("updatePipelineStage", "is_won"),
    "stage-update-of-the-one-before": asked("updatePipelineStage", lambda r: r.with_id(lambda id: id - 1)),
    "reorder-pretended": pretended("reorderPipelineStages"),
    "reorder-backwards": asked("reorderPipelineStages", lambda r: r.saying({"order": r.json["order"][::-1]})),
    "reorder-partly": asked(
        "reorderPipelineStages",
        lambda r: r.saying({"order": [*r.json["order"][:2], *sorted(r.json["order"][2:])]}),
    ),
    "stage-delete-pretended": pretended("deletePipelineStage"),
    "stage-delete-of-the-one-before": asked("deletePipelineStage", lambda r: r.with_id(lambda id: id - 1)),
    "stage-delete-again-is-fine": accepting("deletePipelineStage", 404),
    "stage-name-frozen": shown("getDeal", lambda d: {**d, "stage_name": "Lead"}),
}
HANGING: dict[str, Fault] = {
    "tasks-of-another-deal": asked("listDealTasks", lambda r: r.with_id(lambda id: max(1, id - 1))),
    "task-without-description": forgotten("createDealTask", "description"),
    "task-without-priority": forgotten("createDealTask", "priority"),
    "task-day-shifted": put("createDealTask updateDealTask", due_date=lambda v: days_off(v, -1)),
    "task-hour-shifted": put("createDealTask updateDealTask", due_time="00:00"),
    "task-update-pretended": pretended("updateDealTask"),
    "task-update-of-the-one-before": asked("updateDealTask", lambda r: r.with_id(lambda id: id - 1, 1)),
    "task-update-without-title": forgotten("updateDealTask", "title"),
    "task-delete-pretended": pretended("deleteDealTask"),
    "task-delete-also-the-one-before": also(
        "deleteDealTask", "deleteDealTask", id=_first, taskId=lambda r: r.ids[1] - 1
    ),
    "task-delete-again-is-fine": accepting("deleteDealTask", 404),
    "task-accepts-anything": accepting("createDealTask updateDealTask", 400, 422),
    "task-completed": told(
        "listDealTasks", lambda r, a: {**a, "data": [t for t in a["data"] if t["priority"] != "low"]}
    ),
    "task-list-first-only": told("listDealTasks", lambda r, a: {**a, "data": a["data"][:1]}),
    "note-pretended": pretended("createDealNote"),
    "note-cut": put("createDealNote", content=lambda v: v[:12]),
    "note-over-the-deals-text": clearing,
    "note-delete-pretended": pretended("deleteDealNote"),
    "note-delete-also-the-one-before": also(
        "deleteDealNote", "deleteDealNote", id=_first, noteId=lambda r: r.ids[1] - 1
    ),
    "note-delete-again-is-fine": accepting("deleteDealNote", 404),
    "note-accepts-anything": accepting("createDealNote", 400, 422),
    "timeline-of-another-deal": asked("getDealTimeline", lambda r: r.with_id(lambda id: 10)),
    "timeline-one-short": told("getDealTimeline", lambda r, a: {**a, "data": a["data"][1:]}),
    "timeline-shuffled": told(
        "getDealTimeline", lambda r, a: {**a, "data": [*a["data"][1:], *a["data"][:1]]}
    ),
    "emails-of-another-deal": asked("listDealLinkedEmails", lambda r: r.with_id(lambda id: 10)),
    "emails-twice": told("listDealLinkedEmails", lambda r, a: {**a, "data": a["data"] * 2}),
}
