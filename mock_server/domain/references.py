"""Ids that refer to other records, and whether those records exist."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mock_server.domain.refusals import Invalid, Missing
from mock_server.domain.tables import R, Table
from mock_server.domain.world import Deal, World

REFERENCES = {  # field: (table, name of one of its records)
    "stage_id": ("stages", "Stage"),
    "contact_id": ("contacts", "Contact"),
    "bill_to_contact_id": ("contacts", "Contact"),
    "company_id": ("companies", "Company"),
    "partner_id": ("companies", "Company"),
    "reseller_id": ("companies", "Company"),
    "reseller_contact_id": ("contacts", "Contact"),
    "assigned_to": ("users", "User"),
    "deal_id": ("deals", "Deal"),
}


def existing(table: Table[R], kind: str, id_: int) -> R:
    """The record with this id, from the request's path; raises Missing."""
    record = table.get(id_)
    if record is None:
        raise Missing(kind, id_)
    return record


def deal_of(world: World, deal_id: int) -> Deal:
    """The deal with this id; raises Missing."""
    return existing(world.deals, "Deal", deal_id)


def ids_in(table: Table[Any]) -> str:
    """The ids in a table, for a message: the first ones and the last, if there are many."""
    ids = [str(record.id) for record in table]
    return ", ".join(ids if len(ids) <= 8 else [*ids[:6], "…", ids[-1]])


def dangling(world: World, body: Mapping[str, Any]) -> dict[str, str]:
    """A message for each id in a body whose record does not exist, by field."""
    return {
        field: f"{kind} {body[field]} does not exist"
        for field, (table, kind) in REFERENCES.items()
        if body.get(field) is not None and body[field] not in world.table(table)
    }


def check_references(world: World, body: Mapping[str, Any]) -> None:
    """Reject a body that refers to a record that does not exist."""
    if errors := dangling(world, body):
        raise Invalid(errors)
