"""The journal: the last requests of each world, and never a secret."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.control.redaction import without_secrets
from mock_server.journal import MOST_BYTES, MOST_ENTRIES, Budget, Entry, Journal, Message
from mock_server.testing import RunningMock, running_mock
from mock_server.transport.reading import PUBLIC_BODY
from tests.mock_server.conftest import NOW, Api
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


UNREAD = {
    "an unknown path": ("/api/nothing", {}),
    "one response on demand": ("/api/deals", {"Prefer": "code=422"}),
    "a field too many": ("/api/deals?colour=red", {"Content-Type": "text/plain"}),
}


@pytest.mark.parametrize(("path", "more"), UNREAD.values(), ids=list(UNREAD))
def test_a_request_that_was_answered_early_is_there_whole(
    mock: Api, controls: Controls, path: str, more: dict[str, str]
) -> None:
    mock.as_("rep").send("POST", path, json=RENAMED, headers=more)
    [entry] = controls.get("/journal")["data"]
    assert json.loads(entry["request"]["body"]) == RENAMED
    assert entry["person"] == "rep@revorbit.example"
    assert controls.post("/journal/count", {"person": "rep@revorbit.example"}) == {"count": 1}


def test_a_request_without_a_token_is_nobodys(mock: Api, controls: Controls) -> None:
    mock.as_("nobody").send("POST", "/api/deals", json=RENAMED)
    [entry] = controls.get("/journal")["data"]
    assert (json.loads(entry["request"]["body"]), entry["person"]) == (RENAMED, None)


def test_a_request_without_a_body_has_none(mock: Api, controls: Controls) -> None:
    mock.get("/deals/1")
    [entry] = controls.get("/journal")["data"]
    assert entry["request"]["body"] is None


def test_a_fault_does_not_hide_what_was_sent(mock: Api, controls: Controls) -> None:
    controls.post("/faults", {"status": 503})
    mock.as_("rep").send("POST", "/api/deals", json=RENAMED)
    [entry] = controls.get("/journal")["data"]
    assert (entry["status"], entry["answered_by"]) == (503, "fault")
    assert (json.loads(entry["request"]["body"]), entry["person"]) == (RENAMED, "rep@revorbit.example")


HELD_BACK = {
    "a wrong token": ("/api/deals", {"Authorization": "Bearer none"}),
    "an unknown path": ("/api/nothing", {}),
    "one response on demand": ("/api/deals", {"Prefer": "code=422"}),
    "a fault": ("/api/deals/10/tasks", {}),
    "a cut connection": ("/api/deals/10/notes", {}),
}


@pytest.fixture(scope="module")
def served() -> Iterator[RunningMock]:
    with running_mock(deals=12, now=NOW) as mock:
        yield mock


def late(mock: RunningMock, path: str, headers: dict[str, str], more: bytes = b"") -> bytes:
    """What is answered to a request whose body comes a little after its head, as most clients send it."""
    fields = {"Host": "localhost", "Content-Length": "5", **mock.headers("rep"), **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    url = urlsplit(mock.url)
    with (
        socket.create_connection((url.hostname, url.port), timeout=10) as connection,
        suppress(ConnectionError),
    ):
        connection.sendall(f"POST {path} HTTP/1.1\r\n{head}\r\n".encode())
        time.sleep(0.03)
        if more:
            connection.sendall(more)
        return connection.recv(65536)
    return b""


@pytest.mark.parametrize(("path", "headers"), HELD_BACK.values(), ids=list(HELD_BACK))
def test_a_body_that_comes_after_its_head_is_there(
    served: RunningMock, path: str, headers: dict[str, str]
) -> None:
    world = served.in_world("late")
    httpx.post(f"{world.control_url}/faults", json={"operation": "createDealTask", "status": 503})
    httpx.post(f"{world.control_url}/faults", json={"operation": "createDealNote", "cut": "connection"})
    late(served, f"/worlds/late{path}", headers, b"hello")
    [entry] = httpx.get(f"{world.control_url}/journal?limit=1").json()["data"]
    assert entry["request"]["body"] == "hello"


def test_an_answer_does_not_wait_for_a_body_that_never_comes(served: RunningMock) -> None:
    assert late(served, "/worlds/never/api/nothing", {}).startswith(b"HTTP/1.1 404")
    [entry] = httpx.get(f"{served.url}/worlds/never/__admin/journal").json()["data"]
    assert entry["request"]["body"] is None


def test_a_client_that_asks_first_is_not_told_to_send_what_nobody_wants(served: RunningMock) -> None:
    answer = late(served, "/worlds/asks/api/nothing", {"Expect": "100-continue"})
    assert answer.startswith(b"HTTP/1.1 404")


def test_of_a_stranger_no_more_is_kept_than_reading_would_take(mock: Api, controls: Controls) -> None:
    mock.as_("nobody").send("POST", "/api/nothing", content=b"x" * (PUBLIC_BODY + 1))
    mock.as_("rep").send("POST", "/api/nothing", content=b"x" * (PUBLIC_BODY + 1))
    bodies = [entry["request"]["body"] for entry in controls.get("/journal")["data"]]
    assert bodies == ["x" * (PUBLIC_BODY + 1), None]


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


PROSE = [
    "Missing token: send Authorization: Bearer <token>",
    "the secret: listen",
    '{"content":"token: phase two, password=later"}',
    '{"message":"Missing token: send it","tags":["token"]}',
    '{"errors":{"password":"password is required"}}',
    r'{"content":"she said \"token\": now","token_count":null}',
    "search=token:+phase+two",
    "id,name\n1,token: phase two\n",
]


@pytest.mark.parametrize("text", PROSE)
def test_prose_about_secrets_stays_as_it_is(text: str) -> None:
    assert without_secrets(text) == text


def test_each_world_has_its_own(mock: Api, controls: Controls) -> None:
    mock.send("GET", "/worlds/mine/api/deals/1")
    mock.get("/deals/2")
    assert [entry["path"] for entry in controls.get("/journal")["data"]] == ["/api/deals/2"]
    assert [entry["path"] for entry in controls.of("mine").get("/journal")["data"]] == ["/api/deals/1"]


def test_the_control_side_is_not_in_it(controls: Controls) -> None:
    controls.post("/reset")
    assert controls.get("/journal") == {"data": [], "total": 0}


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


@pytest.mark.parametrize(
    ("text", "shown"),
    [
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


@pytest.mark.parametrize("text", ["token ", "eyJ", "password", "&token", '\\"', "eyJ.", "'token", "token="])
@pytest.mark.parametrize(
    "around", ["{}", '{{"content": "{}"}}', '{{"content": "{}'], ids=["text", "JSON", "cut off"]
)
def test_hiding_takes_time_by_the_length_of_the_text_alone(text: str, around: str) -> None:
    begin = time.process_time()
    without_secrets(around.format(text * 50_000))
    assert time.process_time() - begin < 5  # a pattern that looks on from every place would take minutes


@given(st.text(max_size=200))
def test_hiding_takes_no_longer_for_any_text(text: str) -> None:
    begin = time.process_time()
    without_secrets(text * 50)
    assert time.process_time() - begin < 1  # a pattern that tries everything would take for ever


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


def test_a_body_that_is_too_large_is_not_kept(mock: Api, controls: Controls) -> None:
    mock.post("/deals/import", files={"file": ("a.csv", b"name,stage_name\n" + b"x" * MOST_BYTES)})
    [entry] = controls.get("/journal")["data"]
    assert (entry["path"], entry["request"]["body"]) == ("/api/deals/import", None)
    assert entry["response"]["body"]


def entry_of(number: int, size: int) -> Entry:
    body = Message([], b"x" * size)
    return Entry(number, datetime.now(UTC), 1.0, "GET", "/api", "", 200, Message([], b""), body)


def test_the_number_of_entries_is_bounded() -> None:
    journal = Journal()
    for _ in range(MOST_ENTRIES + 20):
        journal.add(entry_of(journal.next_number(), 1))
    assert [entry.number for entry in journal][:2] == [21, 22]
    assert len(journal) == MOST_ENTRIES


@given(st.lists(st.integers(0, MOST_BYTES // 3), max_size=40))
def test_the_size_of_all_bodies_is_bounded(sizes: list[int]) -> None:
    journal = Journal()
    for size in sizes:
        journal.add(entry_of(journal.next_number(), size))
    kept = [len(entry.response.body) for entry in journal if entry.response.body is not None]
    assert sum(kept) <= MOST_BYTES
    assert len(journal) == len(sizes)
    assert kept == sizes[len(sizes) - len(kept) :]  # the latest ones


def test_heads_are_counted(mock: Api, controls: Controls) -> None:
    for _ in range(MOST_BYTES // 60_000 + 2):
        mock.send("GET", "/api/nothing", headers={"X-Long": "x" * 60_000})
    entries = controls.get("/journal?limit=1000")["data"]
    assert entries[0]["request"]["headers"]["x-long"]
    assert entries[-1]["request"] == {"headers": {}, "body": None}


def test_all_worlds_together_have_a_bound_and_the_largest_makes_room(mock: Api, controls: Controls) -> None:
    mock.worlds.journals.most = 300_000
    mock.send("GET", "/worlds/quiet/api/deals/1")
    for number in range(20):
        body = {"name": f"{number}", "notes": "x" * 40_000, "stage_id": 1}
        mock.send("POST", f"/worlds/noisy-{number % 3}/api/deals", json=body)
        assert sum(size_of(mock, name) for name in mock.worlds.names) <= 300_000 * 21 // 20
    assert controls.of("quiet").get("/journal")["data"][0]["request"]["headers"]
    assert [controls.of(f"noisy-{i}").post("/journal/count") for i in range(3)] == [
        {"count": n} for n in (7, 7, 6)
    ]
    assert controls.of("noisy-0").get("/journal")["data"][-1]["request"]["body"] is None


def size_of(mock: Api, name: str) -> int:
    store = mock.worlds.get(name)
    assert store
    return sum(entry.size for entry in store.journal)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2000)), max_size=60))
def test_what_all_journals_have_is_bounded_and_their_latest_remain(added: list[tuple[int, int]]) -> None:
    budget = Budget(most=20_000)
    journals = [Journal(budget) for _ in range(4)]
    for number, (which, size) in enumerate(added):
        journals[which].add(entry_of(number, size))
        kept = [entry.size for journal in journals for entry in journal.between(-1, number)]
        assert (
            sum(kept)
            == sum(journal.bytes for journal in journals)
            <= budget.most * 21 // 20 + entry_of(0, size).size
        )
    for which, journal in enumerate(journals):
        numbers = [number for number, (of, _) in enumerate(added) if of == which]
        kept = [entry.number for entry in journal.between(-1, len(added))]
        assert kept == numbers[len(numbers) - len(kept) :]


def test_the_journal_of_a_world_that_is_gone_counts_no_more() -> None:
    budget = Budget(most=10_000)
    gone, stays = Journal(budget), Journal(budget)
    gone.add(entry_of(1, 9_000))
    del gone
    stays.add(entry_of(1, 8_000))
    stays.add(entry_of(2, 500))
    assert [entry.response.body is not None for entry in stays.between(0, 2)] == [True, True]


def test_an_operation_that_does_not_exist_lets_no_assertion_hold(controls: Controls) -> None:
    answer = controls.send("POST", "/journal/count", {"operation": "updateDeals"})
    assert answer.status_code == 422
    assert "did you mean updateDeal?" in answer.json()["errors"]["operation"]
    assert controls.send("GET", "/journal?operation=updateDeals").status_code == 422
