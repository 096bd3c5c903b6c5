"""The properties of a record by their contract names: its own, joined from others, or computed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mock_server.domain.orders import Entry, Order
from mock_server.domain.risk import deal_risk
from mock_server.domain.values import in_json
from mock_server.domain.world import Deal, Stage, World

Property = Callable[[World, Deal], Any]
NOTHING: Mapping[str, Any] = {}


def stage_of(world: World, deal: Deal) -> Stage:
    """The stage of a deal."""
    return world.stages[deal.stage_id]


@dataclass(frozen=True, slots=True)
class Joined:
    """A property that a deal has from the record that it refers to, if any."""

    table: str
    reference: str
    attribute: str

    def __call__(self, world: World, deal: Deal) -> Any:
        """The property of this deal."""
        record = world.table(self.table).get(getattr(deal, self.reference))
        return None if record is None else getattr(record, self.attribute)


JOINED: Mapping[str, Joined] = {
    "stage_name": Joined("stages", "stage_id", "name"),
    "is_won": Joined("stages", "stage_id", "is_won"),
    "is_lost": Joined("stages", "stage_id", "is_lost"),
    "contact_name": Joined("contacts", "contact_id", "name"),
    "bill_to_contact_name": Joined("contacts", "bill_to_contact_id", "name"),
    "company_name": Joined("companies", "company_id", "name"),
    "partner_name": Joined("companies", "partner_id", "name"),
    "reseller_name": Joined("companies", "reseller_id", "name"),
    "reseller_contact_name": Joined("contacts", "reseller_contact_id", "name"),
    "assigned_name": Joined("users", "assigned_to", "name"),
    "assigned_to_email": Joined("users", "assigned_to", "email"),
}


FOLLOWING = frozenset({*JOINED, "risk", "deal_notes"})  # properties of a deal that follow from other records


def deal_field(world: World, deal: Deal, name: str) -> Any:
    """A property of a deal as a Python value."""
    joined = JOINED.get(name)
    return getattr(deal, name) if joined is None else joined(world, deal)


def deal_record(world: World, deal: Deal, names: Iterable[str], now: datetime) -> dict[str, Any]:
    """A deal as JSON with these properties."""
    found: dict[str, Any] = {}
    for name in names:
        joined = JOINED.get(name)
        if joined is not None:
            found[name] = joined(world, deal)
        else:
            found[name] = deal_risk(world, deal, now) if name == "risk" else getattr(deal, name)
    return in_json(found)


def record(obj: object, names: Iterable[str], extra: Mapping[str, Any] = NOTHING) -> dict[str, Any]:
    """Any other record as JSON with these properties; `extra` has those that it lacks itself."""
    return in_json({name: extra[name] if name in extra else getattr(obj, name) for name in names})


def order_by(world: World, name: str) -> Order:
    """All deals sorted by this property."""
    return world.orders.get(name, world, place_by(name), lambda: Order.of(_entries(world, name)))


def _entries(world: World, name: str) -> Iterator[Entry]:
    keys: dict[Any, Any] = {}  # equal keys are one object: it takes less memory, and less time to sort
    for deal in world.deals:
        value = deal_field(world, deal, name)
        if value not in keys:
            keys[value] = _as_key(value)
        yield keys[value], deal.id


def place_by(name: str) -> Callable[[World, Deal], Entry]:
    """Where a deal stands among others if they are sorted by this property."""
    key = sort_key(name)
    return lambda world, deal: (key(world, deal), deal.id)


def sort_key(name: str) -> Property:
    """The sort key of a deal for this property; None if it has no value."""
    return lambda world, deal: _as_key(deal_field(world, deal, name))


def _as_key(value: Any) -> Any:
    # Case matters only between texts that are otherwise equal.
    return (value.casefold(), value) if isinstance(value, str) else value
