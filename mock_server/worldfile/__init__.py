"""World files: a whole world as YAML that people can read, write, and attach to a bug report.

`fixtures/README.md` describes the format.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from deals_spec.places import Place
from mock_server.clock import ClockSetting, FrozenClock, WorldClock, parse_time
from mock_server.contract import MockContract
from mock_server.domain.world import World
from mock_server.fixtures import DEFAULT_FIXTURE, RECIPE, fixture_names, folder
from mock_server.past import Point
from mock_server.seeding import STAGES, USERS, seed_world
from mock_server.worldfile.errors import WorldFileError, shown
from mock_server.worldfile.fit import Fit, Problem
from mock_server.worldfile.records import LARGEST_ID, TYPES, called, read_record, write_moment, write_record
from mock_server.worldfile.text import parse, render
from mock_server.worldfile.values import KINDS, LARGEST, WrongValueError, within

__all__ = [
    "DEFAULT_FIXTURE",
    "RECIPE",
    "Fit",
    "Problem",
    "WorldFileError",
    "fixture_names",
    "fixture_path",
    "load_beginning",
    "load_world",
    "read_records",
    "read_world",
    "save_world",
]

HEADER = "# A world of the Deals mock; fixtures/README.md describes the format.\n"
SHORT = frozenset({"users", "companies", "contacts", "stages"})  # one line for each record
MOST_BYTES = 50_000_000  # of a file
# Every world needs these, so a file without them gets the defaults.
USUAL = {"users": USERS, "stages": STAGES}
KEYS = ("description", "clock", "recipe", *TYPES, "next_ids")


def load_world(
    name: str | Path,
    now: datetime,
    *,
    deals: int | None = None,
    seed: int | None = None,
    contract: MockContract | None = None,
) -> World:
    """The world of a fixture or a file alone, at this time."""
    clock = WorldClock(FrozenClock(now))
    return load_beginning(name, clock, deals=deals, seed=seed, contract=contract).world


def load_beginning(
    name: str | Path,
    clock: WorldClock,
    *,
    deals: int | None = None,
    seed: int | None = None,
    contract: MockContract | None = None,
) -> Point:
    """How the world of a fixture or a file begins; `deals` and `seed` override its recipe.

    Its clock goes like this one, unless the file says what it shows: then it stands still.
    """
    try:
        path = fixture_path(name)
        text = _text(path)
    except OSError as error:
        raise WorldFileError(f"{name}: cannot be read: {error.strerror or error}") from None
    given = {"deals": deals, "seed": seed}
    overrides = {key: value for key, value in given.items() if value is not None}
    return read_beginning(text, path.name, clock, overrides, contract)


def read_world(
    text: str,
    source: str,
    now: datetime,
    *,
    contract: MockContract | None = None,
) -> World:
    """The world that a text describes alone, at this time; `source` is its name in error messages."""
    return read_beginning(text, source, WorldClock(FrozenClock(now)), {}, contract).world


def read_beginning(
    text: str, source: str, clock: WorldClock, overrides: Mapping[str, int], contract: MockContract | None
) -> Point:
    """How the world that a text describes begins; its clock goes like this one, unless the text has one."""
    data = _document(parse(text, source), source)
    if (moment := _clock(data, source)) is not None:
        clock = clock.copy(ClockSetting(frozen=moment))
    return Point(_world(data, source, clock.now(), overrides, contract), clock.setting)


def _world(
    data: Mapping[str, Any],
    source: str,
    now: datetime,
    overrides: Mapping[str, int],
    contract: MockContract | None,
) -> World:
    if data.get("recipe") is not None:
        return _seeded(data, source, now, overrides)
    if overrides:
        raise WorldFileError(f"{source}: has no recipe, so {' and '.join(overrides)} cannot be set")
    world = _filled(data, source, now)
    if problem := Fit(contract).problem(world):
        raise WorldFileError(f"{source}: {problem}", _place_of(problem, data))
    return world


def save_world(world: World, clock: datetime | None = None) -> str:
    """The world as a file, with what its clock shows; loading it gives the same world."""
    parts = [HEADER if clock is None else HEADER + render({"clock": write_moment(clock)})]
    for table in TYPES:
        records = [write_record(table, record) for record in world.table(table)]
        if records or table in USUAL:
            parts.append(render({table: records}, one_liners=table in SHORT))
    if next_ids := {table: world.table(table).next_id for table in TYPES if _has_gaps(world, table)}:
        parts.append(render({"next_ids": next_ids}))
    return "\n".join(parts)


def fixture_path(name: str | Path) -> Path:
    """The file of a fixture, or the file itself; raises WorldFileError if there is none."""
    path = Path(name)
    if len(path.parts) == 1:
        for fixture in (folder() / path.name, folder() / f"{path.name}.yaml"):
            if fixture.is_file():
                return fixture
    if not path.is_file():
        known = ", ".join(fixture_names())
        what = "not a file" if path.exists() else "no such file or fixture"
        raise WorldFileError(f"{name}: {what}; the fixtures are {known}")
    return path


def _text(path: Path) -> str:
    if path.stat().st_size > MOST_BYTES:
        raise WorldFileError(f"{path}: has more than {MOST_BYTES} bytes")
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise WorldFileError(f"{path}: cannot be read: {error}") from None


def _document(data: Any, source: str) -> dict[str, Any]:
    if data is None:
        raise WorldFileError(f"{source}: is empty; an empty CRM is the fixture empty")
    if not isinstance(data, dict):
        raise WorldFileError(f"{source}: must be a mapping with some of the keys {', '.join(KEYS)}")
    if unknown := [key for key in data if key not in KEYS]:
        reason = f"{source}: {unknown[0]}: unknown key; must be one of {', '.join(KEYS)}"
        raise WorldFileError(reason, unknown[:1])
    if not isinstance(data.get("description", ""), str):
        reason = f"{source}: description: must be text, not {shown(data['description'])}"
        raise WorldFileError(reason, ("description",))
    return data


def _clock(data: Mapping[str, Any], source: str) -> datetime | None:
    """What the clock of the world shows, if the file says so."""
    given = data.get("clock")
    if given is None:
        return None
    try:
        if not isinstance(given, str):
            raise ValueError(f"must be a time such as 2026-01-15T09:30:00Z, not {shown(given)}")
        return parse_time(given)
    except ValueError as error:
        raise WorldFileError(f"{source}: clock: {error}", ("clock",)) from None


def _seeded(data: Mapping[str, Any], source: str, now: datetime, overrides: Mapping[str, int]) -> World:
    if both := [key for key in data if key in TYPES or key == "next_ids"]:
        raise WorldFileError(f"{source}: {both[0]}: cannot be combined with a recipe", both[:1])
    recipe = {**_numbers(data, source, "recipe", tuple(RECIPE)), **overrides}
    for key, most in RECIPE.items():
        if key not in recipe:
            raise WorldFileError(f"{source}: recipe: {key}: is required", ("recipe",))
        _check(recipe[key], 0, most, source, "recipe", key)
    return seed_world(deals=recipe["deals"], seed=recipe["seed"], now=now)


def _filled(data: Mapping[str, Any], source: str, now: datetime) -> World:
    world = World()
    for table in TYPES:
        records = USUAL.get(table, ())
        if data.get(table) is not None:
            records = tuple(read_records(table, data[table], source, now))
        world = world.put(table, *records)
    next_ids = _numbers({"next_ids": data.get("next_ids") or {}}, source, "next_ids", tuple(TYPES))
    for table, next_id in next_ids.items():
        least = world.table(table).next_id
        _check(next_id, least, LARGEST_ID, source, "next_ids", table)
        changed: dict[str, Any] = {table: replace(world.table(table), next_id=next_id)}
        world = replace(world, **changed)
    return world


def read_records(table: str, given: Any, source: str, now: datetime) -> Iterator[Any]:
    """The records of a list, one by one."""
    if not isinstance(given, list):
        raise WorldFileError(f"{source}: {table}: must be a list of records", (table,))
    seen = set()
    for index, values in enumerate(given, start=1):
        try:
            record = read_record(table, values, now)
        except WrongValueError as error:
            what = called(table, _id_in(values), index)
            place = (table, index - 1, error.field) if error.field else (table, index - 1)
            raise WorldFileError(f"{source}: {what}: {error}", place) from None
        if record.id in seen:
            reason = f"{source}: {called(table, record.id)}: id: is already used by another record"
            raise WorldFileError(reason, (table, index - 1, "id"))
        seen.add(record.id)
        yield record


def _place_of(problem: Problem, data: Mapping[str, Any]) -> Place:
    """Where a record that does not fit stands; nowhere, if it is one of the usual."""
    ids = [_id_in(values) for values in data.get(problem.table) or ()]
    return (problem.table, ids.index(problem.id), problem.field) if problem.id in ids else ()


def _id_in(values: Any) -> int | None:
    id_ = values.get("id") if isinstance(values, dict) else None
    return id_ if type(id_) is int and abs(id_) <= LARGEST else None


def _check(number: int, least: int, most: int, source: str, name: str, key: str) -> None:
    try:
        within(number, least, most)
    except WrongValueError as error:
        raise WorldFileError(f"{source}: {name}: {key}: {error}", (name, key)) from None


def _numbers(data: Mapping[str, Any], source: str, name: str, keys: tuple[str, ...]) -> dict[str, int]:
    """The mapping of this name, with some of these keys."""
    given = data[name]
    if not isinstance(given, dict):
        raise WorldFileError(f"{source}: {name}: must be a mapping such as {{{keys[0]}: 200}}", (name,))
    if unknown := [key for key in given if key not in keys]:
        reason = f"unknown key; must be one of {', '.join(keys)}"
        raise WorldFileError(f"{source}: {name}: {unknown[0]}: {reason}", (name, unknown[0]))
    for key, value in given.items():
        if type(value) is not int:
            reason = f"must be {KINDS[int].allowed}, not {shown(value)}"
            raise WorldFileError(f"{source}: {name}: {key}: {reason}", (name, key))
    return given


def _has_gaps(world: World, table: str) -> bool:
    """Whether higher ids have been used than the records have."""
    records = world.table(table)
    return records.next_id != max(records.rows, default=0) + 1
