"""Ids that point to other records: what they point to, and whether it is there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mock_server.domain.refusals import Invalid, Missing
from mock_server.domain.tables import R, Table
from mock_server.domain.world import Deal, World

REFERENCES = {  # field: (table, what one of its records is called)
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
    """The record of this id, which the request's path names."""
    record = table.get(id_)
    if record is None:
        raise Missing(kind, id_)
    return record


def deal_of(world: World, deal_id: int) -> Deal:
    """The deal of this id."""
    return existing(world.deals, "Deal", deal_id)


def dangling(world: World, body: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with the ids in a body, by field."""
    return {
        field: f"{kind} {body[field]} does not exist"
        for field, (table, kind) in REFERENCES.items()
        if body.get(field) is not None and body[field] not in world.table(table)
    }


def check_references(world: World, body: Mapping[str, Any]) -> None:
    """Refuse a body that points to a record that is not there."""
    if errors := dangling(world, body):
        raise Invalid(errors)
