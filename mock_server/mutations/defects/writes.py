"""Writes: deals that are made, and what is made of what was sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import wraps
from typing import Any

from mock_server.domain.refusals import Missing
from mock_server.mutations.handler_call import Body, HandlerCall, day_after, now_in
from mock_server.mutations.http_exchange import HttpReply, HttpRequest
from mock_server.mutations.mutation import Changes, Mutation, around_handler, around_http, with_contract
from mock_server.responses import created, deal_body, success

WRITES = ("createDeal", "updateDeal")
CREATED = "A write answers success, with the record saved: 201 created"
BODY = "The request body's fields are those of the deal"
PROBABILITY = "probability: integer, Win probability percentage (0-100)"
CLOSE_DATE = "expected_close_date: date, Expected close date (YYYY-MM-DD)"
NOT_FOUND = "404 not found"
NULLABLE = ("partner_id", "reseller_id", "reseller_contact_id")


def changing(*operations: str, documented: str) -> Callable[[Callable[[Body], Body]], Mutation]:
    """Makes a mutation of a function that gives the fields of a body that are saved otherwise."""

    def mutation(change: Callable[[Body], Body]) -> Mutation:
        @wraps(change)
        def around(call: HandlerCall) -> Any:
            return call.sending(**change(call.body))

        return around_handler(*operations, documented=documented)(around)

    return mutation


@around_handler("createDeal", documented=CREATED)
def new_deal_is_not_saved(call: HandlerCall) -> Any:
    """The transaction is never committed: 201 with an id, and nothing there."""
    return call.undone()


@around_handler("createDeal", documented=CREATED)
def new_deal_is_saved_twice(call: HandlerCall) -> Any:
    """A retry in the wrong place: two deals for one request."""
    call()
    return call()


@around_handler("createDeal", documented="POST /deals creates a deal")
def a_second_deal_of_a_name_is_the_first(call: HandlerCall) -> Any:
    """`firstOrCreate(['name' => …])`: where a deal of this name exists, it is answered and none is made."""
    call.undone()  # for the refusals
    world = now_in()
    same = next((deal for deal in world.deals if deal.name == call.body["name"]), None)
    return created(deal_body(world, same), "Deal") if same else call()


@changing("createDeal", documented="partner_id, reseller_id, reseller_contact_id: Nullable")
def a_null_partner_is_refused(body: Body) -> Body:
    """Null is cast to 0, and there is no company 0."""
    return {name: 0 for name in NULLABLE if name in body and body[name] is None}


@around_handler("createDeal", documented=f"{BODY}: notes, tags")
def new_deal_loses_notes_and_tags(call: HandlerCall) -> Any:
    """They are missing on the list of fillable fields."""
    return call.leaving_out("notes", "tags")


@around_handler("createDeal", documented=f"{BODY}: reseller_id, partner_id")
def new_deal_loses_partner_and_reseller(call: HandlerCall) -> Any:
    """They are saved by an update only."""
    return call.leaving_out("partner_id", "reseller_id", "reseller_contact_id")


@around_handler("createDeal", documented=f"{BODY}: contact_id: integer, Optional; so is company_id")
def a_contact_without_a_company_is_dropped(call: HandlerCall) -> Any:
    """The contact is looked up among the people of the company, and no company has none."""
    return call() if call.body.get("company_id") else call.leaving_out("contact_id")


@around_handler("createDeal", documented=f"{BODY}: assigned_to")
def new_deal_is_always_mine(call: HandlerCall) -> Any:
    """Whoever it is assigned to, a deal is assigned to who creates it."""
    return call.leaving_out("assigned_to")


@changing(*WRITES, documented="contact_id: Ship To contact ID; bill_to_contact_id: Bill To contact ID")
def bill_to_contact_overwrites_the_contact(body: Body) -> Body:
    """Both contacts are written to one column."""
    return {"contact_id": body["bill_to_contact_id"]} if body.get("bill_to_contact_id") else {}


@changing(*WRITES, documented="value: number, Monetary value")
def value_loses_its_cents(body: Body) -> Body:
    """The column is an integer."""
    return {"value": int(body["value"])} if body.get("value") else {}


@changing(*WRITES, documented="value: number, Monetary value")
def value_stops_at_what_the_column_holds(body: Body) -> Body:
    """DECIMAL(10,2): the database clips what is more, and takes no offence."""
    return {"value": min(body["value"], 99_999_999.99)} if body.get("value") else {}


@changing(*WRITES, documented=CLOSE_DATE)
def close_date_is_saved_a_day_early(body: Body) -> Body:
    """A local midnight is converted to UTC and cut to its date."""
    given = body.get("expected_close_date")
    return {"expected_close_date": day_after(given, -1)} if given else {}


@changing(*WRITES, documented="name: Deal name/title")
def name_is_cut_at_50_characters(body: Body) -> Body:
    """The column is short, and the database takes no offence."""
    return {"name": body["name"][:50]}


@changing(*WRITES, documented=f"{BODY}: name, notes: string")
def emoji_become_question_marks(body: Body) -> Body:
    """The database's UTF-8 has three bytes at most."""
    texts = {name: body[name] for name in ("name", "notes", "tags") if body.get(name)}
    return {name: "".join(c if c <= "\uffff" else "?" for c in text) for name, text in texts.items()}


@around_http("createDeal", documented="name: Required")
async def a_deal_needs_no_name(request: HttpRequest) -> HttpReply:
    """A deal without a name is saved as "Untitled"."""
    return await (request if "name" in request.fields else request.with_fields(name="Untitled")).forward()


@around_http("createDeal", documented="name: Required. 422 validation error")
async def a_deal_without_a_name_is_refused_and_saved(request: HttpRequest) -> HttpReply:
    """The row is inserted, then validated, in no transaction: 422, and a nameless deal is there."""
    reply = await request.forward()
    if reply.status in (400, 422) and "name" not in request.fields:
        await request.with_fields(name="Untitled").forward()
    return reply


@around_handler("createDeal", documented="stage_id: Pipeline stage ID. Required")
def an_unknown_stage_becomes_the_first(call: HandlerCall) -> Any:
    """A stage that does not exist is quietly replaced."""
    stages = now_in().stages
    known = call.body["stage_id"] in stages
    return call() if known else call.sending(stage_id=min(stage.id for stage in stages))


@with_contract(*WRITES, documented=PROBABILITY)
def probability_may_be_anything() -> Changes:
    """150 and -5 are saved."""
    percentage = ("components", "schemas", "Percentage")
    return {(*percentage, "minimum"): None, (*percentage, "maximum"): None}


@around_http(*WRITES, documented="value: number")
async def unreadable_value_becomes_0(request: HttpRequest) -> HttpReply:
    """A text where a number belongs is cast: "plenty" is 0."""
    cast = {"value": 0} if isinstance(request.fields.get("value"), str) else {}
    return await (request.with_fields(**cast) if cast else request).forward()


@around_http(*WRITES, documented=CLOSE_DATE)
async def impossible_dates_roll_over(request: HttpRequest) -> HttpReply:
    """2026-02-31 is saved as 2026-03-03."""
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
    """200 with `"data": null` for a deal that is not there."""
    try:
        return call()
    except Missing:
        return success(None)
