"""Which parts of the recorded responses decide a law: the judgement is repeated with other values in them.

A part matters if the law is then broken in another way, or not at all. What does not matter (the time of a
change, other people's deals) need not be the same when the fault is shown again.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby, product
from typing import Any, Final

from contract_tests.client.exchange import Exchange
from contract_tests.reproduce.answers import Answer, Pointer, Rows, bare, value_at
from contract_tests.reproduce.things import KIND_OF_FIELD, Thing, kind_of_record

MOST_JUDGEMENTS: Final = 800
PAIRS: Final = 12  # numbers in the responses that are tried
FEW: Final = 12  # other people's records in what decides; with more, the exact words of the law do not matter
NO_ID: Final = 987_654_321
OF_LISTS: Final = ("order", "present", "absent", "size", "others")  # kinds of parts of a list
Judge = Callable[[Iterable[Exchange]], Any]
Records = Mapping[str, Mapping[str, Any]]  # what the script makes: kind → id → what it looks like


class Change(StrEnum):
    """What is put in place of a part of a response."""

    ANOTHER = "another"  # another value, another order, one element more
    NOTHING = "nothing"  # zero, an empty text, no other records
    EXPECTED = "expected"  # a number that the law expects


@dataclass(frozen=True)
class Part:
    """A part of a response, which a judgement can be repeated without.

    The kinds: value; missing (a field that was looked for); of a list order, present, absent, size, others (there are records of others); line of a text.
    """

    exchange: int  # its place in the trace
    kind: str
    pointer: Pointer
    place: str
    raw: str = ""
    record: Any = None  # for an absent one: what it looks like elsewhere
    things: tuple[Thing, ...] = ()  # the records made by the run in its place
    of: str = ""  # the kind of record whose id is its value


@dataclass(frozen=True)
class Decision:
    """What decides a law."""

    parts: list[Part]
    apart: tuple[Part, Part] | None = None  # two numbers that should be equal
    certain: bool = True  # whether other data on the server leave it as it is


def deciding(
    judge: Judge, trace: Sequence[Exchange], parts: Sequence[Part], foreign: Callable[[Part], bool]
) -> Decision | None:
    """The parts without which the law would be judged in another way; None if the record does not show it."""
    search = _Search(judge, trace, loose=False)
    if search.outcome is None:
        return None
    search.reduce_each(parts)
    kept = search.weighed()
    own = [part for part in kept if not foreign(part)]
    of_others = [part for part in search.kept if foreign(part)]
    if not of_others:
        return Decision(kept)
    apart = _apart(judge, trace, [part for part in parts if foreign(part)])
    if apart is not None:
        return Decision(own, apart)
    certain = not _names_a_number_of(of_others, search.outcome.expected)
    if len(of_others) > FEW:
        search = _Search(judge, trace, loose=True, changed=search.changed)
        search.reduce_each(of_others)
        kept = own + search.weighed()
    return Decision(kept, certain=certain)


def _apart(judge: Judge, trace: Sequence[Exchange], parts: list[Part]) -> tuple[Part, Part] | None:
    """Two numbers of the responses, the received and the expected one, by which the expectation was missed."""
    outcome = judge(trace)
    received, expected = _numbers(outcome.received), _numbers(outcome.expected)
    if not received or not expected or received[0] == expected[0]:
        return None

    def matters(part: Part, change: Change = Change.ANOTHER, number: Any = None) -> bool:
        other = list(trace)
        other[part.exchange] = changed(trace[part.exchange], change, [part], number)
        return bool(judge(other) != outcome)

    parts = sorted(parts, key=lambda part: len(part.pointer))
    found = [[p for p in parts if _is_number(p, each[0])][:PAIRS] for each in (received, expected)]
    causes = [[part for part in each if matters(part)] for each in found]
    for got, wanted in product(*causes):
        one, other = (got, wanted) if got.kind == "value" else (wanted, got)
        # Equal numbers must meet this expectation, if perhaps not the next one.
        if one.kind == "value" and matters(one, Change.EXPECTED, json.loads(other.raw)):
            return got, wanted
    return None


def _numbers(text: str) -> list[str]:
    return re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w.])", text)


def _is_number(part: Part, text: str) -> bool:
    return part.kind in ("value", "size") and part.raw == text and not part.things


def _names_a_number_of(parts: list[Part], text: str) -> bool:
    """Whether an expectation was computed from these parts."""
    named = set(_numbers(text)) - {"0", "1"}
    numbers = (part for part in parts if part.kind == "size" or (part.kind == "value" and not part.of))
    return any(part.raw in named and not str(part.pointer[-1:]).endswith("id',)") for part in numbers)


class _Search:
    def __init__(
        self, judge: Judge, trace: Sequence[Exchange], *, loose: bool, changed: Iterable[Part] = ()
    ) -> None:
        self._judge, self._trace, self._loose = judge, trace, loose
        self.changed: list[Part] = list(changed)
        self.kept: list[Part] = []
        self._left = MOST_JUDGEMENTS
        self._last: dict[tuple[int, Change], tuple[list[Part], Exchange]] = {}
        whole = judge(trace)
        self.outcome = self._key(whole)
        named = re.findall(r"-?\d+(?:\.\d+)?", whole.expected)[:1] if whole else []
        self._expected = json.loads(named[0]) if named and loose and named[0].lstrip("-0") else None
        self._changes = [
            Change.ANOTHER,
            Change.NOTHING,
            *([Change.EXPECTED] if self._expected is not None else []),
        ]

    def reduce_each(self, parts: Sequence[Part]) -> None:
        """Change as many of these parts as possible, response by response; keep the others."""
        for _, some in groupby(parts, key=lambda part: part.exchange):
            self._reduce(list(some))

    def _reduce(self, parts: list[Part]) -> None:
        if not parts:
            return
        if self._left > 0 and all(self._same_with(change, parts) for change in self._changes):
            self.changed += parts
        elif len(parts) == 1 or self._left <= 0:
            self.kept += parts
        else:
            middle = len(parts) // 2
            self._reduce(parts[:middle])
            self._reduce(parts[middle:])

    def weighed(self) -> list[Part]:
        """The parts that were kept, each with its strength."""
        return [replace(part, kind=self.strength(part)) for part in self.kept]

    def strength(self, part: Part) -> str:
        """The kind of a part that was kept; `not_zero` if any other value but none would do."""
        if part.kind == "value" and self._left > 0 and self._same_with(Change.ANOTHER, [part]):
            return "not_zero"
        return part.kind

    def _key(self, outcome: Any) -> Any:
        return replace(outcome, received="") if outcome is not None and self._loose else outcome

    def _same_with(self, change: Change, parts: list[Part]) -> bool:
        self._left -= 1
        by_exchange: dict[int, list[Part]] = {}
        for part in (*self.changed, *parts):
            by_exchange.setdefault(part.exchange, []).append(part)
        trace = list(self._trace)
        for number, changed in by_exchange.items():
            trace[number] = self._changed(number, change, changed)
        return bool(self._key(self._judge(trace)) == self.outcome)

    def _changed(self, number: int, change: Change, parts: list[Part]) -> Exchange:
        """An exchange with these parts changed; the last one of each is kept, as most do not change."""
        before, exchange = self._last.get((number, change), (None, None))
        if exchange is None or before != parts:
            exchange = changed(self._trace[number], change, parts, self._expected)
            self._last[number, change] = (parts, exchange)
        return exchange


# The parts of a response


def missing_parts(missed: Iterable[tuple[int, Pointer]], trace: Sequence[Exchange]) -> list[Part]:
    """The fields that the law looked for in vain: where in the trace, and in the response."""
    found = []
    for number, pointer in missed:
        answer = Answer(trace[number])
        holder = next((line.place for line in answer.lines if line.pointer == pointer[:-1]), None)
        if holder is not None:
            place = f"{holder}.{pointer[-1]}" if holder else str(pointer[-1])
            found.append(Part(number, "missing", pointer, place))
    return found


def parts_of(number: int, exchange: Exchange, known: Records, made: Callable[[Thing], bool]) -> list[Part]:
    """Everything in a response that may decide.

    `known`: the records that the script makes, by kind and id; `made`: whether the run has made a record.
    """
    if exchange.json is None:
        lines = exchange.body.decode("utf-8", "replace").splitlines()
        return [Part(number, "line", (place,), "line", line) for place, line in enumerate(lines)]
    answer, ours, found = Answer(exchange), dict[Pointer, Thing](), list[Part]()
    for rows in answer.rows:
        found += _parts_of_rows(number, exchange, rows, known, ours, made)
    for line in answer.lines:
        if line.raw not in ("[", "{") and not (line.pointer[-1:] == ("id",) and line.pointer[:-1] in ours):
            things = tuple(
                thing for pointer, thing in ours.items() if line.pointer[: len(pointer)] == pointer
            )
            of = _kind_of_value(exchange.json, line.pointer)
            found.append(Part(number, "value", line.pointer, line.place, line.raw, things=things, of=of))
    return found


def _parts_of_rows(
    number: int,
    exchange: Exchange,
    rows: Rows,
    known: Records,
    ours: dict[Pointer, Thing],
    made: Callable[[Thing], bool],
) -> Iterator[Part]:
    nodes = value_at(exchange.json, _plain(rows.pointer))
    kind = next((kind_of_record(node) for node in nodes if isinstance(node, dict)), "")
    mine, seen = known.get(kind, {}), dict[str, Pointer]()
    for place, node in enumerate(nodes):
        id = str(node.get("id")) if isinstance(node, dict) else ""
        if id in mine:
            seen[id] = (*rows.pointer, place)
        if id in mine or made((kind, id)):
            ours[*rows.pointer, place] = (kind, id)
    if len(seen) > 1:
        things = tuple((kind, id) for id in seen)
        yield Part(number, "order", rows.pointer, rows.place, things=things)
    yield Part(number, "size", rows.pointer, rows.place, str(rows.size))
    if len(seen) < rows.size:
        yield Part(number, "others", rows.pointer, rows.place, things=tuple((kind, id) for id in seen))
    for id, pointer in seen.items():
        yield Part(number, "present", pointer, rows.place, id, things=((kind, id),))
    for id, record in mine.items():
        if id not in seen and isinstance(record, dict):
            yield Part(number, "absent", rows.pointer, rows.place, id, record, things=((kind, id),))


def _kind_of_value(body: Any, pointer: Pointer) -> str:
    if pointer[-1:] == ("id",):
        return kind_of_record(value_at(body, _plain(pointer[:-1])))
    fields = [part for part in pointer if isinstance(part, str)]
    return KIND_OF_FIELD.get(fields[-1], "") if fields else ""


def _plain(pointer: Pointer) -> Pointer:
    return tuple(json.loads(f'"{part}"') if isinstance(part, str) else part for part in pointer)


# Changing parts


def changed(exchange: Exchange, change: Change, parts: list[Part], expected: Any = None) -> Exchange:
    """The exchange with something else in these parts of its response."""
    if exchange.json is None:
        gone = {part.pointer[0] for part in parts}
        lines = exchange.body.splitlines(keepends=True)
        return replace(exchange, body=b"".join(line for n, line in enumerate(lines) if n not in gone))
    body = json.loads(exchange.body)
    for part in parts:
        if part.kind == "missing":
            if change is not Change.NOTHING:
                value_at(body, _plain(part.pointer[:-1]))[part.pointer[-1]] = 1
        elif part.kind == "value":
            pointer = _plain(part.pointer)
            value_at(body, pointer[:-1])[pointer[-1]] = _other(part, change, expected)
    for part in sorted(parts, key=lambda part: -len(part.pointer)):  # the innermost lists first
        if part.kind not in ("value", "missing"):
            _change_rows(body, part, change)
    return replace(exchange, body=json.dumps(body).encode())


def _other(part: Part, change: Change, expected: Any) -> Any:
    value = json.loads(part.raw)
    if isinstance(value, bool):
        return not value
    if value is None:
        return "~"
    if isinstance(value, str):
        return value + "~" if change is not Change.NOTHING else ""
    if part.pointer[-1] == "id":
        return NO_ID + sum(each for each in part.pointer if isinstance(each, int))
    return {Change.ANOTHER: value + 1, Change.NOTHING: 0, Change.EXPECTED: expected}[change]


def _change_rows(body: Any, part: Part, change: Change) -> None:
    pointer = _plain(part.pointer)
    rows = value_at(body, pointer[:-1] if part.kind == "present" else pointer)
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
