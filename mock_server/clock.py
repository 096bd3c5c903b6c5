"""Clocks: the mock takes the time from one of these, so that a test can fix the time or move it."""

from __future__ import annotations

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


class WorldClock:
    """The clock of one world: another clock, which can be set, frozen and advanced for this world alone."""

    def __init__(self, clock: Clock, ahead: timedelta = timedelta(0), frozen: datetime | None = None) -> None:
        self._clock = clock
        self._ahead = ahead
        self._frozen = frozen

    @property
    def stands_still(self) -> bool:
        """Whether time passes only if somebody advances it."""
        return self._frozen is not None or stands_still(self._clock)

    @property
    def setting(self) -> tuple[object, ...]:
        """What makes it show another time than before, apart from the time that has passed."""
        return self._clock, self._ahead, self._frozen

    def now(self) -> datetime:
        return self._frozen or self._clock.now() + self._ahead

    def copy(self) -> WorldClock:
        """A clock that shows the same time, and can be set by itself."""
        return WorldClock(self._clock, self._ahead, self._frozen)

    def be_like(self, other: WorldClock) -> None:
        """Show the same time as another clock, and go on as that does."""
        self._clock, self._ahead, self._frozen = other._clock, other._ahead, other._frozen

    def set(self, at: datetime) -> None:
        """Show this time; it goes on from there, unless it stands still."""
        moment = _possible(_in_utc(at))
        if self._frozen is None:
            self._ahead = moment - self._clock.now()
        else:
            self._frozen = moment

    def freeze(self) -> None:
        """Stand still at the present time."""
        self._frozen = self.now()

    def run(self) -> None:
        """Go on from the present time."""
        now, self._frozen = self.now(), None
        if stands_still(self._clock):
            self._clock = SystemClock()
        self.set(now)

    def advance(self, by: timedelta) -> None:
        """Move forward by this much, or back."""
        self.set(self.now() + by)


def stands_still(clock: Clock) -> bool:
    """Whether a clock always shows the same time, unless it is set."""
    return isinstance(clock, FrozenClock) or (isinstance(clock, WorldClock) and clock.stands_still)


def _possible(moment: datetime) -> datetime:
    if moment.year not in YEARS:
        raise ValueError(f"the year must be from {YEARS.start} to {YEARS.stop - 1}, not {moment.year}")
    return moment
