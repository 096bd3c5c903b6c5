"""Stages over HTTP: created, updated, reordered and deleted, and what that does to deals."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mock_server.conftest import Api

LEAD, QUALIFIED, PROPOSAL, NEGOTIATION, WON, LOST = range(1, 7)
STAMP = "2026-02-09T12:00:00.000000Z"


def stages(api: Api) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = api.data("/deals/stages")
    return listed


def new_stage(api: Api, **body: Any) -> dict[str, Any]:
    answer = api.post("/pipeline-stages", {"name": "Signed", **body})
    assert (answer.status_code, answer.json()["message"]) == (201, "Stage created successfully")
    made: dict[str, Any] = answer.json()["data"]
    return made


def test_the_stages_are_listed_in_display_order(api: Api) -> None:
    listed = stages(api)
    assert [stage["name"] for stage in listed] == [
        "Lead",
        "Qualified",
        "Proposal",
        "Negotiation",
        "Won",
        "Lost",
    ]
    assert [stage["display_order"] for stage in listed] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("body", "made"),
    [
        ({}, {"probability": 0, "color": "#64748b", "is_won": False, "is_lost": False}),
        ({"probability": 90, "color": "#AbCdEf"}, {"probability": 90, "color": "#AbCdEf"}),
        ({"is_won": True}, {"probability": 100, "is_won": True, "is_lost": False}),
        ({"is_lost": True}, {"probability": 0, "is_won": False, "is_lost": True}),
    ],
)
def test_a_new_stage_comes_last_in_the_list_and_on_the_board(
    api: Api, body: dict[str, Any], made: dict[str, Any]
) -> None:
    stage = new_stage(api, **body)
    assert stage == {**stage, **made, "name": "Signed", "display_order": 7}
    assert stages(api)[-1] == stage
    assert api.data("/deals/pipeline")[-1] == {**stage, "deals_count": 0, "total_value": 0, "deals": []}


def test_a_changed_stage_keeps_what_is_not_named(api: Api) -> None:
    before = stages(api)
    answer = api.put(f"/pipeline-stages/{PROPOSAL}", {"color": "#000000"})
    assert answer.json()["message"] == "Stage updated successfully"
    assert answer.json()["data"] == {**before[2], "color": "#000000"}
    assert stages(api) == [*before[:2], answer.json()["data"], *before[3:]]


def test_a_change_of_nothing_changes_nothing(api: Api) -> None:
    before = stages(api)
    assert api.put(f"/pipeline-stages/{PROPOSAL}", {}).json()["data"] == before[2]
    assert stages(api) == before


def test_a_renamed_stage_is_renamed_on_its_deals(api: Api) -> None:
    api.put(f"/pipeline-stages/{PROPOSAL}", {"name": "Angebot"})
    assert api.data("/deals/10")["stage_name"] == "Angebot"


def test_a_stage_that_becomes_won_closes_its_deals_and_opens_them_again(api: Api) -> None:
    ids = api.ids(stage_id=PROPOSAL)
    api.put(f"/pipeline-stages/{PROPOSAL}", {"is_won": True})
    closed = api.data("/deals", stage_id=PROPOSAL, won="1", per_page=100)
    assert [deal["id"] for deal in closed] == ids
    assert {(d["is_won"], d["closed_at"], d["probability"], d["risk"]) for d in closed} == {
        (True, STAMP, 100, None)
    }
    api.put(f"/pipeline-stages/{PROPOSAL}", {"is_won": False})
    opened = api.data("/deals", stage_id=PROPOSAL, per_page=100)
    assert [deal["id"] for deal in opened] == ids
    assert {(deal["is_won"], deal["closed_at"]) for deal in opened} == {(False, None)}
    assert all(deal["risk"] for deal in opened)


def test_a_won_stage_cannot_become_lost_too(api: Api) -> None:
    answer = api.put(f"/pipeline-stages/{WON}", {"is_lost": True})
    assert (answer.status_code, answer.json()["errors"]) == (
        422,
        {"is_lost": "A stage cannot be both won and lost"},
    )


def test_stages_stand_in_the_order_given_everywhere(api: Api) -> None:
    order = [LOST, WON, LEAD, NEGOTIATION, QUALIFIED, PROPOSAL]
    answer = api.put("/pipeline-stages/reorder", {"order": order})
    assert (answer.status_code, answer.json()["message"]) == (200, "Stages reordered successfully")
    assert answer.json()["data"] == stages(api)
    assert [stage["id"] for stage in stages(api)] == order
    assert [stage["display_order"] for stage in stages(api)] == [1, 2, 3, 4, 5, 6]
    assert [column["id"] for column in api.data("/deals/pipeline")] == order


@pytest.mark.parametrize(
    ("order", "fault"),
    [
        ([1, 2, 3, 4, 5], "missing 6"),
        ([1, 2, 3, 4, 5, 6, 7], "unknown 7"),
        ([1, 2, 3, 4, 5, 7], "missing 6; unknown 7"),
    ],
)
def test_an_order_names_every_stage_exactly_once(api: Api, order: list[int], fault: str) -> None:
    before = api.world
    answer = api.put("/pipeline-stages/reorder", {"order": order})
    assert answer.status_code == 422
    assert answer.json()["errors"] == {"order": f"order must list every stage exactly once: {fault}"}
    assert api.world is before


def test_a_stage_with_deals_stays_and_an_empty_one_goes(api: Api) -> None:
    stage = new_stage(api)["id"]
    api.move(10, to=stage)
    held = api.delete(f"/pipeline-stages/{stage}")
    assert held.status_code == 422
    assert held.json()["errors"] == {"id": "Stage Signed still has 1 deal; move it first"}
    api.move(10, to=PROPOSAL)
    assert api.delete(f"/pipeline-stages/{stage}").json() == {
        "success": True,
        "message": "Stage deleted successfully",
    }
    assert stage not in [each["id"] for each in stages(api)]
    assert api.put("/deals/10/stage", {"stage_id": stage}).status_code == 422
