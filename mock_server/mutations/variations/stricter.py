"""Stricter: what a server may refuse, and how it may clean texts, where the documentation is silent."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from unicodedata import normalize

from mock_server.context import current_mock
from mock_server.domain.refusals import Invalid
from mock_server.mutations.handler_call import HandlerCall, change_world, current_world, records_in
from mock_server.mutations.mutation import around_handler

MARKUP = re.compile(r"</?[A-Za-z][^<>]*>")
LARGEST = 10_000_000
REFUSALS = "the documentation does not list everything for which a request may be refused"
TEXTS = "the documentation does not say how texts are cleaned"


@around_handler("createDeal", documented=REFUSALS)
def deal_names_are_unique(call: HandlerCall) -> Any:
    """A deal with the name of an existing deal returns 422."""
    if any(deal.name == call.body["name"] for deal in current_world().deals):
        raise Invalid({"name": "name is already in use"})
    return call()


@around_handler("createDeal", "updateDeal", documented=REFUSALS)
def a_contact_must_be_of_the_company(call: HandlerCall) -> Any:
    """A contact of another company than the deal's returns 422; so does a reseller's contact."""
    deals = current_world().deals
    known = {(deal.company_id, deal.contact_id) for deal in deals if deal.company_id and deal.contact_id}
    for company, contact in (("company_id", "contact_id"), ("reseller_id", "reseller_contact_id")):
        pair = (call.body.get(company), call.body.get(contact))
        if None not in pair and pair not in known:
            raise Invalid({contact: f"{contact} is not a contact of {company}"})
    return call()


@around_handler("createDeal", "updateDeal", documented=REFUSALS)
def new_close_dates_are_in_the_future(call: HandlerCall) -> Any:
    """An `expected_close_date` before today returns 422."""
    day = call.body.get("expected_close_date")
    if day and str(day) < current_mock().now.date().isoformat():
        raise Invalid({"expected_close_date": "expected_close_date must not be in the past"})
    return call()


@around_handler("createDeal", "updateDeal", documented=REFUSALS)
def values_have_a_maximum(call: HandlerCall) -> Any:
    """A `value` above ten million returns 422."""
    if (call.body.get("value") or 0) > LARGEST:
        raise Invalid({"value": f"value must be at most {LARGEST}"})
    return call()


@around_handler(
    *("createDeal", "updateDeal", "createDealTask", "updateDealTask"),
    *("createPipelineStage", "updatePipelineStage"),
    documented="the documentation says of three fields only that they are “Nullable”",
)
def null_is_refused_in_optional_fields(call: HandlerCall) -> Any:
    """Null in a field that is optional but not documented as nullable returns 422."""
    nulls = [name for name, value in (call.body or {}).items() if value is None]
    if wrong := [name for name in nulls if not _is_documented_as_nullable(call.operation, name)]:
        raise Invalid({name: f"{name} must not be null" for name in wrong})
    return call()


def _is_documented_as_nullable(operation: str, name: str) -> bool:
    contract = current_mock().contract
    body = contract.operations[operation].bodies["application/json"]
    field = contract.schemas.resolve(contract.properties_of(body)[name])
    return field.get("nullable", False) and "nullable" not in field.get("x-inferred", ())


@around_handler("createDeal", "updateDeal", "createDealNote", documented=TEXTS)
def markup_is_removed(call: HandlerCall) -> Any:
    """HTML tags are removed from names and notes."""
    given = {name: call.body[name] for name in ("name", "notes", "content") if call.body.get(name)}
    plain = {name: MARKUP.sub("", text) for name, text in given.items()}
    return call.with_fields(**{name: text or given[name] for name, text in plain.items()})()


@around_handler(
    "createDeal", "updateDeal", documented="the same text can be encoded in several ways in Unicode"
)
def texts_are_saved_decomposed(call: HandlerCall) -> Any:
    """Names and notes are saved with accents apart from their letters: é is two characters."""
    given = {name: call.body[name] for name in ("name", "notes") if call.body.get(name)}
    return call.with_fields(**{name: normalize("NFD", text) for name, text in given.items()})()


@around_handler("createDealNote", "getDeal", documented=TEXTS)
def lines_of_notes_end_in_crlf(call: HandlerCall) -> Any:
    """Line ends in notes are returned as \\r\\n."""
    response = call()
    for note in records_in(response, "content"):
        note["content"] = re.sub(r"\r?\n", "\r\n", note["content"])
    return response


@around_handler(
    "createDealNote",
    documented="the documentation does not say how the field `notes` and the notes of a deal are related",
)
def notes_are_added_to_the_field_notes(call: HandlerCall) -> Any:
    """A new note is also added to the deal's `notes`, below what was there."""
    response = call()
    deal = current_world().deals[call.id]
    text = "\n".join(filter(None, (deal.notes, call.body["content"])))
    change_world(lambda world: world.put("deals", replace(deal, notes=text)))
    return response
