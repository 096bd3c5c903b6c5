"""OpenAPI schemas become equivalent JSON Schemas."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
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


def test_a_validator_has_only_the_components_that_its_schema_refers_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tree = {"properties": {"name": REFERENCE, "of": {"items": {"$ref": "#/components/schemas/Tree"}}}}
    schemas = {**COMPONENTS["components"]["schemas"], "Tree": tree, "Other": {"type": "integer"}}
    given: list[Any] = []
    real = jsonschema_rs.validator_for
    monkeypatch.setattr(jsonschema_rs, "validator_for", lambda s, **k: given.append(s) or real(s, **k))

    validator = compiled({"$ref": "#/components/schemas/Tree"}, {"components": {"schemas": schemas}})

    assert given[0]["components"]["schemas"].keys() == {"Name", "Tree"}
    assert validator.is_valid({"of": [{"name": "oak"}]})
    assert not validator.is_valid({"of": [{"name": 7}]})


def test_a_reference_to_what_is_not_there_is_refused() -> None:
    with pytest.raises(jsonschema_rs.ValidationError, match="does not exist"):
        compiled({"items": {"$ref": "#/components/schemas/Nobody"}}, COMPONENTS)


@pytest.mark.parametrize(
    "text", ["2026-1-1", "2026-13-01", "2026-02-30", "0000-01-01", "20260101", "２０２６-01-01", ""]
)
def test_a_date_is_a_real_day_in_one_way_of_writing(text: str) -> None:
    assert not is_date(text)
    assert is_date("2024-02-29")
