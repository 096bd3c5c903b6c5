"""The JSON of a deal is made and checked once, and never outdated."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server import deal_json
from mock_server.checked_json import MARKS, PARTS, CheckedJson, written
from mock_server.contract import MockContract
from mock_server.deal_json import deals_as_json
from mock_server.domain.risk import deal_risk, unchanged_for
from mock_server.domain.world import World
from mock_server.testing import build_mock
from tests.mock_server.conftest import NOW, Api, Start, contract, seeded

NAMES = contract().properties("Deal")
CHANGES: dict[str, tuple[str, str, Any]] = {
    "the deal": ("PUT", "/deals/10", {"name": "Renamed", "stage_id": 2}),
    "its stage": ("PUT", "/deals/10/stage", {"stage_id": 5}),
    "the name of its stage": ("PUT", "/pipeline-stages/{stage_id}", {"name": "Renamed"}),
    "a new task": ("POST", "/deals/10/tasks", {"title": "Call", "due_date": "2020-01-01"}),
    "a new note": ("POST", "/deals/10/notes", {"content": "Called"}),
}


def as_listed(api: Api) -> dict[str, Any]:
    deals = [deal for column in api.data("/deals/pipeline") for deal in column["deals"]]
    return next(deal for deal in deals if deal["id"] == 10)


@pytest.mark.parametrize("change", CHANGES)
def test_the_list_shows_what_has_changed(api: Api, change: str) -> None:
    before = as_listed(api)
    method, path, body = CHANGES[change]
    api.send(method, f"/api{path.format(**before)}", json=body).raise_for_status()
    details = {name: value for name, value in api.data("/deals/10").items() if name != "deal_notes"}
    assert as_listed(api) == details != before


def test_two_contracts_may_show_one_world(start: Start) -> None:
    first, world = start(seeded()), seeded()
    as_listed(first)
    plain: Any = copy.deepcopy(dict(contract().document))
    deal = plain["components"]["schemas"]["Deal"]
    del deal["properties"]["tags"]
    deal["required"].remove("tags")
    shown = deals_as_json(world, world.deals, MockContract("changed", plain), NOW)
    assert all(isinstance(each, CheckedJson) and "tags" not in json.loads(each.json) for each in shown)
    assert "tags" in as_listed(first)


def test_a_world_that_is_put_back_shows_what_it_showed(api: Api) -> None:
    before, shown = api.world, as_listed(api)
    api.put("/deals/10", {"name": "Renamed", "stage_id": 2})
    assert as_listed(api)["name"] == "Renamed"
    api.store.commit(lambda _: before)
    assert as_listed(api) == shown


def test_a_deal_is_made_once_and_again_only_if_it_changes(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = start(build_mock(deals=200, seed=7, now=NOW).world)
    made: list[int] = []
    make = deal_json.deal_record

    def counted(world: World, deal: Any, *rest: Any) -> Any:
        made.append(deal.id)
        return make(world, deal, *rest)

    monkeypatch.setattr(deal_json, "deal_record", counted)
    api.get("/deals", per_page=100)
    assert (len(set(made)), len(made)) == (100, 100)
    api.get("/deals", per_page=100)
    api.get("/deals/pipeline")
    assert (len(set(made)), len(made)) == (200, 200)
    api.put("/deals/10", {"name": "Renamed", "stage_id": 2})
    api.get("/deals/pipeline")
    assert made[200:] == [10]


def test_a_page_that_is_kept_is_the_page_that_is_made(api: Api) -> None:
    assert api.get("/deals/pipeline").content == api.get("/deals/pipeline").content
    fresh: list[Any] = [deal_json.deal_record(api.world, deal, NAMES, NOW) for deal in api.world.deals]
    shown = [deal for column in api.data("/deals/pipeline") for deal in column["deals"]]
    assert sorted(shown, key=lambda deal: deal["id"]) == fresh


def test_a_deal_that_is_not_as_the_contract_says_is_found_by_the_check(api: Api, caplog: Any) -> None:
    api.store.commit(lambda world: world.put("stages", *_with_numbers_for_names(world)))
    assert api.get("/deals").status_code == 500
    assert "stage_name" in caplog.text


def _with_numbers_for_names(world: World) -> list[Any]:
    name: Any = 5
    return [replace(stage, name=name) for stage in world.stages]


@given(st.integers(1, 200), st.timedeltas(timedelta(0), timedelta(days=90)), st.floats(0, 1))
def test_risk_does_not_change_as_long_as_it_says(id_: int, later: timedelta, share: float) -> None:
    world, now = seeded(), NOW + later
    deal = world.deals[id_]
    span = unchanged_for(world, deal, now)
    then = now + min(span * share, span - timedelta.resolution)
    assert deal_risk(world, deal, then) == deal_risk(world, deal, now)


def test_risk_may_change_on_the_last_day_of_the_calendar() -> None:
    world, now = seeded(), datetime(9999, 12, 31, 12, tzinfo=UTC)
    assert timedelta(0) < unchanged_for(world, world.deals[1], now) <= timedelta(days=1)


@given(
    st.recursive(
        st.integers() | st.text() | st.sampled_from([CheckedJson(part, b'{"a":1}') for part in PARTS]),
        lambda x: st.lists(x) | st.dictionaries(st.text(), x),
    )
)
def test_a_body_is_what_json_would_write(value: Any) -> None:
    made = written(value)
    assert json.loads(made.body) == _plain(value, lambda _: {"a": 1})
    assert json.loads(made.outline) == _plain(value, lambda each: MARKS[each.part])


def _plain(value: Any, instead: Callable[[CheckedJson], Any]) -> Any:
    if isinstance(value, CheckedJson):
        return instead(value)
    if isinstance(value, dict):
        return {name: _plain(each, instead) for name, each in value.items()}
    return [_plain(each, instead) for each in value] if isinstance(value, list) else value


def test_only_json_can_be_written() -> None:
    with pytest.raises(TypeError, match="datetime is no JSON"):
        written({"at": NOW})


def test_history_keeps_nothing_that_is_made_of_a_world_after_an_undo(api: Api) -> None:
    store = api.worlds.base
    api.post("/deals", {"name": "One more", "stage_id": 1})
    assert store.undo()
    api.get("/deals")
    assert store.current.kept.of("Deal")
    step = store.past.undone[0]
    assert not step.before.world.kept.of("Deal")
    assert not step.after.world.kept.of("Deal")
