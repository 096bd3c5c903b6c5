"""Worlds by name, as the control side makes, lists and deletes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mock_server.domain.values import to_json
from mock_server.worldfile import RECIPE, load_world
from mock_server.worlds import MOST_WORLDS
from tests.mock_server.conftest import NOW, Api
from tests.mock_server.control.conftest import CONTROL, Controls


def names(controls: Controls) -> list[str]:
    return [world["name"] for world in controls.get("/worlds")["data"]]


def test_every_world_is_listed(mock: Api, controls: Controls) -> None:
    mock.send("DELETE", "/worlds/one/api/deals/3").raise_for_status()
    base, one = controls.get("/worlds")["data"]
    now = to_json(NOW)
    assert base == {"name": "base", "deals": 12, "changes": 0, "undone": 0, "now": now}
    assert one == {"name": "one", "deals": 11, "changes": 1, "undone": 0, "now": now}


def test_a_world_is_a_copy_of_another(mock: Api, controls: Controls) -> None:
    mock.send("DELETE", "/worlds/one/api/deals/3").raise_for_status()
    assert controls.post("/worlds/two", {"from": "one"})["deals"] == 11
    assert controls.post("/worlds/three")["deals"] == 12
    assert controls.send("POST", "/worlds/four", {"from": "nobody"}).status_code == 404


def test_a_world_may_begin_with_a_fixture(mock: Api, controls: Controls) -> None:
    controls.post("/worlds/nasty", {"fixture": "nasty"})
    store = mock.worlds.get("nasty")
    assert store is not None
    assert store.current == load_world("nasty", NOW)
    assert controls.post("/worlds/many", {"deals": 30, "seed": 7})["deals"] == 30


READS = [
    *("clock", "history", "snapshots", "export", "faults", "colleague", "journal", "journal.har"),
    *("explain/deals/10", "explain/stats", "", "events"),
]


@pytest.mark.parametrize("path", READS)
@pytest.mark.parametrize("way", ["path", "header", "cookie"])
def test_what_only_reads_makes_no_world(mock: Api, controls: Controls, path: str, way: str) -> None:
    mock.send("GET", "/worlds/one/api/deals").raise_for_status()
    headers = {"path": {}, "header": {"X-Mock-World": "oen"}, "cookie": {"Cookie": "X-Mock-World=oen"}}[way]
    prefix = "/worlds/oen" if way == "path" else ""
    answer = mock.as_("nobody").send("GET", f"{prefix}/__admin/{path}", headers=headers)
    assert answer.status_code == 404
    assert answer.json()["message"] == "There is no world oen; the worlds are base, one"
    assert names(controls) == ["base", "one"]


def test_counting_makes_no_world(controls: Controls) -> None:
    assert controls.of("oen").send("POST", "/journal/count", {}).status_code == 404
    assert names(controls) == ["base"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/clock", {"frozen": True}),
        ("POST", "/clock/advance", {"days": 1}),
        ("POST", "/faults", {"status": 500}),
        ("POST", "/colleague", {"does": "move"}),
        ("POST", "/edge-cases", {"cases": ["ties"]}),
        ("PUT", "/snapshots/mine", None),
        ("POST", "/reset", None),
    ],
)
def test_what_changes_a_world_makes_it(controls: Controls, method: str, path: str, body: Any) -> None:
    assert controls.of("mine").send(method, path, body).status_code in (200, 201)
    assert names(controls) == ["base", "mine"]


@pytest.mark.parametrize("path", ["/worlds", "/health", "/defects"])
def test_what_is_about_all_worlds_needs_none(controls: Controls, path: str) -> None:
    assert controls.of("nobody").send("GET", path).status_code == 200
    assert names(controls) == ["base"]


def test_pages_besides_make_no_world(mock: Api, controls: Controls) -> None:
    for path in ("/docs", "/openapi.json", "/", "/nowhere"):
        mock.send("GET", path, headers={"X-Mock-World": "oen"})
    assert names(controls) == ["base"]


def test_a_world_is_deleted_by_a_client_that_names_it_in_each_request(mock: Api, controls: Controls) -> None:
    headers = {"X-Mock-World": "one"}
    mock.send("GET", "/api/deals", headers=headers).raise_for_status()
    for status in (200, 404):
        assert mock.send("DELETE", "/__admin/worlds/one", headers=headers).status_code == status
    assert mock.send("POST", "/__admin/worlds/two", headers=headers).status_code == 201
    assert names(controls) == ["base", "two"]


def test_a_world_that_had_to_make_room_is_named(controls: Controls) -> None:
    for number in range(MOST_WORLDS + 2):
        controls.api.worlds.named(f"w{number}")
    listed = controls.get("/worlds")
    assert (len(listed["data"]), listed["removed"]) == (MOST_WORLDS + 1, ["w0", "w1"])
    answer = controls.of("w0").send("GET", "/clock")
    assert answer.json()["message"].endswith(f", w{MOST_WORLDS + 1} and {MOST_WORLDS - 9} more")


def test_a_fixture_may_have_a_clock(
    controls: Controls, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "later.yaml").write_text("clock: 2030-01-01\nrecipe: {deals: 3, seed: 1}\n")
    monkeypatch.setattr("mock_server.fixtures.PACKAGED", tmp_path)
    later = {"now": "2030-01-01T00:00:00.000000Z", "frozen": True}
    controls.post("/worlds/mine", {"fixture": "later"})
    assert controls.of("mine").get("/clock") == later
    assert controls.get("/clock")["now"] == to_json(NOW)
    controls.post("/worlds/base", {"fixture": "later"})
    assert controls.get("/clock") == later
    controls.post("/undo")
    assert controls.get("/clock")["now"] == to_json(NOW)


@pytest.mark.parametrize("body", [None, {}])
def test_the_base_world_begins_again_as_the_mock_was_started(
    mock: Api, controls: Controls, body: dict[str, Any] | None
) -> None:
    first = mock.world
    controls.post("/worlds/base", {"fixture": "nasty"})
    controls.post("/clock/advance", {"days": 28})
    assert controls.post("/worlds/base", body)["now"] == to_json(NOW)
    assert mock.world == first
    assert controls.get("/history")["data"][0]["what"] == "a new beginning as the mock was started"
    mock.create()
    assert controls.post("/reset")["deals"] == 12


def test_the_base_world_may_begin_as_it_is_now(mock: Api, controls: Controls) -> None:
    mock.delete("/deals/3")
    controls.post("/worlds/base", {"from": "base"})
    mock.delete("/deals/4")
    assert controls.post("/reset")["deals"] == 11


def test_the_base_world_gets_another_beginning_that_can_be_undone(mock: Api, controls: Controls) -> None:
    assert controls.post("/worlds/base", {"fixture": "empty"})["deals"] == 0
    assert mock.data("/deals") == []
    assert controls.get("/history")["data"][0]["what"] == "a new beginning as fixture empty"
    assert controls.post("/undo")["deals"] == 12


def test_a_world_that_is_deleted_begins_anew_with_the_next_request(mock: Api, controls: Controls) -> None:
    mock.send("DELETE", "/worlds/one/api/deals/3").raise_for_status()
    assert controls.send("DELETE", "/worlds/one").json() == {"success": True, "message": "World one deleted"}
    assert names(controls) == ["base"]
    assert mock.send("GET", "/worlds/one/api/deals/3").status_code == 200
    assert controls.send("DELETE", "/worlds/nobody").status_code == 404
    assert controls.send("DELETE", "/worlds/base").status_code == 400


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"fixture": "nope"}, "fixture must be one of default, empty, everything-at-risk, nasty"),
        ({"fixture": "../../etc/passwd"}, "fixture must be one of"),
        ({"fixture": "nasty", "deals": 3}, "has no recipe"),
        ({"from": "base", "deals": 3}, "from cannot be combined with deals"),
        ({"from": "a b"}, "from must look like checkout-test"),
        ({"deals": -1}, "deals"),
        ({"deals": 10**9}, "deals"),
        ({"number": 3}, "unknown field number"),
    ],
)
def test_a_beginning_that_is_none_is_told_by_its_field(
    controls: Controls, body: dict[str, Any], message: str
) -> None:
    answer = controls.send("POST", "/worlds/x", body)
    assert answer.status_code == 422, answer.text
    assert any(message in text for text in answer.json()["errors"].values()), answer.text
    assert names(controls) == ["base"]


def test_a_name_that_is_none_makes_no_world(controls: Controls) -> None:
    answer = controls.send("POST", "/worlds/a%20b")
    assert (answer.status_code, answer.json()["success"]) == (400, False)


def test_the_numbers_that_a_recipe_may_have_are_those_of_world_files() -> None:
    properties = CONTROL.schema("NewWorld")["properties"]
    assert {name: properties[name]["maximum"] for name in RECIPE} == RECIPE


def test_a_new_beginning_of_the_base_world_is_one(mock: Api, controls: Controls) -> None:
    controls.post("/worlds/base", {"fixture": "empty"})
    mock.create()
    assert controls.post("/reset")["deals"] == 0
