"""The statistics of the pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum

from mock_server.domain.fields import stage_of
from mock_server.domain.listing import EVERY_DEAL, Filters, matching_deals
from mock_server.domain.values import Number, cents, total
from mock_server.domain.world import Deal, World


def groups(world: World, wanted: Filters = EVERY_DEAL) -> dict[str, list[Deal]]:
    """All deals, and each of them as open, won or lost."""
    deals = matching_deals(world, wanted)
    won = [deal for deal in deals if stage_of(world, deal).is_won]
    lost = [deal for deal in deals if stage_of(world, deal).is_lost]
    closed = {deal.id for deal in (*won, *lost)}
    open_ = [deal for deal in deals if deal.id not in closed]
    return {"total": list(deals), "open": open_, "won": won, "lost": lost}


def deal_stats(world: World, wanted: Filters = EVERY_DEAL) -> dict[str, Number]:
    """Counts, values and rates of the deals."""
    found = groups(world, wanted)
    deals, won, closed = found["total"], found["won"], len(found["won"]) + len(found["lost"])
    return {
        **{f"{name}_deals": len(group) for name, group in found.items()},
        **{f"{name}_value": _value(group) for name, group in found.items()},
        "win_rate": round(100 * len(won) / closed, 1) if closed else 0,
        "average_deal_value": cents(_value(deals) / len(deals)) if deals else 0,
        "weighted_value": weighted(found["open"]),
    }


def contributors(world: World) -> dict[str, list[Deal]]:
    """The deals that make up each figure, by its name."""
    found = groups(world)
    with_value = {name: [deal for deal in group if deal.value] for name, group in found.items()}
    return {
        **{f"{name}_deals": group for name, group in found.items()},
        **{f"{name}_value": group for name, group in with_value.items()},
        "win_rate": [*found["won"], *found["lost"]],
        "average_deal_value": found["total"],
        "weighted_value": [deal for deal in with_value["open"] if deal.probability],
    }


def weighted(deals: Sequence[Deal]) -> Number:
    """The value of the deals, each multiplied by its probability."""
    return cents(fsum((deal.value or 0) * (deal.probability or 0) for deal in deals) / 100)


def _value(deals: Sequence[Deal]) -> Number:
    return total(deal.value for deal in deals)
