"""What changed between two versions of a schema, and whether it can break a client.

A change can break a client if the client can no longer send what it used to (a narrower request schema), or
can receive what it did not have to expect (a wider response schema).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final, Literal

from deals_spec.document import Schema, resolved

Direction = Literal["request", "response"]
Effect = Literal["narrower", "wider", "different"]

# Keyword → whether a greater value makes the schema narrower (1) or wider (-1).
LIMITS: Final = {
    "minimum": 1,
    "minLength": 1,
    "minItems": 1,
    "minProperties": 1,
    "maximum": -1,
    "maxLength": -1,
    "maxItems": -1,
    "maxProperties": -1,
}
WORDING: Final = frozenset(
    {"title", "description", "example", "examples", "externalDocs", "deprecated", "xml"}
)
PARTS: Final = {
    "items": "[]",
    "x-csv-row": " row",
}  # keyword of a nested schema → how its location is shown
DEFAULTS: Final = ("default", "x-default")  # both say what a request without the field means
APART: Final = frozenset(
    {"type", "enum", "nullable", "properties", "required", *DEFAULTS, *PARTS, *LIMITS, *WORDING}
)
BREAKS: Final[Mapping[Direction, frozenset[Effect]]] = {
    "request": frozenset({"narrower", "different"}),
    "response": frozenset({"wider", "different"}),
}


class Level(IntEnum):
    """The part of the contract's version that a change raises."""

    WORDING = 0
    ADDITION = 1
    BREAKING = 2


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the contract."""

    level: Level
    where: str
    what: str

    @property
    def breaking(self) -> bool:
        """Whether a client of the old contract may fail on the new one."""
        return self.level is Level.BREAKING


def expanded(document: Schema, node: Any, above: tuple[str, ...] = ()) -> Any:
    """A node of a document with its `$ref`s replaced and its `allOf`s merged."""
    if isinstance(node, list):
        return [expanded(document, each, above) for each in node]
    if not isinstance(node, Mapping):
        return node
    reference = node.get("$ref")
    if isinstance(reference, str):
        if reference in above:
            return {"recursive": reference}
        return expanded(document, resolved(document, node), (*above, reference))
    whole = {key: expanded(document, value, above) for key, value in node.items()}
    parts = whole.pop("allOf") if isinstance(whole.get("allOf"), list) else []
    return _merged([*parts, whole])


def _merged(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Schemas that all apply, merged into one; later keywords and properties win."""
    found: dict[str, Any] = {}
    for part in parts:
        merged = {**found, **part}
        if "properties" in found and "properties" in part:
            merged["properties"] = {**found["properties"], **part["properties"]}
        if "required" in found and isinstance(part.get("required"), list):
            merged["required"] = [*found["required"], *part["required"]]
        found = merged
    return found


def schema_changes(
    old: Schema, new: Schema, where: str, direction: Direction, field: str = ""
) -> Iterator[Change]:
    """The changes between two expanded schemas; changes in wording are not included."""
    place = f"{where}, {field}" if field else where
    for effect, what in _keyword_changes(old, new):
        level = Level.BREAKING if effect in BREAKS[direction] else Level.ADDITION
        yield Change(level, place, what)
    yield from _property_changes(old, new, where, direction, field)
    for keyword, suffix in PARTS.items():
        if keyword in old and keyword in new:
            yield from schema_changes(old[keyword], new[keyword], where, direction, field + suffix)


def _keyword_changes(old: Schema, new: Schema) -> Iterator[tuple[Effect, str]]:
    yield from _type_changes(old.get("type"), new.get("type"))
    yield from _enum_changes(old.get("enum"), new.get("enum"))
    if bool(old.get("nullable")) != bool(new.get("nullable")):
        yield ("wider", "may now be null") if new.get("nullable") else ("narrower", "may no longer be null")
    for keyword in LIMITS:
        yield from _limit_changes(keyword, old.get(keyword), new.get(keyword))
    yield from _default_changes(_default(old), _default(new))
    for keyword in sorted((old.keys() | new.keys()) - APART):
        yield from _other_changes(keyword, old.get(keyword), new.get(keyword))
    for keyword in PARTS:
        if (keyword in old) != (keyword in new):
            yield ("narrower", f"{keyword} added") if keyword in new else ("wider", f"{keyword} removed")


def _type_changes(old: Any, new: Any) -> Iterator[tuple[Effect, str]]:
    if old == new:
        return
    effects: dict[tuple[Any, Any], Effect] = {
        ("integer", "number"): "wider",
        ("number", "integer"): "narrower",
        (old, None): "wider",
        (None, new): "narrower",
    }
    yield effects.get((old, new), "different"), f"type changed from {old or 'any'} to {new or 'any'}"


def _enum_changes(old: list[Any] | None, new: list[Any] | None) -> Iterator[tuple[Effect, str]]:
    if old is None or new is None:
        if old != new:
            yield (
                ("narrower", f"now one of {new}") if old is None else ("wider", "any value allowed, no enum")
            )
        return
    for value in old:
        if value not in new:
            yield "narrower", f"value {value!r} removed"
    for value in new:
        if value not in old:
            yield "wider", f"value {value!r} added"


def _limit_changes(keyword: str, old: Any, new: Any) -> Iterator[tuple[Effect, str]]:
    if old == new:
        return
    if old is None:
        yield "narrower", f"{keyword} {new} added"
    elif new is None:
        yield "wider", f"{keyword} {old} removed"
    else:
        narrower = (new - old) * LIMITS[keyword] > 0
        yield "narrower" if narrower else "wider", f"{keyword} changed from {old} to {new}"


def _default(schema: Schema) -> Any:
    return next((schema[keyword] for keyword in DEFAULTS if keyword in schema), None)


def _default_changes(old: Any, new: Any) -> Iterator[tuple[Effect, str]]:
    """A default changes what a request without the field means; a response has none."""
    if old != new:
        yield "narrower" if old is not None else "wider", f"default changed from {old!r} to {new!r}"


def _other_changes(keyword: str, old: Any, new: Any) -> Iterator[tuple[Effect, str]]:
    """Adding a keyword narrows a schema, removing it widens; a new value may do either."""
    if old == new:
        return
    if old is None:
        yield "narrower", f"{keyword} {new!r} added"
    elif new is None:
        yield "wider", f"{keyword} {old!r} removed"
    else:
        yield "different", f"{keyword} changed from {old!r} to {new!r}"


def _property_changes(
    old: Schema, new: Schema, where: str, direction: Direction, field: str
) -> Iterator[Change]:
    before, after = old.get("properties", {}), new.get("properties", {})
    required, required_now = set(old.get("required", ())), set(new.get("required", ()))
    for name, schema in before.items():
        below = f"{field}.{name}" if field else name
        if name not in after:
            yield Change(Level.BREAKING, f"{where}, {below}", "field removed")
            continue
        if (name in required) != (name in required_now):
            what = "is now required" if name in required_now else "is no longer required"
            breaks = (name in required_now) == (direction == "request")
            yield Change(Level.BREAKING if breaks else Level.ADDITION, f"{where}, {below}", what)
        yield from schema_changes(schema, after[name], where, direction, below)
    for name in [name for name in after if name not in before]:
        below = f"{field}.{name}" if field else name
        what = "required field added" if name in required_now else "field added"
        breaks = direction == "request" and name in required_now
        yield Change(Level.BREAKING if breaks else Level.ADDITION, f"{where}, {below}", what)
