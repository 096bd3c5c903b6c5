"""Connexion is told an abridged contract; the whole is checked as if it had been told all of it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from mock_server.contract import MockContract
from mock_server.control.contract import ControlContract
from mock_server.framework import InvalidSpecification, Specification
from mock_server.testing import build_mock
from mock_server.transport.abridged import abridged
from mock_server.transport.whole_check import check

CONTRACTS = (MockContract.load(), ControlContract.packaged())
Edit = tuple[tuple[str, ...], dict[Any, Any]]  # the place of a node, and what it has then
SCHEMAS = ("components", "schemas")
DEAL = (*SCHEMAS, "Deal")
LIST = ("paths", "/deals", "get")


def edited(edit: Edit) -> Any:
    place, more = edit
    document = node = copy.deepcopy(CONTRACTS[0].document)
    for key in place:
        node = node[key]
    node.update(more)
    return document


def raised_by(function: Callable[[Any], object], document: Any) -> tuple[type[Exception], str]:
    with pytest.raises(Exception) as raised:  # noqa: PT011  # whichever it is, it must be the same
        function(copy.deepcopy(document))
    return raised.type, str(raised.value)


@pytest.mark.parametrize("contract", CONTRACTS, ids=("deals", "admin"))
def test_the_packaged_contracts_pass_connexions_own_check(contract: MockContract) -> None:
    assert Specification.from_dict(contract.document).raw["paths"].keys() == contract.document["paths"].keys()


@pytest.mark.parametrize("contract", CONTRACTS, ids=("deals", "admin"))
def test_a_right_contract_does_not_have_to_wait_for_connexion(
    contract: MockContract, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Specification, "from_dict", lambda _: pytest.fail("Connexion has checked it all"))
    check(contract.document)


BROKEN: dict[str, Edit] = {
    "no title": ((), {"info": {}}),
    "another version": ((), {"openapi": "2.0"}),
    "no version": ((), {"openapi": None}),
    "an unknown type": (DEAL, {"type": "bool"}),
    "an unknown key": (DEAL, {"types": "object"}),
    "a parameter nowhere": (("components", "parameters", "DealId"), {"in": "body"}),
    "a response without words": ((*LIST, "responses"), {"200": {}}),
    "a default that does not fit": (DEAL, {"default": "a deal"}),
    "a default that is null": (DEAL, {"default": None}),
    "a dangling reference": (DEAL, {"properties": {"id": {"$ref": "#/components/schemas/Ib"}}}),
    "a reference to itself": (SCHEMAS, {"Deal": {"$ref": "#/components/schemas/Deal"}}),
    "a reference to another file": (SCHEMAS, {"Deal": {"$ref": "nowhere.yaml#/Deal"}}),
    "a property like a reference": (DEAL, {"properties": {"$ref": {"type": "string"}}}),
}


@pytest.mark.parametrize("edit", BROKEN.values(), ids=BROKEN)
def test_a_wrong_contract_is_refused_in_connexions_words(edit: Edit) -> None:
    document = edited(edit)
    assert raised_by(check, document) == raised_by(Specification.from_dict, document)


ODD: dict[str, Edit] = {
    "numbers for statuses": (LIST, {"responses": {200: {"description": "Good"}}}),
    "a pattern that only Python knows": (DEAL, {"pattern": "(?P<a>.)(?P=a)"}),
    "null for a default": (DEAL, {"default": None, "nullable": True}),
}


@pytest.mark.parametrize("edit", ODD.values(), ids=ODD)
def test_what_connexion_allows_is_allowed(edit: Edit) -> None:
    document = edited(edit)
    Specification.from_dict(copy.deepcopy(document))
    check(document)


def test_a_mock_is_not_made_of_a_wrong_contract() -> None:
    contract = MockContract(b"", edited(BROKEN["an unknown type"]))
    with pytest.raises(InvalidSpecification):
        _ = build_mock(contract=contract, deals=0).app


@pytest.mark.parametrize("contract", CONTRACTS, ids=("deals", "admin"))
def test_connexion_learns_the_same_from_the_abridged_contract(contract: MockContract) -> None:
    told, whole = (
        Specification.from_dict(abridged(contract.document)),
        Specification.from_dict(contract.document),
    )
    assert told.security == whole.security
    assert told.security_schemes == whole.security_schemes
    for operation in contract.operations.values():
        short, full = (each.get_operation(operation.path, operation.method.lower()) for each in (told, whole))
        assert short["operationId"] == operation.id
        assert short.get("security") == full.get("security")


def test_two_operations_with_one_id_are_refused() -> None:
    again = {"operationId": "listDeals", "tags": ["Deals"], "responses": {"200": {"description": ""}}}
    document = edited((("paths",), {"/again": {"get": again}}))
    with pytest.raises(ValueError, match="the operationId listDeals is there twice"):
        abridged(document)
