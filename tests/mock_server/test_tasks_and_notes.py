"""Tasks and notes over HTTP: they belong to one deal, and to no other."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.mock_server.conftest import Api, contract

STAMP = "2026-02-09T12:00:00.000000Z"
FULL: dict[str, Any] = {
    "title": "Call back",
    "description": "About the “price”\nand the term",
    "due_date": "2026-02-20",
    "due_time": "14:00",
    "priority": "high",
    "assigned_to": 3,
    "contact_id": 1,
    "company_id": 1,
    "deal_id": 10,
}


def made(answer: httpx.Response, kind: str) -> dict[str, Any]:
    assert (answer.status_code, answer.json()["message"]) == (201, f"{kind} created successfully")
    record: dict[str, Any] = answer.json()["data"]
    return record


def add_task(api: Api, deal_id: int = 10, **body: Any) -> dict[str, Any]:
    return made(api.post(f"/deals/{deal_id}/tasks", {"title": "A task", **body}), "Task")


def add_note(api: Api, deal_id: int = 10, content: str = "A note") -> dict[str, Any]:
    return made(api.post(f"/deals/{deal_id}/notes", {"content": content}), "Note")


def tasks(api: Api, deal_id: int = 10) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = api.data(f"/deals/{deal_id}/tasks")
    return listed


def notes(api: Api, deal_id: int = 10) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = api.data(f"/deals/{deal_id}")["deal_notes"]
    return listed


# Tasks


def test_a_new_task_is_listed_last_with_all_that_was_said(api: Api) -> None:
    assert set(FULL) == set(contract().document["components"]["schemas"]["TaskInput"]["properties"])
    before = tasks(api)
    task = add_task(api, **FULL)
    assert task == {**FULL, "id": task["id"], "status": "pending", "created_at": STAMP}
    assert tasks(api) == [*before, task]


def test_the_smallest_task_is_pending_and_of_medium_priority(api: Api) -> None:
    task = add_task(api)
    assert (task["deal_id"], task["status"], task["priority"]) == (10, "pending", "medium")
    unsaid = ("description", "due_date", "due_time", "assigned_to", "contact_id", "company_id")
    assert {task[name] for name in unsaid} == {None}


def test_a_changed_task_keeps_what_is_not_named(api: Api) -> None:
    task = add_task(api, **FULL)
    answer = api.put(f"/deals/10/tasks/{task['id']}", {"title": "Call later", "due_time": "09:05"})
    assert (answer.status_code, answer.json()["message"]) == (200, "Task updated successfully")
    assert answer.json()["data"] == {**task, "title": "Call later", "due_time": "09:05"}
    assert tasks(api)[-1] == answer.json()["data"]


def test_a_changed_task_without_a_priority_keeps_the_one_it_has(api: Api) -> None:
    task = add_task(api, priority="low")
    assert api.put(f"/deals/10/tasks/{task['id']}", {"title": "x"}).json()["data"]["priority"] == "low"


def test_a_task_can_move_to_another_deal(api: Api) -> None:
    task = add_task(api)
    moved = api.put(f"/deals/10/tasks/{task['id']}", {"title": "A task", "deal_id": 11}).json()["data"]
    assert moved == {**task, "deal_id": 11}
    assert moved in tasks(api, 11)
    assert moved["id"] not in [each["id"] for each in tasks(api)]


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"title": "title is required"}),
        ({"title": ""}, {"title": "title must not be empty"}),
        ({"title": "x", "due_time": "24:00"}, {"due_time": "due_time must be a time of day (HH:MM)"}),
        (
            {"title": "x", "assigned_to": 99, "contact_id": 9999, "company_id": 9999},
            {
                "contact_id": "Contact 9999 does not exist",
                "company_id": "Company 9999 does not exist",
                "assigned_to": "User 99 does not exist",
            },
        ),
    ],
)
def test_a_task_that_is_wrong_is_refused_when_made_and_when_changed(
    api: Api, body: dict[str, Any], errors: dict[str, str]
) -> None:
    task = tasks(api)[0]["id"]
    before = api.world
    for answer in (api.post("/deals/10/tasks", body), api.put(f"/deals/10/tasks/{task}", body)):
        assert (answer.status_code, answer.json()["errors"]) == (422, errors)
    assert api.world is before


def test_overdue_tasks_put_the_deal_at_risk_until_they_are_gone(api: Api) -> None:
    deal = api.create()["id"]
    ids = [add_task(api, deal, due_date="2026-02-08")["id"] for _ in range(2)]

    def factors() -> dict[str, int]:
        risk = api.data(f"/deals/{deal}")["risk"]
        return {factor["label"]: factor["weight"] for factor in risk["risk_factors"]}

    assert factors()["Overdue tasks"] == 10
    api.put(f"/deals/{deal}/tasks/{ids[0]}", {"title": "x", "due_date": "2026-02-09"})
    assert factors()["Overdue tasks"] == 5
    api.delete(f"/deals/{deal}/tasks/{ids[1]}")
    assert "Overdue tasks" not in factors()


# Notes


def test_a_new_note_is_in_the_name_of_its_writer_and_shown_with_the_deal(api: Api) -> None:
    before = notes(api)
    note = add_note(api.as_("rep"), content="Grüße\n– 🚀")
    assert note == {
        "id": note["id"],
        "deal_id": 10,
        "content": "Grüße\n– 🚀",
        "created_by": 3,
        "created_by_name": "Riley Chen",
        "created_at": STAMP,
    }
    assert notes(api) == [*before, note]


@pytest.mark.parametrize("length", [1, 65535])
def test_a_note_may_be_as_long_as_the_contract_says(api: Api, length: int) -> None:
    assert add_note(api, content="x" * length)["content"] == "x" * length
    assert api.post("/deals/10/notes", {"content": "x" * 65536}).status_code == 422


# Both


either = pytest.mark.parametrize(
    ("kind", "add", "shown"), [("task", add_task, tasks), ("note", add_note, notes)]
)


@either
def test_once_deleted_it_is_gone_and_the_others_stay(api: Api, kind: str, add: Any, shown: Any) -> None:
    before = shown(api)
    path = f"/deals/10/{kind}s/{add(api)['id']}"
    done = {"success": True, "message": f"{kind.capitalize()} deleted successfully"}
    assert api.delete(path).json() == done
    assert shown(api) == before
    assert api.delete(path).status_code == 404


@either
def test_through_another_deal_it_is_not_found(api: Api, kind: str, add: Any, shown: Any) -> None:
    id_ = add(api)["id"]
    before = api.world
    answer = api.delete(f"/deals/11/{kind}s/{id_}")
    assert (answer.status_code, answer.json()["message"]) == (404, f"{kind.capitalize()} {id_} not found")
    assert api.world is before
    assert id_ in [each["id"] for each in shown(api)]


@either
def test_it_goes_with_its_deal(api: Api, kind: str, add: Any, shown: Any) -> None:
    deal = api.create()["id"]
    id_ = add(api, deal)["id"]
    assert [each["id"] for each in shown(api, deal)] == [id_]
    api.delete(f"/deals/{deal}")
    assert id_ not in api.world.table(f"{kind}s")
    assert api.delete(f"/deals/{deal}/{kind}s/{id_}").status_code == 404


def test_a_task_cannot_be_changed_through_another_deal(api: Api) -> None:
    task = add_task(api)
    answer = api.put(f"/deals/11/tasks/{task['id']}", {"title": "x"})
    assert (answer.status_code, answer.json()["message"]) == (404, f"Task {task['id']} not found")
    assert task in tasks(api)
