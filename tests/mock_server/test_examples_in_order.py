"""Every example of the contract, sent in document order to a fresh mock, succeeds."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from deals_spec import Operation
from deals_spec.document import resolved
from tests.mock_server.conftest import Start, contract, seeded

DOCUMENT = contract().document
OPERATIONS = tuple(contract().operations.values())
NAME = "success"  # pairs the examples of parameters, body and response; errors are named after their reason


def _value(examples: Any) -> Any:
    return resolved(DOCUMENT, examples[NAME])["value"]


def _request(operation: Operation) -> dict[str, Any]:
    """The example of an operation as a request."""
    path = {each["name"]: _value(each["examples"]) for each in operation.parameters if each["in"] == "path"}
    sent: dict[str, Any] = {
        "method": operation.method,
        "path": "/api" + re.sub(r"\{(\w+)\}", lambda found: str(path[found[1]]), operation.path),
        "params": {name: each["example"] for name, each in operation.query.items()},
    }
    for kind, media in operation.body_media.items():
        body = _value(media["examples"])
        if kind == "multipart/form-data":
            sent["files"] = {name: (f"{name}.csv", text, "text/csv") for name, text in body.items()}
        else:
            sent["json"] = body
    return sent


def _success(operation: Operation) -> tuple[int, dict[str, Any]]:
    """The status of an operation's success, and its examples."""
    (status,) = (each for each in operation.responses if each < 300)
    (media,) = operation.responses[status]["content"].values()
    return status, media["examples"]


@pytest.fixture(scope="module")
def answers(start: Start) -> dict[str, httpx.Response]:
    """The answer to each example, all sent to one mock in the order of the document."""
    fresh = start(seeded())
    return {each.id: fresh.send(**_request(each)) for each in OPERATIONS}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.id)
def test_an_example_succeeds(operation: Operation, answers: dict[str, httpx.Response]) -> None:
    answer = answers[operation.id]
    assert answer.status_code == _success(operation)[0], answer.text


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.id)
def test_the_example_of_a_write_is_what_the_mock_answers(
    operation: Operation, answers: dict[str, httpx.Response]
) -> None:
    """But for times, and for what depends on them."""
    shown = _value(_success(operation)[1])
    if operation.writes and "data" in shown:
        answer = answers[operation.id].json()
        assert _lasting(answer) == _lasting(shown)


def _lasting(body: Any) -> Any:
    passing = ("risk", "created_at", "updated_at", "token", "app_version")
    if isinstance(body, dict):
        return {name: _lasting(value) for name, value in body.items() if name not in passing}
    return [_lasting(each) for each in body] if isinstance(body, list) else body


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.id)
def test_one_name_pairs_the_examples_of_request_and_response(operation: Operation) -> None:
    named = [media["examples"] for media in operation.body_media.values()]
    named += [each["examples"] for each in operation.parameters if each["in"] == "path"]
    assert [list(each) for each in (*named, _success(operation)[1])] == [[NAME]] * (len(named) + 1)
