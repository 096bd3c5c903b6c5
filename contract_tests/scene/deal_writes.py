"""Writing deals: a body with every field, and whether a write was saved."""

from __future__ import annotations

from typing import Any

from contract_tests.client.created import made_id
from contract_tests.client.exchange import Exchange
from contract_tests.scene.expectations import expect
from contract_tests.scene.json_search import (
    Record,
    lost_fields,
    lost_names,
)
from contract_tests.scene.listing import Listing, distinct, matched
from contract_tests.scene.scene import Scene


def full_body(s: Scene, *, place: int = 0) -> Record:
    """A body with every documented field; `place` chooses one of two that differ in each."""
    parties = related_pairs(s)
    (company, contact), (partner, bill_to), (reseller, reseller_contact) = (
        parties[(place + shift) % len(parties)] for shift in range(3)
    )
    people = [id for id in (s.my_id, s.other_id) if id is not None] or [None]
    body = {
        "name": f"{('Full', 'Other')[place]} deal {s.word()}",
        "value": (4321.5, 98765)[place],
        "stage_id": s.make.stage_like(place=place)["id"],
        "contact_id": contact,
        "bill_to_contact_id": bill_to,
        "company_id": company,
        "partner_id": partner,
        "reseller_id": reseller,
        "reseller_contact_id": reseller_contact,
        "probability": (37, 82)[place],
        "expected_close_date": ("2031-07-01", "2032-02-29")[place],
        "assigned_to": people[place % len(people)],
        "notes": ("The first text, with “quotes”.", "Another text; ümlaut & 100 %")[place],
        "tags": ("alpha", "gamma")[place],
    }
    return {name: value for name, value in body.items() if value is not None}


def related_pairs(s: Scene) -> list[tuple[Any, Any]]:
    """Companies, each with a contact of a deal with that company: a server may insist that they match."""
    there = s.api.all_deals().records
    pairs = list(matched(there, "company_id", "contact_id").items())
    company, contact = (next(distinct(there, name), (None,))[0] for name in ("company_id", "contact_id"))
    return pairs or [(company, contact)]


def id_of(s: Scene, body: Record, made: Exchange) -> Any:
    """The id of a new deal, from the response or from the list."""
    id = made_id(made.json, "deal")
    if id is not None:
        return id
    word = body["name"].split()[-1]
    found = s.api.search(word, lambda listing: bool(listing.records))
    expect(found.ids, "the new deal in the list", "no such deal", made, found.exchange)
    return found.ids[0]


def is_saved(s: Scene, id: Any, body: Record, saving: Exchange) -> None:
    """Expect details and list to show the deal as sent; blames the operation at fault."""
    details, exchange = s.api.details(id)
    found = s.api.search(body["name"].split()[-1], lambda listing: _shows(listing, id, body))
    listed = _of(id, found)
    lost = lost_names(body, details)
    shown_well = lost and listed and not any(n in lost_names(body, listed) or n not in listed for n in lost)
    expect(
        not lost,
        "every field as sent, in the details",
        "; ".join(lost_fields(body, details)),
        saving,
        exchange,
        operation="getDeal" if shown_well else saving.operation_id,
    )
    expect(listed, f"deal {id} found by its name", found.ids, saving, found.exchange, operation="listDeals")
    wrong = lost_fields(body, listed or {})
    expect(
        not wrong,
        "every field as sent, in the list",
        "; ".join(wrong),
        saving,
        found.exchange,
        operation="listDeals",
    )


def _of(id: Any, found: Listing) -> Record | None:
    return next((record for record in found.records if record["id"] == id), None)


def _shows(found: Listing, id: Any, body: Record) -> bool:
    listed = _of(id, found)
    return listed is not None and not lost_names(body, listed)
