"""Why a request of the journal was refused: the rules of the contract, and what they rest on."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from deals_spec import Operation
from deals_spec.document import resolved
from deals_spec.places import Place
from deals_spec.provenance import (
    Provenance,
    body_place,
    node_at,
    parameter_place,
    property_place,
    provenance_of,
    response_place,
    weakest,
)
from mock_server.contract import MockContract
from mock_server.control.redaction import is_secret
from mock_server.domain.nearest_valid import nearest_valid
from mock_server.errors import Rejection
from mock_server.header_fields import by_name
from mock_server.journal import Entry
from mock_server.schemas import Failure
from mock_server.transport.reading import as_texts, body_value, media_type, read_query


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """A rule that a request has broken."""

    field: str | None
    message: str
    place: Place  # in the contract
    rests_on: Provenance
    expected: Any = None  # what the contract says at this place
    did_you_mean: Any = None


@dataclass(frozen=True, slots=True)
class _Part:
    """The query or the body of a request: what was sent, what is wrong, and where it is described."""

    values: Mapping[str, Any] = field(default_factory=dict)
    failures: Mapping[str, Failure] = field(default_factory=dict)
    place_of: Callable[[str], Place | None] = lambda _: None  # of the schema of a field
    base: Place = ()  # where the validated schema stands


def broken_rules(contract: MockContract, entry: Entry) -> list[BrokenRule]:
    """The rules that a request has broken; none if it was not refused, or not by the contract."""
    operation = contract.operations.get(entry.operation or "")
    status = entry.status
    is_refused = entry.answered_by == "api" and 400 <= status < 500
    # Without the bodies, which the journal keeps for a while only, nothing is known for certain.
    if operation is None or not is_refused or entry.response.body is None or entry.request.body is None:
        return []
    answer = _answer(entry)
    errors: Mapping[str, str] = answer.get("errors", {})
    if not errors:
        return [_of_status(contract, operation, status, answer.get("message", ""))]
    parts = [_query(contract, operation, entry), _body(contract, operation, entry)]
    return [_of_field(contract, operation, parts, name, text) for name, text in errors.items()]


def _of_status(contract: MockContract, operation: Operation, status: int, message: str) -> BrokenRule:
    """What the contract says about a status."""
    place, expected = response_place(contract.document, operation, status), None
    if status == 403 and operation.required_role:
        place, expected = (*_place(operation), "x-required-role"), operation.required_role
    return BrokenRule(None, message, place, provenance_of(contract.document, place), expected)


def _of_field(
    contract: MockContract, operation: Operation, parts: list[_Part], name: str, message: str
) -> BrokenRule:
    for part in parts:
        if name in part.failures:
            return _by_schema(contract, part, name)
    described = (part.place_of(name) for part in parts)
    # The contract has no keyword for this rule, such as that a record must exist.
    place = next((found for found in described if found), _place(operation))
    return BrokenRule(name, message, place, "guess")


def _by_schema(contract: MockContract, part: _Part, name: str) -> BrokenRule:
    document, failure = contract.document, part.failures[name]
    described = part.place_of(name) or part.base
    place: Place = failure.place
    if place[0] != "components":
        place = (*part.base, *place) if part.base else (*described, *place[2:])
    holder = node_at(document, place[:-1]) or {}
    expected = node_at(document, place)
    if failure.keyword == "required":
        return BrokenRule(name, failure.text, place, provenance_of(document, (*place, name)), True)
    schema = contract.schemas.compile(resolved(document, node_at(document, described) or {}))
    meant = None if is_secret(name) else nearest_valid(part.values.get(name), holder, schema.is_valid)
    rests_on = weakest(provenance_of(document, described), provenance_of(document, place))
    return BrokenRule(name, failure.text, place, rests_on, expected, meant)


def _query(contract: MockContract, operation: Operation, entry: Entry) -> _Part:
    compiled = contract.compiled[operation.id]
    try:
        texts = read_query(compiled, entry.query.encode()).texts
    except Rejection:
        return _Part()

    def place_of(name: str) -> Place | None:
        found = parameter_place(contract.document, operation, name)
        return found and (*found, "schema")

    return _Part(texts, compiled.query.failures(texts), place_of)


def _body(contract: MockContract, operation: Operation, entry: Entry) -> _Part:
    """The body, as far as it was kept and can be read."""
    compiled, headers = contract.compiled[operation.id], by_name(entry.request.headers)
    try:
        sent = body_value(compiled, entry.request.body or b"", headers, contract.max_body_bytes, [])
    except Rejection:
        return _Part()
    if not isinstance(sent, dict):
        return _Part()
    kind = media_type(headers)
    base = body_place(contract.document, operation, kind)
    failures = compiled.bodies[kind].failures(as_texts(sent))
    return _Part(
        sent, failures, lambda name: property_place(contract.document, base, name.split(".")[0]), base
    )


def _place(operation: Operation) -> Place:
    return ("paths", operation.path, operation.method.lower())


def _answer(entry: Entry) -> Mapping[str, Any]:
    try:
        answer = json.loads(entry.response.body or b"{}")
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
