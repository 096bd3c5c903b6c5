"""What the mock reads from the contract instead of knowing it."""

from __future__ import annotations

from pathlib import Path

import pytest

from deals_spec import ContractError
from mock_server.contract import MockContract
from mock_server.mutations.defects.access import EVERYDAY
from tests.mock_server.listing_oracle import SEARCHED

TINY = """
openapi: 3.0.3
info: {title: Tiny, version: "1"}
servers: [{url: "https://example.com/base"}]
x-max-body-bytes: 10
paths:
  /things/{id}:
    get:
      operationId: getThing
      tags: [Things]
      parameters:
        - {name: id, in: path, required: true, schema: {type: integer}}
      responses: {'200': {description: A thing, content: {application/json: {schema: {type: object}}}}}
components:
  schemas: {}
"""


@pytest.fixture(scope="module")
def contract() -> MockContract:
    return MockContract.load()


def tiny(tmp_path: Path, *changes: tuple[str, str]) -> MockContract:
    text = TINY
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "tiny.yaml"
    path.write_text(text)
    return MockContract.load(path)


def operation_ids(item: dict[str, dict[str, str]]) -> list[str]:
    return [node["operationId"] for method, node in item.items() if method != "parameters"]


def test_every_operation_is_there(contract: MockContract) -> None:
    written = [id_ for item in contract.document["paths"].values() for id_ in operation_ids(item)]
    assert list(contract.operations) == written
    assert contract.operations["moveDealToStage"].path == "/deals/{id}/stage"


def test_only_signing_in_is_public(contract: MockContract) -> None:
    assert [o.id for o in contract.operations.values() if o.public] == ["login"]


def test_what_changes_the_pipeline_for_all_needs_the_admin(contract: MockContract) -> None:
    needed = {o.id for o in contract.operations.values() if o.required_role == "admin"}
    assert needed >= {
        "createPipelineStage",
        "deletePipelineStage",
        "importDeals",
        "reorderPipelineStages",
        "updatePipelineStage",
    }
    assert not needed & set(EVERYDAY)


def test_roles_are_ranked_from_the_lowest(contract: MockContract) -> None:
    assert contract.roles == ("rep", "manager", "admin")


def test_the_base_path_is_that_of_the_documented_server(contract: MockContract) -> None:
    assert contract.base_path == "/api"


def test_properties_come_in_the_contracts_order_with_those_of_allof_parts(contract: MockContract) -> None:
    names = contract.properties("DealDetails")
    assert names[:3] == ("id", "name", "value")
    assert names[-1] == "deal_notes"


def test_sort_values_mean_response_properties(contract: MockContract) -> None:
    fields = contract.fields_of("sort_by")
    assert fields["title"] == "name"
    assert fields["value"] == "value"
    assert set(fields.values()) <= set(contract.properties("Deal"))


def test_search_lists_the_properties_that_it_looks_into(contract: MockContract) -> None:
    assert tuple(contract.fields_of("search")) == SEARCHED


def test_a_default_of_a_body_field_is_asked_for_by_name(contract: MockContract) -> None:
    assert contract.defaults("TaskInput")["priority"] == "medium"


def test_the_columns_of_the_csv_file_are_in_order(contract: MockContract) -> None:
    assert list(contract.csv_row.properties)[:3] == ["name", "value", "stage_name"]


def test_every_error_of_every_operation_has_a_compiled_schema(contract: MockContract) -> None:
    for operation in contract.compiled.values():
        for status, bodies in operation.responses.items():
            assert bodies, (operation.id, status)


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/deals", ("GET", "POST")),
        ("/deals/1", ("GET", "PUT", "DELETE")),
        ("/deals/-1", ("GET", "PUT", "DELETE")),
        ("/deals/stages", ("GET",)),
        ("/deals/1/tasks/2", ("PUT", "DELETE")),
        ("/pipeline-stages/reorder", ("PUT",)),
        ("/deals/", ()),
        ("/deals/x", ()),
        ("/deals/1\n", ()),
        ("/deals/1.0", ()),
        ("/deals/١", ()),
        ("/deals/" + "9" * 5000, ()),
        ("", ()),
    ],
)
def test_a_path_has_the_methods_of_the_contract(
    contract: MockContract, path: str, methods: tuple[str, ...]
) -> None:
    operations, _ = contract.route(path) or ({}, {})
    assert set(operations) == set(methods)


def test_dates_of_the_file_are_text(contract: MockContract) -> None:
    deal = contract.document["components"]["examples"]["DealAnswer"]["value"]["data"]
    assert isinstance(deal["expected_close_date"], str)


def test_a_file_of_ones_own_is_read(tmp_path: Path) -> None:
    contract = tiny(tmp_path)
    assert list(contract.operations) == ["getThing"]
    assert contract.base_path == "/base"
    assert contract.max_body_bytes == 10


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (("operationId: getThing", "operationId: getThing\n      x-lucky: 7"), "#/paths/~/get/x-lucky"),
        (("schema: {type: object}", "schema: {type: object, x-odd: 1}"), "x-odd"),
        (("x-max-body-bytes", "x-max-body-byte"), "#/x-max-body-byte"),
    ],
)
def test_an_unknown_key_is_refused_and_the_known_are_named(
    tmp_path: Path, change: tuple[str, str], where: str
) -> None:
    with pytest.raises(ContractError) as refusal:
        tiny(tmp_path, change)
    assert where.rpartition("/")[2] in str(refusal.value)
    assert "must be one of x-provenance," in str(refusal.value)


def test_a_name_or_an_example_that_begins_with_x_is_no_key(tmp_path: Path) -> None:
    properties = "{type: object, properties: {x-ray: {type: string}}, example: {x-ray: a}}"
    assert tiny(tmp_path, ("schema: {type: object}", f"schema: {properties}"))


@pytest.mark.parametrize("text", ["[", "just text", "[]", "a: 1"])
def test_a_file_that_is_no_contract_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "no.yaml"
    path.write_text(text)
    with pytest.raises(ContractError, match=r"no\.yaml"):
        MockContract.load(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="cannot be read"):
        MockContract.load(tmp_path / "none.yaml")
