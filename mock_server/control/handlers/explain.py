"""How the mock has come to a number."""

from __future__ import annotations

from mock_server.control.context import current_control
from mock_server.control.responses import Body
from mock_server.domain.references import deal_of
from mock_server.domain.risk import Considered, considered, deal_risk
from mock_server.domain.stats import contributors, deal_stats
from mock_server.domain.values import to_json


def explain_deal(id_: int) -> Body:
    """Why a deal has its risk score."""
    store = current_control().store
    world, now = store.current, store.clock.now()
    deal = deal_of(world, id_)
    risk = deal_risk(world, deal, now)
    return {
        "id": id_,
        "now": to_json(now),
        "risk_score": risk["risk_score"] if risk else None,
        "factors": [_factor(each) for each in considered(world, deal, now)],
    }


def explain_stats() -> Body:
    """Which deals make up each figure."""
    world = current_control().store.current
    deals = contributors(world)
    return {
        "data": [
            {"figure": name, "value": value, "deals": sorted(deal.id for deal in deals[name])}
            for name, value in deal_stats(world).items()
        ]
    }


def _factor(found: Considered) -> Body:
    return {
        "label": found.label,
        "rule": found.rule,
        "applies": found.weight > 0,
        "weight": found.weight,
        "most": found.most,
        "detail": found.detail,
        "inputs": found.inputs,
    }
