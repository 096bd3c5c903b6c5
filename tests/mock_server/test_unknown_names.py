"""Names that the mock does not understand are told, or refused; common spellings of lists are understood."""

from __future__ import annotations

import logging
from typing import Any

import httpx
import pytest

from tests.mock_server.conftest import Api, contract
from tests.mock_server.example_requests import call

WARNING = "x-mock-warning"
JSON = {"Content-Type": "application/json"}
LISTED = ["won", "page", "per_page", "stage_id", "stage_ids", "date_from", "scope", "sort_by"]


def listed(api: Api, query: str) -> httpx.Response:
    """The list of deals for a query that is sent exactly so."""
    return api.send("GET", f"/api/deals?{query}")


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("perPage=5", "unknown query parameter perPage; did you mean per_page?"),
        ("stageId=1", "unknown query parameter stageId; did you mean stage_id?"),
        ("zzz=1", "unknown query parameter zzz"),
        ("filter[won]=1", "unknown query parameter filter[won]; did you mean won?"),
        ("page=1&page=1", "repeated query parameter page; only the last one counts"),
        (
            "perPage=5&zzz=1",
            "unknown query parameter perPage; did you mean per_page?, unknown query parameter zzz",
        ),
        ("=1", 'unknown query parameter ""'),
        ("%20=1", 'unknown query parameter " "'),
        ("x%20=1", 'unknown query parameter "x "'),
        ("%C3%A9%0D%0ASet-Cookie:%20a", r"unknown query parameter \xe9\r\nSet-Cookie: a"),
    ],
)
def test_a_query_parameter_that_changes_nothing_is_told(
    reader: Api, query: str, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        answer = listed(reader, query)
    assert answer.status_code == 200
    assert answer.headers[WARNING] == told
    assert "GET /api/deals: " in caplog.text


def test_a_field_that_changes_nothing_is_told(api: Api) -> None:
    answer = api.post("/deals", {"name": "x", "stage_id": 1, "amount": 5, "zzz": {}})
    assert answer.status_code == 201
    assert answer.headers[WARNING] == "unknown field amount; did you mean value?, unknown field zzz"


@pytest.mark.parametrize("name", ["", " ", "x "])
def test_a_field_whose_name_ends_in_nothing_visible_is_told_in_quotes(api: Api, name: str) -> None:
    answer = api.post("/deals", {"name": "x", "stage_id": 1, name: 5})
    assert answer.status_code == 201
    assert answer.headers[WARNING] == f'unknown field "{name}"'


def test_many_unknown_names_are_counted(api: Api) -> None:
    answer = api.post("/deals", {"name": "x", "stage_id": 1, **{f"x{n}": n for n in range(5000)}})
    assert answer.status_code == 201
    assert answer.headers[WARNING].endswith("unknown field x9, and 4990 more")


@pytest.mark.parametrize("path", ["deals", "deals?won=1&search=", "deals/10", "deals/stats"])
def test_a_request_that_is_understood_has_no_warning(reader: Api, path: str) -> None:
    assert WARNING not in reader.send("GET", f"/api/{path}").headers


@pytest.mark.parametrize(
    "query",
    [
        "stage_ids[]=1&stage_ids[]=2",
        "stage_ids=1&stage_ids=2",
        "stage_ids[0]=1&stage_ids[1]=2",
        "stage_ids%5B%5D=1&stage_ids%5B%5D=2",
    ],
)
def test_a_list_is_read_however_it_is_spelled(reader: Api, query: str) -> None:
    answer = listed(reader, f"per_page=100&{query}")
    assert answer.json() == listed(reader, "per_page=100&stage_ids=1,2").json()
    assert WARNING not in answer.headers


@pytest.mark.parametrize("name", LISTED)
def test_an_unset_filter_is_no_filter(reader: Api, name: str) -> None:
    assert listed(reader, f"{name}=").json() == listed(reader, "").json()


def test_a_strict_mock_refuses_what_it_does_not_understand(strict: Api) -> None:
    answer = listed(strict, "perPage=5&per_page=0")
    assert answer.status_code == 422
    assert answer.json()["errors"] == {
        "perPage": "unknown query parameter perPage; did you mean per_page?",
        "per_page": "per_page must be at least 1",
    }
    answer = strict.post("/deals", {"name": "x", "stage_id": 1, "amount": 5})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["amount"])
    assert strict.put("/deals/10", strict.data("/deals/10")).status_code == 200


def test_a_strict_mock_changes_nothing_that_it_refuses(strict: Api) -> None:
    before = strict.world
    strict.post("/deals", {"name": "x", "stage_id": 1, "amount": 5})
    assert strict.world is before


@pytest.mark.parametrize("operation", contract().operations.values(), ids=lambda each: each.id)
def test_a_strict_mock_refuses_an_unknown_parameter_of_every_operation(strict: Api, operation: Any) -> None:
    before = strict.world
    answer = call(strict, operation, query={"_": "123"})
    assert answer.status_code in (400, 422), answer.text
    assert "unknown query parameter _" in answer.text
    assert strict.world is before


def test_what_is_wrong_with_a_name_is_told_beside_an_error_too(api: Api) -> None:
    answer = api.post("/deals", {"name": "J", "stageId": 1, "amount": 5})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["stage_id"])
    assert answer.headers[WARNING] == (
        "unknown field stageId; did you mean stage_id?, unknown field amount; did you mean value?"
    )


# What cannot be changed


def test_a_field_that_an_operation_does_not_change_is_told(api: Api) -> None:
    task = api.data("/deals/10/tasks")[0]
    path = f"/deals/10/tasks/{task['id']}"
    other = "completed" if task["status"] != "completed" else "pending"
    answer = api.put(path, {**task, "status": other})
    assert answer.status_code == 200
    assert answer.json()["data"]["status"] == task["status"]
    assert answer.headers[WARNING] == "field status cannot be changed here"
    assert WARNING not in api.put(path, task).headers


def test_nothing_is_told_of_a_deal_that_is_sent_back_with_changes(api: Api) -> None:
    deal = api.data("/deals/10")
    answer = api.put("/deals/10", {**deal, "name": "Renamed", "stage_id": 5, "company_id": 2})
    assert answer.status_code == 200
    assert WARNING not in answer.headers
    answer = api.put("/deals/10", {**deal, "primary_quote_id": 999})
    assert answer.headers[WARNING] == "field primary_quote_id cannot be changed here"


def test_a_new_task_tells_that_its_status_is_not_chosen(api: Api) -> None:
    answer = api.post("/deals/10/tasks", {"title": "Call", "status": "completed"})
    assert answer.headers[WARNING] == "field status cannot be changed here"


# Repeated names


def test_a_field_that_is_there_twice_is_told(api: Api, strict: Api) -> None:
    body = b'{"name": "J1", "name": "J2", "stage_id": 1}'
    answer = api.send("POST", "/api/deals", content=body, headers=JSON)
    assert answer.json()["data"]["name"] == "J2"
    assert answer.headers[WARNING] == "repeated field name; only the last one counts"
    answer = strict.send("POST", "/api/deals", content=body, headers=JSON)
    assert answer.json()["errors"] == {"name": "repeated field name; only the last one counts"}


def test_a_second_file_is_told(api: Api) -> None:
    rows = b"name,stage_name\nA,Lead\n"
    answer = api.post("/deals/import", files=[("file", ("a.csv", rows)), ("file", ("b.csv", rows))])
    assert answer.headers[WARNING] == "repeated field file; only the last one counts"


def test_a_word_of_spreadsheets_is_not_suggested_for_a_query(reader: Api) -> None:
    assert listed(reader, "status=open").headers[WARNING] == "unknown query parameter status"
