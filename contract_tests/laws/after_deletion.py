"""What was deleted cannot be written to, and no write brings it back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from contract_tests.client.exchange import Exchange
from contract_tests.laws.law import law
from contract_tests.scene.expectations import NotJudged, expect, granted, refused, response_of
from contract_tests.scene.field_writes import answered
from contract_tests.scene.json_search import Record
from contract_tests.scene.scene import Scene

Request = Callable[[Scene, Record], Record]  # of the deleted things: the arguments of `call`

# Every write to a deal, and its request.
TO_A_DEAL: Final[Mapping[str, Request]] = {
    "updateDeal": lambda s, gone: {"json": {"name": f"Back {s.word()}", "stage_id": gone["stage"]}},
    "moveDealToStage": lambda s, gone: {"json": {"stage_id": gone["stage"]}},
    "setDealPrimaryQuote": lambda s, gone: {"json": {"quote_id": s.client.settings.quote_id or 1}},
    "createDealNote": lambda s, gone: {"json": {"content": f"Back {s.word()}"}},
    "deleteDealNote": lambda s, gone: {"noteId": gone["note"]},
    "createDealTask": lambda s, gone: {"json": {"title": f"Back {s.word()}"}},
    "updateDealTask": lambda s, gone: {"taskId": gone["task"], "json": {"title": f"Back {s.word()}"}},
    "deleteDealTask": lambda s, gone: {"taskId": gone["task"]},
}
NEVER_REFUSED: Final = "an id that never existed is not refused, either"  # for other laws to judge
OF_THE_DEAL: Final = ("updateDeal", "moveDealToStage", "setDealPrimaryQuote")  # they might bring it back
ALSO_REFUSED: Final = {"setDealPrimaryQuote": (400, 422)}  # the quote may not exist, either


def _gone(s: Scene) -> Record:
    """A deleted deal that had a task and a note, and was read before."""
    word = s.word()
    stage = s.make.stage_like(place=1)["id"]
    deal = s.make.deal(name=f"Deleted {word}")
    task = s.make.task(deal)
    try:
        note = s.make.note(deal, f"Note {s.word()}")
    except NotJudged:  # the response shows no id: any will do, since the deal is gone
        note = task
    s.api.deal(deal)  # fills any cache
    deletion = granted(s.call("deleteDeal", id=deal))
    if s.call("getDeal", id=deal).ok:
        raise NotJudged("a deleted deal is still there")  # for another law to judge
    return {"deal": deal, "task": task, "note": note, "stage": stage, "word": word, "deletion": deletion}


@law(each=TO_A_DEAL, needs=("writes",))
def a_write_to_a_deleted_deal_is_not_found(s: Scene, operation: str) -> None:
    """DELETE removes the deal; “404 not found”: no write reaches it or brings it back."""
    gone = s.api.once("a deleted deal", lambda: _gone(s))
    exchange = answered(s.call(operation, id=gone["deal"], **TO_A_DEAL[operation](s, gone)))
    if exchange.ok and s.call(operation, id=s.api.unknown_id(), **TO_A_DEAL[operation](s, gone)).ok:
        raise NotJudged(NEVER_REFUSED)
    refused(exchange, 404, *ALSO_REFUSED.get(operation, ()), why="the deal has been deleted")
    if operation not in OF_THE_DEAL:
        return
    after = s.call("getDeal", id=gone["deal"])
    expect(after.status == 404, "the deal still gone", response_of(after), exchange, after)


def _rename(s: Scene, stage: Any, _: Any) -> Exchange:
    return s.call("updatePipelineStage", id=stage, json={"name": f"Back {s.word()}"})


def _create(s: Scene, stage: Any, _: Any) -> Exchange:
    return s.call("createDeal", json={"name": f"Nowhere {s.word()}", "stage_id": stage})


def _update(s: Scene, stage: Any, deal: Any) -> Exchange:
    return s.call("updateDeal", id=deal, json={"name": f"Nowhere {s.word()}", "stage_id": stage})


def _move(s: Scene, stage: Any, deal: Any) -> Exchange:
    return s.call("moveDealToStage", id=deal, json={"stage_id": stage})


TO_A_STAGE: Final[Mapping[str, Callable[[Scene, Any, Any], Exchange]]] = {
    "updatePipelineStage": _rename,
    "createDeal": _create,
    "updateDeal": _update,
    "moveDealToStage": _move,
}


def _deleted_stage(s: Scene) -> tuple[Any, Any]:
    """A stage that once held a deal and was deleted, and that deal, which is in another stage."""
    stage = s.make.stage()
    deal = s.make.deal(stage_id=stage)
    home = {"stage_id": s.make.stage_like()["id"]}
    granted(s.call("moveDealToStage", id=deal, json=home))
    if not s.call("deletePipelineStage", id=stage).ok or stage in _stages(s):
        raise NotJudged("the stage could not be deleted")
    return stage, deal


def _stages(s: Scene) -> list[Any]:
    return [each["id"] for each in s.api.stages(fresh=True)]


@law(each=TO_A_STAGE, needs=("writes",))
def a_deleted_stage_takes_no_deals_and_no_changes(s: Scene, operation: str) -> None:
    """DELETE removes the stage; “stage_id: Pipeline stage ID”, “404 not found”: it exists no more."""
    stage, deal = s.api.once("a deleted stage", lambda: _deleted_stage(s))
    exchange = answered(TO_A_STAGE[operation](s, stage, deal))
    if exchange.ok and TO_A_STAGE[operation](s, s.api.unknown_id(), deal).ok:
        raise NotJudged(NEVER_REFUSED)
    others = () if operation == "updatePipelineStage" else (400, 422)
    refused(exchange, 404, *others, why="the stage has been deleted")
    if operation == "updatePipelineStage":
        left = _stages(s)
        expect(stage not in left, f"stage {stage} still gone", left, exchange)
    else:
        where = s.api.deal(deal)["stage_id"]
        expect(where != stage, "the deal in its stage as before", f"in stage {where}", exchange)


@law("updateDealTask", needs=("writes",))
def a_deleted_task_cannot_be_updated(s: Scene) -> None:
    """DELETE removes the task; “404 not found”: an update does not bring it back."""
    deal = s.make.deal()
    task, other = s.make.task(deal), s.make.task(deal)
    deletion = granted(s.call("deleteDealTask", id=deal, taskId=task))
    title = f"Back {s.word()}"
    exchange = answered(s.call("updateDealTask", id=deal, taskId=task, json={"title": title}))
    if exchange.ok and s.call("updateDealTask", id=deal, taskId=s.api.unknown_id(), json={"title": title}).ok:
        raise NotJudged(NEVER_REFUSED)
    refused(exchange, 404, why="the task has been deleted")
    left = [each.get("id") for each in s.api.tasks(deal)[0]]
    expect(left == [other], f"only task {other} left", left, deletion, exchange)
