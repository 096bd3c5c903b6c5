"""Explanations: they say how the mock has come to what the API shows."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mock_server.conftest import Api
from tests.mock_server.control.conftest import Controls


def test_the_factors_that_apply_are_those_of_the_risk(mock: Api, controls: Controls) -> None:
    for deal in mock.data("/deals", per_page=100):
        explained = controls.get(f"/explain/deals/{deal['id']}")
        risk = deal["risk"] or {"risk_score": None, "risk_factors": []}
        applying = [factor for factor in explained["factors"] if factor["applies"]]
        assert explained["risk_score"] == risk["risk_score"]
        assert {(each["label"], each["weight"], each["detail"]) for each in applying} == {
            (each["label"], each["weight"], each["detail"]) for each in risk["risk_factors"]
        }
        assert len(explained["factors"]) == (7 if deal["risk"] else 0)


def test_a_factor_says_its_rule_and_what_it_has_looked_at(mock: Api, controls: Controls) -> None:
    deal = mock.create(name="New", expected_close_date="2026-02-01")
    factors = {each["label"]: each for each in controls.get(f"/explain/deals/{deal['id']}")["factors"]}
    late = factors["Close date passed"]
    assert (late["applies"], late["weight"], late["most"]) == (True, 18, 20)
    assert late["inputs"] == {"expected_close_date": "2026-02-01"}
    assert late["rule"] == "Ten points, plus one for each day overdue."
    assert factors["No activity"]["applies"] is False
    assert factors["No activity"]["inputs"] == {"last_activity": deal["created_at"]}


def test_it_follows_the_clock_and_the_world(controls: Controls) -> None:
    mine = controls.of("mine")
    mine.post("/clock/advance", {"days": 100})
    assert mine.get("/explain/deals/10")["risk_score"] > controls.get("/explain/deals/10")["risk_score"]


@pytest.mark.parametrize("id_", ["999", "x"])
def test_a_deal_that_is_not_there_cannot_be_explained(controls: Controls, id_: str) -> None:
    assert controls.send("GET", f"/explain/deals/{id_}").status_code == 404


def test_the_deals_of_a_figure_make_it_up(mock: Api, controls: Controls) -> None:
    deals = {deal["id"]: deal for deal in mock.data("/deals", per_page=100)}
    figures: dict[str, Any] = {each["figure"]: each for each in controls.get("/explain/stats")["data"]}
    stats = mock.data("/deals/stats")
    assert {name: each["value"] for name, each in figures.items()} == stats
    for group in ("total", "open", "won", "lost"):
        assert len(figures[f"{group}_deals"]["deals"]) == stats[f"{group}_deals"]
        value = sum(deals[id_]["value"] for id_ in figures[f"{group}_value"]["deals"])
        assert value == pytest.approx(stats[f"{group}_value"])
    assert set(figures["won_deals"]["deals"]) == {id_ for id_, deal in deals.items() if deal["is_won"]}
    closed = [deals[id_] for id_ in figures["win_rate"]["deals"]]
    assert stats["win_rate"] == round(100 * sum(deal["is_won"] for deal in closed) / len(closed), 1)
    weighted = sum(
        deals[id_]["value"] * deals[id_]["probability"] / 100 for id_ in figures["weighted_value"]["deals"]
    )
    assert weighted == pytest.approx(stats["weighted_value"])
