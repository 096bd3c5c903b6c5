"""The past of a world: what changed it, step by step, to go back and forth; and snapshots by name."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from mock_server.clock import ClockSetting
from mock_server.domain.changes import Change, Touches, changes
from mock_server.domain.world import World

MOST_STEPS = 1000  # that can be undone; earlier ones are forgotten
MOST_SNAPSHOTS = 100


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a world changed: a request, or what the control side was asked for."""

    what: str  # "PUT /api/deals/10", "reset"
    at: datetime  # by the clock of the world
    operation: str | None = None
    person: str | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """What a world is at one time: its records, and how its clock goes."""

    world: World
    clock: ClockSetting

    def is_like(self, other: Point) -> bool:
        """Whether it has the very tables of another, and the same clock."""
        return self.clock == other.clock and self.world.is_like(other.world)

    def without_caches(self) -> Point:
        """The same, to be kept for long."""
        return Point(self.world.without_caches(), self.clock)


@dataclass(frozen=True, slots=True)
class Step:
    """One change of a world."""

    number: int
    cause: Cause
    before: Point
    after: Point
    touched: Touches | None  # the records that were written, if it is known

    def changes(self, most: int | None = None) -> tuple[list[Change], int]:
        """The records that differ, each with the fields that do: at most so many, and how many more may."""
        return changes(self.before.world, self.after.world, self.touched, most)


class Past:
    """What has been done and can be undone, what has been undone and can be done again."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._done: deque[Step] = deque(maxlen=MOST_STEPS)
        self._undone: list[Step] = []
        self._snapshots: dict[str, Point] = {}

    @property
    def is_empty(self) -> bool:
        """Whether nothing has been changed or saved."""
        return not (self._done or self._undone or self._snapshots)

    @property
    def done(self) -> Sequence[Step]:
        """The changes that made the world what it is, the latest last."""
        return list(self._done)

    @property
    def undone(self) -> Sequence[Step]:
        """The changes that were taken back; the one to repeat next comes first."""
        return self._undone[::-1]

    @property
    def snapshots(self) -> Mapping[str, Point]:
        """What was saved, by name."""
        return self._snapshots

    def save(self, name: str, point: Point) -> bool:
        """Save a point under a name; whether there was room."""
        if name not in self._snapshots and len(self._snapshots) >= MOST_SNAPSHOTS:
            return False
        self._snapshots[name] = point.without_caches()
        return True

    def forget(self, name: str) -> bool:
        """Delete a snapshot; whether there was one."""
        return self._snapshots.pop(name, None) is not None

    def step(self, number: int) -> Step | None:
        """The change with this number, if it has been made and is still remembered."""
        first = self._done[0].number if self._done else 0
        known = (step for step in self._done if step.number == number)
        return next(known, None) if number >= first else None

    def add(self, before: Point, after: Point, cause: Cause) -> int:
        """A change has been made; what was undone before cannot be repeated any more. Return its number."""
        # Without what was made of them (orders, JSON), a thousand worlds take hardly more memory than one.
        touched = after.world.touched.since(before.world.touched)
        latest = self._done[-1].after if self._done else None
        known = latest if latest and latest.is_like(before) else before.without_caches()
        self._done.append(Step(next(self._numbers), cause, known, after.without_caches(), touched))
        self._undone.clear()
        return self._done[-1].number

    def back(self) -> Point | None:
        """The point before the latest change; None if nothing can be undone."""
        if not self._done:
            return None
        self._undone.append(self._done.pop())
        return self._undone[-1].before

    def forth(self) -> Point | None:
        """The point after the change that was undone last; None if there is none."""
        if not self._undone:
            return None
        self._done.append(self._undone.pop())
        return self._done[-1].after
