"""Tasks of a deal."""

from __future__ import annotations

from mock_server.context import current_mock
from mock_server.domain import tasks
from mock_server.responses import (
    Body,
    created,
    deleted,
    record_bodies,
    record_body,
    success,
    updated,
)


def list_deal_tasks(id_: int) -> Body:
    """The tasks of a deal."""
    return success(record_bodies("Task", tasks.tasks_of(current_mock().world, id_)))


def create_deal_task(id_: int, body: Body) -> tuple[Body, int]:
    """Add a task to a deal."""
    values = current_mock().contract.with_defaults("TaskInput", body)
    _, task = current_mock().store.commit(tasks.create_task, id_, values, current_mock().now)
    return created(record_body("Task", task), "Task")


def update_deal_task(id_: int, task_id: int, body: Body) -> Body:
    """Change a task."""
    _, task = current_mock().store.commit(tasks.update_task, id_, task_id, body)
    return updated(record_body("Task", task), "Task")


def delete_deal_task(id_: int, task_id: int) -> Body:
    """Delete a task."""
    current_mock().store.commit(tasks.delete_task, id_, task_id)
    return deleted("Task")
