"""The guesses in the contract, one by one, and how each is put into words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from deals_spec.document import ALWAYS_GUESSED, DATA, NAMES, Schema
from deals_spec.places import Place

WHOLE: Final = ""  # the keyword of a guess that is the whole node


@dataclass(frozen=True, slots=True)
class Guess:
    """One mark of the contract: a whole node, or one keyword of it, that the documentation does not have."""

    place: Place  # of the node
    keyword: str  # `WHOLE` if the whole node is a guess
    node: Schema

    @property
    def question(self) -> str:
        """What the people of the API would have to tell us."""
        return _wording(self.keyword).question

    @property
    def assumption(self) -> str:
        """What we assume, so that “… is our guess” can follow."""
        name, _, member = self.keyword.partition(".")
        special = {WHOLE: self.node, "status": str(self.place[-1]) if self.place else ""}
        value = member or special.get(name, self.node.get(name))
        return _wording(self.keyword).says(value)


@dataclass(frozen=True, slots=True)
class _Wording:
    question: str
    says: Callable[[Any], str]


def guesses(document: Schema) -> list[Guess]:
    """Every guess of the contract, in its order."""
    return list(_guesses(document, ()))


def guesses_of(node: Schema, place: Place) -> Iterator[Guess]:
    """The guesses that are marked on a node itself."""
    if node.get("x-provenance") == "inferred":
        yield Guess(place, WHOLE, node)
    for keyword in (*node.get("x-inferred", ()), *(key for key in ALWAYS_GUESSED if key in node)):
        yield Guess(place, keyword, node)


def _guesses(node: Any, place: Place, *, names: bool = False) -> Iterator[Guess]:
    """`names`: the keys of this node are free names, such as those of properties."""
    if isinstance(node, list):
        for index, each in enumerate(node):
            yield from _guesses(each, (*place, index))
    if not isinstance(node, dict):
        return
    if not names:
        yield from guesses_of(node, place)
    for key, each in node.items():
        if names or key not in DATA:
            yield from _guesses(each, (*place, key), names=not names and key in NAMES)


def _value(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _values(values: list[Any]) -> str:
    return ", ".join(f"`{_value(each)}`" for each in values)


def _shape(node: Schema) -> str:
    """What a schema looks like, in brief."""
    if fields := node.get("properties"):
        return f"the fields {_values([*fields])}"
    parts = [each["$ref"].rpartition("/")[2] for each in node.get("allOf", ()) if "$ref" in each]
    if parts:
        return f"that it has the fields of {_values(parts)}"
    if item := node.get("items"):
        return f"that it is a list of `{item.get('$ref', item.get('type', '')).rpartition('/')[2]}`"
    values = f" ({_values(node['enum'])})" if "enum" in node else ""
    return f"that it exists, with the type {node.get('type', 'object')}{values}"


def _multiple(of: float) -> str:
    return "that it is a whole number" if of == 1 else f"that it is a multiple of {of}"


def _items(least: int) -> str:
    return f"that it has at least {least} item{'' if least == 1 else 's'}"


def _wording(keyword: str) -> _Wording:
    name, _, member = keyword.partition(".")
    return WORDINGS.get(f"{name}.*" if member else name) or _Wording(
        f"What is its {name}?", lambda value: f"{name} `{_value(value)}`"
    )


WORDINGS: Final = {
    WHOLE: _Wording("Does it exist, and does it look like this?", _shape),
    "content": _Wording(
        "What does the content look like?", lambda found: f"the content ({_values([*found])})"
    ),
    "default": _Wording("What is the default?", lambda value: f"the default `{_value(value)}`"),
    "enum": _Wording("Which values are there?", lambda values: f"the list of values ({_values(values)})"),
    "format": _Wording("How is it written?", lambda value: f"the format `{value}`"),
    "headers": _Wording("Which headers does it have?", lambda found: f"the header {_values([*found])}"),
    "links": _Wording(
        "Which operations continue from here?",
        lambda found: f"the links to other operations ({_values([*found])})",
    ),
    "maxLength": _Wording(
        "How many characters may it have?", lambda value: f"the limit of {value} characters"
    ),
    "maximum": _Wording("What is the largest value?", lambda value: f"the maximum {_value(value)}"),
    "minItems": _Wording("May the list be empty?", _items),
    "minLength": _Wording("May it be empty?", lambda value: f"the minimum length {value}"),
    "minimum": _Wording("What is the smallest value?", lambda value: f"the minimum {_value(value)}"),
    "multipleOf": _Wording("May it have decimal places?", _multiple),
    "nullable": _Wording(
        "Can it be null?", lambda value: f"that it {'can be' if value else 'is never'} null"
    ),
    "pattern": _Wording("How is it written?", lambda value: f"the pattern `{value}`"),
    "required": _Wording("May the body be left out?", lambda _: "that a body is required"),
    "required.*": _Wording("Is it always present?", lambda member: f"that `{member}` is never absent"),
    "status": _Wording("Which status does a success have?", lambda status: f"the status {status}"),
    "type": _Wording("Which JSON type does it have?", lambda value: f"the type {value}"),
    "uniqueItems": _Wording("May an item occur twice?", lambda _: "that no item occurs twice"),
    "x-max-body-bytes": _Wording("How large may a request be?", lambda value: f"the limit of {value} bytes"),
    "x-required-role": _Wording("Which role does it require?", lambda role: f"the required role `{role}`"),
}
