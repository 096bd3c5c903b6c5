"""Checks of responses against both views of the contract: status, content type, headers, body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contract_tests.client.content import excerpt, read_json
from contract_tests.client.exchange import Exchange
from contract_tests.verdict.checks import NO_SERVER_ERROR, VALID_JSON
from contract_tests.verdict.mismatch import Mismatch
from contract_tests.verdict.schema_checks import CHECK, SchemaChecks
from deals_spec import Contract, Schema, View
from deals_spec.document import resolved
from deals_spec.responses import JSON_TYPE, Responses


class ResponseChecks:
    """Checks responses against both views of a contract."""

    def __init__(self, contract: Contract) -> None:
        named = contract.named_statuses
        self._views: dict[View, _ViewChecks] = {
            "documented": _ViewChecks(contract.documented, named, strict=False),
            "full": _ViewChecks(contract.full, named, strict=True),
        }

    def mismatches(self, view: View, exchange: Exchange) -> list[Mismatch]:
        """Everything in which the response does not match the view."""
        return self._views[view].mismatches(exchange)

    def unreadable(self, exchange: Exchange) -> set[str]:
        """The claims about the documented body that even its obvious meaning does not fulfil."""
        return self._views["documented"].unreadable(exchange)


class _ViewChecks:
    """What one view allows an operation to return."""

    def __init__(self, document: dict[str, Any], named: frozenset[int], *, strict: bool) -> None:
        self._document = document
        self._named = named
        self._strict = strict  # whether a named status must also be declared by the operation
        self._responses = Responses(document, named)
        self._schemas = SchemaChecks(document)

    def mismatches(self, exchange: Exchange) -> list[Mismatch]:
        """Everything in which the response does not match the view."""
        operation, status = exchange.operation_id or "", exchange.status
        found = list(self._status(operation, status, exchange.body))
        response = self._responses.of(operation, status)
        if response is None or status >= 500 or status not in self._named:
            return found  # one mismatch is enough
        found += self._headers(response, exchange.headers)
        if content := response.get("content"):
            found += self._content(content, exchange.content_type, exchange.body)
        return found

    def unreadable(self, exchange: Exchange) -> set[str]:
        """The claims about the body that even its obvious meaning does not fulfil."""
        schema = self._responses.schema(exchange.operation_id or "", exchange.status)
        if schema is None:
            return set()
        return {mismatch.claim for mismatch in self._schemas.mismatches(schema, exchange.json)}

    def _status(self, operation: str, status: int, body: bytes) -> Iterator[Mismatch]:
        named = ", ".join(map(str, sorted(self._named)))
        received = f"status {status}: {excerpt(body)}"
        if status >= 500:
            yield Mismatch("not_a_server_error", NO_SERVER_ERROR, "no 5xx status", received)
        elif status not in self._named:
            claim = f"the response status is one that the documentation names, not {status}"
            yield Mismatch("status_code_conformance", claim, f"one of {named}", received)
        elif self._strict and not self._responses.declares(operation, status):
            claim = f"the response status is one that the contract declares for the operation, not {status}"
            declared = ", ".join(sorted(self._responses.declared(operation)))
            yield Mismatch("status_code_conformance", claim, f"one of {declared}", received)

    def _headers(self, response: Schema, headers: Mapping[str, str]) -> Iterator[Mismatch]:
        sent = {name.lower() for name in headers}
        for name, node in response.get("headers", {}).items():
            if resolved(self._document, node).get("required") and name.lower() not in sent:
                claim = f"the response has the header {name}"
                yield Mismatch("response_headers_conformance", claim, f"{name}: …", "no such header")

    def _content(self, content: Schema, content_type: str | None, body: bytes) -> Iterator[Mismatch]:
        expected = next(iter(content))
        kind = (content_type or "").partition(";")[0].strip().lower()
        if not self._strict and expected == JSON_TYPE and kind.endswith("+json"):
            kind = expected  # the documentation shows JSON, but names no media type of a response
        if kind not in content:
            claim = f"the response has the content type {expected}"
            received = f"{content_type or 'no Content-Type'}: {excerpt(body)}"
            yield Mismatch("content_type_conformance", claim, expected, received)
            return
        if kind != JSON_TYPE:
            return
        try:
            value = read_json(body)
        except ValueError:
            yield Mismatch(CHECK, VALID_JSON, "valid JSON", excerpt(body))
            return
        yield from self._schemas.mismatches(content[kind].get("schema", {}), value)
