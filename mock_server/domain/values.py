"""Plain values: conversion to and from JSON, and sums of money."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime
from itertools import islice
from math import fsum
from typing import Any

Number = int | float


def to_json(value: Any) -> Any:
    """A value as JSON: dates in ISO format, timestamps in UTC with microseconds."""
    if isinstance(value, datetime):
        moment = value.astimezone(UTC).replace(tzinfo=None)
        return moment.isoformat(timespec="microseconds") + "Z"
    return value.isoformat() if isinstance(value, date) else value


def in_json(record: dict[str, Any]) -> dict[str, Any]:
    """A record with its values as JSON; those of most fields are already."""
    for name, value in record.items():
        if isinstance(value, date):  # or a datetime, which is one
            record[name] = to_json(value)
    return record


def to_date(value: str | date | None) -> date | None:
    """Parse a date; raises ValueError."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def to_timestamp(value: str | datetime | None) -> datetime | None:
    """Parse a timestamp, in UTC if it has no offset; raises ValueError."""
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
    """The sum rounded to cents, as an integer if it is whole; None counts as 0."""
    numbers = [value for value in values if value is not None]
    if all(isinstance(value, int) for value in numbers):
        return sum(numbers)
    return cents(fsum(numbers))


def cents(number: Number) -> Number:
    """The number rounded to two decimals, as an integer if it is whole."""
    rounded = round(number, 2)
    return int(rounded) if rounded == int(rounded) else rounded


def counted(number: int, noun: str) -> str:
    """`1 day`, `2 days`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


SHOWN = 10  # values that a message lists
LONGEST = 40  # characters of one


def in_short(values: Collection[object]) -> str:
    """`1, 2, 3`; of many values the first ones, and how many more there are."""
    texts = [
        text if len(text) <= LONGEST else f"{text[:LONGEST]}…" for text in map(str, islice(values, SHOWN))
    ]
    more = len(values) - SHOWN
    return ", ".join([*texts, *([f"and {more} more"] if more > 0 else [])])
