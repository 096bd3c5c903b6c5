"""Creating deals: what is sent reads back, and every view shows the same data."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any, Final

from contract_tests.client.exchange import Exchange
from contract_tests.laws.law import law
from contract_tests.scene.deal_writes import full_body, id_of, is_saved
from contract_tests.scene.expectations import UNREADABLE_INPUT, NotJudged, expect, granted, refused
from contract_tests.scene.json_search import Record, descendants, is_deal
from contract_tests.scene.listing import Listing, distinct
from contract_tests.scene.scene import Scene

Names = dict[tuple[str, Any], Any]
NAMES_OF: Final = {  # ID field → the field with the name of that record
    "stage_id": "stage_name",
    "contact_id": "contact_name",
    "company_id": "company_name",
    "assigned_to": "assigned_name",
    "reseller_id": "reseller_name",
}


def _as_many_as(count: int, found: Listing) -> bool:
    return found.total >= count


@law("createDeal", "getDeal", "listDeals", needs=("writes",))
def a_created_deal_reads_back_as_sent(s: Scene) -> None:
    """Request Body of the create: name, value, stage_id … tags: a deal keeps what was sent."""
    for place in (0, 1):
        body = full_body(s, place=place)
        made = granted(s.call("createDeal", json=body))
        is_saved(s, id_of(s, body, made), body, made)


@law("createDeal", needs=("writes",))
def a_deal_needs_only_a_name_and_a_stage(s: Scene) -> None:
    """“name Required”, “stage_id Required”, all others “Optional”; partner_id, reseller_id … “Nullable”."""
    smallest = {"name": f"Smallest {s.word()}", "stage_id": s.make.stage_like()["id"]}
    nulls = {**smallest, "partner_id": None, "reseller_id": None, "reseller_contact_id": None}
    for body in (smallest, nulls):
        body = {**body, "name": f"Smallest {s.word()}"}
        made = granted(s.call("createDeal", json=body))
        found = s.api.search(body["name"].split()[-1], lambda listing: bool(listing.records))
        names = [record.get("name") for record in found.records]
        expect(
            names == [body["name"]],
            f"exactly one deal “{body['name']}” in the list",
            names,
            made,
            found.exchange,
        )


@law("createDeal", "listDeals", needs=("writes",))
def each_create_adds_exactly_one_deal(s: Scene) -> None:
    """POST creates a deal: each request adds one deal with its own ID."""
    word, stage = s.word(), s.make.stage_like()["id"]
    before = s.api.page({"search": word, "per_page": 1}).total
    for count in (1, 2):
        made = s.call("createDeal", json={"name": f"Repeated {word}", "stage_id": stage, "value": count})
        if count == 2 and made.status in UNREADABLE_INPUT:
            raise NotJudged("a second deal of the same name is refused")
        granted(made)
        found = s.api.search(word, partial(_as_many_as, before + count))
        expect(
            found.total == before + count,
            f"{before + count} deals",
            f"{found.total} deals",
            made,
            found.exchange,
        )
        ids = set(found.ids)
        expect(
            len(ids) == before + count,
            f"{before + count} different ids",
            sorted(ids, key=str),
            made,
            found.exchange,
        )


@law("getDeal", "listDeals", of_all=True)
def list_and_details_show_the_same_deal_data(s: Scene) -> None:
    """“Retrieve a single deal with full details”: shared fields have the same values."""
    listed = {record["id"]: record for record in s.api.listing(s.samples.base).records}
    page = s.api.page({"per_page": s.limits.largest_page})
    joined = [r for r in page.records if r.get("company_id") and r.get("contact_id")]
    listed |= {record["id"]: record for record in joined[:3]}  # the sample deals may have no company
    for id in [*list(s.samples.records)[:14], *(record["id"] for record in joined[:3])]:
        details, exchange = s.api.details(id)
        expect(details.get("id") == id, f"deal {id}", f"deal {details.get('id')}", exchange)
        wrong = s.api.changed(listed.get(id, {}), details, ignoring=("risk",))
        blamed = _outvoted(s, id, details) if wrong else None
        expect(not wrong, "the same values in list and details", "; ".join(wrong), exchange, operation=blamed)


def _outvoted(s: Scene, id: Any, details: Record) -> str:
    """The operation to blame, list or details: the one that disagrees with the board."""
    try:
        groups, _ = s.api.board()
    except NotJudged:
        return "getDeal"
    shown = next((deal for _, deals in groups for deal in deals if deal["id"] == id), None)
    return "listDeals" if shown and not s.api.changed(shown, details) else "getDeal"


@law("listDeals", "getDeal", of_all=True)
def stage_name_and_flags_of_a_deal_match_its_stage(s: Scene) -> None:
    """“stage_id: Pipeline stage ID”, “stage_name”, “is_won”, “is_lost”: those of its stage."""
    samples = s.samples.records.values()
    stages = {stage["id"]: stage for stage in s.api.stages(fresh=True)}
    there = s.api.all_deals(fresh=True)
    views = [("listDeals", record) for record in there.records] + [("getDeal", record) for record in samples]
    for view, record in views:
        id, stage = record["id"], stages.get(record["stage_id"])
        received = f"deal {id}: stage {record['stage_id']}"
        expect(stage, "a stage_id from the list of stages", received, there.exchange, operation=view)
        wanted = {"stage_name": (stage or {}).get("name")}
        wanted |= {name: (stage or {}).get(name) for name in ("is_won", "is_lost")}
        wrong = s.api.changed(wanted, record)
        received = f"deal {id}: {'; '.join(wrong)}"
        expect(
            not wrong,
            f"the name and flags of stage {record['stage_id']}",
            received,
            there.exchange,
            operation=view,
        )


@law("listDeals")
def each_related_id_always_comes_with_the_same_name(s: Scene) -> None:
    """“contact_id”, “contact_name”; “company_id”, “company_name” …: an ID always comes with one name."""
    there = s.api.all_deals()
    for id_field, name_field in NAMES_OF.items():
        names: dict[Any, set[Any]] = {}
        for record in there.records:
            if record.get(id_field) is not None:
                names.setdefault(record[id_field], set()).add(record.get(name_field))
        several = {id: found for id, found in names.items() if len(found) > 1}
        expect(
            not several,
            f"one {name_field} per {id_field}",
            dict(list(several.items())[:3]),
            there.exchange,
        )


@law("getDeal", "createDeal", "updateDeal", "moveDealToStage", needs=("writes",))
def names_of_related_records_match_their_ids(s: Scene) -> None:
    """“company_name”, “contact_name”, “assigned_name”, “reseller_name”, “stage_name”: as for their ID."""
    names = _names(s)
    body, other = full_body(s), full_body(s, place=1)
    made = granted(s.call("createDeal", json=body))
    id = id_of(s, body, made)
    _check_names(s, id, made, names)
    _check_names(s, id, s.api.details(id)[1], names, body)
    _check_names(s, id, granted(s.call("updateDeal", id=id, json=other)), names)
    _check_names(s, id, s.api.details(id)[1], names, other)
    move = {"stage_id": s.make.stage_like(won=True)["id"]}
    _check_names(s, id, granted(s.call("moveDealToStage", id=id, json=move)), names)


def _names(s: Scene) -> Names:
    """The name of each ID, where the list shows only one name for it."""
    names: Names = {}
    for id_field, name_field in NAMES_OF.items():
        pairs = list(distinct(s.api.all_deals().records, id_field, name_field))
        several = [id for id, count in Counter(id for id, _ in pairs).items() if count > 1]
        names |= {(id_field, id): name for id, name in pairs if id not in several}
    return names | {("stage_id", stage["id"]): stage.get("name") for stage in s.api.stages()}


def _check_names(s: Scene, id: Any, exchange: Exchange, names: Names, body: Record | None = None) -> None:
    """Expect these names wherever the response shows the deal; `body` adds IDs that it may not show."""
    for deal in descendants(exchange.json):
        if not is_deal(deal) or deal["id"] != id or "name" not in deal:
            continue
        ids = {**(body or {}), **deal}
        known = {field: names.get((field, ids.get(field))) for field in NAMES_OF}
        wanted = {NAMES_OF[field]: name for field, name in known.items() if name is not None}
        wrong = s.api.changed(wanted, deal)
        received, operation = "; ".join(wrong), exchange.operation_id
        expect(
            not wrong, "the names that these ids have in the list", received, exchange, operation=operation
        )


@law("createDeal", needs=("writes",), cases=("name", "stage_id"), of_all=True)
def creating_a_deal_without_a_required_field_is_refused(s: Scene, missing: str) -> None:
    """“name Required”, “stage_id Required”: without it, no deal is created."""
    word = s.word()
    body = {"name": f"Lacking {word}", "stage_id": s.make.stage_like()["id"], "notes": word}
    del body[missing]
    before = s.api.total()
    exchange = s.call("createDeal", json=body)
    refused(exchange, why=f"{missing} is required")
    found = s.api.page({"search": word})
    expect(found.total == 0, "no deal created", f"{found.total} deals", exchange, found.exchange)
    expect(s.api.total() <= before, f"still {before} deals", "one more deal", exchange)
