"""Extremes: values at the limits of a type or a column."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import wraps
from html import escape
from typing import Any

from mock_server.mutations.handler_call import Body, HandlerCall, deals_in
from mock_server.mutations.http_exchange import HttpReply, HttpRequest
from mock_server.mutations.mutation import Mutation, around_handler, around_http

DEALS = ("createDeal", "updateDeal")
TASKS = ("createDealTask", "updateDealTask")
STAGES = ("createPipelineStage", "updatePipelineStage")
OPTIONAL_TEXTS = ("notes", "tags", "description")
SENT = "Implied: saved as sent"
UNSIGNED = 2**32
LAST_DAY = "2038-01-19"  # of a 32-bit clock
ACCENTS = str.maketrans("ŽťúěýůňøÅöéšáëÜü", "ZtueyunoAoesaeUu")


def replacing(*operations: str, documented: str) -> Callable[[Callable[[Body], Mapping[str, Any]]], Mutation]:
    """Make a mutation from a function that returns the fields of a body to be saved with another value."""

    def mutation(change: Callable[[Body], Mapping[str, Any]]) -> Mutation:
        @wraps(change)
        def around(call: HandlerCall) -> Any:
            return call.with_fields(**change(call.body))()

        return around_handler(*operations, documented=documented)(around)

    return mutation


def _texts(body: Body, names: Collection[str]) -> dict[str, str]:
    return {name: body[name] for name in names if isinstance(body.get(name), str)}


@replacing(*DEALS, documented=f"tags: string. {SENT}")
def tags_are_cut_at_191_characters(body: Body) -> Mapping[str, Any]:
    """`tags` is silently cut at 191 characters, the length of its column."""
    return {name: text[:191] for name, text in _texts(body, ["tags"]).items()}


@replacing(*TASKS, documented=f"description: string. {SENT}")
def task_description_is_cut_at_500_characters(body: Body) -> Mapping[str, Any]:
    """`description` of a task is silently cut at 500 characters."""
    return {name: text[:500] for name, text in _texts(body, ["description"]).items()}


@replacing(*TASKS, documented=f"title: string; description: string. {SENT}")
def task_texts_are_escaped(body: Body) -> Mapping[str, Any]:
    """`title` and `description` of a task are saved escaped for HTML: " becomes &quot;."""
    return {name: escape(text) for name, text in _texts(body, ["title", "description"]).items()}


@replacing(*STAGES, documented=f"name: string. {SENT}")
def stage_names_lose_their_quotes(body: Body) -> Mapping[str, Any]:
    """Quotes are removed from the name of a stage."""
    return {name: text.replace('"', "").replace("'", "") for name, text in _texts(body, ["name"]).items()}


@replacing(*DEALS, *TASKS, documented=f"notes: string; tags: string; description: string. {SENT}")
def the_text_0_is_lost(body: Body) -> Mapping[str, Any]:
    """The text "0" is saved as null, because it counts as empty in PHP."""
    return {name: None for name, text in _texts(body, OPTIONAL_TEXTS).items() if text == "0"}


@replacing(*DEALS, documented=f"expected_close_date: date (YYYY-MM-DD). {SENT}")
def dates_end_in_2038(body: Body) -> Mapping[str, Any]:
    """A close date after 2038-01-19 is saved as 2038-01-19, the last day of a 32-bit clock."""
    days = _texts(body, ["expected_close_date"])
    return {name: min(day, LAST_DAY) for name, day in days.items()}


@replacing("createDeal", documented=f"probability: integer, Win probability percentage (0-100). {SENT}")
def a_new_deal_loses_a_probability_of_0(body: Body) -> Mapping[str, Any]:
    """A `probability` of 0 of a new deal is replaced by that of the stage, because it is falsy."""
    return {} if body.get("probability") else {"probability": None}


@replacing(*TASKS, documented=f"due_date: date. {SENT}")
def a_task_due_in_1970_is_due_on_no_day(body: Body) -> Mapping[str, Any]:
    """A `due_date` of 1970-01-01 is saved as null, because its timestamp is 0."""
    return {"due_date": None} if body.get("due_date") == "1970-01-01" else {}


@around_http(*DEALS, documented="contact_id: integer; company_id: integer. Implied: the id of that record")
async def ids_are_cut_to_32_bits(request: HttpRequest) -> HttpReply:
    """Of `contact_id` and `company_id` only 32 bits are kept, so that 4294967303 is taken for 7."""
    given = {name: request.fields.get(name) for name in ("contact_id", "company_id")}
    cut = {name: id_ % UNSIGNED for name, id_ in given.items() if isinstance(id_, int) and id_ >= UNSIGNED}
    return await (request.with_fields(**cut) if cut else request).forward()


@around_handler("updateDeal", documented=f"notes: string; tags: string. {SENT}")
def notes_and_tags_cannot_be_emptied(call: HandlerCall) -> Any:
    """An update ignores "" in `notes` and `tags`."""
    return call.without_fields(*(name for name in ("notes", "tags") if call.body.get(name) == ""))()


@around_handler("updateDealTask", documented=f"description: string. {SENT}")
def a_task_description_cannot_be_emptied(call: HandlerCall) -> Any:
    """An update of a task ignores "" in `description`."""
    return call.without_fields("description")() if call.body.get("description") == "" else call()


@around_http(*DEALS, *TASKS, documented="notes: string; tags: string; description: string. Optional")
async def null_becomes_the_text_none(request: HttpRequest) -> HttpReply:
    """Null in `notes`, `tags` or `description` is saved as the text "None"."""
    nulls = {name: "None" for name in OPTIONAL_TEXTS if request.fields.get(name, "") is None}
    return await (request.with_fields(**nulls) if nulls else request).forward()


@around_http(*DEALS, documented=f"value: number, Monetary value. {SENT}")
async def a_negative_value_loses_its_sign(request: HttpRequest) -> HttpReply:
    """A negative `value` is saved without its sign."""
    value = request.fields.get("value")
    number = value if isinstance(value, int | float) else 0
    return await (request.with_fields(value=-number) if number < 0 else request).forward()


@replacing(*DEALS, documented=f"name: Deal name/title. {SENT}")
def accents_in_names_are_removed(body: Body) -> Mapping[str, Any]:
    """Accents are removed from the name of a deal: “Zoë” is saved as “Zoe”."""
    return {"name": body["name"].translate(ACCENTS)}


@around_handler("updateDeal", "listDeals", documented="value: number, Monetary value. Implied: 0 is a number")
def an_updated_value_of_0_is_null_on_the_list(call: HandlerCall) -> Any:
    """After an update, a `value` of 0 is null on the list, because it is falsy."""
    response = call()
    if call.operation == "updateDeal":
        call.memory[call.id] = True
        return response
    for deal in deals_in(response):
        if deal["id"] in call.memory:
            deal["value"] = deal["value"] or None
    return response
