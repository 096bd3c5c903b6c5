"""The tasks of a deal."""

from __future__ import annotations

from typing import Any, Final

from contract_tests.client.exchange import Exchange
from contract_tests.laws.law import law
from contract_tests.scene.deal_writes import related_pairs
from contract_tests.scene.expectations import expect, granted, refused, response_of
from contract_tests.scene.json_search import Record, lost_fields, lost_names
from contract_tests.scene.limits import ContractLimits
from contract_tests.scene.scene import Scene

SHARED: Final = ("contact_id", "company_id", "assigned_to")  # fields that deals and tasks share


def _priorities(limits: ContractLimits) -> tuple[str, ...]:
    return limits.values("createDealTask", "priority")


def _body(s: Scene, *, place: int = 0) -> Record:
    priorities = _priorities(s.limits)
    parties = related_pairs(s)
    company, contact = parties[place % len(parties)]
    people = [id for id in (s.my_id, s.other_id) if id is not None] or [None]
    body = {
        "title": f"Task {s.word()}",
        "description": ("Call, then write.", "Write first; ünd “quoted”.")[place],
        "due_date": ("2031-01-31", "2032-02-29")[place],
        "due_time": ("09:05", "00:00")[place],
        "priority": (priorities[-1], priorities[0])[place],
        "assigned_to": people[place % len(people)],
        "contact_id": contact,
        "company_id": company,
    }
    return {name: value for name, value in body.items() if value is not None}


def _task(s: Scene, deal: Any, task: Any, *exchanges: Exchange, operation: str) -> Record:
    found = {each.get("id"): each for each in s.api.tasks(deal)[0]}
    expect(
        task in found,
        f"task {task} among the tasks of deal {deal}",
        list(found),
        *exchanges,
        operation=operation,
    )
    return found[task]


@law("createDealTask", "listDealTasks", needs=("writes",), cases=_priorities)
def a_created_task_is_listed_as_sent(s: Scene, priority: str) -> None:
    """Request Body of the create: title, description, due_date, due_time, priority …: listed as sent."""
    deal = s.make.deal()
    place = _priorities(s.limits).index(priority) % 2  # some assigned to me, some to another user
    body = {**_body(s, place=place), "priority": priority}
    s.api.tasks(deal)  # fills any cache
    id = s.make.task(deal, **body)
    tasks, exchange = s.api.tasks(deal)
    if len(tasks) != 1:  # if it can be updated, it exists and the list is to blame
        there = s.call("updateDealTask", id=deal, taskId=id, json=body).ok and not tasks
        blamed = "listDealTasks" if there else "createDealTask"
        expect(False, "the one new task", f"{len(tasks)} tasks", exchange, operation=blamed)
    wanted = {**body, "deal_id": deal, "id": id}
    lost = lost_fields(wanted, tasks[0])
    expect(not lost, "every field as sent", "; ".join(lost), exchange, operation="createDealTask")


@law("createDealTask", needs=("writes",))
def a_task_needs_only_a_title(s: Scene) -> None:
    """“title Required”, all others “Optional”: a title is enough, and without one no task is created."""
    deal = s.make.deal()
    title = f"Task {s.word()}"
    made = granted(s.call("createDealTask", id=deal, json={"title": title}))
    titles = [task.get("title") for task in s.api.tasks(deal)[0]]
    expect(titles == [title], f"exactly one task “{title}”", titles, made)
    refused(s.call("createDealTask", id=deal, json={"description": "no title"}), why="title is required")
    titles = [task.get("title") for task in s.api.tasks(deal)[0]]
    expect(titles == [title], "no new task", titles, made)


@law("createDealTask", "listDealTasks", needs=("writes",))
def each_task_field_is_saved_without_the_others(s: Scene) -> None:
    """“description Optional”, “due_date Optional”, “due_time Optional” …: each field is saved on its own."""
    deal, whole = s.make.deal(), _body(s)
    sent = {}
    alone = ({"title": f"Task {s.word()}", name: whole[name]} for name in whole if name != "title")
    for body in (whole, *alone):
        exchange = s.call("createDealTask", id=deal, json=body)
        if exchange.ok:  # a field that requires another may be refused, but not lost
            sent[body["title"]] = (body, exchange)
    tasks = {task["title"]: task for task in s.api.tasks(deal)[0]}
    # Fields not saved with the others either are for another law to judge.
    never = lost_names(whole, tasks[whole["title"]])
    for title, (body, exchange) in sent.items():
        kept = {name: value for name, value in body.items() if name not in never}
        lost = lost_fields(kept, tasks[title])
        expect(not lost, "every field as sent", "; ".join(lost), exchange)


@law("listDealTasks", needs=("writes",))
def a_deal_lists_only_its_own_tasks(s: Scene) -> None:
    """“/deals/{id}/tasks”, “deal_id”: all tasks of the deal in the path, and no others."""
    body = _body(s)
    shared = {name: body[name] for name in SHARED if name in body}
    deals = [s.make.deal(**shared) for _ in range(3)]
    wanted = {deal: {s.make.task(deal, **body) for _ in range(number)} for number, deal in enumerate(deals)}
    for deal, ids in wanted.items():
        tasks, exchange = s.api.tasks(deal)
        got = [task.get("id") for task in tasks]
        expect(sorted(got, key=str) == sorted(ids, key=str), f"the tasks {ids}", got, exchange)


@law("updateDealTask", needs=("writes",))
def a_task_update_saves_every_field_sent(s: Scene) -> None:
    """Request Body of the update: title, description, due_date, due_time, priority …: saved as sent."""
    deal = s.make.deal()
    id = s.make.task(deal, **_body(s))
    for place in (1, 0):
        body = _body(s, place=place)
        exchange = granted(s.call("updateDealTask", id=deal, taskId=id, json=body))
        lost = lost_fields(body, _task(s, deal, id, exchange, operation="updateDealTask"))
        expect(not lost, "every field as sent", "; ".join(lost), exchange)


@law("updateDealTask", needs=("writes",))
def a_task_update_changes_nothing_else(s: Scene) -> None:
    """“taskId Required”: only the task in the path changes; repeating the update has no effect."""
    deal = s.make.deal()
    first, id, last = (s.make.task(deal, **_body(s)) for _ in range(3))
    before = {task["id"]: task for task in s.api.tasks(deal)[0]}
    body = _body(s, place=1)
    exchange = granted(s.call("updateDealTask", id=deal, taskId=id, json=body))
    once = _task(s, deal, id, exchange, operation="updateDealTask")
    for other in (first, last):
        after = _task(s, deal, other, exchange, operation="updateDealTask")
        wrong = s.api.changed(before.get(other, {}), after, "Task")
        expect(not wrong, f"task {other} unchanged", "; ".join(wrong), exchange)
    kept: Record = {
        name: before[id][name] for name in ("id", "deal_id", "created_at", "status") if name in before[id]
    }
    wrong = lost_fields(kept, once)
    expect(not wrong, f"{', '.join(kept)} unchanged", "; ".join(wrong), exchange)
    again = granted(s.call("updateDealTask", id=deal, taskId=id, json=body))
    wrong = s.api.changed(once, _task(s, deal, id, again, operation="updateDealTask"), "Task")
    expect(not wrong, "the same as after the first update", "; ".join(wrong), again)


@law("deleteDealTask", needs=("writes",))
def deleting_a_task_removes_only_that_task(s: Scene) -> None:
    """DELETE removes the task in the path, and no other; “404 not found”."""
    deal = s.make.deal()
    first, id, last = (s.make.task(deal) for _ in range(3))
    exchange = granted(s.call("deleteDealTask", id=deal, taskId=id))
    left = [task.get("id") for task in s.api.tasks(deal)[0]]
    expect(
        sorted(left, key=str) == sorted((first, last), key=str),
        f"the tasks {first} and {last} left",
        left,
        exchange,
    )
    again = s.call("deleteDealTask", id=deal, taskId=id)
    expect(again.status == 404, "404 for the second deletion", response_of(again), exchange, again)
    expect(s.call("getDeal", id=deal).ok, f"deal {deal} still found", "not found", exchange)


@law("updateDealTask", "deleteDealTask", needs=("writes",), cases=("updateDealTask", "deleteDealTask"))
def a_task_cannot_be_changed_through_another_deal(s: Scene, operation: str) -> None:
    """“/deals/{id}/tasks/{taskId}”, “deal_id”: a task does not exist under another deal."""
    deal, other = s.make.deal(), s.make.deal()
    task = s.make.task(deal, **_body(s))
    before = _task(s, deal, task, operation="createDealTask")
    how: Record = {"json": _body(s, place=1)} if operation == "updateDealTask" else {}
    exchange = s.call(operation, id=other, taskId=task, **how)
    refused(exchange, 400, 403, 404, 422, why="the task belongs to another deal")
    wrong = s.api.changed(before, _task(s, deal, task, exchange, operation=operation), "Task")
    expect(not wrong, "the task unchanged", "; ".join(wrong), exchange, operation=operation)
