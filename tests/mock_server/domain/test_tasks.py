"""The tasks of a deal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from mock_server.domain.refusals import Invalid, Missing
from mock_server.domain.tasks import create_task, delete_task, tasks_of, update_task
from mock_server.domain.world import Task
from tests.mock_server.domain.builders import ANN, DEAL, NOW, deal, task, world

TASK = {"title": "Call", "priority": "medium"}
WORLD = world(deal(), deal(11), tasks=(task(1, due_date=date(2026, 3, 1)), task(2, deal_id=11)))


def test_a_new_task_is_pending_and_takes_the_defaults() -> None:
    new, made = create_task(WORLD, DEAL, TASK, NOW)
    assert new.tasks[3] == made
    assert made == Task(id=3, deal_id=DEAL, title="Call", priority="medium", status="pending", created_at=NOW)


def test_a_new_task_keeps_what_is_said() -> None:
    body = {"title": "Call", "due_time": "14:00", "priority": "high", "assigned_to": ANN, "deal_id": DEAL}
    made = create_task(WORLD, DEAL, body | {"due_date": "2026-02-20"}, NOW)[1]
    assert {name: getattr(made, name) for name in body} == body
    assert (made.due_date, made.status) == (date(2026, 2, 20), "pending")


def test_a_new_task_is_not_for_another_deal() -> None:
    with pytest.raises(Invalid) as caught:
        create_task(WORLD, DEAL, TASK | {"deal_id": 11}, NOW)
    assert caught.value.errors == {"deal_id": "deal_id must be 10, the deal in the path"}


def test_an_update_keeps_what_is_not_named() -> None:
    new, changed = update_task(WORLD, DEAL, 1, {"title": "Write", "due_date": None, "deal_id": None})
    assert new.tasks[1] == changed == replace(WORLD.tasks[1], title="Write", due_date=None)


def test_an_update_can_move_a_task_to_another_deal() -> None:
    new, changed = update_task(WORLD, DEAL, 1, {"title": "Call", "deal_id": 11})
    assert changed.deal_id == 11
    assert tasks_of(new, DEAL) == []
    assert [each.id for each in tasks_of(new, 11)] == [1, 2]


def test_every_id_of_a_missing_record_is_named() -> None:
    nowhere = {"assigned_to": 99, "contact_id": 99, "company_id": 99}
    expected = {
        "assigned_to": "User 99 does not exist",
        "contact_id": "Contact 99 does not exist",
        "company_id": "Company 99 does not exist",
    }
    with pytest.raises(Invalid) as caught:
        create_task(WORLD, DEAL, TASK | nowhere, NOW)
    assert caught.value.errors == expected
    with pytest.raises(Invalid) as caught:
        update_task(WORLD, DEAL, 1, nowhere | {"deal_id": 99})
    assert caught.value.errors == expected | {"deal_id": "Deal 99 does not exist"}


def test_a_deleted_task_is_gone_and_others_stay() -> None:
    new = delete_task(WORLD, DEAL, 1)
    assert list(new.tasks) == [WORLD.tasks[2]]


@pytest.mark.parametrize("task_id", [2, 99])
def test_a_task_of_another_deal_is_missing(task_id: int) -> None:
    for write in (lambda: update_task(WORLD, DEAL, task_id, {}), lambda: delete_task(WORLD, DEAL, task_id)):
        with pytest.raises(Missing, match=f"Task {task_id} not found"):
            write()


def test_an_unknown_deal_is_missing() -> None:
    for ask in (
        lambda: tasks_of(WORLD, 99),
        lambda: create_task(WORLD, 99, TASK, NOW),
        lambda: update_task(WORLD, 99, 1, {}),
        lambda: delete_task(WORLD, 99, 1),
    ):
        with pytest.raises(Missing, match="Deal 99 not found"):
            ask()
