"""The contract for people: everything in it says what it rests on, and nothing else has changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import validate

from deals_spec import Contract
from deals_spec.annotated import SAYS, annotated_view
from deals_spec.document import METHODS, resolved
from deals_spec.marks import guesses

CONTRACT = Contract.load()
VIEW = CONTRACT.annotated
SMALL: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Small", "version": "1.0.0"},
    "servers": [{"url": "/api"}],
    "paths": {
        "/things": {
            "post": {
                "operationId": "addThing",
                "x-required-role": "admin",
                "parameters": [
                    {
                        "name": "kind",
                        "in": "query",
                        "schema": {"type": "string", "maxLength": 9, "x-inferred": ["maxLength"]},
                        "example": "blue",
                    },
                ],
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}
                },
                "responses": {"201": {"description": "Added", "x-inferred": ["status"]}},
            }
        }
    },
    "components": {
        "schemas": {
            "Thing": {
                "type": "object",
                "x-provenance": "site",
                "required": ["name"],
                "x-inferred": ["required.name"],
                "properties": {
                    "name": {"$ref": "#/components/schemas/Name"},
                    "part": {"$ref": "#/components/schemas/Part"},
                    "code": {"type": "string", "x-provenance": "inferred"},
                },
            },
            "Name": {
                "type": "string",
                "description": "A name",
                "minLength": 1,
                "x-inferred": ["minLength"],
            },
            "Part": {"type": "object", "x-provenance": "inferred", "description": "A part."},
        }
    },
}


def described(view: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every operation, parameter, body, response, header, named schema and property, with its place."""
    for path, item in view["paths"].items():
        for method in METHODS:
            if method in item:
                yield from _of_operation(f"{method} {path}", item[method])
    for kind, named in view["components"].items():
        for name, node in named.items():
            if kind in ("parameters", "requestBodies", "responses", "schemas"):
                yield f"{kind} {name}", node
            yield from _properties(f"{kind} {name}", node)


def _of_operation(place: str, node: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield place, node
    for each in (*node.get("parameters", ()), node.get("requestBody", {"$ref": ""})):
        if "$ref" not in each:
            yield f"{place} {each.get('name')}", each
    for status, response in node["responses"].items():
        if "$ref" not in response:
            yield f"{place} {status}", response
    yield from _properties(place, node)


def _properties(place: str, node: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        found = node.get("properties", {}) if isinstance(node.get("properties"), dict) else {}
        yield from ((f"{place} {name}", each) for name, each in found.items())
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _properties(place, each)


DESCRIBED = dict(described(VIEW))


def test_everything_says_what_it_rests_on() -> None:
    assert len(DESCRIBED) > 200
    silent = [
        place
        for place, node in DESCRIBED.items()
        if sum(text in node.get("description", "") for text in SAYS.values()) != 1
    ]
    assert silent == []


def test_the_view_is_valid_and_has_no_marks() -> None:
    validate(VIEW)
    assert "'x-" not in repr(VIEW)


def test_the_introduction_explains_the_words_and_counts_the_guesses() -> None:
    text = VIEW["info"]["description"]
    assert text.startswith(CONTRACT.document["info"]["description"].rstrip())
    assert all(said in text for said in SAYS.values())
    assert f"There are {len(guesses(CONTRACT.document))} guesses." in text


def test_the_view_has_the_operations_statuses_and_fields_of_the_full_view() -> None:
    for path, item in CONTRACT.full["paths"].items():
        assert item.keys() == VIEW["paths"][path].keys()
        for method, node in item.items():
            seen = VIEW["paths"][path][method]
            assert [*node["responses"]] == [*seen["responses"]]
            parameters = [resolved(CONTRACT.full, each)["name"] for each in node.get("parameters", ())]
            assert parameters == [resolved(VIEW, each)["name"] for each in seen.get("parameters", ())]
    for name, schema in VIEW["components"]["schemas"].items():
        original = CONTRACT.full["components"]["schemas"][name]
        assert [*schema.get("properties", ())] == [*original.get("properties", ())]


def test_no_optional_filter_is_prefilled_by_an_example() -> None:
    filters = [node for node in DESCRIBED.values() if node.get("in") == "query" and not node.get("required")]
    assert filters
    assert [
        node["name"] for node in filters if "example" in node or "Example: `" not in node["description"]
    ] == []


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("post /things", "*Documented.* **The required role `admin` is our guess.**"),
        ("post /things kind", "*Documented.* **The limit of 9 characters is our guess.** Example: `blue`."),
        ("post /things 201", "Added. *Documented.* **The status 201 is our guess.**"),
        ("post /things None", "*Documented.*"),
        ("schemas Thing", "*From the site's other pages.*"),
        (
            "schemas Thing name",
            "A name. *From the site's other pages.* "
            "**The minimum length 1 and that it is never absent are our guess.**",
        ),
        ("schemas Thing part", "A part. **Our guess.**"),
        ("schemas Thing code", "**Our guess.**"),
    ],
)
def test_a_mark_becomes_words(place: str, text: str) -> None:
    assert dict(described(annotated_view(SMALL)))[place]["description"] == text


def test_a_keyword_without_words_of_its_own_is_shown_by_its_name() -> None:
    schema = {"type": "array", "maxItems": 3, "x-inferred": ["maxItems"]}
    (guess,) = guesses(schema)
    assert (guess.question, guess.assumption) == ("What is its maxItems?", "maxItems `3`")


def test_the_words_leave_the_contract_alone() -> None:
    before = repr(SMALL)
    annotated_view(SMALL)
    assert repr(SMALL) == before
