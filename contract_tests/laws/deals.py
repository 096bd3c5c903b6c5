"""Deals: what is made reads back, and every view tells the same of it."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any, Final

from contract_tests.facts import LARGEST_PAGE
from contract_tests.law import NotJudged, expect, granted, law, refused
from contract_tests.scene.digging import Record, is_deal, lost_fields, lost_names, walk
from contract_tests.scene.reading import Reading, distinct
from contract_tests.scene.scene import Scene
from contract_tests.target.exchange import Exchange
from contract_tests.target.ledger import made_id

Names = dict[tuple[str, Any], Any]
NAMES_OF: Final = {  # id → the name that goes with it
    "stage_id": "stage_name",
    "contact_id": "contact_name",
    "company_id": "company_name",
    "assigned_to": "assigned_name",
    "reseller_id": "reseller_name",
}


def full_body(s: Scene, *, place: int = 0) -> Record:
    """A body with every documented field; `place` chooses one of two that differ in each."""
    there = s.all_deals().records
    companies = [id for (id,) in distinct(there, "company_id")] or [None]
    contacts = [id for (id,) in distinct(there, "contact_id")] or [None]
    people = [id for id in (s.my_id, s.other_id) if id is not None] or [None]
    body = {
        "name": f"{('Full', 'Other')[place]} deal {s.word()}",
        "value": (4321.5, 98765)[place],
        "stage_id": s.stage_like(place=place)["id"],
        "contact_id": contacts[place % len(contacts)],
        "bill_to_contact_id": contacts[(place + 1) % len(contacts)],
        "company_id": companies[place % len(companies)],
        "partner_id": companies[(place + 1) % len(companies)],
        "reseller_id": companies[(place + 2) % len(companies)],
        "reseller_contact_id": contacts[(place + 2) % len(contacts)],
        "probability": (37, 82)[place],
        "expected_close_date": ("2031-07-01", "2032-02-29")[place],
        "assigned_to": people[place % len(people)],
        "notes": ("The first text, with “quotes”.", "Another text; ümlaut & <tag>")[place],
        "tags": ("alpha,beta", "gamma")[place],
    }
    return {name: value for name, value in body.items() if value is not None}


def id_of(s: Scene, body: Record, made: Exchange) -> Any:
    """The id of a deal just made, told by the answer or by the list."""
    id = made_id(made.json, "deal")
    if id is not None:
        return id
    word = body["name"].split()[-1]
    found = s.search(word, lambda reading: bool(reading.records))
    expect(found.ids, "the deal in the list", "nothing", made, found.exchange)
    return found.ids[0]


def is_saved(s: Scene, id: Any, body: Record, saving: Exchange) -> None:
    """The deal is in details and list as it was sent; if not, the one that is to blame is named."""
    details, reading = s.details(id)
    found = s.search(body["name"].split()[-1], lambda reading: _shows(reading, id, body))
    listed = _of(id, found)
    lost = lost_names(body, details)
    shown_well = lost and listed and not any(n in lost_names(body, listed) or n not in listed for n in lost)
    expect(
        not lost,
        "in the details every field as it was sent",
        "; ".join(lost_fields(body, details)),
        saving,
        reading,
        operation="getDeal" if shown_well else saving.operation_id,
    )
    expect(listed, f"deal {id} found by its name", found.ids, saving, found.exchange, operation="listDeals")
    wrong = lost_fields(body, listed or {})
    expect(
        not wrong,
        "in the list every field as it was sent",
        "; ".join(wrong),
        saving,
        found.exchange,
        operation="listDeals",
    )


def _of(id: Any, found: Reading) -> Record | None:
    return next((record for record in found.records if record["id"] == id), None)


def _as_many_as(count: int, found: Reading) -> bool:
    return found.total >= count


def _shows(found: Reading, id: Any, body: Record) -> bool:
    listed = _of(id, found)
    return listed is not None and not lost_names(body, listed)


@law("createDeal", "getDeal", "listDeals", needs=("writes",))
def a_created_deal_reads_back_as_it_was_sent(s: Scene) -> None:
    """The request body of the create names the fields of a deal: name, value, stage_id … tags."""
    for place in (0, 1):
        body = full_body(s, place=place)
        made = granted(s.call("createDeal", json=body))
        is_saved(s, id_of(s, body, made), body, made)


@law("createDeal", needs=("writes",))
def a_deal_needs_only_a_name_and_a_stage(s: Scene) -> None:
    """“name Required”, “stage_id Required”, all others “Optional”; partner_id, reseller_id … “Nullable”."""
    smallest = {"name": f"Smallest {s.word()}", "stage_id": s.stage_like()["id"]}
    nulls = {**smallest, "partner_id": None, "reseller_id": None, "reseller_contact_id": None}
    for body in (smallest, nulls):
        body = {**body, "name": f"Smallest {s.word()}"}
        made = granted(s.call("createDeal", json=body))
        found = s.search(body["name"].split()[-1], lambda reading: bool(reading.records))
        names = [record.get("name") for record in found.records]
        expect(names == [body["name"]], f"one deal “{body['name']}” in the list", names, made, found.exchange)


@law("createDeal", "listDeals", needs=("writes",))
def a_create_adds_one_deal_of_its_own(s: Scene) -> None:
    """POST creates a deal: one more in the list, another one each time."""
    word, stage = s.word(), s.stage_like()["id"]
    before = s.page({"search": word, "per_page": 1}).total
    for count in (1, 2):
        made = granted(s.call("createDeal", json={"name": f"Twin {word}", "stage_id": stage, "value": count}))
        found = s.search(word, partial(_as_many_as, before + count))
        expect(
            found.total == before + count, f"{before + count} deals", f"{found.total}", made, found.exchange
        )
        ids = set(found.ids)
        expect(
            len(ids) == before + count, f"{before + count} ids", sorted(ids, key=str), made, found.exchange
        )


@law("getDeal", "listDeals", of_all=True)
def list_and_details_tell_the_same_of_a_deal(s: Scene) -> None:
    """“Retrieve a single deal with full details”: the fields that list and details share are the same."""
    listed = {record["id"]: record for record in s.read(s.herd.base).records}
    page = s.page({"per_page": LARGEST_PAGE})
    joined = [r for r in page.records if r.get("company_id") and r.get("contact_id")]
    listed |= {record["id"]: record for record in joined[:3]}  # of the herd, none may have a company
    for id in [*list(s.herd.records)[:14], *(record["id"] for record in joined[:3])]:
        details, exchange = s.details(id)
        expect(details.get("id") == id, f"deal {id}", f"deal {details.get('id')}", exchange)
        wrong = s.changed(listed.get(id, {}), details, ignoring=("risk",))
        blamed = _outvoted(s, id, details) if wrong else None
        expect(not wrong, "in the details as in the list", "; ".join(wrong), exchange, operation=blamed)


def _outvoted(s: Scene, id: Any, details: Record) -> str:
    """Which is to blame, list or details: the one with which the board does not agree."""
    try:
        groups, _ = s.board()
    except NotJudged:
        return "getDeal"
    shown = next((deal for _, deals in groups for deal in deals if deal["id"] == id), None)
    return "listDeals" if shown and not s.changed(shown, details) else "getDeal"


@law("listDeals", "getDeal", of_all=True)
def a_deal_is_in_a_stage_of_the_pipeline(s: Scene) -> None:
    """“stage_id: Pipeline stage ID”, “stage_name”, “is_won”, “is_lost”: as its stage's name and flags."""
    herd = s.herd.records.values()
    stages = {stage["id"]: stage for stage in s.stages(fresh=True)}
    there = s.all_deals(fresh=True)
    views = [("listDeals", record) for record in there.records] + [("getDeal", record) for record in herd]
    for view, record in views:
        id, stage = record["id"], stages.get(record["stage_id"])
        told = f"deal {id}: {record['stage_id']}"
        expect(stage, "a stage of the list of stages", told, there.exchange, operation=view)
        wanted = {"stage_name": (stage or {}).get("name")}
        wanted |= {name: (stage or {}).get(name) for name in ("is_won", "is_lost")}
        wrong = s.changed(wanted, record)
        told = f"deal {id}: {'; '.join(wrong)}"
        expect(not wrong, f"as stage {record['stage_id']} is", told, there.exchange, operation=view)


@law("listDeals")
def an_id_goes_with_one_name(s: Scene) -> None:
    """“contact_id”, “contact_name”; “company_id”, “company_name” …: the name of the record with the id."""
    there = s.all_deals()
    for id_field, name_field in NAMES_OF.items():
        names: dict[Any, set[Any]] = {}
        for record in there.records:
            if record.get(id_field) is not None:
                names.setdefault(record[id_field], set()).add(record.get(name_field))
        several = {id: found for id, found in names.items() if len(found) > 1}
        expect(
            not several,
            f"one {name_field} for each {id_field}",
            dict(list(several.items())[:3]),
            there.exchange,
        )


@law("getDeal", "createDeal", "updateDeal", "moveDealToStage", needs=("writes",))
def a_deal_has_the_name_of_its_company_and_people(s: Scene) -> None:
    """“company_name”, “contact_name”, “assigned_name”, “reseller_name”, “stage_name” beside their ids."""
    names = _names(s)
    body, other = full_body(s), full_body(s, place=1)
    made = granted(s.call("createDeal", json=body))
    id = id_of(s, body, made)
    _goes_by(s, id, made, names)
    _goes_by(s, id, s.details(id)[1], names, body)
    _goes_by(s, id, granted(s.call("updateDeal", id=id, json=other)), names)
    _goes_by(s, id, s.details(id)[1], names, other)
    move = {"stage_id": s.stage_like(won=True)["id"]}
    _goes_by(s, id, granted(s.call("moveDealToStage", id=id, json=move)), names)


def _names(s: Scene) -> Names:
    """The name that goes with an id of a kind, where the list knows one only."""
    names: Names = {}
    for id_field, name_field in NAMES_OF.items():
        pairs = list(distinct(s.all_deals().records, id_field, name_field))
        several = [id for id, count in Counter(id for id, _ in pairs).items() if count > 1]
        names |= {(id_field, id): name for id, name in pairs if id not in several}
    return names | {("stage_id", stage["id"]): stage.get("name") for stage in s.stages()}


def _goes_by(s: Scene, id: Any, exchange: Exchange, names: Names, body: Record | None = None) -> None:
    """Where this answer shows the deal, it has these names beside its ids; `body`: ids it may not show."""
    for deal in walk(exchange.json):
        if not is_deal(deal) or deal["id"] != id or "name" not in deal:
            continue
        ids = {**(body or {}), **deal}
        known = {field: names.get((field, ids.get(field))) for field in NAMES_OF}
        wanted = {NAMES_OF[field]: name for field, name in known.items() if name is not None}
        wrong = s.changed(wanted, deal)
        told, operation = "; ".join(wrong), exchange.operation_id
        expect(not wrong, "the names that these ids have in the list", told, exchange, operation=operation)


@law("createDeal", needs=("writes",), cases=("name", "stage_id"), of_all=True)
def a_deal_without_a_required_field_is_refused(s: Scene, missing: str) -> None:
    """“name Required”, “stage_id Required”: without, no deal is made."""
    word = s.word()
    body = {"name": f"Lacking {word}", "stage_id": s.stage_like()["id"], "notes": word}
    del body[missing]
    before = s.total()
    exchange = s.call("createDeal", json=body)
    refused(exchange, why=f"{missing} is required")
    found = s.page({"search": word})
    expect(found.total == 0, "no deal made", f"{found.total} deals", exchange, found.exchange)
    expect(s.total() <= before, f"{before} deals as before", "one more", exchange)
