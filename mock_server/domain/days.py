"""Dates and times as programs and countries write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from mock_server.domain.notation import UNKNOWN, Notation
from mock_server.domain.readings import Reading, Unclear, told
from mock_server.domain.values import to_json

ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
DAY_ZERO = datetime(1899, 12, 30)  # from here on a spreadsheet program counts days
DAY_NUMBER = re.compile(r"(\d{5})(?:[.,](\d+))?", re.ASCII)
CLOCK = r"(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d+))?)?"
TIME = rf"(?:(?:[Tt]|,?\s+){CLOCK}\s*(?P<zone>[Zz]|UTC|GMT|[+-]\d\d(?::?\d\d)?)?)?"
YEAR_FIRST = r"(?P<year>\d{4})(?P<sign>[-/.])(?P<month>\d\d?)(?P=sign)(?P<day>\d\d?)"
CLOSED_UP = r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)"
DAY_FIRST = r"(?P<day>\d\d?)\.\s?(?P<month>\d\d?)\.\s?(?P<year>\d{4})"
FORMS = tuple(re.compile(form + TIME, re.ASCII) for form in (YEAR_FIRST, CLOSED_UP, DAY_FIRST))
# Which is the month depends on the country; with two digits, which is the year, too.
OF_A_COUNTRY = re.compile(r"\d\d?([/.-])\s?\d\d?\1\s?\d\d(\d\d)?(\D.*)?", re.ASCII)
SLASHED = re.compile(
    rf"(?P<one>\d\d?)(?P<sign>[/-])(?P<other>\d\d?)(?P=sign)(?P<year>\d{{4}}){TIME}", re.ASCII
)
UNITS = ("year", "month", "day", "hour", "minute", "second")
DAY, MONTH = "day first", "month first"
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def day(text: str, notation: Notation = UNKNOWN) -> Reading:
    """A date; midnight may follow it, since programs add it, but no other time."""
    if ISO_DAY.fullmatch(text):
        return Reading(text)
    when, why = _parsed(text, notation)
    if when is None:
        return Reading(text)
    if when.replace(tzinfo=None) != datetime(when.year, when.month, when.day):
        raise Unclear("must be a date without a time of day (YYYY-MM-DD)")
    return told(text, when.date().isoformat(), why)


def moment(text: str, notation: Notation = UNKNOWN) -> Reading:
    """A timestamp; in UTC if it has no offset."""
    when, why = _parsed(text, notation)
    if when is None:
        return Reading(text)
    try:
        result: str = to_json(when if when.tzinfo else when.replace(tzinfo=UTC))
    except OverflowError:
        return Reading(text)
    return Reading(result) if RFC_3339.fullmatch(text) else told(text, result, why)


def _parsed(text: str, notation: Notation) -> tuple[datetime | None, str]:
    """The date and time in a text, if it has one, and by which convention; raises Unclear."""
    if number := DAY_NUMBER.fullmatch(text):
        days = timedelta(int(number[1]), round(float(f"0.{number[2] or 0}") * 86_400))
        return DAY_ZERO + days, "the day number of a spreadsheet program"
    found = next((match for form in FORMS if (match := form.fullmatch(text))), None)
    if found is not None:
        return _from_parts(found.groupdict("")), ""
    slashed = SLASHED.fullmatch(text)
    if slashed is not None and (order := _order(slashed, notation)):
        day, month = ("one", "other") if order == DAY else ("other", "one")
        parts = {**slashed.groupdict(""), "day": slashed[day], "month": slashed[month]}
        return _from_parts(parts), f"{order}, as the dates of this file show"
    if OF_A_COUNTRY.fullmatch(text):
        raise Unclear("has an order that depends on the country; write YYYY-MM-DD, such as 2026-03-15")
    return None, ""


def _order(found: re.Match[str], notation: Notation) -> str:
    """Whether the day comes first or the month; empty if nothing shows it."""
    if found["one"] == found["other"]:
        return MONTH
    if len(notation.day_first) != 1:
        return ""
    return DAY if True in notation.day_first else MONTH


def _from_parts(parts: dict[str, str]) -> datetime | None:
    """None if there is no such day or time."""
    numbers = {
        name: int(parts.get(name) or 0) for name in ("year", "month", "day", "hour", "minute", "second")
    }
    micros = int(parts["fraction"].ljust(6, "0")[:6])
    try:
        return datetime(**numbers, microsecond=micros, tzinfo=_zone(parts["zone"]))
    except ValueError:
        return None


def _zone(name: str) -> timezone | None:
    """Z, UTC, GMT, +01, +0100 or +01:00; raises ValueError if it is too far from UTC."""
    if not name:
        return None
    if name[0] not in "+-":
        return UTC
    minutes = int(name[1:3]) * 60 + int(name[3:].lstrip(":") or 0)
    return timezone(timedelta(minutes=minutes if name[0] == "+" else -minutes))
