"""The messages for invalid fields: one table, by JSON Schema keyword."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jsonschema_rs import ValidationError

from deals_spec import Schema

TYPES = {
    "integer": "an integer",
    "number": "a number",
    "string": "a string",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}
ITEMS = {
    "integer": "a list of integers",
    "number": "a list of numbers",
    "string": "a list of strings",
    "object": "a list of objects",
}
FORMATS = {
    "date": "a date (YYYY-MM-DD)",
    "date-time": "a timestamp (2026-01-15T09:30:00.000000Z)",
    "email": "an email address",
}


def _type(types: list[str], schema: Schema) -> str:
    names = [TYPES[name] for name in sorted(types, key=list(TYPES).index)]
    if types == ["array"]:
        names = [ITEMS.get(schema.get("items", {}).get("type"), TYPES["array"])]
    return f"must be {' or '.join(names)}"


def _enum(options: list[Any], _schema: Schema) -> str:
    texts = ["null" if option is None else str(option) for option in options]
    return f"must be one of: {', '.join(texts)}"


def _format(name: str, _schema: Schema) -> str:
    return f"must be {FORMATS.get(name, f'a valid {name}')}"


def _pattern(pattern: str, schema: Schema) -> str:
    description = schema.get("description", "")
    if description.startswith("A "):
        return f"must be a {description[2:]}"
    return f"must look like {schema['example']}" if "example" in schema else f"must match {pattern}"


def _at_least(limit: int, unit: str) -> str:
    return "must not be empty" if limit == 1 else f"must have at least {limit} {unit}"


# keyword → (attribute of the error, wording); the most informative message of a field comes first.
MESSAGES: dict[str, tuple[str, Callable[[Any, Schema], str]]] = {
    "required": ("property", lambda _name, _schema: "is required"),
    "additionalProperties": ("unexpected", lambda _names, _schema: "is not a known field"),
    "enum": ("options", _enum),
    "type": ("types", _type),
    "minLength": ("limit", lambda limit, _schema: _at_least(limit, "characters")),
    "maxLength": ("limit", lambda limit, _schema: f"must have at most {limit} characters"),
    "format": ("format", _format),
    "pattern": ("pattern", _pattern),
    "minimum": ("limit", lambda limit, _schema: f"must be at least {limit}"),
    "maximum": ("limit", lambda limit, _schema: f"must be at most {limit}"),
    "exclusiveMinimum": ("limit", lambda limit, _schema: f"must be greater than {limit}"),
    "exclusiveMaximum": ("limit", lambda limit, _schema: f"must be less than {limit}"),
    "multipleOf": ("multiple_of", lambda step, _schema: f"must be a multiple of {step}"),
    "minItems": ("limit", lambda limit, _schema: _at_least(limit, "entries")),
    "maxItems": ("limit", lambda limit, _schema: f"must have at most {limit} entries"),
    "minProperties": ("limit", lambda limit, _schema: _at_least(limit, "fields")),
    "uniqueItems": ("name", lambda _name, _schema: "must not contain duplicates"),
}
RANK = {keyword: rank for rank, keyword in enumerate(MESSAGES)}


def fields(error: ValidationError, whole: str) -> list[str]:
    """The dotted names of the fields that the error is about: `order.0`."""
    path = [str(part) for part in error.instance_path]
    named = {"required": "property", "additionalProperties": "unexpected"}.get(error.kind.name)
    if named is None:
        return [".".join(path) or whole]
    names = getattr(error.kind, named)
    return [".".join([*path, name]) for name in ([names] if isinstance(names, str) else names)]


def sentence(field: str, error: ValidationError, schema: Schema) -> str:
    """`per_page must be at most 100`; `schema` is the one that contains the keyword."""
    if error.kind.name not in MESSAGES:
        return f"{field} is not valid"
    fact, words = MESSAGES[error.kind.name]
    return f"{field} {words(getattr(error.kind, fact), schema)}"
