"""Where something stands in the contract's file, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from deals_spec import Contract
from deals_spec.places import Lines, Place, lines_of, pointer
from deals_spec.provenance import node_at, parameter_place, property_place, provenance_of

CONTRACT = Contract.load()
DOCUMENT = CONTRACT.document
LIST = ("paths", "/deals", "get", "parameters")


@pytest.mark.parametrize(
    ("place", "rests_on"),
    [
        ((*LIST, 1, "schema", "maximum"), "documented"),
        ((*LIST, 1, "schema", "minimum"), "guess"),  # x-inferred: [minimum]
        (("components", "responses", "NotFound", "description"), "site"),
        (("paths", "/auth/login", "post", "summary"), "site"),
        (("components", "schemas", "Money", "type"), "documented"),
        (("components", "schemas", "Money", "minimum"), "guess"),
        (("components", "schemas", "NewStage", "required", "name"), "documented"),
        (("paths", "/pipeline-stages", "post", "x-required-role"), "guess"),
        (("x-max-body-bytes",), "guess"),
    ],
)
def test_what_a_place_rests_on(place: Place, rests_on: str) -> None:
    assert provenance_of(DOCUMENT, place) == rests_on


def test_a_member_of_a_list_may_be_a_guess_by_itself() -> None:
    document = {"schema": {"required": ["name", "color"], "x-inferred": ["required.color"]}}
    assert provenance_of(document, ("schema", "required", "name")) == "documented"
    assert provenance_of(document, ("schema", "required", "color")) == "guess"


def test_what_the_documented_view_does_not_have_is_a_guess() -> None:
    gone = [
        name
        for name in DOCUMENT["components"]["schemas"]
        if name not in CONTRACT.documented["components"]["schemas"]
    ]
    marked = [n for n in gone if DOCUMENT["components"]["schemas"][n].get("x-provenance") == "inferred"]
    assert marked
    assert {provenance_of(DOCUMENT, ("components", "schemas", name)) for name in marked} == {"guess"}


def test_every_key_is_on_the_line_that_is_named() -> None:
    written = CONTRACT.source.decode().splitlines()
    lines = lines_of(CONTRACT.source)
    places = list(_keys(DOCUMENT, ()))
    assert len(places) > 2000
    wrong = [place for place in places if str(place[-1]) not in written[lines.of(place) - 1]]
    assert not wrong


def _keys(node: Any, place: Place) -> Iterator[Place]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield (*place, key)
            yield from _keys(value, (*place, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _keys(value, (*place, index))


def test_a_place_that_is_not_there_is_on_the_line_of_what_is_above_it() -> None:
    assert Lines(b"a:\n  b: 1\n").of(("a", "b", "c", 3)) == 2
    assert Lines(b"a: [x]\n").of(("nothing",)) == 1


def test_a_pointer_escapes_what_separates() -> None:
    assert pointer(("paths", "/a~b", 0)) == "#/paths/~1a~0b/0"


def test_parameters_are_found_by_name_and_references_are_followed() -> None:
    operation = CONTRACT.operations["listDeals"]
    assert parameter_place(DOCUMENT, operation, "per_page") == (*LIST, 1)
    assert parameter_place(DOCUMENT, operation, "scope") == ("components", "parameters", "Scope")
    assert parameter_place(DOCUMENT, operation, "nothing") is None


def test_properties_are_found_in_the_parts_of_a_schema() -> None:
    detail = ("components", "schemas", "DealDetails")
    assert "allOf" in DOCUMENT["components"]["schemas"]["DealDetails"]
    found = property_place(DOCUMENT, detail, "name")
    assert found is not None
    assert found[:2] == ("components", "schemas")
    assert node_at(DOCUMENT, found)
    assert property_place(DOCUMENT, detail, "nothing") is None
