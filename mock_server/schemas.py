"""Schemas at work: the contract's OpenAPI 3.0 schemas, compiled once, answering in words."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import jsonschema_rs

from mock_server import wording

Schema = Mapping[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"
# What a validator has no use for; a large part of a contract is examples.
UNUSED = {
    *("example", "examples", "description", "title", "default", "discriminator", "xml"),
    *("externalDocs", "deprecated", "readOnly", "writeOnly", "nullable"),
}
SUBSCHEMAS = {  # keyword → how schemas stand in its value
    "properties": "map",
    "items": "one",
    "additionalProperties": "one",
    "not": "one",
    "allOf": "list",
    "anyOf": "list",
    "oneOf": "list",
}
EXCLUSIVE = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}


def translate(schema: Any) -> Any:
    """The JSON Schema (2020-12) that means what this OpenAPI 3.0 schema means."""
    if not isinstance(schema, Mapping):
        return schema
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}
    kept = {
        key: _translate_value(SUBSCHEMAS.get(key, ""), value)
        for key, value in schema.items()
        if key not in UNUSED and not key.startswith("x-")
    }
    for exclusive, limit in EXCLUSIVE.items():
        if kept.pop(exclusive, False):
            kept[exclusive] = kept.pop(limit)
    return _nullable(kept) if schema.get("nullable") else kept


def _translate_value(shape: str, value: Any) -> Any:
    if shape == "map":
        return {name: translate(schema) for name, schema in value.items()}
    if shape == "list":
        return [translate(schema) for schema in value]
    return translate(value) if shape == "one" else value


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    if "type" not in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    enum = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, "type": [schema["type"], "null"], **enum}


def is_date(text: str) -> bool:
    """Whether this is a real calendar day, written YYYY-MM-DD."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


class Validator:
    """One schema, compiled; use `Schemas.compile` to get one."""

    def __init__(
        self, schema: Schema, properties: dict[str, Schema], document: Schema, translated: Schema
    ) -> None:
        self.schema = schema
        self.properties = properties
        self._document = {**document, **schema}
        self._compiled = jsonschema_rs.validator_for(
            {"$schema": DRAFT, **translated, **translate(schema)},
            validate_formats=True,
            formats={"date": is_date},
        )

    def is_valid(self, value: Any) -> bool:
        """Whether the value fits the schema."""
        return self._compiled.is_valid(value)

    def errors(self, value: Any, whole: str = "body") -> dict[str, str]:
        """One sentence for each wrong field; `whole` is what to call the value itself."""
        if self._compiled.is_valid(value):
            return {}
        found: dict[str, tuple[int, str]] = {}
        for error in self._compiled.iter_errors(value):
            rank = wording.RANK.get(error.kind.name, len(wording.RANK))
            for field in wording.fields(error, whole):
                if field not in found or rank < found[field][0]:
                    found[field] = rank, wording.sentence(field, error, self._holder(error))
        return {field: text for field, (_, text) in found.items()}

    def _holder(self, error: jsonschema_rs.ValidationError) -> Schema:
        """The contract's schema that holds the keyword which failed."""
        node: Any = self._document
        try:
            for part in error.schema_path[:-1]:
                node = node[part]
        except (KeyError, IndexError, TypeError):  # `nullable` moves some schemas a level down
            return {}
        return node if isinstance(node, Mapping) else {}


class Schemas:
    """The contract's component schemas, and whatever is compiled from them."""

    def __init__(self, components: Mapping[str, Schema]) -> None:
        self._document = {"components": {"schemas": components}}
        self._translated = {"components": {"schemas": {name: translate(s) for name, s in components.items()}}}
        self._compiled: dict[str, Validator] = {}

    def compile(self, schema: Schema) -> Validator:
        """The validator of this schema; the same one for the same schema."""
        key = json.dumps(schema, sort_keys=True)
        if key not in self._compiled:
            self._compiled[key] = Validator(schema, self.properties(schema), self._document, self._translated)
        return self._compiled[key]

    def resolve(self, schema: Schema) -> Schema:
        """The schema that a `$ref` stands for, or itself."""
        components = self._document["components"]["schemas"]
        while "$ref" in schema:
            schema = components[schema["$ref"].rpartition("/")[2]]
        return schema

    def properties(self, schema: Schema) -> dict[str, Schema]:
        """The properties of an object schema in order, those of its `allOf` parts included."""
        resolved = self.resolve(schema)
        found: dict[str, Schema] = {}
        for part in resolved.get("allOf", ()):
            found |= self.properties(part)
        found.update(resolved.get("properties", {}))
        return found


# A number of any size may be asked for; a text of thousands of digits is no number but a trick.
INTEGER = r"[+-]?[0-9]{1,300}"
NUMBER = rf"{INTEGER}(\.[0-9]{{1,300}})?([eE][+-]?[0-9]{{1,3}})?"


def _integer(text: str) -> int | str:
    return int(text) if re.fullmatch(INTEGER, text) else text


def _number(text: str) -> float | str:
    if re.fullmatch(INTEGER, text):
        return int(text)
    number = float(text) if re.fullmatch(NUMBER, text) else math.nan
    return number if math.isfinite(number) else text


def _boolean(text: str) -> bool | str:
    return {"true": True, "false": False}.get(text, text)


READERS: dict[str, Callable[[str], Any]] = {
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
}


class TextForm:
    """Values that come as text by name (a query string, a row of a CSV file), read by schema."""

    def __init__(self, schema: Schema, schemas: Schemas) -> None:
        properties = schema.get("properties", {})
        self.properties = dict(properties)
        self.example: dict[str, Any] = schema.get("example", {})
        resolved = {name: schemas.resolve(schema) for name, schema in properties.items()}
        self.defaults = {n: s["default"] for n, s in resolved.items() if "default" in s}
        self._readers = {n: READERS.get(s.get("type", ""), str) for n, s in resolved.items()}
        self._validator = schemas.compile({"type": "object", **schema})

    def read(self, texts: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
        """The values, with defaults for those not given, and one sentence for each wrong one.

        A text that its type cannot read stays text, so that the schema refuses it by its type.
        Names that the schema does not know are left out.
        """
        given = {n: self._readers[n](text) for n, text in texts.items() if n in self.properties}
        return {**self.defaults, **given}, self._validator.errors(given)
