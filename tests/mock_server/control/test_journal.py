"""The journal: the last requests of each world, and never a secret."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from mock_server.control.redaction import without_secrets
from tests.mock_server.conftest import Api
from tests.mock_server.control.conftest import Controls

RENAMED = {"name": "Renamed", "stage_id": 3}
LOGIN = {"email": "rep@revorbit.example", "password": "correct horse"}


def numbers(controls: Controls, query: str = "") -> list[int]:
    return [entry["number"] for entry in controls.get(f"/journal?limit=1000{query}")["data"]]


def test_a_request_is_there_with_its_response_and_what_it_changed(mock: Api, controls: Controls) -> None:
    mock.as_("rep").put("/deals/10", RENAMED)
    [entry] = controls.get("/journal")["data"]
    assert (entry["method"], entry["path"], entry["status"]) == ("PUT", "/api/deals/10", 200)
    assert (entry["operation"], entry["person"]) == ("updateDeal", "rep@revorbit.example")
    assert json.loads(entry["request"]["body"]) == RENAMED
    assert json.loads(entry["response"]["body"])["data"]["name"] == "Renamed"
    [change] = entry["changes"]
    assert (change["table"], change["id"], change["after"]["name"]) == ("deals", 10, "Renamed")


def test_what_was_refused_is_there_too(mock: Api, controls: Controls) -> None:
    mock.put("/deals/10", {})
    mock.as_("nobody").get("/deals")
    mock.get("/nothing")
    mock.send("GET", "/api/deals", headers={"Prefer": "code=429"})
    found = controls.get("/journal")["data"]
    assert [entry["status"] for entry in found] == [429, 404, 401, 422]
    assert [entry["operation"] for entry in found] == ["listDeals", None, "listDeals", "updateDeal"]
    assert all(entry["changes"] == [] for entry in found)


def test_a_request_without_a_body_has_none(mock: Api, controls: Controls) -> None:
    mock.get("/deals/1")
    [entry] = controls.get("/journal")["data"]
    assert entry["request"]["body"] is None


def test_the_archive_has_the_address_that_was_asked(mock: Api, controls: Controls) -> None:
    mock.send("GET", "/worlds/mine/api/deals/1?x=1")
    mock.send("GET", "/api/deals/1", headers={"X-Mock-World": "mine"})
    urls = [e["request"]["url"] for e in controls.of("mine").get("/journal.har")["log"]["entries"]]
    assert [url.partition("/")[2].partition("/")[2].partition("/")[2] for url in urls] == [
        "worlds/mine/api/deals/1?x=1",
        "api/deals/1",
    ]


def test_the_path_that_was_asked_is_shown_with_its_world_and_as_it_was_written(
    mock: Api, controls: Controls
) -> None:
    mock.send("GET", "/worlds/mine/api/deals/a%20b%2Fc")
    [entry] = controls.of("mine").get("/journal")["data"]
    assert (entry["path"], entry["asked"]) == ("/api/deals/a b/c", "/worlds/mine/api/deals/a%20b%2Fc")
    [archived] = controls.of("mine").get("/journal.har")["log"]["entries"]
    assert archived["request"]["url"].endswith("/worlds/mine/api/deals/a%20b%2Fc")


def test_each_world_has_its_own(mock: Api, controls: Controls) -> None:
    mock.send("GET", "/worlds/mine/api/deals/1")
    mock.get("/deals/2")
    assert [entry["path"] for entry in controls.get("/journal")["data"]] == ["/api/deals/2"]
    assert [entry["path"] for entry in controls.of("mine").get("/journal")["data"]] == ["/api/deals/1"]


def test_the_control_side_is_not_in_it(controls: Controls) -> None:
    controls.post("/reset")
    assert controls.get("/journal") == {"data": [], "total": 0}


def test_one_request_can_be_asked_for(mock: Api, controls: Controls) -> None:
    mock.as_("rep").put("/deals/10", RENAMED)
    mock.get("/deals/1")
    assert controls.get("/journal/1") == controls.get("/journal")["data"][1]


def test_one_that_is_not_there_is_told(mock: Api, controls: Controls) -> None:
    mock.get("/deals/1")
    controls.send("DELETE", "/journal")
    answer = controls.send("GET", "/journal/1")
    assert (answer.status_code, answer.json()["message"]) == (404, "There is no request 1 in the journal")


FILTERS = {
    "operation=getDeal": [2, 1],
    "person=rep@revorbit.example": [3, 2],
    "method=put": [3],
    "path=/deals/1": [3, 2, 1],
    "path=/deals/12": [2],
    "status=404": [4],
    "since=2": [4, 3],
    "operation=getDeal&status=404": [],
}


@pytest.mark.parametrize("query", FILTERS)
def test_it_can_be_filtered_and_counted(mock: Api, controls: Controls, query: str) -> None:
    mock.get("/deals/11")
    mock.as_("rep").get("/deals/12")
    mock.as_("rep").put("/deals/10", RENAMED)
    mock.get("/nothing")
    assert numbers(controls, f"&{query}") == FILTERS[query]
    body: dict[str, Any] = dict(part.split("=") for part in query.split("&"))
    numeric = {name: int(value) for name, value in body.items() if name in ("status", "since")}
    assert controls.post("/journal/count", {**body, **numeric}) == {"count": len(FILTERS[query])}


def test_the_latest_come_first_and_the_total_is_told(mock: Api, controls: Controls) -> None:
    for number in range(1, 8):
        mock.get(f"/deals/{number}")
    found = controls.get("/journal?limit=3")
    assert ([entry["number"] for entry in found["data"]], found["total"]) == ([7, 6, 5], 7)
    assert controls.post("/journal/count") == {"count": 7}


def test_a_filter_that_is_none_is_told(controls: Controls) -> None:
    answer = controls.send("POST", "/journal/count", {"operatoin": "getDeal"})
    assert answer.status_code == 422
    assert "did you mean operation?" in answer.json()["errors"]["operatoin"]


def test_it_can_be_cleared(mock: Api, controls: Controls) -> None:
    mock.get("/deals/1")
    assert controls.send("DELETE", "/journal").status_code == 200
    mock.get("/deals/2")
    assert numbers(controls) == [2]


def test_tokens_and_passwords_are_never_in_it(mock: Api, controls: Controls) -> None:
    token = mock.tokens["admin"]
    mock.post("/auth/login", LOGIN)
    mock.post("/auth/login", {**LOGIN, "password": 'a "quoted\\" one'})
    mock.get(f"/deals?token={token}&password=hunter2&per_page=1")
    mock.get("/deals?stage_ids[]=1&password=hunter3")
    mock.get(f"/{token}")
    headers = {
        "Cookie": f"session={token}",
        "X-Token": token,
        "X-Api-Token": "hunter4",
        "Referer": "/?token=hunter5",
    }
    mock.send("GET", "/api/deals", headers=headers)
    secrets = (token, "correct horse", "quoted", "hunter", "eyJ")
    for path in ("/journal", "/journal.har", "/history"):
        text = controls.send("GET", path).text
        assert [secret for secret in secrets if secret in text] == [], path
        assert path == "/history" or "rep@revorbit.example" in text


def test_a_token_that_somebody_has_written_down_is_in_no_change_set(mock: Api, controls: Controls) -> None:
    token = mock.tokens["admin"]
    mock.post("/deals/10/notes", {"content": f"my {token}"})
    for path in ("/journal", "/journal.har", "/history"):
        text = controls.send("GET", path).text
        assert token not in text, path
        assert "my (hidden)" in text, path
    assert token in controls.send("GET", "/export").text  # which must load again


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('{"password":"password 123"}', '{"password":"(hidden)"}'),
        ('{"password": "x y", "email": "a"}', '{"password": "(hidden)", "email": "a"}'),
        ('{"password":"cut off', '{"password":"(hidden)"'),
        ("{'token': 'abc'}", "{'token': '(hidden)'}"),
        ("a=1&password=x&b=2", "a=1&password=(hidden)&b=2"),
        ("a[b]=1&password=x y", "a[b]=1&password=(hidden) y"),
        ("http://a/?x=1&api_token=abc", "http://a/?x=1&api_token=(hidden)"),
        (
            r'{"a\"password":"x\"y","b":{"token" : 12}}',
            r'{"a\"password":"(hidden)","b":{"token" : (hidden)}}',
        ),
        ("x_eyJhbGciOi.eyJzdWIi.c2ln and eyJ.a", "x_(hidden) and eyJ.a"),
        ("Bearer eyJhbGciOi.eyJzdWIi.c2ln!", "Bearer (hidden)!"),
        ("The token has expired", "The token has expired"),
    ],
)
def test_secrets_are_hidden_wherever_they_stand(text: str, shown: str) -> None:
    assert without_secrets(text) == shown


def test_it_can_be_downloaded_as_har(mock: Api, controls: Controls) -> None:
    mock.put("/deals/10?x=%C3%A9&y", RENAMED)
    log = controls.get("/journal.har")["log"]
    [entry] = log["entries"]
    assert (log["version"], log["creator"]["name"]) == ("1.2", "deals-mock")
    assert entry["request"]["url"] == "http://testserver/api/deals/10?x=%C3%A9&y"
    assert entry["request"]["queryString"] == [{"name": "x", "value": "é"}, {"name": "y", "value": ""}]
    assert json.loads(entry["request"]["postData"]["text"]) == RENAMED
    assert entry["response"]["content"]["mimeType"] == "application/json"
    assert datetime.fromisoformat(entry["startedDateTime"]).tzinfo == UTC


def test_an_operation_that_does_not_exist_lets_no_assertion_hold(controls: Controls) -> None:
    answer = controls.send("POST", "/journal/count", {"operation": "updateDeals"})
    assert answer.status_code == 422
    assert "did you mean updateDeal?" in answer.json()["errors"]["operation"]
    assert controls.send("GET", "/journal?operation=updateDeals").status_code == 422
