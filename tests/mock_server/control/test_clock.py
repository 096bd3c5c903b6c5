"""The clock of a world: risk, overdue tasks and tokens follow at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from mock_server.clock import FrozenClock, SystemClock, WorldClock
from mock_server.domain.values import to_json
from mock_server.testing import build_mock
from tests.mock_server.conftest import NOW, Api
from tests.mock_server.control.conftest import Controls


def test_a_clock_is_set_for_one_world_only(controls: Controls) -> None:
    mine = controls.of("mine")
    assert mine.put("/clock", {"now": "2027-03-04T05:06:07+01:00"})["now"] == "2027-03-04T04:06:07.000000Z"
    assert mine.get("/clock") == {"now": "2027-03-04T04:06:07.000000Z", "frozen": True}
    assert controls.get("/clock")["now"] == to_json(NOW)


def test_a_running_clock_that_is_set_and_frozen_shows_that_very_time() -> None:
    client = TestClient(build_mock(deals=1).app, base_url="http://localhost")
    answer = client.put("/__admin/clock", json={"now": "2028-01-01", "frozen": True})
    assert answer.json() == {"now": "2028-01-01T00:00:00.000000Z", "frozen": True}


def test_a_copy_begins_with_the_clock_of_the_base_world(controls: Controls) -> None:
    controls.put("/clock", {"now": "2028-01-01"})
    assert controls.of("later").post("/reset")["now"] == "2028-01-01T00:00:00.000000Z"


def test_risk_follows_the_clock(mock: Api, controls: Controls) -> None:
    before = {deal["id"]: deal["risk"] for deal in mock.data("/deals", per_page=100)}
    controls.post("/clock/advance", {"days": 20, "hours": 24})
    after = {deal["id"]: deal["risk"] for deal in mock.data("/deals", per_page=100)}
    opened = [id_ for id_, risk in before.items() if risk]
    assert opened
    assert all(after[id_]["risk_score"] >= before[id_]["risk_score"] for id_ in opened)
    assert before != after
    controls.post("/clock/advance", {"days": -21})
    assert {deal["id"]: deal["risk"] for deal in mock.data("/deals", per_page=100)} == before


def test_a_write_has_the_time_of_the_world(mock: Api, controls: Controls) -> None:
    controls.put("/clock", {"now": "2026-03-01T00:00:00Z"})
    assert mock.create()["created_at"] == "2026-03-01T00:00:00.000000Z"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"now": "yesterday"}, "now"),
        ({"now": "1066-10-14"}, "now"),
        ({"now": 5}, "now"),
        ({"frozen": "yes"}, "frozen"),
        ({"frozen": None}, "frozen"),
        ({"time": "2026-01-01"}, "time"),
    ],
)
def test_a_setting_that_is_none_is_told_by_its_field(controls: Controls, body: object, field: str) -> None:
    answer = controls.send("PUT", "/clock", body)
    assert answer.status_code == 422
    assert field in answer.json()["errors"]


@pytest.mark.parametrize("body", [{"days": 400_000}, {"days": -400_000}, {"days": "3"}, {"weeks": 1}])
def test_a_clock_stays_within_the_calendar(controls: Controls, body: object) -> None:
    answer = controls.send("POST", "/clock/advance", body)
    assert answer.status_code == 422
    assert controls.get("/clock")["now"] == to_json(NOW)


def test_a_running_clock_goes_on_from_what_it_is_set_to() -> None:
    clock = WorldClock(SystemClock())
    clock.set(datetime(2030, 1, 1, tzinfo=UTC))
    assert timedelta(0) <= clock.now() - datetime(2030, 1, 1, tzinfo=UTC) < timedelta(minutes=1)
    assert not clock.stands_still
    clock.freeze()
    assert clock.now() == clock.now()
    assert clock.stands_still
    clock.run()
    assert not clock.stands_still


def test_a_fixed_clock_can_be_started() -> None:
    clock = WorldClock(FrozenClock(NOW))
    assert clock.stands_still
    clock.run()
    first = clock.now()
    assert NOW <= first < NOW + timedelta(minutes=1)
    assert clock.now() > first


def test_a_token_ends_when_the_clock_of_the_world_passes_its_end() -> None:
    mock = build_mock(deals=3)
    client = TestClient(mock.app)
    url, headers = "/worlds/later/api/deals", mock.headers()
    assert client.get(url, headers=headers).status_code == 200
    client.post("/worlds/later/__admin/clock/advance", json={"days": 31}).raise_for_status()
    answer = client.get(url, headers=headers)
    assert (answer.status_code, answer.json()["message"]) == (401, "The token has expired")
    assert client.get("/api/deals", headers=headers).status_code == 200


def test_tokens_end_when_a_clock_that_stands_still_is_moved(mock: Api, controls: Controls) -> None:
    mine = controls.of("mine")
    mine.post("/clock/advance", {"days": 29})
    assert mock.send("GET", "/worlds/mine/api/deals").status_code == 200
    mine.post("/clock/advance", {"days": 1})
    answer = mock.send("GET", "/worlds/mine/api/deals")
    assert (answer.status_code, answer.json()["message"]) == (401, "The token has expired")
    assert mock.get("/deals").status_code == 200  # the clocks of other worlds have not moved
    credentials = {"email": "admin@revorbit.example", "password": "password"}
    signed_in = mock.as_("nobody").send("POST", "/worlds/mine/api/auth/login", json=credentials)
    fresh = {"Authorization": f"Bearer {signed_in.json()['token']}"}
    assert mock.as_("nobody").send("GET", "/worlds/mine/api/deals", headers=fresh).status_code == 200
    mine.post("/reset")
    assert mock.send("GET", "/worlds/mine/api/deals").status_code == 200
