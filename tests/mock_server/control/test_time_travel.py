"""Back, forth, to a snapshot: and what changed on the way."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from mock_server.clock import ClockSetting, FrozenClock
from mock_server.domain.changes import changes
from mock_server.domain.values import to_json
from mock_server.domain.world import Company, World
from mock_server.past import MOST_SNAPSHOTS, MOST_STEPS, Cause, Point
from mock_server.store import Store
from mock_server.testing import build_mock
from mock_server.worldfile import load_world
from tests.mock_server.conftest import NOW, Api
from tests.mock_server.control.conftest import Controls

RENAMED = {"name": "Renamed", "stage_id": 3}


def name_of(mock: Api) -> Any:
    return mock.data("/deals/10")["name"]


def test_a_change_can_be_undone_and_repeated(mock: Api, controls: Controls) -> None:
    before = name_of(mock)
    mock.put("/deals/10", RENAMED)
    assert controls.post("/undo") == {**controls.get("/worlds")["data"][0], "changes": 0, "undone": 1}
    assert name_of(mock) == before
    assert controls.post("/redo")["undone"] == 0
    assert name_of(mock) == "Renamed"


@pytest.mark.parametrize("action", ["undo", "redo"])
def test_where_there_is_nothing_to_go_to_it_says_so(controls: Controls, action: str) -> None:
    answer = controls.send("POST", f"/{action}")
    assert answer.status_code == 409
    assert answer.json()["message"].startswith("There is no change to")


def test_a_new_change_leaves_nothing_to_repeat(mock: Api, controls: Controls) -> None:
    mock.put("/deals/10", RENAMED)
    controls.post("/undo")
    mock.post("/deals", {"name": "New", "stage_id": 1})
    assert controls.send("POST", "/redo").status_code == 409


def test_a_reset_goes_back_to_the_beginning_and_can_be_undone(mock: Api, controls: Controls) -> None:
    first = mock.world
    mock.put("/deals/10", RENAMED)
    mock.delete("/deals/3")
    controls.put("/clock", {"now": "2030-01-01T00:00:00Z"})
    assert controls.post("/reset")["now"] == to_json(NOW)
    assert mock.world == first
    assert controls.post("/undo")["now"].startswith("2030-01-01")
    assert (mock.world.deals[10].name, len(mock.world.deals)) == ("Renamed", 11)


def test_a_reset_of_a_world_goes_back_to_how_that_world_began(mock: Api, controls: Controls) -> None:
    mock.put("/deals/10", RENAMED)
    mine = controls.of("mine")
    mock.send("GET", "/worlds/mine/api/deals").raise_for_status()
    mock.send("DELETE", "/worlds/mine/api/deals/10").raise_for_status()
    mine.post("/reset")
    assert mock.send("GET", "/worlds/mine/api/deals/10").json()["data"]["name"] == "Renamed"


def test_a_snapshot_is_saved_restored_replaced_and_deleted(mock: Api, controls: Controls) -> None:
    assert controls.get("/snapshots") == {"data": []}
    before = mock.world
    controls.put("/snapshots/before")
    mock.put("/deals/10", RENAMED)
    controls.put("/snapshots/renamed")
    controls.post("/snapshots/before/restore")
    assert mock.world == before
    controls.post("/undo")
    assert name_of(mock) == "Renamed"
    controls.put("/snapshots/before")
    assert controls.get("/snapshots") == {"data": ["before", "renamed"]}
    assert controls.send("DELETE", "/snapshots/before").status_code == 200
    assert controls.send("DELETE", "/snapshots/before").json()["message"] == "There is no snapshot before"
    assert controls.send("POST", "/snapshots/before/restore").status_code == 404
    assert controls.of("other").put("/snapshots/mine")
    assert controls.of("other").get("/snapshots") == {"data": ["mine"]}


def test_a_snapshot_has_its_clock(mock: Api, controls: Controls) -> None:
    controls.put("/clock", {"now": "2026-02-19T12:00:00Z"})
    controls.put("/snapshots/mine")
    risk = mock.data("/deals/10")["risk"]
    controls.post("/clock/advance", {"days": 10})
    assert mock.data("/deals/10")["risk"] != risk
    assert controls.post("/snapshots/mine/restore")["now"] == "2026-02-19T12:00:00.000000Z"
    assert mock.data("/deals/10")["risk"] == risk
    assert controls.post("/undo")["now"] == "2026-03-01T12:00:00.000000Z"


def test_a_world_that_is_made_from_another_has_its_clock(controls: Controls) -> None:
    controls.of("one").put("/clock", {"now": "2027-01-01"})
    two = controls.post("/worlds/two", {"from": "one"})
    assert two["now"] == "2027-01-01T00:00:00.000000Z"
    controls.of("two").post("/clock/advance", {"days": 1})
    assert controls.of("two").post("/reset")["now"] == two["now"]
    assert controls.of("one").get("/clock")["now"] == two["now"]
    assert controls.post("/worlds/base", {"from": "one"})["now"] == two["now"]
    assert controls.post("/undo")["now"] == to_json(NOW)


def test_a_clock_that_moves_is_a_change_that_can_be_undone(mock: Api, controls: Controls) -> None:
    mock.put("/deals/10", RENAMED)
    controls.put("/clock", {"now": "2026-02-10T12:00:00Z", "frozen": True})
    controls.post("/clock/advance", {"days": 1, "hours": 2})
    controls.put("/clock", {"frozen": True})  # as it is already
    steps = controls.get("/history")["data"]
    assert [(step["what"], step["at"], step["changes"]) for step in steps[:2]] == [
        ("clock advanced: days 1, hours 2", "2026-02-10T12:00:00.000000Z", []),
        ("clock set: now 2026-02-10T12:00:00Z, frozen true", to_json(NOW), []),
    ]
    assert controls.post("/undo")["now"] == "2026-02-10T12:00:00.000000Z"
    assert controls.post("/undo")["now"] == to_json(NOW)
    assert name_of(mock) == "Renamed"
    controls.post("/redo")
    assert controls.post("/redo")["now"] == "2026-02-11T14:00:00.000000Z"


def test_the_undo_of_a_write_leaves_the_clock_alone(mock: Api, controls: Controls) -> None:
    controls.post("/clock/advance", {"days": 1})
    mock.put("/deals/10", RENAMED)
    assert controls.post("/undo")["now"] == "2026-02-10T12:00:00.000000Z"


def test_a_clock_that_ran_runs_on_after_an_undo(controls: Controls) -> None:
    controls.put("/clock", {"frozen": False})
    before = controls.get("/clock")["now"]
    controls.put("/clock", {"now": "2030-01-01", "frozen": True})
    controls.post("/undo")
    after = controls.get("/clock")
    assert not after["frozen"]
    assert before <= after["now"] < "2027"


def test_the_number_of_snapshots_is_bounded(mock: Api, controls: Controls) -> None:
    for number in range(MOST_SNAPSHOTS):
        assert mock.store.past.save(f"s{number}", mock.store.present)
    answer = controls.send("PUT", "/snapshots/one-more")
    assert (answer.status_code, str(MOST_SNAPSHOTS) in answer.json()["message"]) == (409, True)
    assert controls.put("/snapshots/s1")


def test_the_history_says_who_changed_what(mock: Api, controls: Controls) -> None:
    before = mock.data("/deals/10")
    mock.as_("rep").put("/deals/10", {**RENAMED, "value": 7})
    created = mock.create(name="New")
    mock.delete(f"/deals/{created['id']}")
    mock.put("/deals/999", RENAMED)  # refused, so it is no change
    history = controls.get("/history")["data"]

    assert [(step["number"], step["what"]) for step in history] == [
        (3, "DELETE /api/deals/13"),
        (2, "POST /api/deals"),
        (1, "PUT /api/deals/10"),
    ]
    deleted, added, renamed = (step["changes"] for step in history)
    assert (history[2]["operation"], history[2]["person"]) == ("updateDeal", "rep@revorbit.example")
    [change] = renamed
    assert (change["table"], change["id"]) == ("deals", 10)
    assert change["before"]["name"] == before["name"]
    assert change["after"]["name"] == "Renamed"
    assert change["before"]["value"] == before["value"]
    assert change["after"]["value"] == 7
    assert "contact_id" not in change["before"]
    assert (added[0]["before"], added[0]["after"]["name"]) == (None, "New")
    assert (deleted[0]["before"]["name"], deleted[0]["after"]) == ("New", None)


def test_the_history_shows_as_much_as_it_is_asked_for(mock: Api, controls: Controls) -> None:
    for number in range(30):
        mock.post("/deals", {"name": f"Deal {number}", "stage_id": 1})
    assert len(controls.get("/history")["data"]) == 20
    assert [step["number"] for step in controls.get("/history?limit=2")["data"]] == [30, 29]
    assert controls.send("GET", "/history?limit=0").status_code == 422


def test_a_deal_that_is_deleted_takes_what_belongs_to_it_along(mock: Api, controls: Controls) -> None:
    before = mock.world
    mock.delete("/deals/10")
    removed = controls.get("/history")["data"][0]["changes"]
    assert {"deals", "tasks", "notes"} <= {change["table"] for change in removed}
    assert all(change["after"] is None for change in removed)
    controls.post("/undo")
    assert mock.world == before


def test_an_export_is_a_fixture_that_begins_as_this_world(
    mock: Api, controls: Controls, tmp_path: Path
) -> None:
    mock.put("/deals/10", {**RENAMED, "notes": "=é: 'x'\n\n- 🎉"})
    answer = controls.send("GET", "/export")
    assert answer.headers["content-type"] == "application/yaml"
    (tmp_path / "bug.yaml").write_bytes(answer.content)
    assert load_world(tmp_path / "bug.yaml", NOW) == mock.world


def test_an_export_has_the_clock_so_that_risk_is_the_same_tomorrow(
    mock: Api, controls: Controls, tmp_path: Path
) -> None:
    controls.post("/clock/advance", {"days": 28})
    mock.sign_in("admin@revorbit.example").put("/deals/10", RENAMED)
    exported = controls.send("GET", "/export").content
    assert b"\nclock: 2026-03-09T12:00:00Z\n" in exported
    before = controls.get("/explain/deals/10")

    later = loaded(tmp_path, exported)
    assert later.get("/clock") == {"now": "2026-03-09T12:00:00.000000Z", "frozen": True}
    assert later.get("/explain/deals/10") == before
    assert later.send("GET", "/export").content == exported
    later.post("/clock/advance", {"days": 1})
    assert later.post("/reset")["now"] == "2026-03-09T12:00:00.000000Z"


def test_an_export_of_a_world_whose_clock_runs_stands_still_when_it_is_loaded(
    controls: Controls, tmp_path: Path
) -> None:
    controls.put("/clock", {"now": "2030-01-01T12:00:00Z", "frozen": False})
    exported = controls.send("GET", "/export").content
    later = loaded(tmp_path, exported)
    assert later.get("/clock")["now"].startswith("2030-01-01T12:0")
    assert later.send("GET", "/export").content == exported
    signed_in = later.api.as_("nobody").sign_in("admin@revorbit.example")
    assert signed_in.get("/deals/10").status_code == 200
    later.put("/clock", {"frozen": False})
    assert later.get("/clock") != later.get("/clock")


def loaded(folder: Path, exported: bytes) -> Controls:
    """A mock that begins with an exported file, by the real time."""
    (folder / "bug.yaml").write_bytes(exported)
    mock = build_mock(fixture=folder / "bug.yaml")
    client = TestClient(mock.app, raise_server_exceptions=False)
    return Controls(Api(client, mock.worlds, {"admin": mock.token()}))


def test_a_time_that_is_asked_for_counts_more_than_that_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("clock: 2030-01-01\nrecipe: {deals: 3, seed: 1}\n")
    assert build_mock(fixture=tmp_path / "mine.yaml", now=NOW).store.clock.now() == NOW


def test_a_past_is_bounded() -> None:
    store = Store("x", World(), FrozenClock(NOW))
    for number in range(MOST_STEPS + 50):
        company = Company(id=1, name=str(number))
        store.replace(store.current, store.current.put("companies", company), Cause("put", NOW))
    assert len(store.past.done) == MOST_STEPS
    while store.undo():
        pass
    assert store.current.companies[1].name == "49"


moves = st.lists(st.sampled_from(["write", "move the clock", "undo", "redo", "reset"]), max_size=30)


@settings(max_examples=200)
@given(moves)
def test_back_and_forth_always_lead_to_what_was_there(actions: list[str]) -> None:
    """Compared with two lists of points, the plainest way to have an undo."""
    store = Store("x", World(), FrozenClock(NOW))
    done, undone = [store.present], list[Point]()
    cause = Cause("test", NOW)
    for number, action in enumerate(actions):
        if action == "undo":
            assert store.undo() == (len(done) > 1)
            if len(done) > 1:
                undone.append(done.pop())
        elif action == "redo":
            assert store.redo() == bool(undone)
            if undone:
                done.append(undone.pop())
        elif action == "write":
            world = store.current.put("companies", Company(id=1, name=str(number)))
            done.append(Point(world, store.clock.setting))
            undone.clear()
            store.replace(store.current, world, cause)
        elif action == "move the clock":
            done.append(Point(store.current, ClockSetting(frozen=NOW + timedelta(days=number + 1))))
            undone.clear()
            store.go_to(done[-1], cause)
        else:
            if done[-1] != done[0]:  # else it changes nothing
                done.append(done[0])
                undone.clear()
            store.reset(cause)
        assert store.present == done[-1]


def test_worlds_that_are_equal_have_no_changes() -> None:
    world = World().put("companies", Company(id=1, name="A"))
    assert changes(world, world) == ([], 0)
    assert changes(world, world.put("companies", Company(id=1, name="A")))[0] == []
