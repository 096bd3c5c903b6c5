"""The obvious meaning of a response: what laws read, whatever its types and its envelope."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.client.reading import Reading
from deals_spec import Schema
from deals_spec.responses import Responses
from deals_spec.shapes import Shapes
from tests.contract_tests.builders import CONTRACT, exchange

READING = Reading(CONTRACT)
RESPONSES = Responses(CONTRACT.full, CONTRACT.named_statuses)
SHAPES = Shapes(CONTRACT.full)
EXAMPLES = CONTRACT.full["components"]["examples"]
PAGE: dict[str, Any] = EXAMPLES["DealPage"]["value"]
DETAILS: dict[str, Any] = EXAMPLES["DealAnswer"]["value"]
STAGES: dict[str, Any] = EXAMPLES["StageList"]["value"]
NUMBERS = {name: PAGE[name] for name in ("current_page", "last_page", "per_page", "total")}
REFUSED = {"success": False, "message": "Validation failed", "errors": {"name": "Name is required"}}
OPERATIONS = sorted(CONTRACT.operations)
DOCUMENTED = [  # operation, a documented response
    ("listDeals", PAGE),
    ("getDeal", DETAILS),
    ("listDealStages", STAGES),
    ("createDeal", EXAMPLES["DealCreated"]["value"]),
    ("getDealPipeline", EXAMPLES["Pipeline"]["value"]),
    ("listDealTasks", EXAMPLES["TaskList"]["value"]),
    ("updatePipelineStage", EXAMPLES["StageUpdated"]["value"]),
]


def read(operation: str, value: Any, status: int = 200) -> Any:
    """The value as a law reads it."""
    return READING.of(operation, status, value)


def with_deal(**changes: Any) -> dict[str, Any]:
    """The documented details of a deal, with these properties."""
    return {**DETAILS, "data": {**DETAILS["data"], **changes}}


def documented(schema: Schema) -> st.SearchStrategy[Any]:
    """Any value that a schema of the contract describes; formats and limits are left to chance."""
    shape = SHAPES.of(schema)
    plain: dict[str, st.SearchStrategy[Any]] = {
        "string": st.text(max_size=9) | st.sampled_from(["1", "9.00", "true", "a,b"]),
        "integer": st.integers(),
        "number": st.integers() | st.floats(allow_nan=False, allow_infinity=False),
        "boolean": st.booleans(),
    }
    if shape.enum:
        return st.sampled_from(shape.enum)
    if shape.type == "object":
        if shape.values is not None:
            return st.dictionaries(st.text(max_size=5), documented(shape.values), max_size=3)
        return st.fixed_dictionaries({name: documented(each) for name, each in shape.properties.items()})
    if shape.type == "array":
        return st.lists(documented(shape.items or {}), max_size=2)
    return plain.get(shape.type, st.none())


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def altered(draw: st.DrawFn) -> tuple[str, Any]:
    """A documented response, one part of which is replaced by anything."""
    operation, value = draw(st.sampled_from(DOCUMENTED))
    value = node = copy.deepcopy(value)
    while isinstance(node, dict | list) and node:
        keys = list(node) if isinstance(node, dict) else range(len(node))
        key = draw(st.sampled_from(keys))
        if not isinstance(node[key], dict | list) or draw(st.booleans()):
            node[key] = draw(json_values)
            break
        node = node[key]
    return operation, value


@given(st.data())
def test_a_documented_response_reads_as_itself(data: st.DataObject) -> None:
    operation = data.draw(st.sampled_from(OPERATIONS))
    schema = RESPONSES.schema(operation, data.draw(st.sampled_from([200, 201, 404, 422])))
    if schema is not None:
        value = data.draw(documented(schema))
        assert READING.read(schema, value) == value


@given(altered())
def test_anything_can_be_read_and_its_reading_reads_as_itself(changed: tuple[str, Any]) -> None:
    operation, value = changed
    before = copy.deepcopy(value)
    meaning = read(operation, value)

    assert read(operation, meaning) == meaning
    assert value == before


@pytest.mark.parametrize(
    ("sent", "meaning"),
    [
        ({"value": "9.00"}, {"value": 9}),
        ({"value": "1e3"}, {"value": 1000}),
        ({"value": ""}, {"value": None}),
        ({"value": "a lot"}, {"value": "a lot"}),
        ({"stage_id": "2"}, {"stage_id": 2}),
        ({"stage_id": "2.5"}, {"stage_id": "2.5"}),
        ({"is_won": 1, "is_lost": "0"}, {"is_won": True, "is_lost": False}),
        ({"is_won": "true"}, {"is_won": True}),
        ({"is_won": 2}, {"is_won": 2}),
        ({"name": "9.00"}, {"name": "9.00"}),
        ({"name": 7}, {"name": "7"}),
        ({"tags": ["a", "b"]}, {"tags": "a,b"}),
    ],
    ids=str,
)
def test_a_value_is_read_as_the_type_that_is_documented(
    sent: dict[str, Any], meaning: dict[str, Any]
) -> None:
    assert read("getDeal", with_deal(**sent)) == with_deal(**meaning)


@pytest.mark.parametrize(
    "errors",
    [
        {"name": ["Name is required"]},
        {"name": ["Name is required", "and a text"]},
        [{"field": "name", "message": "Name is required"}],
    ],
    ids=str,
)
def test_the_first_text_is_the_error_of_a_field(errors: Any) -> None:
    assert read("createDeal", {**REFUSED, "errors": errors}, 422) == REFUSED


def test_no_errors_may_be_a_list() -> None:
    assert read("createDeal", {**REFUSED, "errors": []}, 422) == {**REFUSED, "errors": {}}


@pytest.mark.parametrize(
    "page",
    [
        {"data": PAGE["data"], "meta": NUMBERS},
        {"data": PAGE["data"], "pagination": NUMBERS, "links": {"next": None}},
        {"data": PAGE},
        {"success": True, "data": {"items": PAGE["data"], **NUMBERS}},
        {"items": PAGE["data"], **NUMBERS},
        {"data": PAGE["data"], "currentPage": 1, "lastPage": 1, "perPage": 25, "total": 1},
        {"data": {"0": PAGE["data"][0]}, **NUMBERS},
    ],
    ids=lambda page: ", ".join(page),
)
def test_a_page_is_read_in_any_envelope(page: dict[str, Any]) -> None:
    meaning = read("listDeals", page)
    assert {name: meaning[name] for name in PAGE} == PAGE


@pytest.mark.parametrize(
    "body",
    [
        {"success": True, "data": {"deal": DETAILS["data"]}},
        {"success": True, "deal": DETAILS["data"]},
        {"deal": DETAILS["data"]},
        DETAILS["data"],
        {"success": True, "data": [DETAILS["data"]]},
        {"result": DETAILS},
    ],
    ids=lambda body: ", ".join(body)[:20],
)
def test_a_deal_is_read_in_any_envelope(body: dict[str, Any]) -> None:
    assert read("getDeal", body)["data"] == DETAILS["data"]


def test_another_spelling_is_read_as_the_documented_one() -> None:
    deal = {name: value for name, value in DETAILS["data"].items() if name != "is_won"}
    assert read("getDeal", {**DETAILS, "data": {**deal, "isWon": False}}) == DETAILS


def test_what_could_be_two_things_is_left_as_it_is() -> None:
    body = {"deal": DETAILS["data"], "previous": DETAILS["data"]}
    assert read("getDeal", body) == body


def test_the_errors_of_fields_are_not_taken_for_a_record() -> None:
    errors = dict.fromkeys(CONTRACT.body_fields("createDeal"), "is wrong")
    body = {"success": False, "message": "Validation failed", "errors": errors}
    assert read("createDeal", body, 201) == body


def test_a_name_inside_another_record_is_not_the_name_of_the_deal() -> None:
    deal = {name: value for name, value in DETAILS["data"].items() if name != "name"}
    body = {**DETAILS, "data": {**deal, "company": {"id": 1, "name": "Acme Corp"}}}
    assert "name" not in read("getDeal", body)["data"]


@pytest.mark.parametrize("before", ["\N{ZERO WIDTH NO-BREAK SPACE}", "Warning: a [notice] in {file}\n"])
def test_what_precedes_the_json_is_not_part_of_it(before: str) -> None:
    assert exchange(200, f"{before}{json.dumps(PAGE)}".encode(), reader=READING.of).json == PAGE


def test_the_body_stays_as_it_came() -> None:
    sent = json.dumps(with_deal(value="9.00")).encode()
    answer = exchange(200, sent, operation_id="getDeal", reader=READING.of)

    assert (answer.data["value"], answer.body) == (9, sent)
