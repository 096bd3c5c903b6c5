"""The properties of a record by their contract names: its own, joined from others, or computed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from mock_server.domain.orders import Order
from mock_server.domain.risk import deal_risk
from mock_server.domain.tables import Table
from mock_server.domain.values import to_json
from mock_server.domain.world import Deal, Stage, World

Property = Callable[[World, Deal], Any]
NOTHING: Mapping[str, Any] = {}


def stage_of(world: World, deal: Deal) -> Stage:
    """The stage of a deal."""
    return world.stages[deal.stage_id]


def _joined(table: str, reference: str, attribute: str) -> Property:
    def read(world: World, deal: Deal) -> Any:
        rows: Table[Any] = getattr(world, table)
        record = rows.get(getattr(deal, reference))
        return None if record is None else getattr(record, attribute)

    return read


JOINED: Mapping[str, Property] = {
    "stage_name": _joined("stages", "stage_id", "name"),
    "is_won": _joined("stages", "stage_id", "is_won"),
    "is_lost": _joined("stages", "stage_id", "is_lost"),
    "contact_name": _joined("contacts", "contact_id", "name"),
    "bill_to_contact_name": _joined("contacts", "bill_to_contact_id", "name"),
    "company_name": _joined("companies", "company_id", "name"),
    "partner_name": _joined("companies", "partner_id", "name"),
    "reseller_name": _joined("companies", "reseller_id", "name"),
    "reseller_contact_name": _joined("contacts", "reseller_contact_id", "name"),
    "assigned_name": _joined("users", "assigned_to", "name"),
    "assigned_to_email": _joined("users", "assigned_to", "email"),
}


FOLLOWING = frozenset({*JOINED, "risk", "deal_notes"})  # properties of a deal that follow from other records


def deal_field(world: World, deal: Deal, name: str) -> Any:
    """A property of a deal as a Python value."""
    joined = JOINED.get(name)
    return getattr(deal, name) if joined is None else joined(world, deal)


def deal_record(world: World, deal: Deal, names: Iterable[str], now: datetime) -> dict[str, Any]:
    """A deal as JSON with these properties."""
    return {
        name: deal_risk(world, deal, now) if name == "risk" else to_json(deal_field(world, deal, name))
        for name in names
    }


def record(obj: object, names: Iterable[str], extra: Mapping[str, Any] = NOTHING) -> dict[str, Any]:
    """Any other record as JSON with these properties; `extra` has those that it lacks itself."""
    return {name: to_json(extra[name] if name in extra else getattr(obj, name)) for name in names}


def order_by(world: World, name: str) -> Order:
    """All deals sorted by this property."""
    return world.orders.get(name, world, sort_key(name))


def sort_key(name: str) -> Property:
    """The sort key of a deal for this property; None if it has no value."""

    def key(world: World, deal: Deal) -> Any:
        value = deal_field(world, deal, name)
        # Case matters only between texts that are otherwise equal.
        return (value.casefold(), value) if isinstance(value, str) else value

    return key
