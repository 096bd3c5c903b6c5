"""For Schemathesis: an empty text that counts as null or missing is valid, which OpenAPI cannot say."""

from __future__ import annotations

from typing import Any

import schemathesis

from mock_server.contract import MockContract

OPERATIONS = MockContract.load().compiled


@schemathesis.hook
def filter_case(_context: Any, case: Any) -> bool:
    """Whether no value of a case is such a text, as forms send it for what has no value."""
    operation = OPERATIONS[case.operation.definition.raw["operationId"]]
    query = case.query if isinstance(case.query, dict) else {}
    body = case.body if isinstance(case.body, dict) else {}
    empty = [name for name, value in query.items() if value == ""]
    unset = any(operation.query.read({name: ""}) == operation.query.read({}) for name in empty)
    return not unset and not any(body.get(name) == "" for name in operation.emptied)
