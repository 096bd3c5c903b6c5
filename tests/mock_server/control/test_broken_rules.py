"""Why a request was refused: the rule of the contract, where it stands, and what it rests on."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.contract import MockContract
from tests.mock_server.conftest import Api
from tests.mock_server.control.conftest import Controls

SOURCE = MockContract.load().source.decode().splitlines()


def broken(controls: Controls) -> dict[str | None, dict[str, Any]]:
    """The rules that the latest request has broken, by field."""
    [entry] = controls.get("/journal?limit=1")["data"]
    return {rule["field"]: rule for rule in entry["broken_rules"]}


QUERIES = [
    ("per_page=500", "documented", 100, "maximum: 100"),
    ("per_page=0", "guess", 1, "minimum: 1"),
    ("sort_by=titel", "documented", "title", "enum: [title"),
    ("date_from=31.12.2026", "documented", "2026-12-31", "format: date"),
    ("stage_ids=1, 2", "guess", "1,2", "pattern: "),
    ("sort_dir=up", "documented", None, "enum: [ASC, DESC]"),
]


@pytest.mark.parametrize(("query", "rests_on", "meant", "line"), QUERIES)
def test_a_query_parameter(
    mock: Api, controls: Controls, query: str, rests_on: str, meant: Any, line: str
) -> None:
    assert mock.send("GET", f"/api/deals?{query}").status_code == 422
    name = query.partition("=")[0]
    rule = broken(controls)[name]
    assert (rule["rests_on"], rule["did_you_mean"]) == (rests_on, meant)
    assert line in SOURCE[rule["line"] - 1]
    assert rule["message"].startswith(name)


BODIES = [
    ({"name": ""}, "name", "guess", None, "#/components/schemas/DealName/minLength"),
    ({"value": -2}, "value", "guess", 0, "#/components/schemas/Money/minimum"),
    (
        {"stage_id": "3"},
        "stage_id",
        "documented",
        3,
        "#/components/schemas/DealInput/properties/stage_id/type",
    ),
    (
        {"stage_id": None},
        "stage_id",
        "documented",
        None,
        "#/components/schemas/DealInput/properties/stage_id/type",
    ),
    (
        {"expected_close_date": "1 May"},
        "expected_close_date",
        "documented",
        None,
        "#/components/schemas/Day/format",
    ),
    ({"stage_id": 99}, "stage_id", "guess", None, "#/components/schemas/DealInput/properties/stage_id"),
]


@pytest.mark.parametrize(("change", "name", "rests_on", "meant", "place"), BODIES)
def test_a_field_of_the_body(
    mock: Api, controls: Controls, change: dict[str, Any], name: str, rests_on: str, meant: Any, place: str
) -> None:
    assert mock.put("/deals/10", {"name": "A", "stage_id": 3, **change}).status_code == 422
    rule = broken(controls)[name]
    assert (rule["rests_on"], rule["did_you_mean"], rule["place"]) == (rests_on, meant, place)


def test_a_missing_field(mock: Api, controls: Controls) -> None:
    mock.put("/deals/10", {"name": "A"})
    rule = broken(controls)["stage_id"]
    assert (rule["rests_on"], rule["place"]) == ("documented", "#/components/schemas/DealInput/required")


def test_a_role_is_always_a_guess(mock: Api, controls: Controls) -> None:
    mock.as_("rep").post("/pipeline-stages", {"name": "A"})
    [rule] = broken(controls).values()
    assert (rule["field"], rule["rests_on"], rule["expected"]) == (None, "guess", "admin")
    assert "x-required-role: admin" in SOURCE[rule["line"] - 1]


def test_a_status_is_where_the_contract_describes_it(mock: Api, controls: Controls) -> None:
    mock.get("/deals/999")
    [rule] = broken(controls).values()
    assert (rule["message"], rule["place"]) == ("Deal 999 not found", "#/components/responses/NotFound")


def test_a_file_that_is_missing(mock: Api, controls: Controls) -> None:
    boundary = {"Content-Type": "multipart/form-data; boundary=x"}
    body = b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\ntext\r\n--x--\r\n'
    assert mock.send("POST", "/api/deals/import", content=body, headers=boundary).status_code == 422
    assert broken(controls)["file"]["message"] == "file must be a file"


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b"5", b'{"name": "\\ud800", "value": 1e400}'])
def test_whatever_was_sent_can_be_explained(mock: Api, controls: Controls, body: bytes) -> None:
    json = {"Content-Type": "application/json"}
    assert mock.send("POST", "/api/deals", content=body, headers=json).status_code in (400, 422)
    assert broken(controls)


def test_what_was_not_refused_by_the_contract_breaks_no_rule(mock: Api, controls: Controls) -> None:
    mock.get("/deals")
    mock.send("GET", "/api/deals", headers={"Prefer": "code=401"})
    mock.get("/nothing")
    assert [entry["broken_rules"] for entry in controls.get("/journal")["data"]] == [[], [], []]


def test_a_password_is_not_suggested(mock: Api, controls: Controls) -> None:
    mock.as_("nobody").post("/auth/login", {"email": "rep@revorbit.example", "password": 12345678})
    [entry] = controls.get("/journal?limit=1")["data"]
    assert entry["broken_rules"][0]["field"] == "password"
    assert "12345678" not in str(entry)


def test_nothing_is_claimed_of_bodies_that_were_not_kept(mock: Api, controls: Controls) -> None:
    mock.put("/deals/10", {"name": ""})
    [entry] = mock.worlds.base.journal
    entry.request.body = None
    assert broken(controls) == {}
