"""Creating, updating and deleting deals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from mock_server.domain.pipeline import Fields, certainty, entry
from mock_server.domain.references import check_references, deal_of
from mock_server.domain.refusals import Invalid
from mock_server.domain.values import to_date
from mock_server.domain.world import Deal, Stage, World


def create_deal(world: World, body: Mapping[str, Any], viewer_id: int, now: datetime) -> tuple[World, Deal]:
    """Create a deal; it is assigned to the viewer unless the body says otherwise."""
    values = {"assigned_to": viewer_id, **_values(body)}
    check_references(world, values)
    values |= _on_entry(world.stages[values["stage_id"]], values, now)
    deal = Deal(**values, id=world.deals.next_id, created_at=now, updated_at=now)
    return world.put("deals", deal), deal


def update_deal(world: World, deal_id: int, body: Mapping[str, Any], now: datetime) -> tuple[World, Deal]:
    """Update the fields in the body; the id of another stage moves the deal there."""
    deal = deal_of(world, deal_id)
    values = _values(body)
    check_references(world, values)
    stage = world.stages[values.get("stage_id", deal.stage_id)]
    values |= certainty(stage) if stage.id == deal.stage_id else _on_entry(stage, values, now)
    changed = replace(deal, **values, updated_at=now)
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


def _on_entry(stage: Stage, values: Fields, now: datetime) -> Fields:
    """The fields that change as a deal enters its stage; in an open one, the given probability counts."""
    fields = dict(entry(stage, now))
    if "probability" in values:
        fields["probability"] = values["probability"]
    return {**fields, **certainty(stage)}
