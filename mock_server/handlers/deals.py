"""Deals: the list, single deals, and changes to them."""

from __future__ import annotations

from mock_server.context import current_mock
from mock_server.domain import deals, pipeline
from mock_server.domain.listing import Sort, filters, last_page, page_of_deals
from mock_server.domain.references import deal_of
from mock_server.responses import (
    Body,
    created,
    deal_bodies,
    deleted,
    details_body,
    saved_deal,
    success,
    updated,
)


def list_deals(query: Body) -> Body:
    """A page of the deals that match the filters."""
    world, contract = current_mock().world, current_mock().contract
    wanted = filters(query, current_mock().viewer, contract.fields_of("search"))
    sort = Sort(contract.fields_of("sort_by")[query["sort_by"]], query["sort_dir"] == "DESC")
    page, per_page = query["page"], query["per_page"]
    shown, total = page_of_deals(world, wanted, sort, page, per_page)
    return {
        "data": deal_bodies(world, shown),
        "current_page": page,
        "last_page": last_page(total, per_page),
        "per_page": per_page,
        "total": total,
    }


def create_deal(body: Body) -> tuple[Body, int]:
    """Add a deal."""
    world, deal = current_mock().store.commit(
        deals.create_deal, body, current_mock().viewer.id, current_mock().now
    )
    return created(saved_deal(world, deal), "Deal")


def get_deal(id_: int) -> Body:
    """One deal in full."""
    world = current_mock().world
    return success(details_body(world, deal_of(world, id_)))


def update_deal(id_: int, body: Body) -> Body:
    """Change a deal."""
    world, deal = current_mock().store.commit(deals.update_deal, id_, body, current_mock().now)
    return updated(saved_deal(world, deal), "Deal")


def delete_deal(id_: int) -> Body:
    """Delete a deal."""
    current_mock().store.commit(deals.delete_deal, id_)
    return deleted("Deal")


def move_deal_to_stage(id_: int, body: Body) -> Body:
    """Move a deal to a different pipeline stage."""
    world, deal = current_mock().store.commit(
        pipeline.move_to_stage, id_, body["stage_id"], current_mock().now
    )
    return updated(saved_deal(world, deal), "Deal")


def set_deal_primary_quote(id_: int, body: Body) -> Body:
    """Set the primary quote of a deal."""
    world, deal = current_mock().store.commit(
        deals.set_primary_quote, id_, body["quote_id"], current_mock().now
    )
    return updated(saved_deal(world, deal), "Deal")
