"""Where the contract says something, and whether the documentation says it, too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal, get_args

from deals_spec.document import ALWAYS_GUESSED, Schema, resolved
from deals_spec.operation import Operation
from deals_spec.places import Place

Provenance = Literal["documented", "site", "guess"]
MARKED: Final[Mapping[Any, Provenance]] = {"inferred": "guess", "site": "site"}


def provenance_of(document: Schema, place: Place) -> Provenance:
    """What a place of the contract rests on: the page, other pages of its site, or our guess.

    `place` leads to a node, or to one keyword of a schema, or to one member of its list
    (`required`, `probability`). A mark on anything above it counts.
    """
    found: Provenance = "documented"
    for index, (node, key) in enumerate(_on_the_way(document, place)):
        if not isinstance(node, dict):
            continue
        member = f"{key}.{place[index + 1]}" if index + 1 < len(place) else ""
        if {key, member} & {*node.get("x-inferred", ()), *ALWAYS_GUESSED}:
            return "guess"
        found = weakest(found, own_provenance(node))
    return found


def own_provenance(node: Schema) -> Provenance:
    """What a node rests on by its own mark alone."""
    return MARKED.get(node.get("x-provenance"), "documented")


def weakest(*found: Provenance) -> Provenance:
    """What a statement rests on that needs all of these."""
    return max(found, key=get_args(Provenance).index)


def parameter_place(document: Schema, operation: Operation, name: str) -> Place | None:
    """Where a query parameter of an operation stands."""
    above = ("paths", operation.path, operation.method.lower(), "parameters")
    for index, _ in enumerate(node_at(document, above) or ()):
        place = followed(document, (*above, index))
        if node_at(document, place).get("name") == name:
            return place
    return None


def body_place(document: Schema, operation: Operation, kind: str) -> Place:
    """Where the schema of an operation's body of a media type stands."""
    body = followed(document, ("paths", operation.path, operation.method.lower(), "requestBody"))
    return followed(document, (*body, "content", kind, "schema"))


def property_place(document: Schema, schema: Place, name: str) -> Place | None:
    """Where a property of the schema at a place stands, in the schema itself or in one of its `allOf`."""
    node = node_at(document, schema) or {}
    if name in node.get("properties", ()):
        return (*schema, "properties", name)
    parts = (followed(document, (*schema, "allOf", index)) for index, _ in enumerate(node.get("allOf", ())))
    return next((found for part in parts if (found := property_place(document, part, name))), None)


def response_place(document: Schema, operation: Operation, status: int) -> Place:
    """Where an operation's response with a status stands."""
    return followed(document, ("paths", operation.path, operation.method.lower(), "responses", str(status)))


def node_at(document: Schema, place: Place) -> Any:
    """What stands at a place; None if nothing does."""
    node: Any = document
    for key in place:
        try:
            node = node[key]
        except (KeyError, IndexError, TypeError):
            return None
    return node


def followed(document: Schema, place: Place) -> Place:
    """The place that a reference at a place refers to; the place itself, if there is no reference."""
    node = node_at(document, place)
    while isinstance(node, dict) and "$ref" in node:
        resolved(document, node)  # raises ValueError if there is no end
        place = tuple(node["$ref"].removeprefix("#/").split("/"))
        node = node_at(document, place)
    return place


def _on_the_way(document: Schema, place: Place) -> Iterator[tuple[Any, str | int | None]]:
    """Every node from the root to a place, each with the key that leads on from it."""
    node: Any = document
    for key in place:
        yield node, key
        try:
            node = node[key]
        except (KeyError, IndexError, TypeError):
            return
    yield node, None
