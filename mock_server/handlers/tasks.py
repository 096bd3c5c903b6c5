"""Tasks of a deal."""

from __future__ import annotations

from mock_server.domain import tasks
from mock_server.handlers.answers import (
    Body,
    created,
    deleted,
    found,
    record_bodies,
    record_body,
    updated,
)
from mock_server.handlers.context import mock


def list_deal_tasks(id_: int) -> Body:
    """The tasks of a deal."""
    return found(record_bodies("Task", tasks.tasks_of(mock().world, id_)))


def create_deal_task(id_: int, body: Body) -> tuple[Body, int]:
    """Add a task to a deal."""
    values = {**mock().contract.defaults("TaskInput"), **body}
    _, task = mock().worlds.commit(tasks.create_task, id_, values, mock().now)
    return created(record_body("Task", task), "Task")


def update_deal_task(id_: int, task_id: int, body: Body) -> Body:
    """Change a task."""
    _, task = mock().worlds.commit(tasks.update_task, id_, task_id, body)
    return updated(record_body("Task", task), "Task")


def delete_deal_task(id_: int, task_id: int) -> Body:
    """Take a task away."""
    mock().worlds.commit(tasks.delete_task, id_, task_id)
    return deleted("Task")
