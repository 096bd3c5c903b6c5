"""Finding data in responses whose structure is not documented."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from math import isclose
from typing import Any, Final

Record = dict[str, Any]
VOLATILE: Final = ("risk", "updated_at")  # fields that change by themselves, or with every write
DATE_OR_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d|\d\d:\d\d")
DEAL_NAMES: Final = ("name", "title")


def records_in(response: Any) -> list[Record] | None:
    """The first list of records in a response, outermost first; None if there is none."""
    level = [response]
    while level:
        for node in level:
            if isinstance(node, list) and all(isinstance(each, dict) for each in node):
                return node
        level = [child for node in level if isinstance(node, dict) for child in node.values()]
    return None


def descendants(node: Any) -> Iterator[Any]:
    """A node and everything below it, outer before inner."""
    pending = [node]
    while pending:
        each = pending.pop()
        yield each
        if isinstance(each, dict | list):
            pending += reversed(each if isinstance(each, list) else each.values())


def groups_in(response: Any) -> list[tuple[Record, list[Record]]] | None:
    """The groups of deals on a board, each with the object that contains it; None if there are none."""
    found: list[tuple[Record, list[Record]]] = []
    for node in descendants(response):
        if isinstance(node, dict):
            for value in node.values():
                if isinstance(value, list) and value and all(map(is_deal, value)):
                    found.append((node, value))
    return found or None


def is_deal(node: Any) -> bool:
    """Whether this looks like a deal."""
    return isinstance(node, dict) and {"id", "stage_id"} <= node.keys()


def numbers_in(response: Any, path: str = "") -> dict[str, float]:
    """Every number in a response by its path, including numbers written as text."""
    if isinstance(response, dict):
        return {
            where: number
            for key, value in response.items()
            for where, number in numbers_in(value, f"{path}.{key}".lstrip(".")).items()
        }
    if isinstance(response, list):
        return {
            where: number
            for place, value in enumerate(response)
            for where, number in numbers_in(value, f"{path}.{place}".lstrip(".")).items()
        }
    number = as_number(response)
    return {} if number is None else {path: number}


def as_number(value: Any) -> float | None:
    """The value as a number, if it is one or is written as one."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def same(sent: Any, got: Any) -> bool:
    """Whether a value came back: 50000 equals 50000.0, null equals "", and a date its midnight."""
    if sent in (None, "") or got in (None, ""):
        return sent in (None, "") and got in (None, "")
    if isinstance(sent, bool) or isinstance(got, bool):
        return sent is got
    if isinstance(sent, int | float):
        number = as_number(got)
        return number is not None and isclose(sent, number, rel_tol=1e-9, abs_tol=1e-6)
    if isinstance(sent, str) and isinstance(got, str):
        return got.startswith(sent) if DATE_OR_TIME.fullmatch(sent) else composed(sent) == composed(got)
    return bool(sent == got)


def composed(text: str) -> str:
    """The text with accents and letters as one character: é may also be encoded as two."""
    return unicodedata.normalize("NFC", text)


def differences(
    wanted: Mapping[str, Any], got: Mapping[str, Any], *, ignoring: Collection[str] = VOLATILE
) -> list[str]:
    """The differences between two records, in the fields that both have."""
    return [
        f"{name}: {wanted[name]!r} became {got[name]!r}"
        for name in wanted
        if name in got and name not in ignoring and not same(wanted[name], got[name])
    ]


def lost_names(sent: Mapping[str, Any], got: Mapping[str, Any]) -> set[str]:
    """The fields that a record shows with another value than was sent."""
    return {name for name in sent if name in got and not same(sent[name], got[name])}


def lost_fields(sent: Mapping[str, Any], got: Mapping[str, Any]) -> list[str]:
    """The differences between a record and what was sent, in the fields that the record shows."""
    lost = lost_names(sent, got)
    return [f"{name} is {got[name]!r}, not {sent[name]!r}" for name in sent if name in lost]


def mentions(node: Any, value: Any) -> bool:
    """Whether a response contains the value anywhere."""
    return any(same(value, each) for each in descendants(node) if not isinstance(each, dict | list))
