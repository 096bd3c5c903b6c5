"""Faults: what goes wrong on purpose, how often it was asked for, and nothing else."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from mock_server.faults import Fault, Faults, Trouble
from mock_server.testing import MockWorld, RunningMock, running_mock
from tests.mock_server.conftest import Api
from tests.mock_server.control.conftest import Controls

RENAMED = {"name": "Renamed", "stage_id": 3}


def statuses(mock: Api, times: int, path: str = "/api/deals/10") -> list[int]:
    return [mock.send("GET", path).status_code for _ in range(times)]


def test_a_status_instead_of_the_response(mock: Api, controls: Controls) -> None:
    fault = controls.post("/faults", {"operation": "getDeal", "status": 500})
    assert (fault["number"], fault["share"], fault["happened"]) == (1, 1.0, 0)
    answer = mock.get("/deals/10")
    assert (answer.status_code, answer.json()) == (500, {"success": False, "message": "Server error"})
    assert mock.get("/deals").status_code == 200
    assert controls.get("/faults")["data"][0]["happened"] == 1
    assert controls.send("DELETE", "/faults/1").status_code == 200
    assert mock.get("/deals/10").status_code == 200
    assert controls.send("DELETE", "/faults/1").status_code == 404


def test_a_status_that_the_contract_does_not_have_has_its_error_body(mock: Api, controls: Controls) -> None:
    controls.post("/faults", {"status": 503})
    answer = mock.get("/deals")
    assert (answer.status_code, answer.json()["message"]) == (503, "Service unavailable")


@pytest.mark.parametrize("status", [499, 599])
def test_a_status_without_a_name_is_one_too(mock: Api, controls: Controls, status: int) -> None:
    controls.post("/faults", {"status": status})
    answer = mock.get("/deals")
    assert (answer.status_code, answer.json()) == (status, {"success": False, "message": f"Status {status}"})


def test_a_write_to_which_it_happens_changes_nothing(mock: Api, controls: Controls) -> None:
    before = mock.world
    controls.post("/faults", {"status": 500})
    assert mock.put("/deals/10", RENAMED).status_code == 500
    assert mock.world is before


def test_a_share_is_the_same_requests_for_the_same_seed(mock: Api, controls: Controls) -> None:
    def round_with(seed: int) -> list[int]:
        controls.send("DELETE", "/faults")
        controls.post("/faults", {"status": 500, "share": 0.3, "seed": seed})
        return statuses(mock, 40)

    first = round_with(1)
    assert first == round_with(1) != round_with(2)
    assert 3 <= first.count(500) <= 25


def test_it_is_over_after_so_many_times(mock: Api, controls: Controls) -> None:
    controls.post("/faults", {"status": 500, "times": 2})
    assert statuses(mock, 4) == [500, 500, 200, 200]
    assert controls.get("/faults") == {"data": []}


def test_a_rate_limit_says_when_to_come_again(mock: Api, controls: Controls) -> None:
    controls.post("/faults", {"limit": 2, "per_seconds": 60})
    answers = [mock.get("/deals/10") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 1 <= int(answers[2].headers["retry-after"]) <= 60


def test_a_rate_limit_lets_requests_through_again() -> None:
    faults = Faults()
    faults.add(Fault(limit=2, per_seconds=10))

    def status_at(now: float) -> int | None:
        trouble = Trouble()
        faults.add_to(trouble, None, now)
        return trouble.status

    assert [status_at(now) for now in (0, 1, 2, 9.9, 10.5, 10.6, 11.5)] == [
        *(None, None, 429, 429),
        *(None, 429, None),
    ]


def test_each_world_has_its_own_unless_they_are_everywhere(mock: Api, controls: Controls) -> None:
    controls.of("mine").post("/faults", {"status": 500})
    assert statuses(mock, 1, "/worlds/mine/api/deals/10") == [500]
    assert statuses(mock, 1) == [200]
    controls.post("/faults", {"status": 503, "everywhere": True})
    assert statuses(mock, 1) == [503]
    assert statuses(mock, 1, "/worlds/other/api/deals/10") == [503]
    assert [fault["everywhere"] for fault in controls.of("mine").get("/faults")["data"]] == [False, True]
    assert controls.send("DELETE", "/faults/1?everywhere=true").status_code == 200
    assert statuses(mock, 1) == [200]


def test_a_preflight_and_the_control_side_have_none(mock: Api, controls: Controls) -> None:
    controls.post("/faults", {"status": 500})
    preflight = {"Origin": "http://localhost:3000", "Access-Control-Request-Method": "GET"}
    assert mock.send("OPTIONS", "/api/deals", headers=preflight).status_code == 200
    assert controls.get("/faults")["data"][0]["happened"] == 0


def test_what_happened_is_in_the_journal(mock: Api, controls: Controls) -> None:
    controls.post("/faults", {"status": 429, "operation": "getDeal"})
    mock.get("/deals/10")
    assert controls.post("/journal/count", {"status": 429, "operation": "getDeal"}) == {"count": 1}


@pytest.mark.parametrize(("cut", "status"), [("connection", 0), ("body", 200)])
def test_a_request_that_was_cut_is_there_too(world: MockWorld, cut: str, status: int) -> None:
    switch_on(world, operation="getDeal", cut=cut, times=1)
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{world.api_url}/deals/10", headers=world.headers())
    httpx.get(f"{world.api_url}/deals/10", headers=world.headers()).raise_for_status()
    journal = httpx.get(f"{world.control_url}/journal?operation=getDeal&limit=2").json()["data"]
    assert [entry["status"] for entry in journal] == [200, status]
    archive = httpx.get(f"{world.control_url}/journal.har").json()
    assert [entry["response"]["status"] for entry in archive["log"]["entries"][-2:]] == [status, 200]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "body"),
        ({"operation": "getDeal"}, "body"),
        ({"operation": "getDeals", "status": 500}, "operation"),
        ({"status": 200}, "status"),
        ({"status": 500, "share": 2}, "share"),
        ({"cut": "head"}, "cut"),
        ({"delay": 10**6}, "delay"),
        ({"limit": 1, "per_seconds": 0}, "per_seconds"),
        ({"status": 500, "when": "now"}, "when"),
    ],
)
def test_a_fault_that_is_none_is_told_by_its_field(
    controls: Controls, body: dict[str, Any], field: str
) -> None:
    answer = controls.send("POST", "/faults", body)
    assert (answer.status_code, field in answer.json()["errors"]) == (422, True), answer.text


def test_a_mistyped_operation_gets_the_nearest_one(controls: Controls) -> None:
    answer = controls.send("POST", "/faults", {"operation": "getDeals", "status": 500})
    assert answer.json()["errors"]["operation"].endswith("did you mean getDeal?")


# On a socket


@pytest.fixture(scope="module")
def server() -> Iterator[RunningMock]:
    with running_mock(deals=40) as mock:
        yield mock


@pytest.fixture
def world(server: RunningMock, request: pytest.FixtureRequest) -> MockWorld:
    return server.in_world(request.node.originalname[:60])


def switch_on(world: MockWorld, **fault: Any) -> None:
    httpx.post(f"{world.control_url}/faults", json=fault).raise_for_status()


def test_a_cut_connection_has_no_response(world: MockWorld, caplog: pytest.LogCaptureFixture) -> None:
    switch_on(world, cut="connection", times=1)
    url = f"{world.api_url}/deals"
    with pytest.raises(httpx.HTTPError):
        httpx.get(url, headers=world.headers())
    assert httpx.get(url, headers=world.headers()).status_code == 200
    assert caplog.records == []


def test_a_body_is_cut_in_the_middle(world: MockWorld, caplog: pytest.LogCaptureFixture) -> None:
    switch_on(world, cut="body", operation="listDeals", times=1)
    received, cut = b"", False
    with httpx.stream("GET", f"{world.api_url}/deals", headers=world.headers()) as answer:
        try:
            for part in answer.iter_bytes():
                received += part
        except httpx.HTTPError:
            cut = True
    assert cut
    assert 1000 < len(received) < int(answer.headers["content-length"])
    assert caplog.records == []


def test_nothing_else_waits_while_one_request_waits(world: MockWorld) -> None:
    switch_on(world, delay=3000, operation="getDeal")
    took: list[float] = []

    def slow() -> None:
        begin = time.monotonic()
        httpx.get(f"{world.api_url}/deals/10", headers=world.headers())
        took.append(time.monotonic() - begin)

    thread = threading.Thread(target=slow)
    thread.start()
    for _ in range(5):
        httpx.get(f"{world.api_url}/deals", headers=world.headers()).raise_for_status()
    assert thread.is_alive()  # the others came first
    thread.join()
    assert took[0] >= 3


def test_delays_with_a_spread_vary_about_their_median() -> None:
    faults = Faults()
    faults.add(Fault(delay=100, spread=0.5, seed=3))
    delays = []
    for _ in range(500):
        trouble = Trouble()
        faults.add_to(trouble, None, 0)
        delays.append(trouble.delay * 1000)
    delays.sort()
    assert 85 < delays[250] < 118
    assert delays[0] < 50
    assert delays[-1] > 200


def test_the_journal_tells_what_was_done_on_purpose(world: MockWorld) -> None:
    url, headers = f"{world.api_url}/deals/10", world.headers()
    switch_on(world, status=500, times=1)
    httpx.get(url, headers=headers)
    httpx.get(url, headers={**headers, "Prefer": "code=404"})
    httpx.get(url, headers=headers)
    switch_on(world, cut="connection", times=1)
    with pytest.raises(httpx.HTTPError):
        httpx.get(url, headers=headers)
    found = httpx.get(f"{world.control_url}/journal").json()["data"]
    told = [(entry["status"], entry["answered_by"]) for entry in found]
    assert told == [(0, "fault"), (200, "api"), (404, "preference"), (500, "fault")]
    assert {entry["operation"] for entry in found} == {"getDeal"}


def ids(mock: Api, path: str = "/api/deals") -> list[int]:
    return [deal["id"] for deal in mock.send("GET", f"{path}?page=2&per_page=5").json()["data"]]


def test_a_defect_of_the_catalogue_in_one_world(mock: Api, controls: Controls) -> None:
    first = [deal["id"] for deal in mock.get("/deals", per_page=5).json()["data"]]
    fault = controls.of("mine").post("/faults", {"defect": "page-is-ignored"})
    assert ids(mock, "/worlds/mine/api/deals") == first
    assert ids(mock) != first
    assert controls.of("mine").get("/faults")["data"][0]["happened"] == 0  # the API is like that
    controls.of("mine").send("DELETE", f"/faults/{fault['number']}")
    assert ids(mock, "/worlds/mine/api/deals") != first


def test_a_defect_everywhere(mock: Api, controls: Controls) -> None:
    controls.post("/faults", {"defect": "page-is-ignored", "everywhere": True})
    assert ids(mock) == ids(mock, "/worlds/mine/api/deals") == ids(mock, "/worlds/other/api/deals")


def test_what_a_defect_remembers_stays_in_its_world(mock: Api, controls: Controls) -> None:
    def stats(world: str) -> Any:
        return mock.send("GET", f"/worlds/{world}/api/deals/stats").json()["data"]

    for name in ("one", "two"):
        controls.of(name).post("/faults", {"defect": "stats-are-cached"})
    before = stats("one")
    mock.send("DELETE", "/worlds/one/api/deals/10")
    mock.send("DELETE", "/worlds/two/api/deals/10")
    assert stats("one") == before
    assert stats("two") != before


def test_writes_with_a_defect_are_in_the_history(mock: Api, controls: Controls) -> None:
    controls.post("/faults", {"defect": "page-is-ignored"})
    assert mock.put("/deals/10", RENAMED).status_code == 200
    [step] = controls.get("/history")["data"]
    assert step["operation"] == "updateDeal"
    controls.post("/undo")
    assert mock.get("/deals/10").json()["data"]["name"] != "Renamed"


@pytest.mark.parametrize(
    ("body", "field", "says"),
    [
        ({"defect": "page-is-ignord"}, "defect", "did you mean page-is-ignored?"),
        ({"defect": "page-is-ignored", "status": 500}, "status", "cannot be combined"),
    ],
)
def test_a_defect_that_makes_no_sense(
    controls: Controls, body: dict[str, Any], field: str, says: str
) -> None:
    answer = controls.send("POST", "/faults", body)
    assert answer.status_code == 422
    assert says in answer.json()["errors"][field]


def test_the_catalogue_can_be_read(controls: Controls) -> None:
    found = {each["name"]: each for each in controls.get("/defects")["data"]}
    assert found["page-is-ignored"]["operations"] == ["listDeals"]
    assert len(found) > 300
