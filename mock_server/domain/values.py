"""Plain values: how they read in JSON, how they are read from it, how money adds up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from math import fsum
from typing import Any

Number = int | float


def to_json(value: Any) -> Any:
    """A record's value as JSON has it: dates in ISO, timestamps in UTC with microseconds."""
    if isinstance(value, datetime):
        moment = value.astimezone(UTC).replace(tzinfo=None)
        return moment.isoformat(timespec="microseconds") + "Z"
    return value.isoformat() if isinstance(value, date) else value


def to_date(value: str | date | None) -> date | None:
    """The date that a text names; ValueError if it names none."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def to_timestamp(value: str | datetime | None) -> datetime | None:
    """The moment that a text names, in UTC unless it says otherwise; ValueError if none."""
    if not isinstance(value, str):
        return value
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(str(error)) from error


def total(values: Iterable[Number | None]) -> Number:
    """The sum in whole cents, an integer where it is one; nothing counts as 0."""
    numbers = [value for value in values if value is not None]
    if all(isinstance(value, int) for value in numbers):
        return sum(numbers)
    return cents(fsum(numbers))


def cents(number: Number) -> Number:
    """The number to two decimals, an integer where it is one."""
    rounded = round(number, 2)
    return int(rounded) if rounded == int(rounded) else rounded


def counted(number: int, noun: str) -> str:
    """`1 day`, `2 days`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
