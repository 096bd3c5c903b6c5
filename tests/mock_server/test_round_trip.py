"""What a client has read it may send back: nothing changes but the time of the change."""

from __future__ import annotations

from typing import Any

from tests.mock_server.conftest import Api


def test_every_deal_can_be_sent_back_as_it_was_read(api: Api) -> None:
    for deal in api.world.deals:
        before = api.data(f"/deals/{deal.id}")
        answer = api.put(f"/deals/{deal.id}", before)
        assert answer.status_code == 200, answer.text
        assert "x-mock-warning" not in answer.headers
        assert without_change(api.data(f"/deals/{deal.id}")) == without_change(before)


def test_every_task_can_be_sent_back_as_it_was_read(api: Api) -> None:
    for task in list(api.world.tasks)[:60]:
        before = api.data(f"/deals/{task.deal_id}/tasks")
        sent = next(each for each in before if each["id"] == task.id)
        answer = api.put(f"/deals/{task.deal_id}/tasks/{task.id}", sent)
        assert answer.status_code == 200, answer.text
        assert "x-mock-warning" not in answer.headers
        assert api.data(f"/deals/{task.deal_id}/tasks") == before


def test_every_stage_can_be_sent_back_as_it_was_read(api: Api) -> None:
    before = api.data("/deals/stages")
    for stage in before:
        answer = api.put(f"/pipeline-stages/{stage['id']}", stage)
        assert answer.status_code == 200, answer.text
        assert "x-mock-warning" not in answer.headers
    assert api.data("/deals/stages") == before


def test_a_form_sends_an_empty_text_for_what_has_no_value(api: Api) -> None:
    before = api.data("/deals/10")
    form = {name: "" if value is None else value for name, value in before.items()}
    assert api.put("/deals/10", form).status_code == 200
    after = api.data("/deals/10")
    texts = {name: after[name] or None for name in ("notes", "tags")}  # an empty text is a text
    assert without_change({**after, **texts}) == without_change(before)


def test_a_new_stage_and_task_have_the_defaults_for_what_is_null(api: Api) -> None:
    stage = {"name": "New", "probability": None, "color": None, "is_won": None, "is_lost": None}
    made = api.post("/pipeline-stages", stage).json()["data"]
    assert (made["color"], made["is_won"], made["is_lost"]) == ("#64748b", False, False)
    task = {"title": "New", "priority": None, "deal_id": None, "due_time": ""}
    made = api.post("/deals/10/tasks", task).json()["data"]
    assert (made["priority"], made["deal_id"], made["due_time"]) == ("medium", 10, None)


def without_change(deal: dict[str, Any]) -> dict[str, Any]:
    """The deal without what an update may change: when it was changed, and what follows from that."""
    return {name: value for name, value in deal.items() if name not in ("updated_at", "risk")}
