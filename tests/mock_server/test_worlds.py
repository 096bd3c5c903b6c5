"""A world per test: each name has a copy of the base world, with writes of its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from mock_server.clock import ClockSetting, FrozenClock
from mock_server.domain.world import World
from mock_server.faults import Fault
from mock_server.past import Cause, Point
from mock_server.testing import build_mock, running_mock
from mock_server.worlds import Worlds
from tests.mock_server.conftest import NOW, Api, mock_on, seeded

HEADER = "X-Mock-World"
NEW = {"name": "Only here", "stage_id": 1}
WAYS: dict[str, Any] = {
    "header": lambda name: ({HEADER: name}, "/api"),
    "cookie": lambda name: ({"Cookie": f"theme=dark; {HEADER}={name}; a=b"}, "/api"),
    "path": lambda name: ({}, f"/worlds/{name}/api"),
}


def names_in(api: Api, headers: dict[str, str], base: str) -> set[str]:
    answer = api.send("GET", f"{base}/deals?per_page=100&search=only", headers=headers)
    assert answer.status_code == 200, answer.text
    return {deal["name"] for deal in answer.json()["data"]}


@pytest.fixture
def fresh() -> Api:
    return mock_on(seeded(deals=12))


@pytest.mark.parametrize("way", WAYS)
def test_a_named_world_is_a_copy_with_its_own_writes(fresh: Api, way: str) -> None:
    headers, base = WAYS[way]("my-test.1")
    answer = fresh.send("POST", f"{base}/deals", headers=headers, json=NEW)
    assert answer.status_code == 201, answer.text
    assert names_in(fresh, headers, base) == {"Only here"}
    assert names_in(fresh, {}, "/api") == set()
    assert names_in(fresh, {HEADER: "another"}, "/api") == set()
    assert fresh.world is seeded(deals=12)


def test_the_path_of_a_world_counts_before_the_header_and_that_before_the_cookie(fresh: Api) -> None:
    for name in ("in-path", "in-header"):
        fresh.send("POST", "/api/deals", headers={HEADER: name}, json={**NEW, "name": f"Only {name}"})
    headers = {HEADER: "in-header", "Cookie": f"{HEADER}=in-cookie"}
    assert names_in(fresh, headers, "/worlds/in-path/api") == {"Only in-path"}
    assert names_in(fresh, headers, "/api") == {"Only in-header"}
    for path, wanted in (("/worlds/in-path/__admin", "in-path"), ("/__admin", "in-header")):
        saved = fresh.send("PUT", f"{path}/snapshots/mine", headers=headers)
        assert saved.json()["name"] == wanted


def test_a_copy_is_made_of_the_base_world_as_it_is_on_first_use(fresh: Api) -> None:
    assert names_in(fresh, {HEADER: "early"}, "/api") == set()
    fresh.post("/deals", NEW)
    assert names_in(fresh, {HEADER: "early"}, "/api") == set()
    assert names_in(fresh, {HEADER: "late"}, "/api") == {"Only here"}
    assert names_in(fresh, {HEADER: "base"}, "/api") == {"Only here"}


@pytest.mark.parametrize("name", ["", "é", "a b", "../x", "x" * 65, ".hidden", "-x", "a/b"])
def test_a_name_that_is_none_is_told_what_is_allowed(fresh: Api, name: str) -> None:
    answer = fresh.send("GET", "/api/deals", headers={HEADER: name.encode()})  # type: ignore[dict-item]
    assert answer.status_code == 400
    assert answer.json() == {
        "success": False,
        "message": "A name has 1 to 64 letters, digits, dots, hyphens or underscores, "
        "and begins with a letter or digit.",
    }


@pytest.mark.parametrize("path", ["", "/", "/docsx", "/apix", "/worlds/y/api/deals"])
def test_only_what_is_about_a_world_is_below_it(fresh: Api, path: str) -> None:
    assert fresh.send("GET", f"/worlds/x{path}").status_code == 404


def test_a_browser_can_read_why_a_world_is_refused(fresh: Api) -> None:
    answer = fresh.send("GET", "/worlds/-/api/deals", headers={"Origin": "http://localhost:3000"})
    assert answer.status_code == 400
    assert answer.headers["access-control-allow-origin"] == "http://localhost:3000"


def test_a_path_stays_encoded_below_a_world(fresh: Api) -> None:
    assert fresh.send("GET", "/worlds/x/api/deals%2F1").status_code == 404
    assert fresh.send("GET", "/worlds/x/api/deals/1").status_code == 200


def test_a_token_works_in_every_world_that_has_the_person(fresh: Api) -> None:
    answer = fresh.send(
        "POST",
        "/worlds/one/api/auth/login",
        json={"email": "admin@revorbit.example", "password": "password"},
    )
    token = {"Authorization": f"Bearer {answer.json()['token']}"}
    guest = fresh.as_("nobody")
    assert guest.send("GET", "/worlds/two/api/deals", headers=token).status_code == 200
    store = fresh.worlds.named("three")
    store.commit(lambda world: world.drop("users", *(user.id for user in world.users)))
    assert guest.send("GET", "/worlds/three/api/deals", headers=token).status_code == 401


def test_a_mock_may_require_a_world() -> None:
    mock = build_mock(deals=5, now=NOW, require_world=True)
    client = TestClient(mock.app, headers=mock.headers())
    answer = client.get("/api/deals")
    assert answer.status_code == 400
    assert all(part in answer.json()["message"] for part in (HEADER, "cookie", "/worlds/NAME/api"))
    assert client.get("/api/deals", headers={HEADER: "x"}).status_code == 200
    assert client.get("/worlds/x/api/deals").status_code == 200
    assert client.get("/docs").status_code == 200
    preflight = {"Origin": "http://localhost:3000", "Access-Control-Request-Method": "GET"}
    assert client.options("/api/deals", headers=preflight).status_code == 200


def test_the_world_that_was_idle_longest_makes_room() -> None:
    worlds = Worlds(World(), FrozenClock(NOW), most=3)
    for name in ("a", "b", "c", "a", "d"):
        worlds.named(name)
    assert worlds.names == ["base", "c", "a", "d"]


def test_a_world_that_nobody_has_changed_makes_room_first(caplog: pytest.LogCaptureFixture) -> None:
    worlds = Worlds(seeded(12), FrozenClock(NOW), most=3)
    point = Point(seeded(12), ClockSetting(frozen=NOW))
    worlds.named("moved-clock").go_to(point, Cause("clock", NOW))
    worlds.named("read")
    worlds.named("has-a-snapshot").past.save("s", point)
    worlds.named("new")
    assert worlds.names == ["base", "moved-clock", "has-a-snapshot", "new"]
    assert (list(worlds.removed), caplog.text) == (["read"], "")
    worlds.named("new").faults.add(Fault(status=500))
    worlds.named("newer")
    assert worlds.names == ["base", "has-a-snapshot", "new", "newer"]
    assert list(worlds.removed) == ["read", "moved-clock"]
    assert "World moved-clock was removed to make room for newer: at most 3" in caplog.text


def test_a_copy_takes_no_time_at_any_size() -> None:
    worlds = Worlds(seeded(), FrozenClock(NOW))
    assert worlds.named("x").current is worlds.base.current


def test_worlds_of_many_clients_at_once_are_apart() -> None:
    with running_mock(deals=20) as mock, ThreadPoolExecutor(10) as pool:

        def work(number: int) -> list[str]:
            base = f"{mock.url}/worlds/client-{number}/api"
            with httpx.Client(headers=mock.headers(), timeout=60) as client:
                for turn in range(8):
                    made = {"name": f"Of {number}, {turn}", "stage_id": 1}
                    client.post(f"{base}/deals", json=made).raise_for_status()
                rows = client.get(f"{base}/deals", params={"per_page": 100, "search": "Of "}).json()
            return sorted(deal["name"] for deal in rows["data"] if deal["name"].startswith("Of "))

        found = list(pool.map(work, range(50)))
    assert found == [[f"Of {number}, {turn}" for turn in range(8)] for number in range(50)]


def test_each_world_has_its_own_turn(fresh: Api) -> None:
    first, second = (fresh.worlds.named(name) for name in ("one", "two"))
    assert first.turns is not second.turns
    first.commit(lambda world: world.put("stages", replace(world.stages[1], name="Renamed")))
    assert second.current.stages[1].name != "Renamed"
