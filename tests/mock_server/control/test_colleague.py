"""A colleague: somebody else who changes a deal just after a client has read it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mock_server.conftest import Api
from tests.mock_server.control.conftest import Controls


def test_the_deal_that_was_read_is_gone(mock: Api, controls: Controls) -> None:
    waiting = controls.post("/colleague", {"does": "delete"})
    assert controls.get("/colleague")["data"] == [waiting]
    shown = mock.get("/deals/10")
    assert (shown.status_code, shown.json()["data"]["id"]) == (200, 10)
    assert mock.put("/deals/10", {"name": "Mine", "stage_id": 1}).status_code == 404
    assert controls.get("/colleague")["data"] == []


def test_the_deal_that_was_read_is_elsewhere(mock: Api, controls: Controls) -> None:
    controls.post("/colleague", {"does": "move"})
    before = mock.data("/deals/10")["stage_id"]
    after = mock.data("/deals/10")["stage_id"]
    assert before != after
    controls.post("/colleague", {"does": "move", "stage_id": before})
    mock.get("/deals/10")
    assert mock.data("/deals/10")["stage_id"] == before


def test_the_deal_that_was_read_is_another(mock: Api, controls: Controls) -> None:
    controls.post("/colleague", {"does": "edit"})
    mock.get("/deals/10")
    assert mock.data("/deals/10")["name"].startswith("Edited by ")
    controls.post("/colleague", {"does": "edit", "fields": {"value": 1, "tags": "urgent"}})
    mock.get("/deals/10")
    found = mock.data("/deals/10")
    assert (found["value"], found["tags"]) == (1, "urgent")


def test_it_is_somebody_else_and_the_journal_says_so(mock: Api, controls: Controls) -> None:
    controls.post("/colleague", {"does": "edit"})
    mock.get("/deals/10")
    first, second = controls.get("/journal")["data"]
    reading, writing = sorted((first, second), key=lambda entry: str(entry["method"]))
    assert (reading["sent_by"], writing["sent_by"]) == ("client", "colleague")
    assert writing["operation"] == "updateDeal"
    assert writing["person"] != reading["person"]
    assert writing["changes"][0]["after"]["name"].startswith("Edited by ")
    [step] = controls.get("/history")["data"]
    assert step["person"] == writing["person"]
    controls.post("/undo")
    assert not mock.data("/deals/10")["name"].startswith("Edited by ")


@pytest.mark.parametrize("path", ["/deals", "/deals/pipeline", "/deals/10/tasks", "/deals/10/timeline"])
def test_whatever_shows_a_deal_will_do(mock: Api, controls: Controls, path: str) -> None:
    controls.post("/colleague", {"does": "delete"})
    mock.get(path)
    assert len(mock.world.deals) == 11


def test_it_waits_for_the_operation_and_the_deal_that_were_named(mock: Api, controls: Controls) -> None:
    controls.post("/colleague", {"does": "delete", "operation": "listDeals", "deal": 7})
    mock.get("/deals/7")
    mock.get("/deals", per_page=1)
    mock.get("/deals/999")
    assert 7 in mock.world.deals
    mock.get("/deals", per_page=100)
    assert 7 not in mock.world.deals


def test_it_waits_in_its_own_world_and_can_be_sent_away(mock: Api, controls: Controls) -> None:
    number = controls.of("mine").post("/colleague", {"does": "delete"})["number"]
    mock.get("/deals/10")
    assert 10 in mock.world.deals
    assert controls.of("mine").send("DELETE", f"/colleague/{number}").status_code == 200
    assert controls.of("mine").send("DELETE", f"/colleague/{number}").status_code == 404
    controls.of("mine").post("/colleague", {"does": "delete"})
    controls.of("mine").send("DELETE", "/colleague")
    assert mock.send("GET", "/worlds/mine/api/deals/10").status_code == 200
    assert mock.send("GET", "/worlds/mine/api/deals/10").status_code == 200


def test_a_colleague_has_no_trouble_with_faults(mock: Api, controls: Controls) -> None:
    controls.post("/faults", {"operation": "deleteDeal", "status": 500})
    controls.post("/colleague", {"does": "delete"})
    mock.get("/deals/10")
    assert 10 not in mock.world.deals
    assert mock.delete("/deals/11").status_code == 500


def test_not_even_with_those_of_all_worlds(mock: Api, controls: Controls) -> None:
    controls.post("/faults", {"operation": "deleteDeal", "cut": "connection", "everywhere": True})
    controls.post("/colleague", {"does": "delete"})
    assert mock.get("/deals/10").status_code == 200
    assert 10 not in mock.world.deals


def test_several_come_one_after_the_other(mock: Api, controls: Controls) -> None:
    controls.post("/colleague", {"does": "edit"})
    controls.post("/colleague", {"does": "delete"})
    mock.get("/deals/10")
    assert [step["operation"] for step in controls.get("/history")["data"]] == ["deleteDeal", "updateDeal"]


@pytest.mark.parametrize(
    ("body", "field", "says"),
    [
        ({"does": "wait"}, "does", "move, edit, delete"),
        ({"does": "move", "fields": {"name": "A"}}, "fields", "only for does: edit"),
        ({"does": "edit", "stage_id": 3}, "stage_id", "only for does: move"),
        ({"does": "edit", "operation": "getDeel"}, "operation", "did you mean getDeal?"),
        ({"does": "edit", "operation": "updateDeal"}, "operation", "that reads"),
        ({"does": "edit", "fields": {"value": "abc"}}, "fields.value", "must be a number"),
        ({"does": "edit", "fields": {"nmae": "A"}}, "fields", "did you mean name?"),
        (
            {"does": "move", "stage_id": 99},
            "stage_id",
            "must be the id of a stage in this world: 1, 2, 3, 4, 5, 6",
        ),
        (
            {"does": "delete", "deal": 999},
            "deal",
            "must be the id of a deal in this world: 1, 2, 3, 4, 5, 6, …, 12",
        ),
        ({"does": "edit", "fields": {"stage_id": 99}}, "fields.stage_id", "the id of a stage in this world"),
        ({"does": "edit", "fields": {"contact_id": 999}}, "fields.contact_id", "the id of a contact"),
        ({"does": "edit", "fields": {"partner_id": 999}}, "fields.partner_id", "the id of a company"),
    ],
)
def test_what_makes_no_sense(controls: Controls, body: dict[str, Any], field: str, says: str) -> None:
    answer = controls.send("POST", "/colleague", body)
    assert answer.status_code == 422
    assert says in answer.json()["errors"][field]
    assert controls.get("/colleague")["data"] == []


def test_it_may_wait_for_a_deal_of_its_own_world(mock: Api, controls: Controls) -> None:
    made = mock.send("POST", "/worlds/mine/api/deals", json={"name": "Only here", "stage_id": 1}).json()[
        "data"
    ]
    assert controls.send("POST", "/colleague", {"does": "delete", "deal": made["id"]}).status_code == 422
    assert controls.of("mine").post("/colleague", {"does": "delete", "deal": made["id"]})
