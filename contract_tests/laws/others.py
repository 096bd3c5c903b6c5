"""Two users of one server: either may change the other's records, or be refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from contract_tests.client.created import made_id
from contract_tests.client.exchange import Exchange
from contract_tests.laws.law import law
from contract_tests.scene.expectations import NotJudged, expect, response_of
from contract_tests.scene.json_search import Record, lost_fields, records_in
from contract_tests.scene.scene import Scene

PAIRS: Final = (("me", "other"), ("other", "me"))  # who creates a record, who changes it
Outcome = tuple[Exchange, list[str]]  # the change, and what its creator sees that does not match it


def _made(s: Scene, maker: str, operation: str, kind: str, **how: Any) -> Any:
    exchange = s.call(operation, as_=maker, **how)
    id = made_id(exchange.json, kind) if exchange.ok else None
    if id is None:
        raise NotJudged(f"{operation} returned {exchange.status} to the user “{maker}” without an id")
    return id


def _deal(s: Scene, maker: str) -> Any:
    """One deal for every change to it, its tasks and its notes."""
    return s.api.once(f"deal of {maker}", lambda: _new_deal(s, maker))


def _new_deal(s: Scene, maker: str) -> Any:
    body = {"name": f"Deal {s.word()}", "stage_id": s.make.stage_like()["id"], "value": 5}
    return _made(s, maker, "createDeal", "deal", json=body)


def _task(s: Scene, maker: str, deal: Any) -> Any:
    return _made(s, maker, "createDealTask", "task", id=deal, json={"title": f"Task {s.word()}"})


def _details(s: Scene, person: str, deal: Any) -> Record:
    exchange = s.call("getDeal", as_=person, id=deal)
    return exchange.data if exchange.ok and isinstance(exchange.data, dict) else {}


def _still_there(exchange: Exchange) -> list[str]:
    return [f"still there: {response_of(exchange)}"] if exchange.ok else []


def _update_deal(s: Scene, maker: str, changer: str) -> Outcome:
    id = _deal(s, maker)
    body = {"name": f"Changed {s.word()}", "stage_id": s.make.stage_like()["id"], "value": 6}
    change = s.call("updateDeal", as_=changer, id=id, json=body)
    return change, lost_fields(body, _details(s, maker, id))


def _move_deal(s: Scene, maker: str, changer: str) -> Outcome:
    id, body = _deal(s, maker), {"stage_id": s.make.stage_like(place=1)["id"]}
    change = s.call("moveDealToStage", as_=changer, id=id, json=body)
    return change, lost_fields(body, _details(s, maker, id))


def _delete_deal(s: Scene, maker: str, changer: str) -> Outcome:
    id = _new_deal(s, maker)
    return s.call("deleteDeal", as_=changer, id=id), _still_there(s.call("getDeal", as_=maker, id=id))


def _tasks(s: Scene, person: str, deal: Any) -> dict[Any, Record]:
    found = records_in(s.call("listDealTasks", as_=person, id=deal).json) or []
    return {task.get("id"): task for task in found}


def _update_task(s: Scene, maker: str, changer: str) -> Outcome:
    deal = _deal(s, maker)
    task, body = _task(s, maker, deal), {"title": f"Changed {s.word()}", "description": "By another user"}
    change = s.call("updateDealTask", as_=changer, id=deal, taskId=task, json=body)
    return change, lost_fields(body, _tasks(s, maker, deal).get(task, {}))


def _delete_task(s: Scene, maker: str, changer: str) -> Outcome:
    deal = _deal(s, maker)
    task = _task(s, maker, deal)
    change = s.call("deleteDealTask", as_=changer, id=deal, taskId=task)
    return change, [f"task {task} still there"] if task in _tasks(s, maker, deal) else []


def _delete_note(s: Scene, maker: str, changer: str) -> Outcome:
    deal = _deal(s, maker)
    note = _made(s, maker, "createDealNote", "note", id=deal, json={"content": f"Note {s.word()}"})
    change = s.call("deleteDealNote", as_=changer, id=deal, noteId=note)
    return change, _still_there(s.call("deleteDealNote", as_=maker, id=deal, noteId=note))


CHANGES: Final[dict[str, Callable[[Scene, str, str], Outcome]]] = {
    "updateDeal": _update_deal,
    "moveDealToStage": _move_deal,
    "deleteDeal": _delete_deal,
    "updateDealTask": _update_task,
    "deleteDealTask": _delete_task,
    "deleteDealNote": _delete_note,
}


@law(each=CHANGES, needs=("writes", "other"))
def a_successful_change_to_another_users_record_takes_effect(s: Scene, operation: str) -> None:
    """“200 success”, “403 insufficient permissions”: a change takes effect, or is refused."""
    judged = False
    for maker, changer in PAIRS:
        change, wrong = CHANGES[operation](s, maker, changer)
        judged = judged or change.ok
        if change.ok and wrong and CHANGES[operation](s, maker, maker)[1]:
            raise NotJudged(f"{operation} has no effect for the user who created the record either")
        expect(
            not wrong or not change.ok,
            "the change, since the response was a success",
            "; ".join(wrong),
            change,
            operation=operation,
        )
    if not judged:
        raise NotJudged(f"{operation} is allowed only to the user who created the record")
