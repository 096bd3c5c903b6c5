"""The tasks of a deal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from mock_server.domain.references import check_references, deal_of
from mock_server.domain.refusals import Invalid, Missing
from mock_server.domain.values import to_date
from mock_server.domain.world import Task, World

PENDING = "pending"


def is_pending(task: Task) -> bool:
    """Whether the task is still to be done."""
    return task.status == PENDING


def tasks_of(world: World, deal_id: int) -> list[Task]:
    """The tasks of a deal, by id."""
    deal_of(world, deal_id)
    return world.tasks.of(deal_id)


def create_task(world: World, deal_id: int, body: Mapping[str, Any], now: datetime) -> tuple[World, Task]:
    """Add a task to a deal."""
    deal_of(world, deal_id)
    values = {**_values(body), "deal_id": deal_id}
    _check_deal(body, deal_id)
    check_references(world, values)
    task = Task(**values, id=world.tasks.next_id, status=PENDING, created_at=now)
    return world.put("tasks", task), task


def update_task(world: World, deal_id: int, task_id: int, body: Mapping[str, Any]) -> tuple[World, Task]:
    """Update the fields in the body; the id of another deal moves the task there."""
    values = _values(body)
    task = _task_of(world, deal_id, task_id)
    check_references(world, values)
    changed = replace(task, **values)
    return world.put("tasks", changed), changed


def delete_task(world: World, deal_id: int, task_id: int) -> World:
    """Delete a task."""
    return world.drop("tasks", _task_of(world, deal_id, task_id).id)


def _task_of(world: World, deal_id: int, task_id: int) -> Task:
    deal_of(world, deal_id)
    task = world.tasks.get(task_id)
    if task is None or task.deal_id != deal_id:
        raise Missing("Task", task_id)
    return task


def _values(body: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that the body sets. A task always has a deal and a priority: null counts as absent."""
    values = dict(body)
    for always in ("deal_id", "priority"):
        if values.get(always, always) is None:
            del values[always]
    if "due_date" in values:
        values["due_date"] = to_date(values["due_date"])
    return values


def _check_deal(body: Mapping[str, Any], deal_id: int) -> None:
    if body.get("deal_id") not in (None, deal_id):
        raise Invalid({"deal_id": f"deal_id must be {deal_id}, the deal in the path"})
