"""OpenAPI 3.0 schemas as JSON Schema, compiled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

import jsonschema_rs

from deals_spec.document import Schema

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
# Keywords that a validator does not need; examples are a large part of a contract.
UNUSED: Final = frozenset({
    *("example", "examples", "description", "title", "default", "discriminator", "xml"),
    *("externalDocs", "deprecated", "readOnly", "writeOnly", "nullable"),
})  # fmt: skip
SUBSCHEMAS: Final = {  # keyword → the shape of its value
    "properties": "map",
    "items": "one",
    "additionalProperties": "one",
    "not": "one",
    "allOf": "list",
    "anyOf": "list",
    "oneOf": "list",
}
COMPONENT: Final = "#/components/schemas/"
EXCLUSIVE: Final = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}


def translated(schema: Any) -> Any:
    """The JSON Schema (2020-12) that is equivalent to an OpenAPI 3.0 schema."""
    if not isinstance(schema, Mapping):
        return schema
    if "$ref" in schema:
        reference = {"$ref": schema["$ref"]}
        return _unless_null(reference) if schema.get("nullable") else reference
    kept = {
        key: _translated_value(SUBSCHEMAS.get(key, ""), value)
        for key, value in schema.items()
        if key not in UNUSED and not key.startswith("x-")
    }
    for exclusive, limit in EXCLUSIVE.items():
        if kept.pop(exclusive, False) is True:
            kept[exclusive] = kept.pop(limit)
    return _nullable(kept) if schema.get("nullable") else kept


def translated_components(document: Schema) -> dict[str, Any]:
    """The component schemas of a contract, translated, as the root of schemas that refer to them."""
    schemas = document["components"].get("schemas", {})
    return {"components": {"schemas": {name: translated(each) for name, each in schemas.items()}}}


def compiled(schema: Schema, components: Mapping[str, Any]) -> jsonschema_rs.Validator:
    """The validator of a schema; `components` is what `translated_components` returned."""
    meant = translated(schema)
    return jsonschema_rs.validator_for(
        {"$schema": DRAFT, **_needed(meant, components), **meant},
        validate_formats=True,
        formats={"date": is_date},
    )


class Validators:
    """The validators of one view's schemas, each compiled on first use."""

    def __init__(self, document: Schema) -> None:
        self._components = translated_components(document)
        self._compiled: dict[int, tuple[Schema, jsonschema_rs.Validator]] = {}  # keeps the schemas of the ids

    def of(self, schema: Schema) -> jsonschema_rs.Validator:
        """The validator of a schema of this view."""
        known = self._compiled.get(id(schema))
        if known is None:
            known = self._compiled[id(schema)] = (schema, compiled(schema, self._components))
        return known[1]

    def fits(self, schema: Schema, value: Any) -> bool:
        """Whether a value is as the schema says; never if the validator cannot read it (lone surrogates)."""
        try:
            return self.of(schema).is_valid(value)
        except ValueError:
            return False


def is_date(text: str) -> bool:
    """Whether this is a real calendar day, written YYYY-MM-DD."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _needed(schema: Any, components: Mapping[str, Any]) -> dict[str, Any]:
    """The components that a schema refers to, directly or by others.

    A validator keeps a copy of all that it is given: 0.3 MB if that were the whole contract.
    """
    known = components["components"]["schemas"]
    needed: dict[str, Any] = {}
    left = list(_names_of_components(schema))
    while left:
        name = left.pop()
        if name in known and name not in needed:
            needed[name] = known[name]
            left += _names_of_components(known[name])
    return {"components": {"schemas": needed}}


def _names_of_components(node: Any) -> Iterator[str]:
    """The names of the component schemas that a schema refers to."""
    if isinstance(node, list):
        for each in node:
            yield from _names_of_components(each)
    if not isinstance(node, Mapping):
        return
    if isinstance(reference := node.get("$ref"), str):
        yield reference.removeprefix(COMPONENT).partition("/")[0]
    for each in node.values():
        yield from _names_of_components(each)


def _translated_value(shape: str, value: Any) -> Any:
    if shape == "map":
        return {name: translated(schema) for name, schema in value.items()}
    if shape == "list":
        return [translated(schema) for schema in value]
    return translated(value) if shape == "one" else value


def _unless_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Null, or what the schema says; unlike `anyOf`, this reports what is wrong with another value."""
    return {"if": {"type": "null"}, "else": schema}


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    if not schema:
        return {}
    if "type" not in schema:
        return _unless_null(schema)
    enum = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, "type": [schema["type"], "null"], **enum}
