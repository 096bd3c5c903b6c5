"""The documented view says what the documentation says, no more and no less."""

from __future__ import annotations

import json
from typing import Any

import pytest

from deals_spec.views import documented_view
from tests.deals_spec import oas

STATED = ("type", "enum", "default", "minimum", "maximum", "format", "nullable")
LOGIN = ("/auth/login", "post")


def _stated(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """A schema without its descriptions, with `allOf` and `$ref` resolved."""
    schema = oas.resolved(document, schema)
    found = {key: schema[key] for key in STATED if key in schema}
    for part in schema.get("allOf", []):
        found |= _stated(document, part)
    return found


def _as_the_page_says(field: dict[str, Any]) -> dict[str, Any]:
    stated = {key: field[key] for key in STATED if key in field}
    if field["type"] == "date":
        return stated | {"type": "string", "format": "date"}
    if field["type"] == "file":
        return stated | {"type": "string", "format": "binary"}
    if field["type"] == "array[integer]":
        return stated | {"type": "array"}
    return stated


def test_it_has_the_operations_of_the_page_and_sign_in(
    documented: dict[str, Any], document: dict[str, Any], page: dict[str, Any]
) -> None:
    on_the_page = {(each["path"], each["method"]) for each in page["operations"]}
    assert len(on_the_page) == len(page["operations"])
    assert {(path, method) for path, method, _ in oas.operations(documented)} == on_the_page | {LOGIN}
    unmarked = {(p, m) for p, m, operation in oas.operations(document) if "x-provenance" not in operation}
    assert unmarked == on_the_page


def test_every_query_parameter_is_as_the_page_says(documented: dict[str, Any], page: dict[str, Any]) -> None:
    count = 0
    for told in page["operations"]:
        operation = documented["paths"][told["path"]][told["method"]]
        found = oas.parameters(documented, operation, "query")
        expected = {each["name"]: _as_the_page_says(each) for each in told.get("query", [])}
        assert {name: _stated(documented, each["schema"]) for name, each in found.items()} == expected
        assert not any(each.get("required") for each in found.values())
        count += len(found)
    assert count == 18


def test_every_path_parameter_is_as_the_page_says(documented: dict[str, Any], page: dict[str, Any]) -> None:
    for told in page["operations"]:
        operation = documented["paths"][told["path"]][told["method"]]
        found = oas.parameters(documented, operation, "path")
        expected = {each["name"]: _as_the_page_says(each) for each in told.get("path_parameters", [])}
        assert {name: _stated(documented, each["schema"]) for name, each in found.items()} == expected


def test_every_body_field_is_as_the_page_says(documented: dict[str, Any], page: dict[str, Any]) -> None:
    for told in page["operations"]:
        operation = documented["paths"][told["path"]][told["method"]]
        if "body" not in told:
            assert "requestBody" not in operation
            continue
        schema = oas.body_schema(documented, operation)
        expected = {each["name"]: _as_the_page_says(each) for each in told["body"]}
        stated = {name: _stated(documented, each) for name, each in schema["properties"].items()}
        for each in (*expected.values(), *stated.values()):
            each.pop("nullable", None)  # see the next test
        assert stated == expected
        assert schema.get("required", []) == [each["name"] for each in told["body"] if each["required"]]


def test_null_in_an_optional_field_is_a_guess_unless_the_page_says_nullable(
    document: dict[str, Any], page: dict[str, Any]
) -> None:
    for told in page["operations"]:
        operation = document["paths"][told["path"]][told["method"]]
        properties = oas.body_schema(document, operation)["properties"] if "body" in told else {}
        for field in told.get("body", []):
            schema = oas.resolved(document, properties[field["name"]])
            if schema.get("nullable"):
                assert ("nullable" in schema.get("x-inferred", [])) != field.get("nullable", False)


NEVER_EMPTY = {
    *("id", "name", "stage_id", "stage_name", "display_order", "is_won", "is_lost"),
    *("created_at", "updated_at", "risk_level", "risk_score", "risk_factors", "label"),
}
JSON_TYPES = {bool: "boolean", int: "integer", str: "string", list: "array", dict: "object"}


def _assert_documents(document: dict[str, Any], schema: dict[str, Any], example: Any) -> None:
    """The schema names the example's fields, gives each its JSON type, and requires those never empty."""
    schema = oas.resolved(document, schema)
    if isinstance(example, dict):
        assert schema["properties"].keys() == example.keys()
        assert set(schema["required"]) >= example.keys() & NEVER_EMPTY
        for name, value in example.items():
            _assert_documents(document, schema["properties"][name], value)
    elif isinstance(example, list):
        _assert_documents(document, schema["items"], example[0])
    elif "type" in schema:
        allowed = {JSON_TYPES[type(example)], "number" if isinstance(example, int) else ""}
        assert schema["type"] in allowed


@pytest.mark.parametrize("name", ["Deal", "Stage"])
def test_a_documented_example_gives_names_types_and_presence(
    name: str, documented: dict[str, Any], page: dict[str, Any]
) -> None:
    schema = documented["components"]["schemas"][name]
    _assert_documents(documented, schema, page["examples"][name])
    assert oas.complaints(documented, schema, page["examples"][name]) == []


@pytest.mark.parametrize("without_value", [{}, {"contact_id": None, "contact_name": None, "value": None}])
def test_a_field_without_a_value_may_be_null_or_missing(
    without_value: dict[str, Any], documented: dict[str, Any], page: dict[str, Any]
) -> None:
    kept = {name: value for name, value in page["examples"]["Deal"].items() if name in NEVER_EMPTY}
    schema = documented["components"]["schemas"]["Deal"]
    assert oas.complaints(documented, schema, kept | without_value) == []


@pytest.mark.parametrize("errors", [None, {}, []])
def test_an_error_that_is_no_fields_fault_names_none(errors: Any, documented: dict[str, Any]) -> None:
    for name in ("ErrorAnswer", "ValidationErrorAnswer"):
        schema = documented["components"]["schemas"][name]
        said = {"success": False, "message": "The stage has deals"}
        assert oas.complaints(documented, schema, said) == []
        assert oas.complaints(documented, schema, said | {"errors": errors}) == []
        assert oas.complaints(documented, schema, said | {"errors": {"name": ["a list"]}}) != []


def test_ids_names_stages_and_flags_are_never_null(documented: dict[str, Any], page: dict[str, Any]) -> None:
    for name in ("id", "name", "stage_id", "stage_name", "is_won", "is_lost"):
        deal = page["examples"]["Deal"] | {name: None}
        assert oas.complaints(documented, documented["components"]["schemas"]["Deal"], deal) != [], name


@pytest.mark.parametrize(
    "answer",
    [
        {"success": True},
        {"success": True, "data": {"id": 7}},
        {"success": True, "data": {"deal": {"id": 7}}, "message": "Saved"},
    ],
)
def test_a_create_may_return_any_success_status(documented: dict[str, Any], answer: Any) -> None:
    responses = documented["paths"]["/deals"]["post"]["responses"]
    assert "2XX" in responses
    assert "201" not in responses
    schema = responses["2XX"]["content"]["application/json"]["schema"]
    assert oas.complaints(documented, schema, answer) == []


def test_a_download_may_be_of_any_content_type(documented: dict[str, Any]) -> None:
    response = oas.resolved(documented, documented["paths"]["/deals/export"]["get"]["responses"]["200"])
    assert "content" not in response


def test_risk_may_be_missing_but_not_half_there(
    documented: dict[str, Any], full: dict[str, Any], page: dict[str, Any]
) -> None:
    deal = dict(page["examples"]["Deal"])
    schema = documented["components"]["schemas"]["Deal"]
    assert oas.complaints(documented, schema, {k: v for k, v in deal.items() if k != "risk"}) == []
    assert oas.complaints(documented, schema, deal | {"risk": {"risk_level": "low"}}) != []
    # A closed deal without a risk is not even drift.
    assert "risk" not in full["components"]["schemas"]["Deal"]["required"]


def test_the_roles_are_not_the_documentations_word(documented: dict[str, Any]) -> None:
    assert "x-" not in {key[:2] for _, node in oas.nodes(documented) for key in node}
    assert "admin" not in json.dumps(documented["components"]["schemas"]["Role"])


def test_a_reference_to_an_inferred_schema_goes_with_it() -> None:
    contract = {
        "paths": {
            "/a": {
                "get": {
                    "responses": {
                        "200": {
                            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Said"}}}
                        }
                    }
                }
            }
        },
        "components": {
            "schemas": {
                "Guess": {"type": "object", "x-provenance": "inferred"},
                "Said": {
                    "type": "object",
                    "required": ["guess", "said"],
                    "properties": {
                        "guess": {"$ref": "#/components/schemas/Guess"},
                        "said": {"type": "string", "enum": ["a"], "x-inferred": ["enum"]},
                    },
                },
            }
        },
    }
    said = documented_view(contract)["components"]["schemas"]
    assert said == {
        "Said": {"type": "object", "required": ["said"], "properties": {"said": {"type": "string"}}}
    }
