"""The pipeline: deals by stage, and what happens when a deal changes its stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from mock_server.domain.listing import EVERY_DEAL, Filters, matching_deals
from mock_server.domain.references import check_references, deal_of
from mock_server.domain.values import Number, total
from mock_server.domain.world import Deal, Stage, World

Fields = Mapping[str, Any]  # some fields of a deal
CERTAIN, HOPELESS = 100, 0  # the probability of a won deal, and of a lost one


@dataclass(frozen=True, slots=True)
class Column:
    """A stage of the board with its deals, by id."""

    stage: Stage
    deals: Sequence[Deal]

    @property
    def total_value(self) -> Number:
        return total(deal.value for deal in self.deals)


def stages_in_order(world: World) -> list[Stage]:
    """All stages in display order."""
    return sorted(world.stages, key=lambda stage: (stage.display_order, stage.id))


def board(world: World, wanted: Filters = EVERY_DEAL) -> list[Column]:
    """Every stage in display order, with those of its deals that match the filters."""
    deals: dict[int, list[Deal]] = {}
    for deal in matching_deals(world, wanted):
        deals.setdefault(deal.stage_id, []).append(deal)
    return [Column(stage, deals.get(stage.id, [])) for stage in stages_in_order(world)]


def move_to_stage(world: World, deal_id: int, stage_id: int, now: datetime) -> tuple[World, Deal]:
    """Move a deal to a stage; nothing changes if it is already there."""
    deal = deal_of(world, deal_id)
    check_references(world, {"stage_id": stage_id})
    if deal.stage_id == stage_id:
        return world, deal
    moved = replace(deal, **entry(world.stages[stage_id], now), updated_at=now)
    return world.put("deals", moved), moved


def is_closed(stage: Stage) -> bool:
    """Whether deals in this stage are won or lost."""
    return stage.is_won or stage.is_lost


def entry(stage: Stage, now: datetime) -> Fields:
    """The fields of a deal that change as it enters a stage."""
    return {"stage_id": stage.id, "stage_entered_at": now, **outcome(stage, now)}


def outcome(stage: Stage, now: datetime) -> Fields:
    """The fields of a deal that its stage determines: closed now, or open with the stage's probability."""
    if not is_closed(stage):
        return {"closed_at": None, "loss_reason": None, "probability": stage.probability}
    return {"closed_at": now, **certainty(stage)}


def certainty(stage: Stage) -> Fields:
    """The probability of a deal in a closed stage, whatever else is given; only a lost one has a reason."""
    if stage.is_won:
        return {"probability": CERTAIN, "loss_reason": None}
    return {"probability": HOPELESS} if stage.is_lost else {}
