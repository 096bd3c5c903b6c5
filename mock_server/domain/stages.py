"""Creating, updating, reordering and deleting pipeline stages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from mock_server.domain.long_work import looks_at
from mock_server.domain.pipeline import CERTAIN, HOPELESS, outcome
from mock_server.domain.references import existing
from mock_server.domain.refusals import Invalid
from mock_server.domain.values import counted, in_short
from mock_server.domain.world import Stage, World


def create_stage(world: World, body: Mapping[str, Any]) -> tuple[World, Stage]:
    """Add a stage at the end."""
    values = _values(body)
    values.setdefault("probability", CERTAIN if values.get("is_won") else HOPELESS)
    last = max((stage.display_order for stage in world.stages), default=0)
    stage = Stage(**values, id=world.stages.next_id, display_order=last + 1)
    _check_outcome(stage)
    return world.put("stages", stage), stage


def update_stage(world: World, stage_id: int, body: Mapping[str, Any], now: datetime) -> tuple[World, Stage]:
    """Update the fields in the body; if the stage becomes won, lost or open, so do its deals."""
    stage = existing(world.stages, "Stage", stage_id)
    changed = replace(stage, **_values(body))
    _check_outcome(changed)
    world = world.put("stages", changed)
    if (stage.is_won, stage.is_lost) != (changed.is_won, changed.is_lost):
        world = _settle_deals(world, changed, now)
    return world, changed


def reorder_stages(world: World, order: Sequence[int]) -> tuple[World, list[Stage]]:
    """Put the stages in this order, which must list every stage exactly once."""
    if faults := _faults(world, order):
        raise Invalid({"order": f"order must list every stage exactly once: {faults}"})
    placed = [replace(world.stages[id_], display_order=place) for place, id_ in enumerate(order, 1)]
    moved = [stage for stage in placed if stage != world.stages[stage.id]]
    return (world.put("stages", *moved) if moved else world), placed


def delete_stage(world: World, stage_id: int) -> World:
    """Delete a stage that has no deals and is not the only one."""
    stage = existing(world.stages, "Stage", stage_id)
    if deals := world.deals.count_of(stage_id):
        held = counted(deals, "deal")
        them = "it" if deals == 1 else "them"
        raise Invalid({"id": f"Stage {stage.name} still has {held}; move {them} first"})
    if len(world.stages) == 1:
        raise Invalid({"id": f"Stage {stage.name} is the only stage and cannot be deleted"})
    return world.drop("stages", stage_id)


def _values(body: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that the body sets. A stage always has all of them: null counts as absent."""
    return {name: value for name, value in body.items() if value is not None}


def _check_outcome(stage: Stage) -> None:
    if stage.is_won and stage.is_lost:
        raise Invalid({"is_lost": "A stage cannot be both won and lost"})


def _settle_deals(world: World, stage: Stage, now: datetime) -> World:
    looks_at(world.deals.count_of(stage.id))
    changed = {**outcome(stage, now), "updated_at": now}
    return world.put("deals", *(replace(deal, **changed) for deal in world.deals.of(stage.id)))


def _faults(world: World, order: Sequence[int]) -> str:
    known = Counter(id_ for id_ in order if id_ in world.stages)
    faults: dict[str, Collection[object]] = {
        "missing": [stage.id for stage in world.stages if stage.id not in known],
        # As texts: a set of numbers that are chosen for it takes a time that is quadratic in their count.
        "unknown": dict.fromkeys(str(id_) for id_ in order if id_ not in world.stages),
        "duplicate": [id_ for id_, count in known.items() if count > 1],
    }
    return "; ".join(f"{fault} {in_short(ids)}" for fault, ids in faults.items() if ids)
