"""The contract's OpenAPI 3.0 schemas, compiled once, with error messages for people."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import jsonschema_rs

from deals_spec import Contract, Schema
from deals_spec.document import resolved
from deals_spec.json_schema import compiled, translated, translated_components
from mock_server import wording
from mock_server.checked_json import PARTS, with_mark


@dataclass(frozen=True, slots=True)
class Failure:
    """What is wrong with one field."""

    text: str
    keyword: str
    place: tuple[str | int, ...]  # of the keyword: in the contract, or below the schema of the validator


class Validator:
    """One schema, compiled; use `Schemas.compile` to get one."""

    def __init__(
        self, schema: Schema, properties: dict[str, Schema], document: Schema, components: Mapping[str, Any]
    ) -> None:
        self.schema = schema
        self.properties = properties
        self._document = {**document, **schema}
        self._compiled = compiled(schema, components)

    @cached_property
    def takes_any_text(self) -> bool:
        """Whether every text is valid, whatever is in it."""
        whole = resolved(self._document, self.schema)
        return bool(translated(whole) == {"type": "string"})

    def is_valid(self, value: Any) -> bool:
        """Whether the value is valid."""
        return self._compiled.is_valid(value)

    def errors(self, value: Any, whole: str = "body") -> dict[str, str]:
        """One sentence for each invalid field; `whole` is the name of the value itself."""
        return {field: failure.text for field, failure in self.failures(value, whole).items()}

    def failures(self, value: Any, whole: str = "body") -> dict[str, Failure]:
        """What is wrong with each invalid field, and where the contract says so."""
        if self._compiled.is_valid(value):
            return {}
        found: dict[str, tuple[int, Failure]] = {}
        for error in self._compiled.iter_errors(value):
            rank = wording.RANK.get(error.kind.name, len(wording.RANK))
            for field in wording.fields(error, whole):
                if field not in found or rank < found[field][0]:
                    text = wording.sentence(field, error, self._holder(error))
                    found[field] = rank, Failure(text, error.kind.name, tuple(error.schema_path))
        return {field: failure for field, (_, failure) in found.items()}

    def _holder(self, error: jsonschema_rs.ValidationError) -> Schema:
        """The contract's schema that contains the failed keyword."""
        node: Any = self._document
        try:
            for part in error.schema_path[:-1]:
                node = node[part]
        except (KeyError, IndexError, TypeError):  # `nullable` moves some schemas a level down
            return {}
        return node if isinstance(node, Mapping) else {}


class Schemas:
    """The contract's component schemas, and everything compiled from them."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self._components = translated_components(contract.document)
        schemas = self._components["components"]["schemas"]
        marked = {part: with_mark(part, schemas[part]) for part in PARTS if part in schemas}
        self._outline_components = {"components": {"schemas": {**schemas, **marked}}}
        self._compiled: dict[str, Validator] = {}
        self._outlines: dict[str, Validator] = {}

    def compile(self, schema: Schema) -> Validator:
        """The validator of this schema; equal schemas share one."""
        return self._once(self._compiled, schema, self._components)

    def compile_outline(self, schema: Schema) -> Validator:
        """The validator of the outlines of bodies that have this schema (checked_json.py)."""
        return self._once(self._outlines, schema, self._outline_components)

    def _once(self, known: dict[str, Validator], schema: Schema, components: Mapping[str, Any]) -> Validator:
        key = json.dumps(schema, sort_keys=True)
        if key not in known:
            document = {"components": self.contract.document["components"]}
            known[key] = Validator(schema, self.contract.properties_of(schema), document, components)
        return known[key]

    def resolve(self, schema: Schema) -> Schema:
        """The schema that a `$ref` refers to, or the schema itself."""
        return resolved(self.contract.document, schema)


# Large numbers are fine; thousands of digits are an attack.
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
    """Parses values that arrive as text by name (a query string, a row of a CSV file), by schema."""

    def __init__(self, schema: Schema, schemas: Schemas) -> None:
        properties = schema.get("properties", {})
        self.properties = dict(properties)
        self.example: dict[str, Any] = schema.get("example", {})
        resolved = {name: schemas.resolve(schema) for name, schema in properties.items()}
        self.defaults = {n: s["default"] for n, s in resolved.items() if "default" in s}
        self.kinds = {n: str(s.get("format", s.get("type", ""))) for n, s in resolved.items()}
        self._readers = {n: READERS.get(s.get("type", ""), str) for n, s in resolved.items()}
        self._validator = schemas.compile({"type": "object", **schema})
        self._blank = frozenset(n for n, s in resolved.items() if schemas.compile(s).is_valid(""))

    def read(self, texts: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
        """The values, with defaults for missing ones, and one sentence for each invalid one.

        A text that cannot be parsed stays text, so that the schema reports its type. An empty text where
        none is allowed, as forms send it, counts as missing. Names that the schema does not have are dropped.
        """
        given = self._given(texts)
        return {**self.defaults, **given}, self._validator.errors(given)

    def failures(self, texts: Mapping[str, str]) -> dict[str, Failure]:
        """What is wrong with each invalid text, and where the contract says so."""
        return self._validator.failures(self._given(texts))

    def _given(self, texts: Mapping[str, str]) -> dict[str, Any]:
        known = {n: text for n, text in texts.items() if n in self.properties and (text or n in self._blank)}
        return {n: self._readers[n](text) for n, text in known.items()}
