"""OpenAPI schemas become equivalent JSON Schemas."""

from __future__ import annotations

from typing import Any

import pytest

from deals_spec.json_schema import compiled, is_date, translated

COMPONENTS = {"components": {"schemas": {"Name": {"type": "string"}}}}
REFERENCE = {"$ref": "#/components/schemas/Name"}


def test_what_only_people_read_is_not_compiled() -> None:
    assert translated({"type": "string", "example": "a", "x-inferred": [], "title": "T"}) == {
        "type": "string"
    }


@pytest.mark.parametrize(
    ("schema", "value", "valid"),
    [
        ({"type": "integer", "nullable": True}, None, True),
        ({"type": "integer"}, None, False),
        ({"type": "string", "enum": ["a"], "nullable": True}, None, True),
        ({"nullable": True}, 7, True),
        ({"enum": ["a"], "nullable": True}, None, True),
        (REFERENCE, None, False),
        ({**REFERENCE, "nullable": True}, None, True),
        ({**REFERENCE, "nullable": True}, 7, False),
        ({"type": "number", "minimum": 0, "exclusiveMinimum": True}, 0, False),
        ({"type": "number", "minimum": 0, "exclusiveMinimum": False}, 0, True),
        ({"type": "string", "format": "date"}, "2026-02-30", False),
    ],
)
def test_a_translated_schema_means_what_openapi_means(schema: Any, value: Any, valid: bool) -> None:
    assert compiled(schema, COMPONENTS).is_valid(value) is valid


@pytest.mark.parametrize(
    "text", ["2026-1-1", "2026-13-01", "2026-02-30", "0000-01-01", "20260101", "２０２６-01-01", ""]
)
def test_a_date_is_a_real_day_in_one_way_of_writing(text: str) -> None:
    assert not is_date(text)
    assert is_date("2024-02-29")
