"""Schemas as shapes to walk a value with: references followed, `allOf` parts merged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any, Final

from deals_spec.document import Schema

COMPONENT: Final = "#/components/schemas/"
BODY: Final = "body"
ANYTHING: Final[Schema] = {}


@dataclass(frozen=True, eq=False)
class Shape:
    """What a schema says of a value."""

    type: str  # empty if the schema does not say
    properties: Mapping[str, Schema]
    owners: Mapping[str, str]  # property → the component that has it; empty for a nameless object
    required: tuple[str, ...]
    items: Schema | None
    values: Schema | None  # of the properties without a name of their own
    enum: tuple[Any, ...]

    @property
    def container(self) -> bool:
        """Whether its values have parts."""
        return self.type in ("object", "array")


class Shapes:
    """The shapes of one view of a contract, each made on first use."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._components: Mapping[str, Schema] = document.get("components", {}).get("schemas", {})
        self._known: dict[int, tuple[Schema, Shape]] = {}  # keeps the schema, so that its id stays its own
        self._containers: dict[Shape, tuple[tuple[str, Schema], ...]] = {}

    def of(self, schema: Schema) -> Shape:
        """The shape of a schema."""
        known = self._known.get(id(schema))
        if known is None:
            known = self._known[id(schema)] = (schema, self._made(schema, ""))
        return known[1]

    def containers_in(self, shape: Shape) -> tuple[tuple[str, Schema], ...]:
        """The properties whose values have parts."""
        found = self._containers.get(shape)
        if found is None:
            parts = ((name, each) for name, each in shape.properties.items() if self.of(each).container)
            found = self._containers[shape] = tuple(parts)
        return found

    def name_of(self, schema: Schema, path: list[str | int]) -> str:
        """The name of a place in a response: `body.total`, or `Deal.value` for a component's property."""
        name = BODY
        for part in path:
            shape = self.of(schema)
            name = named(shape, name, part)
            schema = part_of(shape, part)
        return name

    def _made(self, schema: Schema, owner: str) -> Shape:
        if "$ref" in schema:
            component = schema["$ref"].removeprefix(COMPONENT)
            return self._made(self._components[component], component)
        parts = [self._made(part, owner) for part in schema.get("allOf", ())]
        properties = schema.get("properties", {})
        others = schema.get("additionalProperties")
        own = Shape(
            type=schema.get("type", ""),
            properties=properties,
            owners=dict.fromkeys(properties, owner),
            required=tuple(schema.get("required", ())),
            items=schema.get("items"),
            values=others if isinstance(others, Mapping) else None,
            enum=tuple(schema.get("enum", ())),
        )
        return reduce(_both, [*parts, own])


def _both(one: Shape, other: Shape) -> Shape:
    return Shape(
        type=other.type or one.type,
        properties={**one.properties, **other.properties},
        owners={**one.owners, **other.owners},
        required=tuple(dict.fromkeys((*one.required, *other.required))),
        items=other.items or one.items,
        values=other.values or one.values,
        enum=other.enum or one.enum,
    )


def named(shape: Shape, name: str, part: str | int) -> str:
    """The name of a part of a value that has this shape and this name."""
    if isinstance(part, int) or (part not in shape.properties and shape.values is not None):
        return f"{name}.*"
    owner = shape.owners.get(part, "") if name != BODY else ""
    return f"{owner or name}.{part}"


def part_of(shape: Shape, part: str | int) -> Schema:
    """The schema of a part of a value that has this shape; an empty one if there is none."""
    if isinstance(part, int):
        return shape.items or ANYTHING
    return shape.properties.get(part, shape.values or ANYTHING)
