"""The values in a world file: how each type is written, and the error for anything else."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import isfinite
from typing import Any, TypeVar

from mock_server.domain.values import to_timestamp
from mock_server.worldfile.errors import shown

LARGEST = 2**53 - 1  # the largest integer that every reader of JSON reads exactly
N = TypeVar("N", int, float)


class WrongValueError(ValueError):
    """A value that its field does not accept; which field, as far as that is known."""

    def __init__(self, reason: str, field: str = "") -> None:
        self.field = field
        super().__init__(f"{field}: {reason}" if field else reason)


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of value: how to parse one, and a description of what is allowed."""

    read: Callable[[Any, datetime], Any]
    allowed: str

    def of(self, value: Any, now: datetime) -> Any:
        """Parse a value; relative times count from `now`."""
        try:
            return self.read(value, now)
        except WrongValueError:
            raise
        except (ValueError, OverflowError):
            raise WrongValueError(f"must be {self.allowed}, not {shown(value)}") from None


def _exactly(*types: type) -> Callable[[Any, datetime], Any]:
    def read(value: Any, _now: datetime) -> Any:
        if type(value) not in types:  # True is not 1
            raise ValueError
        return value

    return read


def _integer(value: Any, now: datetime) -> int:
    number: int = _exactly(int)(value, now)
    return within(number, -LARGEST, LARGEST)


def _number(value: Any, now: datetime) -> float | int:
    number: float | int = _exactly(int, float)(value, now)
    if not isfinite(number):
        raise ValueError
    return within(number, -LARGEST, LARGEST)


def within(number: N, least: int, most: int) -> N:
    """The number, if it is in this range; raises WrongValueError."""
    if number < least:
        raise WrongValueError(f"must be at least {least}, not {shown(number)}")
    if number > most:
        raise WrongValueError(f"must be at most {most}, not {shown(number)}")
    return number


RELATIVE_DAY = re.compile(r"([+-][0-9]{1,7})d")
RELATIVE_MOMENT = re.compile(r"([+-][0-9]{1,7})(?:h|d(?: ([0-9]{2}:[0-9]{2}))?)")
ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _day(value: Any, now: datetime) -> date:
    text: str = _exactly(str)(value, now)
    if relative := RELATIVE_DAY.fullmatch(text):
        return now.astimezone(UTC).date() + timedelta(days=int(relative[1]))
    if not ISO_DAY.fullmatch(text):
        raise ValueError
    return date.fromisoformat(text)


def _moment(value: Any, now: datetime) -> datetime | None:
    text: str = _exactly(str)(value, now)
    relative = RELATIVE_MOMENT.fullmatch(text)
    if relative is None:
        return to_timestamp(text)
    amount, clock = relative.groups()
    span = timedelta(hours=int(amount)) if text.endswith("h") else timedelta(days=int(amount))
    moment = now.astimezone(UTC).replace(microsecond=0) + span
    if clock is None:
        return moment
    return datetime.combine(moment.date(), time.fromisoformat(clock), UTC)


KINDS: dict[type, Kind] = {
    datetime: Kind(_moment, "a timestamp (2026-01-15T09:30:00Z, or relative to now: -25d, -25d 09:30, -3h)"),
    date: Kind(_day, "a date (2026-03-15, or relative to today: +3d, -25d)"),
    float: Kind(_number, "a number"),
    int: Kind(_integer, "an integer"),
    bool: Kind(_exactly(bool), "true or false"),
    str: Kind(_exactly(str), "text (quote it if it looks like a number, true, false or null)"),
}
