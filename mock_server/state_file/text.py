"""The text of a state file: all worlds as JSON.

    {"deals_mock_state": 2,
    "values": [
    {"id": 1, "of": null, "put": {"deals": [{"id": 1, "name": …}, …], …}},
    {"id": 2, "of": 1, "put": {"deals": [{"id": 10, …}]}, "drop": {"notes": [4]}, "next_ids": {"deals": 202}}
    ],
    "worlds": [
    {"name": "base", "present": {"world": 2, "clock": …}, "first": {"world": 1, …}, "snapshots": {"mine": …}}
    ]}

A value is one immutable world. All but the first are written as what differs from another (`of`): a thousand
copies of 200 deals that hardly differ are 1 MB; as fixtures they would be 440 MB. A record is written as in a
fixture. JSON, and not the YAML of fixtures, is read and written many times as fast, and its end can be seen:
half a file is no JSON. The text of a value is remembered, so that a save writes anew only what has changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

from mock_server.clock import ClockSetting
from mock_server.domain.changes import differing
from mock_server.domain.values import to_json
from mock_server.domain.world import TABLES, World
from mock_server.past import Point
from mock_server.store import StoreState
from mock_server.worldfile.records import write_record

KEY: Final = "deals_mock_state"
FORMAT: Final = 2
NOTHING: Final = World()

Identity = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Written:
    """A value with its text; holding both worlds keeps their identities theirs."""

    number: int
    text: bytes
    world: World
    parent: World


class StateWriter:
    """Writes states; remembers the text of each value that the last one had."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._known: dict[Identity, _Written] = {}

    def parts(self, states: Sequence[StoreState]) -> Iterable[bytes]:
        """The parts of the file with these states."""
        values: dict[Identity, _Written] = {}
        worlds = []
        of = None
        for state in states:
            first = of = self._value(state.first.world, of, values)
            present = self._value(state.present.world, first, values)
            snapshots = {
                name: _point(self._value(point.world, present, values), point)
                for name, point in state.snapshots.items()
            }
            line = {
                "name": state.name,
                "present": _point(present, state.present),
                "first": _point(first, state.first),
                "snapshots": snapshots,
            }
            worlds.append(_line(line))
        self._known = values
        yield f'{{"{KEY}": {FORMAT},\n"values": [\n'.encode()
        yield b",\n".join(value.text for value in values.values())
        yield b'\n],\n"worlds": [\n'
        yield b",\n".join(worlds)
        yield b"\n]}\n"

    def _value(self, world: World, of: _Written | None, values: dict[Identity, _Written]) -> _Written:
        """The value of a world, among these or added to them; if it is new, as it differs from another."""
        key = tuple(id(world.table(name)) for name in TABLES)
        if key not in values:
            known = self._known.get(key)
            parent = of.world if of else NOTHING
            if known is None or not known.parent.is_like(parent):
                number = known.number if known else next(self._numbers)
                known = _Written(
                    number, _value_line(number, world, of.number if of else None, parent), world, parent
                )
            values[key] = known
        return values[key]


def _value_line(number: int, world: World, of: int | None, parent: World) -> bytes:
    put, drop, next_ids = {}, {}, {}
    for name in TABLES:
        before, after = parent.table(name), world.table(name)
        changed, removed = differing(before, after)
        if changed:
            put[name] = [write_record(name, after[id_]) for id_ in sorted(changed)]
        if removed:
            drop[name] = sorted(removed)
        if after.next_id != max([before.next_id, *(id_ + 1 for id_ in changed)]):
            next_ids[name] = after.next_id
    line = {"id": number, "of": of, "put": put, "drop": drop, "next_ids": next_ids}
    return _line({key: value for key, value in line.items() if value or key == "of"})


def _point(written: _Written, point: Point) -> dict[str, Any]:
    return {"world": written.number, "clock": _clock(point.clock)}


def _clock(setting: ClockSetting) -> dict[str, Any]:
    return {
        "ahead_seconds": setting.ahead.total_seconds(),
        "frozen": to_json(setting.frozen),
        "started": setting.started,
        "is_set": setting.is_set,
    }


def _line(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
