"""Clocks: the mock asks one what time it is, so that a test may hold it still."""

from __future__ import annotations

from datetime import UTC, datetime
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
        self._at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)

    def now(self) -> datetime:
        return self._at
