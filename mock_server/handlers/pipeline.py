"""The pipeline: its board, its stages and its statistics."""

from __future__ import annotations

from mock_server.context import current_mock
from mock_server.domain.listing import filters
from mock_server.domain.pipeline import Column, board, stages_in_order
from mock_server.domain.stats import deal_stats
from mock_server.domain.world import World
from mock_server.responses import Body, deal_bodies, record_bodies, record_body, success


def get_deal_pipeline(query: Body) -> Body:
    """Every stage with its deals."""
    world = current_mock().world
    columns = board(world, filters(query, current_mock().viewer))
    return success([_column(world, column) for column in columns])


def list_deal_stages() -> Body:
    """The stages in display order."""
    return success(record_bodies("Stage", stages_in_order(current_mock().world)))


def get_deal_stats() -> Body:
    """The statistics of the pipeline."""
    return success(deal_stats(current_mock().world))


def _column(world: World, column: Column) -> Body:
    return {
        **record_body("Stage", column.stage),
        "deals_count": len(column.deals),
        "total_value": column.total_value,
        "deals": deal_bodies(world, column.deals),
    }
