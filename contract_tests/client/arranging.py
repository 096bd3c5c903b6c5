"""Finding the parts of a response where a server has put them: in another envelope, in another spelling."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from deals_spec import Schema
from deals_spec.shapes import BODY, Shape, Shapes, named

Object = dict[str, Any]
Note = Callable[[str, str, str], None]
PRESENT: Final = "is present"
ITSELF: Final = "is the documented object itself"
LIST_ITSELF: Final = "is the documented list itself"
ID: Final = "id"
ENOUGH: Final = 0.5  # the share of its required properties by which an object is recognised


@dataclass(frozen=True)
class Move:
    """A part that is not where it is documented."""

    subject: str  # its name
    predicate: str  # what should be true of it
    found: str  # where it is


class Arranging:
    """Arranges values as one view of the contract documents them."""

    def __init__(self, shapes: Shapes) -> None:
        self._shapes = shapes

    def arranged(self, schema: Schema, value: Any) -> tuple[Any, list[Move]]:
        """The value with its parts in their documented places, where that is unambiguous, and what was moved.

        The given value is not changed.
        """
        moves: dict[tuple[str, str], Move] = {}

        def note(subject: str, predicate: str, found: str) -> None:
            moves.setdefault((subject, predicate), Move(subject, predicate, found))

        return self._value(schema, value, BODY, BODY, note), list(moves.values())

    def _value(self, schema: Schema, value: Any, name: str, at: str, note: Note) -> Any:
        shape = self._shapes.of(schema)
        if shape.type == "object":
            return self._object(shape, value, name, at, note)
        if shape.type == "array":
            return self._list(shape, value, name, at, note)
        return value

    # Objects

    def _object(self, shape: Shape, value: Any, name: str, at: str, note: Note) -> Any:
        value, at = self._itself(shape, value, name, at, note)
        if not isinstance(value, dict):
            return value
        value = self._completed(shape, value, name, at, note)
        changed = {
            key: self._value(part, value[key], named(shape, name, key), f"{at}.{key}", note)
            for key, part in self._shapes.containers_in(shape)
            if key in value
        }
        return {**value, **changed}

    def _itself(self, shape: Shape, value: Any, name: str, at: str, note: Note) -> tuple[Any, str]:
        """The object itself, if it is wrapped in another one, or its envelope is missing."""
        if isinstance(value, list):
            lists = [key for key in shape.required if self._fits(shape.properties.get(key), value)]
            if len(lists) == 1:
                note(f"{name}.{lists[0]}", PRESENT, at)
                return {lists[0]: value}, at
            only = value[0] if len(value) == 1 else None
            if not self._recognised(shape, only):
                return value, at
            note(name, ITSELF, f"{at}.*")
            return only, f"{at}.*"
        if not isinstance(value, dict) or self._recognised(shape, value):
            return value, at
        own = value.keys() & shape.properties.keys()
        inner = [
            key
            for key, child in value.items()
            if self._recognised(shape, child) and own - {key} <= child.keys()
        ]
        if len(inner) != 1:
            return value, at
        note(name, ITSELF, f"{at}.{inner[0]}")
        return value[inner[0]], f"{at}.{inner[0]}"

    def _completed(self, shape: Shape, value: Object, name: str, at: str, note: Note) -> Object:
        """The object with the missing properties that are found elsewhere."""
        found: Object = {}
        moved: set[str] = set()  # where they were
        for key in shape.required:
            if key in value or key not in shape.properties:
                continue
            places = list(self._places(shape, key, value, top=name == BODY))
            if len(places) == 1:
                where, found[key] = places[0]
                moved.add(where)
                note(named(shape, name, key), PRESENT, f"{at}{where}")
        kept = {key: inner for key, inner in value.items() if f".{key}" not in moved}
        return {**kept, **found} if found else value

    def _places(self, shape: Shape, key: str, value: Object, *, top: bool) -> Iterator[tuple[str, Any]]:
        """Where a missing property may be: under another spelling, or in another envelope."""
        schema = shape.properties[key]
        strangers = [each for each in value if each not in shape.properties]
        spelt = [each for each in strangers if _folded(each) == _folded(key)]
        if spelt or not top:
            yield from ((f".{each}", value[each]) for each in spelt)
            return
        for each in strangers:
            inside = value[each]
            if isinstance(inside, dict) and key in inside:
                yield f".{each}.{key}", inside[key]
            elif self._is_container(schema) and inside and self._fits(schema, inside):
                yield f".{each}", inside
        if self._is_container(schema) and self._fits(schema, value):
            yield "", value

    # Lists

    def _list(self, shape: Shape, value: Any, name: str, at: str, note: Note) -> Any:
        if isinstance(value, dict):
            lists = [
                key for key, child in value.items() if isinstance(child, list) and self._lists(shape, child)
            ]
            if len(lists) == 1:
                note(name, LIST_ITSELF, f"{at}.{lists[0]}")
                value, at = value[lists[0]], f"{at}.{lists[0]}"
            elif value and self._lists(shape, list(value.values())):
                note(name, LIST_ITSELF, f"{at}.*")
                value = list(value.values())
        if not isinstance(value, list) or shape.items is None or not self._is_container(shape.items):
            return value
        return [self._value(shape.items, each, f"{name}.*", f"{at}.*", note) for each in value]

    # Recognising

    def _fits(self, schema: Schema | None, value: Any) -> bool:
        if schema is None:
            return False
        shape = self._shapes.of(schema)
        if isinstance(value, list):
            return shape.type == "array" and self._lists(shape, value)
        return shape.type == "object" and self._recognised(shape, value)

    def _lists(self, shape: Shape, values: list[Any]) -> bool:
        """Whether these are the items of the list."""
        if shape.items is None or not self._is_container(shape.items):
            return not any(isinstance(each, dict | list) for each in values)
        return all(self._fits(shape.items, each) for each in values)

    def _recognised(self, shape: Shape, value: Any) -> bool:
        """Whether an object has enough of the required properties to be the one that is documented."""
        if not isinstance(value, dict):
            return False
        known = sum(key in value for key in shape.required)
        if known < len(shape.required) * ENOUGH:
            names = set(map(_folded, value))
            known = sum(_folded(key) in names for key in shape.required)
        identified = ID not in shape.required or ID in value
        return identified and known > 0 and known >= len(shape.required) * ENOUGH

    def _is_container(self, schema: Schema) -> bool:
        return self._shapes.of(schema).container


@lru_cache(maxsize=1000)
def _folded(name: str) -> str:
    """A name without its spelling: isWon is is_won."""
    return name.replace("_", "").replace("-", "").lower()
