"""The mock returns the page's own example as the page shows it, and explains every risk score."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from mock_server.worldfile import fixture_names, load_world
from tests.mock_server.conftest import NOW, Api, mock_on, seeded
from tests.mock_server.listing_oracle import whole_list

PAGE: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[1] / "deals_spec" / "page.yaml").read_text("utf-8")
)["examples"]
UNSAID = "..."  # what the page shows where it has no example
# On the page company 1 has two names at once. Ours has one, so the reseller is another company;
# and a deal that is not lost has no reason for its loss.
OTHERWISE = {"reseller_id": 2, "loss_reason": None}
LEVELS = {"low": range(30), "medium": range(30, 60), "high": range(60, 101)}


def test_deal_10_is_as_the_page_shows_it(reader: Api) -> None:
    deal = reader.data("/deals/10")
    said = {name: value for name, value in PAGE["Deal"].items() if value != UNSAID and name != "risk"}
    assert {name: deal[name] for name in said} == {**said, "reseller_id": OTHERWISE["reseller_id"]}
    unsaid = {name for name, value in PAGE["Deal"].items() if value == UNSAID} - OTHERWISE.keys()
    assert unsaid == {"assigned_name", "notes", "tags"}
    assert all(isinstance(deal[name], str) and deal[name] for name in unsaid)
    assert deal["loss_reason"] is OTHERWISE["loss_reason"]


def test_the_risk_of_deal_10_is_as_the_page_shows_it(reader: Api) -> None:
    assert reader.data("/deals/10")["risk"] == {
        "risk_level": "medium",
        "risk_score": 45,
        "risk_factors": [
            *PAGE["Deal"]["risk"]["risk_factors"],
            {"label": "Unanswered email", "detail": "25 days", "weight": 10},
            {"label": "Overdue tasks", "detail": "2 tasks", "weight": 10},
        ],
    }


def test_stage_3_is_as_the_page_shows_it(reader: Api) -> None:
    assert PAGE["Stage"] in reader.data("/deals/stages")


@pytest.mark.parametrize("seed", [0, 1, 7])
def test_deal_10_is_the_same_for_every_seed(reader: Api, seed: int) -> None:
    deal, expected = mock_on(seeded(20, seed)).data("/deals/10"), reader.data("/deals/10")
    ids = ("deal_notes", "primary_quote_id")  # other deals come before it, so its note has another id
    assert {**deal, **dict.fromkeys(ids)} == {**expected, **dict.fromkeys(ids)}
    assert [note["content"] for note in deal["deal_notes"]] == [
        note["content"] for note in expected["deal_notes"]
    ]


@pytest.mark.parametrize("fixture", fixture_names())
def test_the_factors_of_every_open_deal_add_up_to_its_score(fixture: str) -> None:
    for deal in whole_list(mock_on(load_world(fixture, NOW))):
        if deal["is_won"] or deal["is_lost"]:
            assert deal["risk"] is None
            continue
        risk, factors = deal["risk"], deal["risk"]["risk_factors"]
        weights = [factor["weight"] for factor in factors]
        assert risk["risk_score"] == sum(weights) in LEVELS[risk["risk_level"]]
        assert all(weight > 0 for weight in weights)
        assert weights == sorted(weights, reverse=True)
        assert all(factor["label"] and factor["detail"] for factor in factors)


def test_all_levels_of_risk_are_there_to_be_shown(reader: Api) -> None:
    assert {deal["risk"]["risk_level"] for deal in whole_list(reader) if deal["risk"]} == set(LEVELS)


def test_what_a_salesperson_does_lowers_the_risk(api: Api) -> None:
    assert api.data("/deals/10")["risk"]["risk_score"] == 45
    api.post("/deals/10/notes", {"content": "Jane called"})
    assert api.data("/deals/10")["risk"]["risk_score"] == 20
    for task in api.data("/deals/10/tasks"):
        api.put(f"/deals/10/tasks/{task['id']}", {"title": task["title"], "due_date": "2026-02-10"})
    assert api.data("/deals/10")["risk"] == {
        "risk_level": "low",
        "risk_score": 10,
        "risk_factors": [{"label": "Unanswered email", "detail": "25 days", "weight": 10}],
    }
