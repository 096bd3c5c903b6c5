"""Clocks: the mock takes the time from one of these, so that a test can fix the time or move it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Anything that tells the time, in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The real time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class FrozenClock:
    """Always the same time; a time without a time zone is taken as UTC."""

    def __init__(self, at: datetime) -> None:
        self._at = _in_utc(at)

    def now(self) -> datetime:
        return self._at


class TickingClock:
    """Moves only when it is told to; for tests in which time passes."""

    def __init__(self, at: datetime) -> None:
        self._at = _in_utc(at)

    def now(self) -> datetime:
        return self._at

    def tick(self, by: timedelta = timedelta(seconds=1)) -> None:
        """Move forward by this much."""
        self._at += by

    def set(self, at: datetime) -> None:
        """Move to this time, earlier or later."""
        self._at = _in_utc(at)


YEARS = range(1971, 3000)


def parse_time(text: str) -> datetime:
    """Parse a time such as 2026-01-15T09:30:00Z, in UTC if it has no offset; raises ValueError."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        formed = not str(error).startswith("Invalid isoformat")  # else it says which part is out of range
        why = f": {error}" if formed else "; expected a form such as 2026-01-15T09:30:00Z"
        raise ValueError(f"{text!r} is not a valid time{why}") from None
    if moment.year not in YEARS:
        years = f"{YEARS.start} to {YEARS.stop - 1}"
        raise ValueError(f"{text!r} is out of range; the year must be from {years}")
    return _in_utc(moment)


def _in_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class ClockSetting:
    """How the clock of a world differs from the clock of the mock."""

    ahead: timedelta = timedelta(0)
    frozen: datetime | None = None
    started: bool = False  # it goes by the real time, although the clock of the mock stands still
    is_set: bool = False  # somebody has set or moved it


class WorldClock:
    """The clock of one world: that of the mock, but it can be set, frozen and advanced by itself."""

    def __init__(self, clock: Clock, setting: ClockSetting | None = None) -> None:
        self._clock = clock
        self.setting = setting or ClockSetting()

    @property
    def stands_still(self) -> bool:
        """Whether time passes only if somebody advances it."""
        return self.setting.frozen is not None or stands_still(self._running)

    @property
    def _running(self) -> Clock:
        return SystemClock() if self.setting.started else self._clock

    def now(self) -> datetime:
        return self.setting.frozen or self._running.now() + self.setting.ahead

    def copy(self, setting: ClockSetting | None = None) -> WorldClock:
        """A clock that shows the same time, or goes like this, and can be set by itself."""
        return WorldClock(self._clock, setting or self.setting)

    def set(self, at: datetime) -> None:
        """Show this time; it goes on from there, unless it stands still."""
        moment = _possible(_in_utc(at))
        moved = self.setting.is_set or moment != self.now()
        if self.setting.frozen is None:
            self.setting = replace(self.setting, ahead=moment - self._running.now(), is_set=moved)
        else:
            self.setting = replace(self.setting, frozen=moment, is_set=moved)

    def freeze(self) -> None:
        """Stand still at the present time."""
        self.setting = replace(self.setting, frozen=self.now())

    def run(self) -> None:
        """Go on from the present time."""
        now, before = self.now(), self.setting
        going = ClockSetting(started=before.started or stands_still(self._running), is_set=before.is_set)
        self.setting = replace(going, ahead=now - WorldClock(self._clock, going).now())

    def advance(self, by: timedelta) -> None:
        """Move forward by this much, or back."""
        self.set(self.now() + by)


def stands_still(clock: Clock) -> bool:
    """Whether a clock always shows the same time, unless it is set."""
    return isinstance(clock, FrozenClock) or (isinstance(clock, WorldClock) and clock.stands_still)


def is_set(clock: Clock) -> bool:
    """Whether somebody has set or moved a clock of a world."""
    return isinstance(clock, WorldClock) and clock.setting.is_set


def _possible(moment: datetime) -> datetime:
    if moment.year not in YEARS:
        raise ValueError(f"the year must be from {YEARS.start} to {YEARS.stop - 1}, not {moment.year}")
    return moment
