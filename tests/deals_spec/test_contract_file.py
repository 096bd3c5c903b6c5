"""The contract file is valid and complete, without leftovers, and all of its examples are valid."""

from __future__ import annotations

from typing import Any

import pytest
from openapi_spec_validator import validate

from deals_spec.views import COMPONENTS
from tests.deals_spec import oas

SUCCESS = ("200", "201")
NAMED_BY_THE_SITE = {"200", "201", "400", "401", "403", "404", "422", "429", "500"}


@pytest.mark.parametrize("view", ["document", "documented", "full"])
def test_every_view_is_valid_openapi(view: str, request: pytest.FixtureRequest) -> None:
    validate(request.getfixturevalue(view))


@pytest.mark.parametrize("view", ["documented", "full"])
def test_every_example_is_valid_in_both_views(view: str, request: pytest.FixtureRequest) -> None:
    document = request.getfixturevalue(view)
    for path, media in oas.media_types(document):
        for name, node in media.get("examples", {}).items():
            value = oas.resolved(document, node)["value"]
            assert oas.complaints(document, media["schema"], value) == [], f"{path} {name}"


def test_the_example_of_a_parameter_is_valid(full: dict[str, Any]) -> None:
    for path, node in oas.nodes(full):
        if "in" in node and "schema" in node:
            named = [each["value"] for each in node.get("examples", {}).values()]
            for value in [node["example"]] if "example" in node else named:
                assert oas.complaints(full, node["schema"], value) == [], path


def test_every_answer_of_every_operation_has_a_named_example(full: dict[str, Any]) -> None:
    for path, method, operation in oas.operations(full):
        for status, node in operation["responses"].items():
            (media,) = oas.resolved(full, node)["content"].values()
            assert media["examples"], f"{method} {path} {status}"


def test_every_body_has_a_named_example_or_is_a_file(full: dict[str, Any]) -> None:
    for path, method, operation in oas.operations(full):
        if "requestBody" in operation:
            content = oas.resolved(full, operation["requestBody"])["content"]
            assert "multipart/form-data" in content or content["application/json"]["examples"], (
                f"{method} {path}"
            )


def test_no_component_is_unused(document: dict[str, Any]) -> None:
    used = {node["$ref"] for _, node in oas.nodes(document) if isinstance(node.get("$ref"), str)}
    defined = {
        f"{COMPONENTS}{kind}/{name}"
        for kind, named in document["components"].items()
        for name in named
        if kind != "securitySchemes"
    }
    assert defined - used == set()


def test_an_operation_answers_only_the_statuses_that_the_site_names(full: dict[str, Any]) -> None:
    for path, method, operation in oas.operations(full):
        assert operation["responses"].keys() <= NAMED_BY_THE_SITE, f"{method} {path}"
        assert sum(status in SUCCESS for status in operation["responses"]) == 1


def test_generators_understand_the_contract(full: dict[str, Any]) -> None:
    """What some of them refuse, or turn into clients that do not compile or ask for too much."""
    named = {
        "Error",
        "ValidationError",
        "Date",
        "Map",
        "Set",
        "Object",
        "Number",
        "String",
        "Request",
        "Response",
    }
    assert not named & full["components"]["schemas"].keys()
    assert not full["components"].get("requestBodies", {}).keys() & full["components"]["schemas"].keys()
    for path, _, operation in oas.operations(full):
        links = [
            link
            for each in operation["responses"].values()
            for link in oas.resolved(full, each).get("links", {}).values()
        ]
        assert not any("requestBody" in link for link in links), path
        if "requestBody" in operation:
            properties = oas.body_schema(full, operation)["properties"]
            assert not [name for name, each in properties.items() if "default" in oas.resolved(full, each)], (
                path
            )


def test_a_link_leads_to_parameters_that_exist(full: dict[str, Any]) -> None:
    by_id = {operation["operationId"]: operation for _, _, operation in oas.operations(full)}
    links = [
        link
        for operation in by_id.values()
        for node in operation["responses"].values()
        for link in oas.resolved(full, node).get("links", {}).values()
    ]
    assert len(links) > 20
    for link in links:
        target = by_id[link["operationId"]]
        names = oas.parameters(full, target, "path") | oas.parameters(full, target, "query")
        assert link["parameters"].keys() <= names.keys(), link


def test_the_example_file_has_the_columns_of_a_row(document: dict[str, Any]) -> None:
    media = document["components"]["responses"]["CsvFile"]["content"]["text/csv"]
    row = document["components"]["schemas"]["DealsCsv"]["x-csv-row"]
    assert media["examples"]["success"]["value"].splitlines()[0].split(",") == list(row["properties"])


def test_a_field_that_the_parameters_speak_of_is_a_property_of_a_deal(document: dict[str, Any]) -> None:
    deal = document["components"]["schemas"]["Deal"]["properties"]
    for parameter in ("search", "sort_by", "date_field"):
        node = oas.parameters(document, document["paths"]["/deals"]["get"], "query")[parameter]
        named = node.get("x-fields", {})
        fields = (
            named if isinstance(named, list) else [named.get(each, each) for each in node["schema"]["enum"]]
        )
        assert set(fields) <= deal.keys(), parameter
