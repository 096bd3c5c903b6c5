"""Finding things in answers whose wrapping the documentation does not tell."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from math import isclose
from typing import Any, Final

Record = dict[str, Any]
VOLATILE: Final = ("risk", "updated_at")  # these change by themselves, or with every write
DATE_OR_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d|\d\d:\d\d")
DEAL_NAMES: Final = ("name", "title")


def records_in(answer: Any) -> list[Record] | None:
    """The first list of records in an answer, outermost first; None if there is none."""
    level = [answer]
    while level:
        for node in level:
            if isinstance(node, list) and all(isinstance(each, dict) for each in node):
                return node
        level = [child for node in level if isinstance(node, dict) for child in node.values()]
    return None


def descendants(node: Any) -> Iterator[Any]:
    """A node and everything below it."""
    yield node
    children: Collection[Any] = ()
    if isinstance(node, dict):
        children = node.values()
    elif isinstance(node, list):
        children = node
    for child in children:
        yield from descendants(child)


def groups_in(answer: Any) -> list[tuple[Record, list[Record]]] | None:
    """Groups of deals, as a board has them: what stands beside the deals, and the deals. None: no board."""
    found: list[tuple[Record, list[Record]]] = []
    for node in descendants(answer):
        if isinstance(node, dict):
            for value in node.values():
                if isinstance(value, list) and value and all(map(is_deal, value)):
                    found.append((node, value))
    return found or None


def is_deal(node: Any) -> bool:
    """Whether this looks like a deal."""
    return isinstance(node, dict) and {"id", "stage_id"} <= node.keys()


def numbers_in(answer: Any, path: str = "") -> dict[str, float]:
    """Every number of an answer by where it stands; a text that is a number counts."""
    if isinstance(answer, dict):
        return {
            where: number
            for key, value in answer.items()
            for where, number in numbers_in(value, f"{path}.{key}".lstrip(".")).items()
        }
    if isinstance(answer, list):
        return {
            where: number
            for place, value in enumerate(answer)
            for where, number in numbers_in(value, f"{path}.{place}".lstrip(".")).items()
        }
    number = as_number(answer)
    return {} if number is None else {path: number}


def as_number(value: Any) -> float | None:
    """The number that a value is or spells."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def same(sent: Any, got: Any) -> bool:
    """Whether a value came back: 50000 is 50000.0, null is "", a day is a day at midnight."""
    if sent in (None, "") or got in (None, ""):
        return sent in (None, "") and got in (None, "")
    if isinstance(sent, bool) or isinstance(got, bool):
        return sent is got
    if isinstance(sent, int | float):
        number = as_number(got)
        return number is not None and isclose(sent, number, rel_tol=1e-9, abs_tol=1e-6)
    if isinstance(sent, str) and isinstance(got, str) and DATE_OR_TIME.fullmatch(sent):
        return got.startswith(sent)
    return bool(sent == got)


def differences(
    wanted: Mapping[str, Any], got: Mapping[str, Any], *, ignoring: Collection[str] = VOLATILE
) -> list[str]:
    """Where a record is not as wanted, among the fields that both have."""
    return [
        f"{name}: {wanted[name]!r} became {got[name]!r}"
        for name in wanted
        if name in got and name not in ignoring and not same(wanted[name], got[name])
    ]


def lost_names(sent: Mapping[str, Any], got: Mapping[str, Any]) -> set[str]:
    """The fields that a record shows, and not as they were sent."""
    return {name for name in sent if name in got and not same(sent[name], got[name])}


def lost_fields(sent: Mapping[str, Any], got: Mapping[str, Any]) -> list[str]:
    """Where a record does not hold what was sent, among the fields that it shows."""
    lost = lost_names(sent, got)
    return [f"{name} is {got[name]!r}, not {sent[name]!r}" for name in sent if name in lost]


def mentions(node: Any, value: Any) -> bool:
    """Whether the value stands anywhere in an answer."""
    return any(same(value, each) for each in descendants(node) if not isinstance(each, dict | list))
