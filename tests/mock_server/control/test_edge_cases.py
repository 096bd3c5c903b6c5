"""Edge cases: legal worlds, hard on whoever shows them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from mock_server.domain.edge_cases import CROWD, EDGE_CASES, LONG_TEXTS_IN, SCRIPTS, with_edge_case
from mock_server.domain.pipeline import certainty, is_closed
from mock_server.domain.values import to_json
from mock_server.domain.world import World
from mock_server.seeding import USERS
from mock_server.worldfile import load_world, read_world, save_world
from mock_server.worldfile.records import longest_text
from tests.mock_server.conftest import NOW, Api, contract, mock_on, seeded
from tests.mock_server.control.conftest import CONTROL, Controls
from tests.mock_server.example_requests import call

LONGEST = partial(longest_text, contract())
CASES = CONTROL.schema("EdgeCases")["properties"]["cases"]["items"]["enum"]
READS = [operation for operation in contract().operations.values() if not operation.writes]


def test_the_contract_has_the_cases_that_there_are() -> None:
    assert sorted(CASES) == sorted(EDGE_CASES)


@pytest.mark.parametrize("case", CASES)
def test_it_is_legal(case: str) -> None:
    """Every response is checked against the contract, and the file that is exported can be loaded."""
    api = mock_on(with_edge_case(seeded(deals=30), case, LONGEST, NOW))
    for operation in READS:
        if case != "no_deals" or "{id}" not in operation.path:
            assert call(api, operation).status_code == 200, operation.id
    assert read_world(save_world(api.world), "exported", NOW, contract=contract()) == api.world


@pytest.mark.parametrize("case", CASES)
def test_what_follows_from_the_stage_of_a_deal_still_does(case: str) -> None:
    changed = with_edge_case(seeded(), case, LONGEST, NOW)
    for deal in changed.deals:
        stage = changed.stages[deal.stage_id]
        assert replace(deal, **certainty(stage)) == deal
        assert (deal.closed_at is not None) == is_closed(stage)


NOT_IN = {  # what a world lacks, by edge case
    "no_records": {
        **dict.fromkeys(("long_texts", "scripts", "nulls"), "there is no record that it could change"),
        "crowded_stage": "there is no open stage",
        "ties": "there are no two deals",
    },
    "no_deals": {"ties": "there are no two deals"},
}
EMPTY = {"no_records": World().put("users", *USERS), "no_deals": load_world("empty", NOW)}


@pytest.mark.parametrize("empty", EMPTY)
@pytest.mark.parametrize("case", CASES)
def test_a_case_that_an_empty_world_cannot_have_says_why(empty: str, case: str) -> None:
    mock = mock_on(EMPTY[empty])
    answer = Controls(mock).send("POST", "/edge-cases", {"cases": ["no_deals", case]})
    if case in NOT_IN[empty]:
        assert answer.status_code == 422
        assert answer.json()["errors"] == {"cases": f"{case}: {NOT_IN[empty][case]}"}
        assert mock.world.is_like(EMPTY[empty])
    else:
        assert answer.status_code == 200
        assert case == "no_deals" or not mock.world.is_like(EMPTY[empty])


def test_no_deals(mock: Api, controls: Controls) -> None:
    assert controls.post("/edge-cases", {"cases": ["no_deals"]})["deals"] == 0
    assert mock.get("/deals").json()["total"] == 0
    assert mock.get("/deals/pipeline").json()["data"]
    mock.create()  # ids are not used again
    assert min(deal.id for deal in mock.world.deals) > 12


def test_long_texts_are_as_long_as_the_contract_allows(mock: Api, controls: Controls) -> None:
    controls.post("/edge-cases", {"cases": ["long_texts"]})
    most = contract().fields("createDeal")
    deals = mock.get("/deals").json()["data"]
    assert {len(deal["name"]) for deal in deals} == {most["name"]["maxLength"]}
    assert len({deal["name"] for deal in deals}) > 1  # one can still tell them apart
    assert {len(deal.notes or "") for deal in mock.world.deals} == {most["notes"]["maxLength"]}
    assert {len(stage.name) for stage in mock.world.stages} == {100}


def test_only_a_page_of_records_has_texts_of_many_pages() -> None:
    world = with_edge_case(seeded(deals=60), "long_texts", LONGEST, NOW)
    assert sum(len(deal.notes or "") > 60_000 for deal in world.deals) == LONG_TEXTS_IN


def test_scripts(mock: Api, controls: Controls) -> None:
    controls.post("/edge-cases", {"cases": ["scripts"]})
    assert {deal["name"] for deal in mock.get("/deals").json()["data"]} == {*SCRIPTS}
    assert mock.get("/deals", search="الع").status_code == 200
    assert mock.get("/deals/export").content.decode().count(SCRIPTS[2]) > 0


def test_nulls_stand_wherever_they_may(mock: Api, controls: Controls) -> None:
    controls.post("/edge-cases", {"cases": ["nulls"]})
    for deal in mock.get("/deals").json()["data"]:
        assert {deal[name] for name in ("value", "contact_name", "company_name", "assigned_to")} == {None}
    for deal in mock.world.deals:  # when a deal was closed follows from its stage
        stage = mock.world.stages[deal.stage_id]
        assert (deal.closed_at is not None) == (stage.is_won or stage.is_lost)


def test_a_crowded_stage(mock: Api, controls: Controls) -> None:
    assert controls.post("/edge-cases", {"cases": ["crowded_stage"]})["deals"] > CROWD
    first = mock.get("/deals/pipeline").json()["data"][0]
    assert first["deals_count"] == len(first["deals"]) == CROWD


def test_a_crowded_stage_in_a_world_without_deals() -> None:
    mock = mock_on(load_world("empty", NOW))
    assert Controls(mock).post("/edge-cases", {"cases": ["crowded_stage"]})["deals"] == CROWD
    found = mock.get("/deals").json()
    assert (found["total"], found["data"][0]["created_at"]) == (CROWD, to_json(NOW))
    assert read_world(save_world(mock.world), "exported", NOW, contract=contract()) == mock.world


def test_ties(mock: Api, controls: Controls) -> None:
    controls.post("/edge-cases", {"cases": ["ties"]})
    for field in contract().fields("listDeals")["sort_by"]["enum"]:
        for direction in ("ASC", "DESC"):
            found = mock.get("/deals", sort_by=field, sort_dir=direction).json()["data"]
            assert [deal["id"] for deal in found] == sorted(deal["id"] for deal in found)


def test_several_one_after_the_other_and_back(mock: Api, controls: Controls) -> None:
    before = mock.world
    controls.of("mine").post("/edge-cases", {"cases": ["scripts", "ties", "nulls"]})
    assert mock.world is before  # other worlds keep theirs
    controls.post("/edge-cases", {"cases": ["ties", "nulls"]})
    [step] = controls.get("/history")["data"]
    assert step["what"] == "edge cases: ties, nulls"
    controls.post("/undo")
    assert mock.world.is_like(before)


def test_an_unknown_case_names_those_that_there_are(controls: Controls) -> None:
    answer = controls.send("POST", "/edge-cases", {"cases": ["long"]})
    assert answer.status_code == 422
    assert "no_deals, long_texts" in answer.text
