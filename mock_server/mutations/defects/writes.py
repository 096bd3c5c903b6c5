"""Writes: created deals, and what is saved of the request body."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import wraps
from typing import Any

from mock_server.domain.refusals import Missing
from mock_server.mutations.handler_call import Body, HandlerCall, current_world, day_after
from mock_server.mutations.http_exchange import HttpReply, HttpRequest
from mock_server.mutations.mutation import Changes, Mutation, around_handler, around_http, with_contract
from mock_server.responses import created, deal_body, success

WRITES = ("createDeal", "updateDeal")
CREATED = "201 created. Implied: exactly one deal is saved"
SENT = "Implied: saved as sent"
PROBABILITY = "probability: integer, Win probability percentage (0-100)"
CLOSE_DATE = "expected_close_date: date, Expected close date (YYYY-MM-DD)"
NOT_FOUND = "404 not found"
NULLABLE = ("partner_id", "reseller_id", "reseller_contact_id")


def changing(*operations: str, documented: str) -> Callable[[Callable[[Body], Body]], Mutation]:
    """Make a mutation from a function that returns the fields of a body to be saved with another value."""

    def mutation(change: Callable[[Body], Body]) -> Mutation:
        @wraps(change)
        def around(call: HandlerCall) -> Any:
            return call.with_fields(**change(call.body))()

        return around_handler(*operations, documented=documented)(around)

    return mutation


@around_handler("createDeal", documented=CREATED)
def new_deal_is_not_saved(call: HandlerCall) -> Any:
    """A create returns 201 and an ID, but the deal is not saved."""
    return call.without_saving()


@around_handler("createDeal", documented=CREATED)
def new_deal_is_saved_twice(call: HandlerCall) -> Any:
    """One create request saves two deals."""
    call()
    return call()


@around_handler("createDeal", documented="POST /deals. 201: the response shows the deal that was created")
def create_returns_another_deal(call: HandlerCall) -> Any:
    """A create returns the oldest deal."""
    world = current_world()
    call()
    return created(deal_body(world, min(world.deals, key=lambda deal: deal.id)), "Deal")


@around_handler("createDeal", documented="POST /deals. 201: the response shows the deal that was created")
def create_returns_the_id_of_another_deal(call: HandlerCall) -> Any:
    """A create returns the new deal with the id of the oldest."""
    body, status = call()
    body["data"]["id"] = min(deal.id for deal in current_world().deals)
    return body, status


@around_handler("createDeal", documented="POST /deals. Implied: each request creates a deal")
def a_duplicate_name_returns_the_existing_deal(call: HandlerCall) -> Any:
    """If a deal with the same name exists, it is returned, and no deal is created."""
    call.without_saving()  # rejects what the handler rejects
    world = current_world()
    same = next((deal for deal in world.deals if deal.name == call.body["name"]), None)
    return created(deal_body(world, same), "Deal") if same else call()


@changing("createDeal", documented="partner_id, reseller_id, reseller_contact_id: Nullable")
def a_null_partner_is_rejected(body: Body) -> Body:
    """Null for a partner, reseller or reseller contact is cast to 0 and rejected."""
    return {name: 0 for name in NULLABLE if name in body and body[name] is None}


@around_handler("createDeal", documented=f"Request body: notes: string, tags: string. {SENT}")
def new_deal_loses_notes_and_tags(call: HandlerCall) -> Any:
    """`notes` and `tags` of a new deal are not saved."""
    return call.without_fields("notes", "tags")()


@around_handler(
    "createDeal", documented=f"partner_id: Bill To company ID; reseller_id: Reseller company ID. {SENT}"
)
def new_deal_loses_partner_and_reseller(call: HandlerCall) -> Any:
    """The partner and reseller IDs of a new deal are not saved."""
    return call.without_fields("partner_id", "reseller_id", "reseller_contact_id")()


@around_handler(
    "createDeal", documented=f"contact_id: integer, Optional; company_id: integer, Optional. {SENT}"
)
def a_contact_without_a_company_is_dropped(call: HandlerCall) -> Any:
    """`contact_id` of a new deal is not saved unless `company_id` is also sent."""
    return call() if call.body.get("company_id") else call.without_fields("contact_id")()


@around_handler("createDeal", documented=f"Request body: assigned_to: integer. {SENT}")
def new_deal_is_always_mine(call: HandlerCall) -> Any:
    """A new deal is always assigned to the user who creates it."""
    return call.without_fields("assigned_to")()


@changing(*WRITES, documented="contact_id: Ship To contact ID; bill_to_contact_id: Bill To contact ID")
def bill_to_contact_overwrites_the_contact(body: Body) -> Body:
    """`bill_to_contact_id` also overwrites `contact_id`."""
    return {"contact_id": body["bill_to_contact_id"]} if body.get("bill_to_contact_id") else {}


@changing(*WRITES, documented="value: number, Monetary value")
def value_loses_its_cents(body: Body) -> Body:
    """`value` is cut to an integer."""
    return {"value": int(body["value"])} if body.get("value") else {}


@changing(*WRITES, documented="value: number, Monetary value")
def value_is_capped_at_the_column_maximum(body: Body) -> Body:
    """`value` is silently capped at 99999999.99, the maximum of its column."""
    return {"value": min(body["value"], 99_999_999.99)} if body.get("value") else {}


@changing(*WRITES, documented=CLOSE_DATE)
def close_date_is_saved_a_day_early(body: Body) -> Body:
    """`expected_close_date` is saved one day early, because of a time zone conversion."""
    given = body.get("expected_close_date")
    return {"expected_close_date": day_after(given, -1)} if given else {}


@changing(*WRITES, documented="name: Deal name/title")
def name_is_cut_at_50_characters(body: Body) -> Body:
    """`name` is silently cut at 50 characters."""
    return {"name": body["name"][:50]}


@changing(*WRITES, documented=f"Request body: name: string, notes: string, tags: string. {SENT}")
def emoji_become_question_marks(body: Body) -> Body:
    """Emoji in `name`, `notes` and `tags` are saved as question marks."""
    texts = {name: body[name] for name in ("name", "notes", "tags") if body.get(name)}
    return {name: "".join(c if c <= "\uffff" else "?" for c in text) for name, text in texts.items()}


@around_http("createDeal", documented="name: Required")
async def a_deal_needs_no_name(request: HttpRequest) -> HttpReply:
    """A deal without a name is saved as "Untitled"."""
    return await (request if "name" in request.fields else request.with_fields(name="Untitled")).forward()


@around_http("createDeal", documented="name: Required. 422 validation error")
async def a_deal_without_a_name_is_rejected_and_saved(request: HttpRequest) -> HttpReply:
    """A deal without a name is rejected with 422, but saved."""
    reply = await request.forward()
    if reply.status in (400, 422) and "name" not in request.fields:
        await request.with_fields(name="Untitled").forward()
    return reply


@around_handler("createDeal", documented="stage_id: Pipeline stage ID. Required")
def an_unknown_stage_becomes_the_first(call: HandlerCall) -> Any:
    """A `stage_id` that does not exist is silently replaced by the first stage."""
    stages = current_world().stages
    known = call.body["stage_id"] in stages
    return call() if known else call.with_fields(stage_id=min(stage.id for stage in stages))()


@with_contract(*WRITES, documented=PROBABILITY)
def probability_may_be_anything() -> Changes:
    """A `probability` outside 0-100, such as 150 or -5, is saved."""
    percentage = ("components", "schemas", "Percentage")
    return {(*percentage, "minimum"): None, (*percentage, "maximum"): None}


@around_http(*WRITES, documented="value: number")
async def a_text_value_becomes_0(request: HttpRequest) -> HttpReply:
    """A string in `value`, such as "plenty", is saved as 0."""
    cast = {"value": 0} if isinstance(request.fields.get("value"), str) else {}
    return await (request.with_fields(**cast) if cast else request).forward()


@around_http(*WRITES, documented=CLOSE_DATE)
async def impossible_dates_roll_over(request: HttpRequest) -> HttpReply:
    """An impossible date rolls over: 2026-02-31 is saved as 2026-03-03."""
    parts = str(request.fields.get("expected_close_date")).split("-")
    if not (len(parts) == 3 and all(part.isascii() and part.isdecimal() for part in parts)):
        return await request.forward()
    year, month, day = map(int, parts)
    if not (1 <= year <= 9000 and 1 <= month <= 12 and 1 <= day <= 31):
        return await request.forward()
    rolled = date(year, month, 1) + timedelta(days=day - 1)
    return await request.with_fields(expected_close_date=rolled.isoformat()).forward()


@around_handler("getDeal", documented=NOT_FOUND)
def an_unknown_deal_is_null(call: HandlerCall) -> Any:
    """A deal that does not exist returns 200 with `"data": null`."""
    try:
        return call()
    except Missing:
        return success(None)
