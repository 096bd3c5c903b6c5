"""Updates: deals that are changed, or are said to be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mock_server.context import current_mock
from mock_server.domain.deals import create_deal
from mock_server.domain.pipeline import is_closed
from mock_server.domain.refusals import Missing
from mock_server.domain.world import Deal, World
from mock_server.mutations.handler_call import HandlerCall, also, deals_in, now_in
from mock_server.mutations.mutation import around_handler
from mock_server.responses import deal_body, updated

BODY = "The request body's fields are those of the deal"
CLOSE_DATE = "expected_close_date: date, Expected close date (YYYY-MM-DD)"
NOT_FOUND = "404 not found"
NAMES = ("company_name", "contact_name", "reseller_name", "assigned_name")


@around_handler("updateDeal", documented="A write answers success, with the record saved")
def update_is_not_saved(call: HandlerCall) -> Any:
    """The changed deal is answered, and forgotten."""
    return call.undone()


@around_handler("updateDeal", documented=f"{BODY}: value, probability: 0 is a number")
def update_takes_0_for_nothing(call: HandlerCall) -> Any:
    """`if ($value)`: a value or a probability cannot be set to 0."""
    return call.leaving_out(*(name for name in ("value", "probability") if call.body.get(name) == 0))


@around_handler("updateDeal", documented="partner_id, reseller_id, reseller_contact_id: Nullable")
def update_takes_null_for_nothing(call: HandlerCall) -> Any:
    """`isset($value)`: a partner or a reseller cannot be taken away again."""
    return call.leaving_out(*(name for name, value in call.body.items() if value is None))


@around_handler("updateDeal", documented=f"{BODY}: assigned_to")
def update_keeps_the_assignee(call: HandlerCall) -> Any:
    """Only the create reads whose the deal is: it cannot be handed over."""
    return call.leaving_out("assigned_to")


@around_handler("updateDeal", documented=f"{BODY}: probability, as it is sent")
def a_new_value_resets_the_probability(call: HandlerCall) -> Any:
    """A hook estimates the probability anew when the value changes, unless it changes as well."""
    before = now_in().deals.get(call.id)
    answer = call()
    deal = now_in().deals[call.id]
    if before and before.value != deal.value and before.probability == deal.probability:
        _change(lambda each: each.id == call.id, probability=now_in().stages[deal.stage_id].probability)
    return answer


@around_handler("updateDeal", documented=f"{CLOSE_DATE}, optional")
def an_update_without_a_close_date_sets_today(call: HandlerCall) -> Any:
    """The default of the form is applied by the server, to updates as well."""
    return call(body={"expected_close_date": current_mock().now.date().isoformat(), **call.body})


@around_handler("updateDeal", documented=f"PUT: the same again is no error. {NOT_FOUND}")
def an_update_that_changes_nothing_is_not_found(call: HandlerCall) -> Any:
    """The database counts the rows that it changed: none, so there is no such deal."""
    before = now_in().deals.get(call.id)
    answer = call()
    after = now_in().deals[call.id]
    if before and replace(after, updated_at=before.updated_at) == before:
        raise Missing("Deal", call.id)
    return answer


@around_handler("updateDeal", documented=f"{BODY}: stage_id: Pipeline stage ID")
def update_does_not_close_a_deal(call: HandlerCall) -> Any:
    """A won or lost stage is left to the other endpoint: the deal stays where it is, and nobody says so."""
    deal, stage = now_in().deals.get(call.id), now_in().stages.get(call.body["stage_id"])
    return call.sending(stage_id=deal.stage_id) if deal and stage and is_closed(stage) else call()


@around_handler("updateDeal", documented="PUT /deals/{id} changes the deal of this id")
def update_spills_over_the_stage(call: HandlerCall) -> Any:
    """The WHERE names the stage: every deal in it gets the value."""
    answer = call()
    deal = now_in().deals[call.id]
    if "value" in call.body:
        _change(lambda other: other.stage_id == deal.stage_id, value=deal.value)
    return answer


@around_handler("updateDeal", documented="PUT /deals/{id} changes the deal of this id")
def update_makes_a_copy(call: HandlerCall) -> Any:
    """The record is inserted and not updated: the old one stays, a new one is answered."""
    call.undone()  # for the refusals
    world, deal = current_mock().worlds.commit(
        create_deal, call.body, current_mock().viewer.id, current_mock().now
    )
    return updated(deal_body(world, deal), "Deal")


@around_handler("updateDeal", documented="created_at: when the deal was created")
def update_renews_created_at(call: HandlerCall) -> Any:
    """`ON UPDATE CURRENT_TIMESTAMP` on the wrong column."""
    answer = call()
    _change(lambda deal: deal.id == call.id, created_at=current_mock().now)
    return answer


@around_handler("updateDeal", documented="updated_at: when the deal was last changed")
def update_leaves_updated_at(call: HandlerCall) -> Any:
    """The query goes past the model that keeps the time."""
    before = now_in().deals.get(call.id)
    answer = call()
    if before is not None:
        _change(lambda deal: deal.id == call.id, updated_at=before.updated_at)
    return answer


@around_handler("updateDeal", documented=NOT_FOUND)
def updating_an_unknown_deal_creates_one(call: HandlerCall) -> Any:
    """An upsert: what is not there is made."""
    try:
        return call()
    except Missing:
        world, deal = current_mock().worlds.commit(
            create_deal, call.body, current_mock().viewer.id, current_mock().now
        )
        return updated(deal_body(world, deal), "Deal")


@around_handler(
    "updateDeal", documented="partner_id: Bill To company ID; reseller_id: Reseller company ID. Nullable"
)
def whoever_clears_the_reseller_clears_the_bill_to_company(call: HandlerCall) -> Any:
    """The form has one switch for all that is sold through others."""
    return call.sending(partner_id=None) if call.body.get("reseller_id", 0) is None else call()


@around_handler(
    "updateDeal", documented="company_name, contact_name, assigned_name: those of the ids beside them"
)
def an_update_answers_with_the_names_of_before(call: HandlerCall) -> Any:
    """The relations were loaded before the save, and are shown as they were then."""
    world = now_in()
    before = deal_body(world, world.deals[call.id]) if call.id in world.deals else {}
    answer = call()
    for deal in deals_in(answer):
        deal.update({name: before[name] for name in NAMES})
    return answer


@around_handler(
    "setDealPrimaryQuote", documented="quote_id: Set which quote is the primary quote for this deal"
)
def an_unknown_quote_becomes_primary(call: HandlerCall) -> Any:
    """Any number is taken for a quote."""
    world = now_in()
    if call.body["quote_id"] in world.quotes or call.id not in world.deals:
        return call()
    return updated(deal_body(world, world.deals[call.id]), "Deal")


@around_handler(
    "setDealPrimaryQuote", documented="quote_id: Set which quote is the primary quote for this deal"
)
def the_primary_quote_set_again_is_unset(call: HandlerCall) -> Any:
    """The button is a toggle: a quote that is primary already is not so any more."""
    primary = now_in().deals[call.id].primary_quote_id if call.id in now_in().deals else None
    call()
    if primary == call.body["quote_id"]:
        _change(lambda deal: deal.id == call.id, primary_quote_id=None)
    return updated(deal_body(now_in(), now_in().deals[call.id]), "Deal")


def _change(concerned: Callable[[Deal], bool], **fields: Any) -> None:
    def change(world: World) -> World:
        changed = [replace(deal, **fields) for deal in world.deals if concerned(deal)]
        return world.put("deals", *changed) if changed else world

    also(change)


@around_handler("updateDeal", documented="PUT /deals/{id}, name: Deal name/title")
def a_name_that_changes_in_case_alone_is_not_saved(call: HandlerCall) -> Any:
    """What has changed is found by a comparison that knows no case, as the database's does."""
    deal, name = now_in().deals.get(call.id), call.body["name"]
    return call.sending(name=deal.name) if deal and deal.name.lower() == name.lower() else call()
