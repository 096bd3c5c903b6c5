"""Reads the text of a state file; whatever is wrong in it is said in one line, with its place."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from mock_server.clock import YEARS, ClockSetting, parse_time
from mock_server.contract import MockContract
from mock_server.domain.tables import Table
from mock_server.domain.world import TABLES, World
from mock_server.past import MOST_SNAPSHOTS, Point
from mock_server.state_file.errors import StateFileError
from mock_server.state_file.text import FORMAT, KEY, NOTHING
from mock_server.store import StoreState
from mock_server.worldfile import Fit, WorldFileError, read_records
from mock_server.worldfile.records import LARGEST_ID
from mock_server.worlds import BASE, Naming

VALUE_KEYS = {"id": int, "of": int | None, "put": dict, "drop": dict, "next_ids": dict}
WORLD_KEYS = {"name": str, "present": dict, "first": dict, "snapshots": dict}
POINT_KEYS = {"world": int, "clock": dict}
CLOCK_KEYS = {"ahead_seconds": int | float, "frozen": str | None, "started": bool, "is_set": bool}
MOST_SECONDS = 366 * 86_400 * len(YEARS)  # from one end of the calendar to the other
LONG_AGO = datetime(YEARS.start, 1, 1, tzinfo=UTC)  # what relative times count from; a state has none


@dataclass(frozen=True)
class StateReader:
    """Reads states that fit a contract, of worlds that have allowed names."""

    contract: MockContract
    naming: Naming

    def states(self, text: bytes) -> list[StoreState]:
        """The states in a file, the base world first; raises StateFileError."""
        document = _document(text)
        lines = document["worlds"]
        names = self._names(lines)
        users = {number: line["name"] for line in reversed(lines) for number in _numbers(line)}
        values = self._values(document["values"], users)
        states = [_state(line, values) for line in lines]
        if names[0] != BASE:
            raise StateFileError(f"worlds: the first must be {BASE}")
        return states

    def _names(self, lines: Sequence[Any]) -> list[str]:
        names: list[str] = []
        for index, line in enumerate(lines, start=1):
            _check_keys(line, WORLD_KEYS, f"worlds, entry {index}")
            for key, point in _points(line):
                _check_keys(point, POINT_KEYS, f"worlds, entry {index}: {key}")
            for name in (line["name"], *line["snapshots"]):
                if not self.naming.allows(name):
                    raise StateFileError(f"worlds, entry {index}: {_short(name)}: {self.naming.says}")
            if line["name"] in names:
                raise StateFileError(f"worlds, entry {index}: there are two worlds {line['name']}")
            names.append(line["name"])
        return names or [""]

    def _values(self, given: Sequence[Any], users: Mapping[int, str]) -> dict[int, World]:
        fit = Fit(self.contract)
        values: dict[int, World] = {}
        for index, line in enumerate(given, start=1):
            where = f"values, entry {index}"
            _check_keys({"put": {}, "drop": {}, "next_ids": {}, **_mapping(line, where)}, VALUE_KEYS, where)
            if line["of"] is not None and line["of"] not in values:
                raise StateFileError(f"{where}: of: there is no value {line['of']} before it")
            where = f"world {users.get(line['id'], line['id'])}"
            parent = values.get(line["of"], NOTHING)
            world = _value(line, parent, where)
            if problem := fit.problem(world, parent):
                raise StateFileError(f"{where}: {problem}")
            values[line["id"]] = world
        return values


def _document(text: bytes) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        end = error.pos >= len(error.doc.rstrip())
        what = "ends too early" if end else f"is not valid JSON: {error.msg}"
        raise StateFileError(f"line {error.lineno}, column {error.colno}: {what}") from None
    except (ValueError, RecursionError) as error:  # no UTF-8; a number of thousands of digits; too deep
        raise StateFileError(f"is not valid JSON: {error}") from None
    if not isinstance(document, dict) or KEY not in document:
        raise StateFileError(f"is not a state of deals-mock: it has no {KEY}")
    if document[KEY] != FORMAT:
        raise StateFileError(f"{KEY} is {_short(document[KEY])}; this version reads {FORMAT}")
    _check_keys(document, {KEY: int, "values": list, "worlds": list}, "the document")
    return document


def _mapping(given: Any, where: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise StateFileError(f"{where}: must be a mapping, not {_short(given)}")
    return given


def _check_keys(given: Any, kinds: Mapping[str, Any], where: str) -> None:
    for key in [*kinds, *_mapping(given, where)]:
        if key not in kinds:
            raise StateFileError(f"{where}: {_short(key)}: unknown key; must be one of {', '.join(kinds)}")
        if key not in given:
            raise StateFileError(f"{where}: {key}: is required")
        value = given[key]
        if not isinstance(value, kinds[key]) or (isinstance(value, bool) and kinds[key] is not bool):
            raise StateFileError(f"{where}: {key}: cannot be {_short(value)}")


def _points(line: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What a world holds, with its place in the file."""
    yield from (("present", line["present"]), ("first", line["first"]))
    yield from ((f"snapshots: {_short(name)}", point) for name, point in line["snapshots"].items())


def _numbers(line: Mapping[str, Any]) -> list[int]:
    """The numbers of all values that a world has."""
    return [point["world"] for _, point in _points(line)]


def _value(line: Mapping[str, Any], parent: World, where: str) -> World:
    put, drop, next_ids = (line.get(key, {}) for key in ("put", "drop", "next_ids"))
    world = parent
    for name in [*put, *drop, *next_ids]:
        if name not in TABLES:
            raise StateFileError(f"{where}: {_short(name)}: must be one of {', '.join(TABLES)}")
    try:
        for name, ids in drop.items():
            if not isinstance(ids, list) or any(type(id_) is not int for id_ in ids):
                raise StateFileError(f"{where}: {name}: must be a list of ids")
            world = world.drop(name, *ids)
        for name, records in put.items():
            world = world.put(name, *read_records(name, records, where, LONG_AGO))
    except WorldFileError as error:
        raise StateFileError(str(error)) from None
    for name, next_id in next_ids.items():
        world = _with_next_id(world, name, next_id, where)
    return world


def _with_next_id(world: World, name: str, next_id: Any, where: str) -> World:
    table: Table[Any] = world.table(name)
    least = max(table.rows, default=0) + 1
    if type(next_id) is not int or not least <= next_id <= LARGEST_ID:
        raise StateFileError(f"{where}: next_ids: {name}: must be an integer from {least} to {LARGEST_ID}")
    changed: dict[str, Any] = {name: replace(table, next_id=next_id)}
    return replace(world, **changed)


def _state(line: Mapping[str, Any], values: Mapping[int, World]) -> StoreState:
    where = f"world {line['name']}"
    for number in _numbers(line):
        if number not in values:
            raise StateFileError(f"{where}: there is no value {_short(number)}")
    if len(line["snapshots"]) > MOST_SNAPSHOTS:
        raise StateFileError(f"{where}: snapshots: must be at most {MOST_SNAPSHOTS}")
    present, first, *saved = (
        Point(values[point["world"]], _clock(point["clock"], f"{where}: {key}: clock"))
        for key, point in _points(line)
    )
    return StoreState(line["name"], present, first, dict(zip(line["snapshots"], saved, strict=True)))


def _clock(given: Mapping[str, Any], where: str) -> ClockSetting:
    _check_keys(given, CLOCK_KEYS, where)
    if not abs(given["ahead_seconds"]) <= MOST_SECONDS:  # which NaN is not, either
        reason = (
            f"must be a number from -{MOST_SECONDS} to {MOST_SECONDS}, not {_short(given['ahead_seconds'])}"
        )
        raise StateFileError(f"{where}: ahead_seconds: {reason}")
    try:
        frozen = None if given["frozen"] is None else parse_time(given["frozen"])
    except ValueError as error:
        raise StateFileError(f"{where}: frozen: {error}") from None
    return ClockSetting(timedelta(seconds=given["ahead_seconds"]), frozen, given["started"], given["is_set"])


def _short(value: Any) -> str:
    text = json.dumps(value) if not isinstance(value, str) else repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
