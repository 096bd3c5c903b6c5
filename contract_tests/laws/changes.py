"""Updating a deal: every field sent is saved, and nothing else changes."""

from __future__ import annotations

from typing import Final

from contract_tests.laws.law import law
from contract_tests.scene.deal_writes import full_body, is_saved
from contract_tests.scene.expectations import expect, granted
from contract_tests.scene.json_search import lost_fields, same
from contract_tests.scene.scene import Scene

NEVER: Final = ("id", "created_at")  # fields that no update changes
FOLLOW: Final = ("stage_name", "is_won", "is_lost", "contact_name", "company_name", "reseller_name")
EMPTIED: Final = (  # a reseller contact without a reseller may be refused
    ("partner_id",),
    ("reseller_contact_id",),
    ("reseller_id", "reseller_contact_id"),
    ("partner_id", "reseller_id", "reseller_contact_id"),
)


@law("updateDeal", needs=("writes",))
def an_update_saves_every_field_sent(s: Scene) -> None:
    """Request Body of the update: name, value, stage_id … tags: the deal shows what was sent."""
    id = s.make.deal(**full_body(s))
    for place in (1, 0):
        body = full_body(s, place=place)
        is_saved(s, id, body, granted(s.call("updateDeal", id=id, json=body)))


@law("updateDeal", needs=("writes",))
def an_update_changes_only_the_values_that_differ(s: Scene) -> None:
    """Request Body of the update: name, value, stage_id … tags: a value sent unchanged stays the same."""
    body = full_body(s)
    id = s.make.deal(**body)
    before = s.api.deal(id)
    for change in ({"value": 777.25}, {"notes": "Changed."}, {"name": f"Renamed {s.word()}"}):
        body |= change
        exchange = granted(s.call("updateDeal", id=id, json=body))
        wanted = {name: before[name] for name in (*NEVER, *FOLLOW) if name in before} | body
        wrong = lost_fields(wanted, s.api.deal(id))
        expect(not wrong, f"only {', '.join(change)} changed", "; ".join(wrong), exchange)


@law("updateDeal", needs=("writes",))
def fields_omitted_from_an_update_are_kept_or_cleared(s: Scene) -> None:
    """“name Required”, “stage_id Required”, others “Optional”: an omitted field takes no new value."""
    body = full_body(s)
    id = s.make.deal(**body)
    sent = {"name": f"Short {s.word()}", "stage_id": body["stage_id"], "tags": "short"}
    exchange = granted(s.call("updateDeal", id=id, json=sent))
    after = s.api.deal(id)
    lost = lost_fields(sent, after)
    expect(not lost, "every field as sent", "; ".join(lost), exchange)
    strange = [
        f"{name}: {body[name]!r} became {after[name]!r}"
        for name in body.keys() - sent.keys() - {"probability", "assigned_to"}  # these may have defaults
        if name in after and not same(body[name], after[name]) and after[name] not in (None, "", 0)
    ]
    expect(not strange, "each omitted field unchanged or empty", "; ".join(strange), exchange)


@law("updateDeal", needs=("writes",))
def repeating_an_update_changes_nothing(s: Scene) -> None:
    """PUT: the same request again has no further effect."""
    id = s.make.deal(**full_body(s))
    body = full_body(s, place=1)
    granted(s.call("updateDeal", id=id, json=body))
    once = s.api.deal(id)
    exchange = granted(s.call("updateDeal", id=id, json=body))
    wrong = s.api.changed(once, s.api.deal(id))
    expect(not wrong, "the same as after the first update", "; ".join(wrong), exchange)
    found = s.api.search(body["name"].split()[-1], lambda listing: listing.ids == [id])
    expect(found.ids == [id], f"only deal {id}", found.ids, exchange, found.exchange)


@law("updateDeal", needs=("writes",))
def nullable_fields_can_be_set_to_null(s: Scene) -> None:
    """“partner_id … Nullable”, “reseller_id … Nullable”, “reseller_contact_id … Nullable”: null is saved."""
    body = full_body(s)
    id = s.make.deal(**body)
    for fields in EMPTIED:
        emptied = {**body, **dict.fromkeys(fields)}
        exchange = granted(s.call("updateDeal", id=id, json=emptied))
        lost = lost_fields(emptied, s.api.deal(id))
        expect(not lost, f"{', '.join(fields)} null, every other field as sent", "; ".join(lost), exchange)


@law("updateDeal", needs=("writes",))
def updating_stage_id_moves_the_deal(s: Scene) -> None:
    """“stage_id Required: Pipeline stage ID” in the update: another stage moves the deal."""
    there, other = s.make.stage_like(), s.make.stage_like(won=True)
    id = s.make.deal(stage_id=there["id"], value=5000)
    name = s.api.deal(id)["name"]
    exchange = granted(
        s.call("updateDeal", id=id, json={"name": name, "stage_id": other["id"], "value": 5000})
    )
    wanted = {
        "stage_id": other["id"],
        "stage_name": other["name"],
        "is_won": True,
        "is_lost": False,
        "value": 5000,
    }
    wrong = lost_fields(wanted, s.api.deal(id))
    expect(not wrong, f"in the won stage {other['id']}", "; ".join(wrong), exchange)
