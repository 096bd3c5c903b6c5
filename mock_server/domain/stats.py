"""The statistics of the pipeline."""

from __future__ import annotations

from typing import Final

from mock_server.domain.fields import stage_of
from mock_server.domain.listing import matching_deals
from mock_server.domain.tallies import NO_DEALS
from mock_server.domain.values import Number, cents
from mock_server.domain.world import Deal, Stage, World

GROUPS: Final = ("total", "open", "won", "lost")


def deal_stats(world: World) -> dict[str, Number]:
    """Counts, values and rates of the deals."""
    found = dict.fromkeys(GROUPS, NO_DEALS)
    for stage_id, tally in world.tallies.get(world).items():
        for name in ("total", _group(world.stages[stage_id])):
            found[name] += tally
    deals, won = found["total"].deals, found["won"].deals
    closed = won + found["lost"].deals
    return {
        **{f"{name}_deals": tally.deals for name, tally in found.items()},
        **{f"{name}_value": tally.total_value for name, tally in found.items()},
        "win_rate": round(100 * won / closed, 1) if closed else 0,
        "average_deal_value": cents(found["total"].total_value / deals) if deals else 0,
        "weighted_value": found["open"].weighted_value,
    }


def contributors(world: World) -> dict[str, list[Deal]]:
    """The deals that make up each figure, by its name."""
    found: dict[str, list[Deal]] = {name: [] for name in GROUPS}
    for deal in matching_deals(world):
        for name in ("total", _group(stage_of(world, deal))):
            found[name].append(deal)
    with_value = {name: [deal for deal in group if deal.value] for name, group in found.items()}
    return {
        **{f"{name}_deals": group for name, group in found.items()},
        **{f"{name}_value": group for name, group in with_value.items()},
        "win_rate": [*found["won"], *found["lost"]],
        "average_deal_value": found["total"],
        "weighted_value": [deal for deal in with_value["open"] if deal.probability],
    }


def _group(stage: Stage) -> str:
    if stage.is_won:
        return "won"
    return "lost" if stage.is_lost else "open"
