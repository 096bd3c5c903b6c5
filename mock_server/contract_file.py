"""The contract's file: read anew each time, and what is wrong with it said in one line with its place."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from jsonschema.exceptions import best_match

from deals_spec import ContractError
from deals_spec.document import METHODS, read_document, resolved
from deals_spec.places import Place, line_of, located
from mock_server.contract import MockContract
from mock_server.framework import InvalidSpecification, Specification
from mock_server.handlers import handled_operations
from mock_server.state_file import StateFileError
from mock_server.worldfile import WorldFileError

T = TypeVar("T")
log = logging.getLogger(__name__)


def made_of_contract(path: Path, make: Callable[[MockContract], T]) -> tuple[MockContract, T]:
    """The contract as it is in its file now, and what is made of it; raises ContractError if it is wrong."""
    contract = MockContract(*read_document(path))
    try:
        # All that requests need of it and that is otherwise looked up when it is needed.
        _ = contract.compiled, contract.csv_row, contract.reported, contract.roles, contract.max_body_bytes
        _ = contract.documented, contract.annotated
        return contract, make(contract)
    except (ContractError, StateFileError, WorldFileError):
        raise
    except Exception as error:  # a contract can be wrong in as many ways as there are exceptions
        log.debug("Nothing can be made of this contract", exc_info=True)
        place, reason = _problem(contract.document) or ((), _said(error))
        line = line_of(contract.source, place) if place else None
        raise ContractError(located(path, line, reason)) from error


def _problem(document: Any) -> tuple[Place, str] | None:
    """What is wrong, with its place, if that is found; what is least like a contract first."""
    for look in (_dangling_references, _no_openapi, _unusable_operations):
        try:
            if found := next(look(document), None):
                return found
        except Exception:  # what it stumbles over is said by the original error
            log.debug("%s stumbles", look.__name__, exc_info=True)
    return None


def _no_openapi(document: Any) -> Iterator[tuple[Place, str]]:
    """What OpenAPI does not allow."""
    try:
        Specification.from_dict(document)
    except InvalidSpecification as error:
        deepest = best_match([error.__context__])
        yield list(deepest.absolute_path), deepest.message


def _dangling_references(document: Any) -> Iterator[tuple[Place, str]]:
    yield from _dangling(document, document, ())


def _dangling(document: Any, node: Any, place: Place) -> Iterator[tuple[Place, str]]:
    """References to what is not there."""
    if isinstance(node, list):
        for index, each in enumerate(node):
            yield from _dangling(document, each, (*place, index))
    if not isinstance(node, dict):
        return
    if isinstance(reference := node.get("$ref"), str):
        try:
            resolved(document, {"$ref": reference})
        except (KeyError, TypeError):
            yield (*place, "$ref"), f"{reference} is not there"
        except ValueError as error:
            yield (*place, "$ref"), f"{error}"
    for key, each in node.items():
        yield from _dangling(document, each, (*place, key))


def _unusable_operations(document: Any) -> Iterator[tuple[Place, str]]:
    handled = set(handled_operations())
    for path, item in document["paths"].items():
        for method in item:
            if method not in METHODS:
                continue
            place, operation = ("paths", path, method), item[method]
            for key in ("operationId", "tags", "responses"):
                if key not in operation:
                    yield place, f"{key} is missing"
            if operation["operationId"] not in handled:
                yield (
                    (*place, "operationId"),
                    f"no handler in mock_server/handlers: {operation['operationId']}",
                )
            handled.discard(operation["operationId"])
    for left in sorted(handled):
        yield ("paths",), f"the operation {left} is missing, which has a handler in mock_server/handlers"


def _said(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else f"{error}".partition("\n")[0]
