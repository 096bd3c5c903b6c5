"""Updates: changed deals, and deals that must not change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mock_server.context import current_mock
from mock_server.domain.deals import create_deal
from mock_server.domain.pipeline import is_closed
from mock_server.domain.refusals import Missing
from mock_server.domain.world import Deal, World
from mock_server.mutations.handler_call import HandlerCall, change_world, current_world, deals_in
from mock_server.mutations.mutation import around_handler
from mock_server.responses import deal_body, updated

SENT = "Implied: saved as sent"
CLOSE_DATE = "expected_close_date: date, Expected close date (YYYY-MM-DD)"
NOT_FOUND = "404 not found"
NAMES = ("company_name", "contact_name", "reseller_name", "assigned_name")


@around_handler("updateDeal", documented="PUT /deals/{id}. Implied: success means that the update is saved")
def update_is_not_saved(call: HandlerCall) -> Any:
    """The response shows the updated deal, but nothing is saved."""
    return call.without_saving()


@around_handler(
    "updateDeal",
    documented=f"value: number; probability: integer. {SENT}",
)
def update_ignores_0(call: HandlerCall) -> Any:
    """An update ignores 0 in `value` and `probability`, because it is falsy."""
    return call.without_fields(*(name for name in ("value", "probability") if call.body.get(name) == 0))()


@around_handler("updateDeal", documented="partner_id, reseller_id, reseller_contact_id: Nullable")
def update_ignores_null(call: HandlerCall) -> Any:
    """An update ignores null, so a partner or reseller cannot be removed."""
    return call.without_fields(*(name for name, value in call.body.items() if value is None))()


@around_handler("updateDeal", documented=f"Request body: assigned_to: integer. {SENT}")
def update_keeps_the_assignee(call: HandlerCall) -> Any:
    """An update ignores `assigned_to`, so a deal cannot be reassigned."""
    return call.without_fields("assigned_to")()


@around_handler("updateDeal", documented="probability: Optional. Implied: changed only if it is sent")
def a_new_value_resets_the_probability(call: HandlerCall) -> Any:
    """Changing `value` alone resets `probability` to that of the stage."""
    before = current_world().deals.get(call.id)
    response = call()
    deal = current_world().deals[call.id]
    if before and before.value != deal.value and before.probability == deal.probability:
        _change(
            lambda each: each.id == call.id, probability=current_world().stages[deal.stage_id].probability
        )
    return response


@around_handler("updateDeal", documented=f"{CLOSE_DATE}, Optional. Implied: set only if it is sent")
def an_update_without_a_close_date_sets_today(call: HandlerCall) -> Any:
    """An update without `expected_close_date` sets it to today."""
    return call(body={"expected_close_date": current_mock().now.date().isoformat(), **call.body})


@around_handler("updateDeal", documented=f"{NOT_FOUND}. Implied: only for a deal that does not exist")
def an_update_that_changes_nothing_returns_404(call: HandlerCall) -> Any:
    """An update that changes nothing returns 404, because the database reports 0 changed rows."""
    before = current_world().deals.get(call.id)
    response = call()
    after = current_world().deals[call.id]
    if before and replace(after, updated_at=before.updated_at) == before:
        raise Missing("Deal", call.id)
    return response


@around_handler("updateDeal", documented=f"stage_id: Pipeline stage ID. {SENT}")
def update_does_not_close_a_deal(call: HandlerCall) -> Any:
    """An update with a won or lost `stage_id` silently leaves the deal in its stage."""
    deal, stage = current_world().deals.get(call.id), current_world().stages.get(call.body["stage_id"])
    return call.with_fields(stage_id=deal.stage_id)() if deal and stage and is_closed(stage) else call()


@around_handler(
    "updateDeal", documented="PUT /deals/{id}. Implied: changes the deal with this ID, and no other"
)
def update_sets_the_value_of_every_deal_in_the_stage(call: HandlerCall) -> Any:
    """An update sets `value` on every deal in the same stage."""
    response = call()
    deal = current_world().deals[call.id]
    if "value" in call.body:
        _change(lambda other: other.stage_id == deal.stage_id, value=deal.value)
    return response


@around_handler(
    "updateDeal", documented="PUT /deals/{id}. Implied: changes the deal with this ID, and no other"
)
def update_creates_a_copy(call: HandlerCall) -> Any:
    """An update creates a new deal and leaves the existing one unchanged."""
    call.without_saving()  # rejects what the handler rejects
    world, deal = current_mock().store.commit(
        create_deal, call.body, current_mock().viewer.id, current_mock().now
    )
    return updated(deal_body(world, deal), "Deal")


@around_handler("updateDeal", documented="created_at. Implied: the time when the deal was created")
def update_changes_created_at(call: HandlerCall) -> Any:
    """An update sets `created_at` to the current time."""
    response = call()
    _change(lambda deal: deal.id == call.id, created_at=current_mock().now)
    return response


@around_handler("updateDeal", documented="updated_at. Implied: the time when the deal was last updated")
def update_does_not_change_updated_at(call: HandlerCall) -> Any:
    """An update does not change `updated_at`."""
    before = current_world().deals.get(call.id)
    response = call()
    if before is not None:
        _change(lambda deal: deal.id == call.id, updated_at=before.updated_at)
    return response


@around_handler("updateDeal", documented=NOT_FOUND)
def updating_an_unknown_deal_creates_one(call: HandlerCall) -> Any:
    """Updating a deal that does not exist creates one instead of returning 404."""
    try:
        return call()
    except Missing:
        world, deal = current_mock().store.commit(
            create_deal, call.body, current_mock().viewer.id, current_mock().now
        )
        return updated(deal_body(world, deal), "Deal")


@around_handler(
    "updateDeal", documented="partner_id: Bill To company ID; reseller_id: Reseller company ID. Nullable"
)
def clearing_the_reseller_clears_the_bill_to_company(call: HandlerCall) -> Any:
    """An update that sets `reseller_id` to null also clears `partner_id`."""
    return call.with_fields(partner_id=None)() if call.body.get("reseller_id", 0) is None else call()


@around_handler(
    "updateDeal",
    documented="company_name, contact_name, assigned_name. Implied: the names for the returned IDs",
)
def update_returns_outdated_names(call: HandlerCall) -> Any:
    """An update returns the names of company, contact, reseller and assignee from before the update."""
    world = current_world()
    before = deal_body(world, world.deals[call.id]) if call.id in world.deals else {}
    response = call()
    for deal in deals_in(response):
        deal.update({name: before[name] for name in NAMES})
    return response


@around_handler("setDealPrimaryQuote", documented="Set which quote is the primary quote for this deal")
def an_unknown_quote_becomes_primary(call: HandlerCall) -> Any:
    """Setting the primary quote accepts the ID of a quote that does not exist."""
    world = current_world()
    if call.body["quote_id"] in world.quotes or call.id not in world.deals:
        return call()
    return updated(deal_body(world, world.deals[call.id]), "Deal")


@around_handler("setDealPrimaryQuote", documented="Set which quote is the primary quote for this deal")
def setting_the_primary_quote_again_unsets_it(call: HandlerCall) -> Any:
    """Setting the primary quote to the quote that is already primary unsets it."""
    primary = current_world().deals[call.id].primary_quote_id if call.id in current_world().deals else None
    call()
    if primary == call.body["quote_id"]:
        _change(lambda deal: deal.id == call.id, primary_quote_id=None)
    return updated(deal_body(current_world(), current_world().deals[call.id]), "Deal")


def _change(concerned: Callable[[Deal], bool], **fields: Any) -> None:
    def change(world: World) -> World:
        changed = [replace(deal, **fields) for deal in world.deals if concerned(deal)]
        return world.put("deals", *changed) if changed else world

    change_world(change)


@around_handler("updateDeal", documented=f"name: Deal name/title. {SENT}")
def a_case_only_name_change_is_not_saved(call: HandlerCall) -> Any:
    """An update that changes only the case of `name` does not save it."""
    deal, name = current_world().deals.get(call.id), call.body["name"]
    return call.with_fields(name=deal.name)() if deal and deal.name.lower() == name.lower() else call()
