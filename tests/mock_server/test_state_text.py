"""The text of a state file: what it holds comes back, and what is wrong with it is said with its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

import pytest

from mock_server.clock import ClockSetting, SystemClock
from mock_server.control.contract import ControlContract
from mock_server.domain.world import World
from mock_server.past import Point
from mock_server.state_file.errors import StateFileError
from mock_server.state_file.reading import StateReader
from mock_server.state_file.text import StateWriter
from mock_server.store import StoreState
from mock_server.worldfile import fixture_names, load_world
from mock_server.worlds import Worlds
from tests.mock_server.conftest import NOW, contract, seeded


def read(text: bytes) -> list[StoreState]:
    return StateReader(contract(), ControlContract.packaged().naming).states(text)


def written(worlds: Worlds, writer: StateWriter | None = None) -> bytes:
    return b"".join((writer or StateWriter()).parts(worlds.states))


def renamed(world: World, id_: int, name: str) -> World:
    return world.put("deals", replace(world.deals[id_], name=name))


def same(ours: StoreState, theirs: StoreState) -> bool:
    return all(getattr(ours, name) == getattr(theirs, name) for name in StoreState.__slots__)


def many_worlds() -> Worlds:
    """The base world changed, copies of all kinds, snapshots and clocks."""
    worlds = Worlds(seeded(20), SystemClock())
    worlds.base.commit(renamed, 1, "once")
    copy = worlds.named("copy")
    copy.commit(World.drop, "tasks", *seeded(20).tasks.rows)
    copy.clock.freeze()
    copy.past.save("without", copy.present)
    copy.clock.run()
    copy.commit(renamed, 2, '\U0001f600 "\n')
    copy.clock.advance(timedelta(days=3, microseconds=1))
    worlds.named("untouched").clock.freeze()
    for name in fixture_names():
        worlds.create(name, Point(load_world(name, NOW), ClockSetting()))
    worlds.named("nasty").past.save("elsewhere", Point(seeded(20), ClockSetting(frozen=NOW)))
    return worlds


def test_what_is_written_is_read_again() -> None:
    worlds = many_worlds()
    before, after = worlds.states, read(written(worlds))
    assert [state.name for state in after] == [state.name for state in before]
    assert all(same(ours, theirs) for ours, theirs in zip(before, after, strict=True))


def test_a_save_after_others_holds_the_same_as_one_of_its_own() -> None:
    worlds, writer = many_worlds(), StateWriter()
    for change in (
        lambda: worlds.base.commit(renamed, 3, "twice"),
        lambda: worlds.delete("copy"),
        lambda: worlds.named("later").commit(renamed, 4, "here"),
        lambda: worlds.named("copy"),
        lambda: worlds.base.commit(lambda _: load_world("empty", NOW)),
    ):
        written(worlds, writer)
        change()
        after = read(written(worlds, writer))
        assert all(same(ours, theirs) for ours, theirs in zip(worlds.states, after, strict=True))


def test_copies_that_hardly_differ_take_hardly_more_room_than_one() -> None:
    worlds = Worlds(seeded(), SystemClock())
    alone = len(written(worlds))
    for number in range(1, 101):
        worlds.named(f"copy-{number}").commit(renamed, number, "changed")
    assert len(written(worlds)) < 1.5 * alone


@cache
def _text() -> str:
    worlds = Worlds(seeded(3), SystemClock())
    worlds.named("mine").commit(renamed, 2, "changed")
    return written(worlds).decode()


Edit = Callable[[Any], Any]


def edited(edit: Edit) -> bytes:
    document = json.loads(_text())
    edit(document)
    return json.dumps(document).encode()


def _put(document: Any, table: str, index: int, **fields: Any) -> None:
    document["values"][0]["put"][table][index].update(fields)


MISTAKES: tuple[tuple[str, Edit], ...] = (
    ("deals_mock_state is 1; this version reads 2", lambda d: d.update(deals_mock_state=1)),
    ("is not a state of deals-mock: it has no deals_mock_state", lambda d: d.pop("deals_mock_state")),
    ("the document: values: is required", lambda d: d.pop("values")),
    ("the document: 'more': unknown key; must be one of", lambda d: d.update(more=1)),
    ("the document: worlds: cannot be {}", lambda d: d.update(worlds={})),
    ("worlds: the first must be base", lambda d: d["worlds"].pop(0)),
    ("worlds: the first must be base", lambda d: d["worlds"].clear()),
    ("worlds, entry 2: must be a mapping, not 7", lambda d: d["worlds"].__setitem__(1, 7)),
    ("worlds, entry 2: 'a/b': A name has", lambda d: d["worlds"][1].update(name="a/b")),
    ("worlds, entry 2: there are two worlds base", lambda d: d["worlds"][1].update(name="base")),
    ("world mine: there is no value 9", lambda d: d["worlds"][1]["present"].update(world=9)),
    (
        "worlds, entry 2: present: world: cannot be true",
        lambda d: d["worlds"][1]["present"].update(world=True),
    ),
    (
        "worlds, entry 2: snapshots: 'x': must be a mapping, not 1",
        lambda d: d["worlds"][1]["snapshots"].update(x=1),
    ),
    (
        "world mine: present: clock: frozen: 'soon' is not a valid time",
        lambda d: d["worlds"][1]["present"]["clock"].update(frozen="soon"),
    ),
    (
        "ahead_seconds: must be a number from -32539449600 to 32539449600, not 1e+300",
        lambda d: d["worlds"][0]["first"]["clock"].update(ahead_seconds=1e300),
    ),
    (
        "base: present: clock: ahead_seconds: must be a number from -32539449600 to 32539449600, not NaN",
        lambda d: d["worlds"][0]["present"]["clock"].update(ahead_seconds=float("nan")),
    ),
    ("values, entry 2: of: there is no value 9 before it", lambda d: d["values"][1].update(of=9)),
    ("world mine: 'dealz': must be one of users", lambda d: d["values"][1].update(put={"dealz": []})),
    ("world mine: deals: must be a list of records", lambda d: d["values"][1].update(put={"deals": {}})),
    ("world mine: deals: must be a list of ids", lambda d: d["values"][1].update(drop={"deals": ["1"]})),
    ("world mine: contact 1: ", lambda d: d["values"][1].update(drop={"companies": [1]})),
    (
        "world mine: task 1: deal_id: 1 not found in deals",
        lambda d: d["values"][1].update(drop={"deals": [1]}),
    ),
    (
        "next_ids: deals: must be an integer from 11 to",
        lambda d: d["values"][0].update(next_ids={"deals": 2}),
    ),
    ("world base: deal 1: stage_id: 99 not found in stages", lambda d: _put(d, "deals", 0, stage_id=99)),
    ("world base: deal 1: probability: must be at most 100", lambda d: _put(d, "deals", 0, probability=101)),
    ("world base: user 1: role: must be one of", lambda d: _put(d, "users", 0, role="boss")),
    ("world base: deal 2: id: is already used", lambda d: _put(d, "deals", 0, id=2)),
    ("world base: deal 1: colour: unknown field", lambda d: _put(d, "deals", 0, colour="red")),
)


@pytest.mark.parametrize(("said", "edit"), MISTAKES, ids=[said for said, _ in MISTAKES])
def test_a_mistake_is_said_with_its_place(said: str, edit: Edit) -> None:
    with pytest.raises(StateFileError) as refused:
        read(edited(edit))
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"deals: []",
        b"[" * 100_000,
        b'{"deals_mock_state": ' + b"9" * 5000 + b"}",
        b'{"deals_mock_state": NaN, "values": [], "worlds": []}',
    ],
    ids=["empty", "no text", "a list", "YAML", "too deep", "a long number", "no number"],
)
def test_what_is_no_state_is_one_line(text: bytes) -> None:
    with pytest.raises(StateFileError) as refused:
        read(text)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 200


def test_a_state_that_ends_early_is_never_read() -> None:
    text = _text().rstrip().encode()
    for end in range(0, len(text), 97):
        with pytest.raises(
            StateFileError, match=r"line [0-9]+, column [0-9]+: (ends too early|is not valid JSON)"
        ):
            read(text[:end])


def test_a_clock_that_was_started_stays_started() -> None:
    worlds = Worlds(seeded(3), SystemClock())
    worlds.base.clock.setting = ClockSetting(timedelta(hours=-1), None, started=True)
    assert read(written(worlds))[0].present.clock == worlds.base.clock.setting
