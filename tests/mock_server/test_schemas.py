"""Schemas explain what is wrong, in one sentence for each field."""

from __future__ import annotations

from typing import Any

import pytest

from deals_spec import Contract
from mock_server.schemas import Schemas, TextForm

COMPONENTS = {
    "Name": {"type": "string", "minLength": 1, "maxLength": 5},
    "Node": {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Node"}}},
    "Both": {
        "allOf": [
            {"type": "object", "properties": {"a": {"type": "string"}}},
            {"type": "object", "properties": {"b": {"type": "string"}}},
        ]
    },
}
SCHEMAS = Schemas(Contract(b"", {"components": {"schemas": COMPONENTS}}))


@pytest.mark.parametrize(
    ("schema", "value", "said"),
    [
        ({"type": "integer", "maximum": 100}, 500, "f must be at most 100"),
        ({"type": "integer", "minimum": 1}, 0, "f must be at least 1"),
        ({"type": "number", "minimum": 0, "exclusiveMinimum": True}, 0, "f must be greater than 0"),
        ({"type": "number", "maximum": 9, "exclusiveMaximum": True}, 9, "f must be less than 9"),
        ({"type": "integer"}, "x", "f must be an integer"),
        ({"type": "integer"}, True, "f must be an integer"),
        ({"type": "integer"}, None, "f must be an integer"),
        ({"type": "integer", "nullable": True}, "x", "f must be an integer or null"),
        ({"type": "boolean"}, 1, "f must be true or false"),
        ({"type": "string", "enum": ["0", "1"]}, "2", "f must be one of: 0, 1"),
        ({"type": "string", "enum": ["low"]}, 3, "f must be one of: low"),
        ({"type": "string", "format": "date"}, "2026-02-30", "f must be a date (YYYY-MM-DD)"),
        ({"type": "string", "format": "email"}, "nobody", "f must be an email address"),
        ({"$ref": "#/components/schemas/Name"}, "", "f must not be empty"),
        ({"$ref": "#/components/schemas/Name"}, "longer", "f must have at most 5 characters"),
        ({"type": "string", "pattern": "^x", "example": "xy"}, "a", "f must look like xy"),
        ({"type": "string", "pattern": "^x", "description": "A word with x"}, "a", "f must be a word with x"),
        ({"type": "string", "pattern": "^x"}, "a", "f must match ^x"),
        ({"type": "array", "items": {"type": "integer"}}, "1", "f must be a list of integers"),
        ({"type": "array", "items": {}}, "1", "f must be a list"),
        ({"type": "array", "minItems": 1}, [], "f must not be empty"),
        ({"type": "array", "maxItems": 1}, [1, 2], "f must have at most 1 entries"),
        ({"type": "array", "uniqueItems": True}, [1, 1], "f must not contain duplicates"),
        ({"type": "number", "multipleOf": 5}, 3, "f must be a multiple of 5"),
        ({"not": {"type": "string"}}, "a", "f is not valid"),
    ],
)
def test_a_wrong_field_is_explained(schema: dict[str, Any], value: Any, said: str) -> None:
    validator = SCHEMAS.compile({"type": "object", "properties": {"f": schema}})
    assert validator.errors({"f": value}) == {"f": said}


def test_every_wrong_field_is_named_at_once() -> None:
    validator = SCHEMAS.compile(
        {
            "type": "object",
            "required": ["a", "b"],
            "additionalProperties": False,
            "properties": {"a": {}, "b": {}, "c": {"type": "array", "items": {"type": "integer"}}},
        }
    )
    assert validator.errors({"c": [1, "x"], "d": 1, "e": 2}) == {
        "a": "a is required",
        "b": "b is required",
        "c.1": "c.1 must be an integer",
        "d": "d is not a known field",
        "e": "e is not a known field",
    }


def test_a_value_that_is_wrong_as_a_whole_has_a_name() -> None:
    assert SCHEMAS.compile({"type": "object"}).errors([]) == {"body": "body must be an object"}


def test_a_whole_number_may_be_written_with_a_point() -> None:
    assert SCHEMAS.compile({"type": "integer"}).is_valid(1.0)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "nullable": True},
        {"type": "string", "nullable": True, "enum": ["a"]},
        {"nullable": True, "allOf": [{"$ref": "#/components/schemas/Name"}]},
    ],
)
def test_null_fits_what_is_nullable(schema: dict[str, Any]) -> None:
    validator = SCHEMAS.compile(schema)
    assert validator.is_valid(None)
    assert validator.is_valid("a")
    assert not validator.is_valid(1)


def test_a_schema_may_hold_itself() -> None:
    validator = SCHEMAS.compile({"$ref": "#/components/schemas/Node"})
    assert validator.errors({"next": {"next": 1}}) == {"next.next": "next.next must be an object"}


def test_the_same_schema_is_compiled_once() -> None:
    assert SCHEMAS.compile({"type": "array"}) is SCHEMAS.compile({"type": "array"})


FORM = TextForm(
    {
        "required": ["stage"],
        "properties": {
            "stage": {"type": "integer"},
            "page": {"type": "integer", "default": 1, "minimum": 1},
            "value": {"type": "number"},
            "open": {"type": "boolean"},
            "search": {"type": "string"},
        },
    },
    SCHEMAS,
)


def test_texts_are_read_by_type_and_defaults_filled_in() -> None:
    texts = {"stage": "+3", "value": "-1.5e3", "open": "true", "search": "7", "other": "x"}
    values = {"stage": 3, "value": -1500.0, "open": True, "search": "7", "page": 1}
    assert FORM.read(texts) == (values, {})


@pytest.mark.parametrize("text", [" 1", "1_0", "1.0", "0x1", "١", "1\n", "9" * 5000, "null"])
def test_a_text_that_is_not_an_integer_is_reported(text: str) -> None:
    assert FORM.read({"stage": text})[1] == {"stage": "stage must be an integer"}


def test_an_empty_text_where_none_is_allowed_counts_as_missing() -> None:
    assert FORM.read({"stage": "1", "value": "", "search": ""}) == FORM.read({"stage": "1", "search": ""})


@pytest.mark.parametrize("text", ["nan", "inf", "1e999", "1.", ".5", "1,5"])
def test_a_text_that_is_not_a_number_is_reported(text: str) -> None:
    assert FORM.read({"stage": "1", "value": text})[1] == {"value": "value must be a number"}


def test_a_missing_required_value_is_reported() -> None:
    assert FORM.read({})[1] == {"stage": "stage is required"}


@pytest.mark.parametrize(
    ("schema", "takes"),
    [
        ({"type": "string"}, True),
        ({"type": "string", "description": "A file", "example": "a,b", "x-row": {}}, True),
        ({"type": "string", "nullable": True}, False),
        ({"type": "string", "minLength": 1}, False),
        ({"type": "string", "pattern": "^a"}, False),
        ({"$ref": "#/components/schemas/Name"}, False),
        ({"type": "object"}, False),
        ({}, False),
    ],
)
def test_a_schema_that_takes_any_text_is_known(schema: dict[str, Any], takes: bool) -> None:
    assert SCHEMAS.compile(schema).takes_any_text is takes
