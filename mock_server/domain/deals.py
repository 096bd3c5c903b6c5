"""Creating, updating and deleting deals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from mock_server.domain.pipeline import certain, entered
from mock_server.domain.references import check_references, deal_of
from mock_server.domain.refusals import Invalid
from mock_server.domain.values import to_date
from mock_server.domain.world import Deal, World


def create_deal(world: World, body: Mapping[str, Any], viewer_id: int, now: datetime) -> tuple[World, Deal]:
    """Create a deal; it is assigned to the viewer unless the body says otherwise."""
    values = {"assigned_to": viewer_id, **_values(body)}
    check_references(world, values)
    deal = Deal(
        **values,
        id=world.deals.next_id,
        stage_entered_at=now,
        created_at=now,
        updated_at=now,
    )
    deal = _in_stage(deal, world, values, now)
    return world.put("deals", deal), deal


def update_deal(world: World, deal_id: int, body: Mapping[str, Any], now: datetime) -> tuple[World, Deal]:
    """Update the fields in the body; the id of another stage moves the deal there."""
    deal = deal_of(world, deal_id)
    values = _values(body)
    check_references(world, values)
    changed = replace(deal, **values, updated_at=now)
    if changed.stage_id != deal.stage_id:
        changed = _in_stage(changed, world, values, now)
    changed = certain(changed, world.stages[changed.stage_id])
    return world.put("deals", changed), changed


def delete_deal(world: World, deal_id: int) -> World:
    """Delete a deal with its tasks and notes, and nothing else."""
    deal = deal_of(world, deal_id)
    for table in ("tasks", "notes"):
        world = world.drop(table, *(hanging.id for hanging in world.table(table).of(deal.id)))
    return world.drop("deals", deal.id)


def set_primary_quote(world: World, deal_id: int, quote_id: int, now: datetime) -> tuple[World, Deal]:
    """Set the primary quote of a deal."""
    deal = deal_of(world, deal_id)
    quote = world.quotes.get(quote_id)
    if quote is None:
        raise Invalid({"quote_id": f"Quote {quote_id} does not exist"})
    if quote.deal_id != deal_id:
        raise Invalid({"quote_id": f"Quote {quote_id} does not belong to deal {deal_id}"})
    changed = replace(deal, primary_quote_id=quote_id, updated_at=now)
    return world.put("deals", changed), changed


def _values(body: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that the body sets; null empties a field."""
    values = dict(body)
    if "expected_close_date" in values:
        values["expected_close_date"] = to_date(values["expected_close_date"])
    return values


def _in_stage(deal: Deal, world: World, values: Mapping[str, Any], now: datetime) -> Deal:
    """The deal as it enters its stage; in an open stage, the probability in the body counts."""
    stage = world.stages[deal.stage_id]
    inside = entered(deal, stage, now)
    probability = values.get("probability", inside.probability)
    return certain(replace(inside, probability=probability), stage)
