"""Every operation has its handler, and every handler its operation."""

from __future__ import annotations

from types import ModuleType

import pytest

from mock_server import handlers
from mock_server.contract import MockContract


def module_of(source: str) -> ModuleType:
    module = ModuleType("pieces")
    exec(source, module.__dict__)
    return module


PIECES = module_of("def list_deals(): ...\ndef _help(): ...\nfrom os.path import join\nNUMBER = 1")


def test_a_handler_is_found_by_the_name_of_its_operation() -> None:
    assert handlers.handlers_of(["listDeals"], [PIECES])["listDeals"] is PIECES.list_deals


def test_an_operation_without_a_handler_stops_the_mock() -> None:
    with pytest.raises(handlers.HandlerError, match=r"without a handler: get_deal; .*operation: none"):
        handlers.handlers_of(["listDeals", "getDeal"], [PIECES])


def test_a_handler_without_an_operation_stops_the_mock() -> None:
    with pytest.raises(handlers.HandlerError, match=r"without a handler: none; .*operation: list_deals"):
        handlers.handlers_of([], [PIECES])


def test_the_mocks_own_handlers_fit_the_contract() -> None:
    contract = MockContract.load()
    assert list(handlers.handlers_of(contract.operations, handlers.modules())) == list(contract.operations)
