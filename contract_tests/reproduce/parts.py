"""The parts of a response that may decide a law, and responses with something else in their place."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

from contract_tests.client.exchange import Exchange
from contract_tests.reproduce.answers import Answer, Pointer, Rows, as_sent, bare, value_at
from contract_tests.reproduce.things import KIND_OF_FIELD, Thing, kind_of_record

NUMBER: Final = re.compile(r"-?\d{1,15}(\.\d+)?")
NO_ID: Final = 987_654_321
OF_LISTS: Final = ("order", "present", "absent", "size", "others")  # kinds of parts of a list
Records = Mapping[str, Mapping[str, Any]]  # what the script makes: kind → id → what it looks like


class Change(StrEnum):
    """What is put in place of a part of a response."""

    ANOTHER = "another"  # another value, another order, one element more
    NOTHING = "nothing"  # zero, an empty text, no other records
    EXPECTED = "expected"  # what was sent


@dataclass(frozen=True, eq=False)
class Part:
    """A part of a response, which a judgement can be repeated without.

    The kinds: value; other (any number but these); missing (a field); and of a list order, present, absent,
    size, others (there are records of others).
    """

    exchange: int  # its place in the trace
    kind: str
    pointer: Pointer
    place: str
    raw: str = ""
    record: Any = None  # for an absent one: what it looks like elsewhere
    things: tuple[Thing, ...] = ()  # the records made by the run that it is about
    owners: tuple[Thing, ...] = ()  # the records made by the run in whose rows it is
    of: str = ""  # the kind of record whose id is its value
    sent: tuple[Any, ...] = ()  # what requests of the judgement sent for this field, the last first

    @property
    def is_measure(self) -> bool:
        """Whether this is a number that is no id."""
        name = str(self.pointer[-1]) if self.pointer else ""
        return NUMBER.fullmatch(self.raw) is not None and name != "id" and not name.endswith("_id")


@dataclass(frozen=True)
class Known:
    """What is known of the records and fields that responses show."""

    records: Records  # that the script makes
    made: Callable[[Thing], bool]  # whether the run has made a record
    sent: Mapping[Thing | None, Mapping[str, Sequence[Any]]]  # in the judgement, for a record or any
    fields: Mapping[str, frozenset[str]]  # of each kind of record, wherever it is sent or shown


def parts_of(number: int, exchange: Exchange, known: Known) -> list[Part]:
    """Everything in a response that may decide."""
    answer, ours, found = Answer(exchange), dict[Pointer, Thing](), list[Part]()
    for rows in answer.rows:
        found += _parts_of_rows(number, answer.body, rows, known, ours)
    for line in answer.lines:
        pointer = line.pointer
        if line.raw not in ("[", "{") and not (pointer[-1:] == ("id",) and pointer[:-1] in ours):
            owners = _owners(pointer, ours)
            part = Part(number, "value", pointer, line.place, line.raw, things=owners, owners=owners)
            sent = _sent(known, owners, pointer)
            found.append(replace(part, of=_kind_of_value(answer.body, pointer), sent=sent))
    return [*found, *_missing(number, answer, known, ours)]


def _sent(known: Known, owners: tuple[Thing, ...], pointer: Pointer) -> tuple[Any, ...]:
    """What was sent for a field: for the innermost record that it is in, if anything was."""
    field = str(pointer[-1]) if pointer else ""
    values = (known.sent.get(owner, {}) for owner in (*reversed(owners), None))
    return next((tuple(sent[field]) for sent in values if field in sent), ())


def _missing(number: int, answer: Answer, known: Known, ours: Mapping[Pointer, Thing]) -> Iterator[Part]:
    """The fields that a record lacks, though it has them elsewhere, or was sent with them."""
    for line in answer.lines:
        record = value_at(answer.body, line.pointer) if line.raw == "{" else {}
        kind = kind_of_record(record)
        for name in sorted(known.fields[kind] - record.keys()) if kind else ():
            owners = _owners(line.pointer, ours)
            place = f"{line.place}.{name}".lstrip(".")
            yield Part(number, "missing", (*line.pointer, name), place, things=owners, owners=owners)


def _parts_of_rows(
    number: int, body: Any, rows: Rows, known: Known, ours: dict[Pointer, Thing]
) -> Iterator[Part]:
    nodes = value_at(body, rows.pointer)
    kind = next((kind_of_record(node) for node in nodes if isinstance(node, dict)), "")
    mine, seen = known.records.get(kind, {}), dict[str, Pointer]()
    for place, node in enumerate(nodes):
        id = str(node.get("id")) if isinstance(node, dict) else ""
        if id in mine:
            seen[id] = (*rows.pointer, place)
        if id in mine or known.made((kind, id)):
            ours[*rows.pointer, place] = (kind, id)
    part = Part(number, "", rows.pointer, rows.place, owners=_owners(rows.pointer, ours))
    things = tuple((kind, id) for id in seen)
    if len(seen) > 1:
        yield replace(part, kind="order", things=things)
    yield replace(part, kind="size", raw=str(rows.size))
    if len(seen) < rows.size:
        yield replace(part, kind="others", things=things)
    for id, pointer in seen.items():
        yield replace(part, kind="present", pointer=pointer, raw=id, things=((kind, id),))
    for id, record in mine.items():
        if id not in seen and isinstance(record, dict):
            yield replace(part, kind="absent", raw=id, record=record, things=((kind, id),))


def _owners(pointer: Pointer, ours: Mapping[Pointer, Thing]) -> tuple[Thing, ...]:
    return tuple(thing for where, thing in ours.items() if pointer[: len(where)] == where)


def _kind_of_value(body: Any, pointer: Pointer) -> str:
    if pointer[-1:] == ("id",):
        return kind_of_record(value_at(body, pointer[:-1]))
    fields = [part for part in pointer if isinstance(part, str)]
    return KIND_OF_FIELD.get(fields[-1], "") if fields else ""


# Changing parts


def changed(exchange: Exchange, change: Change, parts: list[Part]) -> Exchange:
    """The exchange with something else in these parts of its response."""
    body = as_sent(exchange)
    for part in parts:
        if part.kind == "missing":
            if change is not Change.NOTHING:
                value_at(body, part.pointer[:-1])[part.pointer[-1]] = 1
        elif part.kind == "value":
            value_at(body, part.pointer[:-1])[part.pointer[-1]] = _other(part, change)
    for part in sorted(parts, key=lambda part: -len(part.pointer)):  # the innermost lists first
        if part.kind in OF_LISTS and change is not Change.EXPECTED:
            _change_rows(body, part, change)
    return _with_json(exchange, body)


def _with_json(exchange: Exchange, body: Any) -> Exchange:
    """The exchange as if this were its JSON; the bytes stay, for laws do not read them."""
    found = copy.copy(exchange)
    if exchange.reader is not None and not _is_read_as_it_is(exchange):
        body = exchange.reader(exchange.operation_id or "", exchange.status, body)
    found.__dict__["json"] = body
    return found


def _is_read_as_it_is(exchange: Exchange) -> bool:
    """Whether the JSON means what it says; found out once."""
    if "read_as_it_is" not in exchange.__dict__:
        exchange.__dict__["read_as_it_is"] = exchange.json == json.loads(exchange.body)
    return bool(exchange.__dict__["read_as_it_is"])


@lru_cache(maxsize=50_000)
def _value(raw: str) -> Any:
    return json.loads(raw)


def _other(part: Part, change: Change) -> Any:
    value = _value(part.raw)
    others = [sent for sent in part.sent if sent not in (None, value)]
    if change is Change.EXPECTED and others:
        return others[0]
    if isinstance(value, bool):
        return not value
    if value is None:
        return "~"
    if isinstance(value, str):
        return value + "~" if change is not Change.NOTHING else ""
    if part.pointer[-1] == "id":
        return NO_ID + sum(each for each in part.pointer if isinstance(each, int))
    return 0 if change is Change.NOTHING else value + 1


def _change_rows(body: Any, part: Part, change: Change) -> None:
    rows = value_at(body, part.pointer[:-1] if part.kind == "present" else part.pointer)
    if part.kind == "present":
        rows[:] = [row for row in rows if _id_of(row) != bare(part.raw)]
    elif part.kind == "others" and change is Change.NOTHING:
        ours = {id for _, id in part.things}
        rows[:] = [row for row in rows if _id_of(row) in ours]
    elif part.kind == "order":
        rows.reverse()
    elif part.kind == "absent" and change is not Change.NOTHING:
        rows.insert(0, copy.deepcopy(part.record))
    elif part.kind == "size" and change is not Change.NOTHING:
        rows.append(_another(rows[-1]) if rows else None)


def _id_of(row: Any) -> str:
    return str(row.get("id")) if isinstance(row, dict) else ""


def _another(row: Any) -> Any:
    """A further element of a list, like this one but with an id that no record has."""
    row = copy.deepcopy(row)
    return {**row, "id": NO_ID} if isinstance(row, dict) and "id" in row else row
