"""Clocks: the mock asks one what time it is, so that a test may hold it still, or move it."""

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
    """Always the same time; one without a time zone is taken as UTC."""

    def __init__(self, at: datetime) -> None:
        self._at = _in_utc(at)

    def now(self) -> datetime:
        return self._at


class TickingClock:
    """Stands still until it is told to go on, or where to stand; for tests in which time passes."""

    def __init__(self, at: datetime) -> None:
        self._at = _in_utc(at)

    def now(self) -> datetime:
        return self._at

    def tick(self, by: timedelta = timedelta(seconds=1)) -> None:
        """Go on by so long."""
        self._at += by

    def set(self, at: datetime) -> None:
        """Stand at this time, earlier or later."""
        self._at = _in_utc(at)


YEARS = range(1971, 3000)


def parse_time(text: str) -> datetime:
    """A time like 2026-01-15T09:30:00Z, in UTC unless it says otherwise; else a ValueError."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = datetime.min
    if moment.year not in YEARS:
        raise ValueError(f"{text!r} is not a time like 2026-01-15T09:30:00Z")
    return _in_utc(moment)


def _in_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
