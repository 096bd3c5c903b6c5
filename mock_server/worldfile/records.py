"""The records in a world file: their fields, and whether they fit together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from datetime import datetime
from functools import cache
from types import NoneType
from typing import Any, get_args, get_type_hints

from mock_server.contract import MockContract
from mock_server.domain.references import REFERENCES, ids_in
from mock_server.domain.values import to_json
from mock_server.domain.world import (
    Company,
    Contact,
    Deal,
    Email,
    Note,
    Quote,
    Stage,
    Task,
    User,
    World,
)
from mock_server.schemas import Validator
from mock_server.worldfile.values import KINDS, Kind, WrongValueError, within

TYPES: Mapping[str, type[Any]] = {
    "users": User,
    "companies": Company,
    "contacts": Contact,
    "stages": Stage,
    "deals": Deal,
    "quotes": Quote,
    "tasks": Task,
    "notes": Note,
    "emails": Email,
}
POINTERS = {
    **{field: table for field, (table, _) in REFERENCES.items()},
    "created_by": "users",
    "primary_quote_id": "quotes",
}
# Deleting a deal takes its tasks and notes along, and nothing else.
OUTLIVE_THEIR_DEAL = frozenset({"quotes", "emails"})

Misfit = tuple[str, str]  # a field, and what is wrong with it

# Limits where the contract has none, as for the names of companies. There is room for ids after the last.
LARGEST_ID = 10**12
LONG_TEXTS = frozenset({"notes", "tags", "loss_reason", "description", "content", "body"})
LONGEST_TEXT = 65_535
LONGEST_NAME = 255

# Where the contract describes each table: the operation that writes it, or the schema that reads it.
WRITTEN_BY = {
    "stages": "createPipelineStage",
    "deals": "createDeal",
    "tasks": "createDealTask",
    "notes": "createDealNote",
}
READ_AS = {"users": "User", "tasks": "Task", "emails": "Email"}


@dataclass(frozen=True, slots=True)
class Slot:
    """A field of a record in a world file."""

    kind: Kind
    nullable: bool
    default: Any

    @property
    def required(self) -> bool:
        return self.default is MISSING


@cache
def slots(table: str) -> Mapping[str, Slot]:
    """The fields of a table's records, in order."""
    hints = get_type_hints(TYPES[table])
    return {field.name: _slot(field, hints[field.name]) for field in fields(TYPES[table])}


@cache
def pointing(table: str) -> tuple[str, ...]:
    """The fields of a table's records that hold ids of others."""
    return tuple(name for name in slots(table) if name in POINTERS)


def _slot(field: Field[Any], hint: Any) -> Slot:
    types = get_args(hint) or (hint,)
    kind = next(kind for type_, kind in KINDS.items() if type_ in types)
    return Slot(kind, NoneType in types, field.default)


def read_record(table: str, given: Any, now: datetime) -> Any:
    """The record that a mapping describes; raises WrongValueError."""
    if not isinstance(given, dict):
        raise WrongValueError("must be a mapping of fields, such as {id: 1}")
    known = slots(table)
    if unknown := [name for name in given if name not in known]:
        raise WrongValueError(f"unknown field; must be one of {', '.join(known)}", unknown[0])
    if missing := [name for name, slot in known.items() if slot.required and name not in given]:
        raise WrongValueError("is required", missing[0])
    return TYPES[table](**{name: _read(name, known[name], value, now) for name, value in given.items()})


def _read(name: str, slot: Slot, value: Any, now: datetime) -> Any:
    if value is None and slot.nullable:
        return None
    try:
        return _bounded(name, slot.kind.of(value, now))
    except WrongValueError as error:
        raise WrongValueError(str(error), name) from None


def _bounded(name: str, value: Any) -> Any:
    """The value, if it is neither absurdly large nor long."""
    if name == "id":
        return within(value, 1, LARGEST_ID)
    if isinstance(value, str) and len(value) > _room(name):
        raise WrongValueError(f"must have at most {_room(name)} characters, not {len(value)}")
    return value


def longest_text(contract: MockContract, table: str, name: str) -> int:
    """How many characters a field of a table may have, by the contract or else in a world file."""
    described = contract.fields(WRITTEN_BY[table]).get(name, {}) if table in WRITTEN_BY else {}
    limit: int = described.get("maxLength", _room(name))
    return min(limit, _room(name))


def _room(name: str) -> int:
    return LONGEST_TEXT if name in LONG_TEXTS else LONGEST_NAME


def write_record(table: str, record: Any) -> dict[str, Any]:
    """A record as it stands in a file, without default values."""
    values = ((name, getattr(record, name), slot) for name, slot in slots(table).items())
    return {
        name: write_moment(value) if isinstance(value, datetime) else to_json(value)
        for name, value, slot in values
        if value != slot.default
    }


def write_moment(moment: datetime) -> str:
    """A timestamp, without microseconds if they are zero."""
    return str(to_json(moment)).replace(".000000Z", "Z")


def called(table: str, id_: int | None, index: int = 0) -> str:
    """`deal 12`, or `deals, record 3` if it has no id."""
    return f"{TYPES[table].__name__.lower()} {id_}" if id_ is not None else f"{table}, record {index}"


def misfits(world: World, table: str, record: Any) -> Iterator[Misfit]:
    """What is wrong with a record's references to others."""
    for name in pointing(table):
        id_ = getattr(record, name)
        if id_ is None or id_ in world.table(POINTERS[name]):
            continue
        if table in OUTLIVE_THEIR_DEAL and name == "deal_id" and _was_there(world, id_):
            continue
        known = ids_in(world.table(POINTERS[name])) or "which is empty"
        yield name, f"{id_} not found in {POINTERS[name]} ({known})"
    if table == "stages" and record.is_won and record.is_lost:
        yield "is_lost", "a stage cannot be both won and lost"
    if table == "deals" and record.primary_quote_id in world.quotes:
        owner = world.quotes[record.primary_quote_id].deal_id
        if owner != record.id:
            yield "primary_quote_id", f"must be a quote of this deal, not of deal {owner}"


def _was_there(world: World, deal_id: int) -> bool:
    """Whether a deal with this id has been deleted: ids are never used again."""
    return 0 < deal_id < world.deals.next_id


def against_contract(contract: MockContract, table: str, record: Any) -> Iterator[Misfit]:
    """How a record violates the contract's limits, enums and formats."""
    values = {name: to_json(getattr(record, name)) for name in slots(table)}
    validators: list[Validator] = []
    if table in WRITTEN_BY:
        validators += contract.compiled[WRITTEN_BY[table]].bodies.values()
    if table in READ_AS:
        validators.append(contract.validator(READ_AS[table]))
    for validator in validators:
        for name, message in validator.errors(values).items():
            # Null in a record means that the field is absent, which requests may leave out.
            if values.get(name) is not None:
                yield name, message.removeprefix(f"{name} ")
