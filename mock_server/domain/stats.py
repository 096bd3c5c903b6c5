"""The statistics of the pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum

from mock_server.domain.fields import stage_of
from mock_server.domain.listing import EVERY_DEAL, Filters, matching_deals
from mock_server.domain.values import Number, cents, total
from mock_server.domain.world import Deal, World


def deal_stats(world: World, wanted: Filters = EVERY_DEAL) -> dict[str, Number]:
    """Counts, values and rates of the deals; each deal is open, won or lost."""
    deals = matching_deals(world, wanted)
    won = [deal for deal in deals if stage_of(world, deal).is_won]
    lost = [deal for deal in deals if stage_of(world, deal).is_lost]
    closed = {deal.id for deal in (*won, *lost)}
    open_ = [deal for deal in deals if deal.id not in closed]
    groups = {"total": deals, "open": open_, "won": won, "lost": lost}
    return {
        **{f"{name}_deals": len(group) for name, group in groups.items()},
        **{f"{name}_value": _value(group) for name, group in groups.items()},
        "win_rate": round(100 * len(won) / len(closed), 1) if closed else 0,
        "average_deal_value": cents(_value(deals) / len(deals)) if deals else 0,
        "weighted_value": weighted(open_),
    }


def weighted(deals: Sequence[Deal]) -> Number:
    """The value of the deals, each multiplied by its probability."""
    return cents(fsum((deal.value or 0) * (deal.probability or 0) for deal in deals) / 100)


def _value(deals: Sequence[Deal]) -> Number:
    return total(deal.value for deal in deals)
