"""Checks of responses against both views of the contract: status, content type, headers, body."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import jsonschema_rs

from contract_tests.client.content import excerpt, read_json
from contract_tests.client.exchange import Exchange
from contract_tests.verdict.checks import NO_SERVER_ERROR
from deals_spec import Contract, Schema, View
from deals_spec.document import resolved
from deals_spec.json_schema import compiled, translated_components

JSON_TYPE: Final = "application/json"


@dataclass(frozen=True)
class Mismatch:
    """One way in which a response does not match; its claim contains no data of the run."""

    check: str
    claim: str
    expected: str
    received: str

    @property
    def place(self) -> str:
        """What it is about: the place in the body, or the check."""
        first = self.claim.partition(" ")[0]
        return first if first.startswith("body") else self.check


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


class _ViewChecks:
    """What one view allows an operation to return, its schemas compiled on first use."""

    def __init__(self, document: dict[str, Any], named: frozenset[int], *, strict: bool) -> None:
        self._document = document
        self._named = named
        self._strict = strict  # whether a named status must also be declared by the operation
        self._responses = {
            node["operationId"]: node["responses"]
            for item in document["paths"].values()
            for node in item.values()
            if isinstance(node, dict) and "operationId" in node
        }
        self._components = translated_components(document)
        self._compiled: dict[str, jsonschema_rs.Validator] = {}

    def mismatches(self, exchange: Exchange) -> list[Mismatch]:
        """Everything in which the response does not match the view."""
        operation, status = exchange.operation_id or "", exchange.status
        found = list(self._status(operation, status, exchange.body))
        response = self._response(operation, status)
        if response is None or status >= 500 or status not in self._named:
            return found  # one mismatch is enough
        found += self._headers(response, exchange.headers)
        if content := response.get("content"):
            found += self._content(content, exchange.content_type, exchange.body)
        return found

    def _status(self, operation: str, status: int, body: bytes) -> Iterator[Mismatch]:
        named = ", ".join(map(str, sorted(self._named)))
        received = f"status {status}: {excerpt(body)}"
        if status >= 500:
            yield Mismatch("not_a_server_error", NO_SERVER_ERROR, "no 5xx status", received)
        elif status not in self._named:
            claim = f"the response status is one that the documentation names, not {status}"
            yield Mismatch("status_code_conformance", claim, f"one of {named}", received)
        elif self._strict and not self._declared(operation, status):
            claim = f"the response status is one that the contract declares for the operation, not {status}"
            declared = ", ".join(sorted(self._responses.get(operation, {})))
            yield Mismatch("status_code_conformance", claim, f"one of {declared}", received)

    def _declared(self, operation: str, status: int) -> bool:
        responses = self._responses.get(operation, {})
        return str(status) in responses or f"{status // 100}XX" in responses

    def _response(self, operation: str, status: int) -> Schema | None:
        """What the view says of this status; if the operation does not declare it, of a similar one."""
        responses = self._responses.get(operation, {})
        chosen = responses.get(str(status)) or responses.get(f"{status // 100}XX")
        if chosen is None and status // 100 == 2:
            chosen = next((r for code, r in responses.items() if code.startswith("2")), None)
        if chosen is None and status in self._named and status >= 400:
            chosen = next((r[str(status)] for r in self._responses.values() if str(status) in r), None)
        return None if chosen is None else self._resolve(chosen)

    def _headers(self, response: Schema, headers: Mapping[str, str]) -> Iterator[Mismatch]:
        sent = {name.lower() for name in headers}
        for name, node in response.get("headers", {}).items():
            if self._resolve(node).get("required") and name.lower() not in sent:
                claim = f"the response has the header {name}"
                yield Mismatch("response_headers_conformance", claim, f"{name}: …", "no such header")

    def _content(self, content: Schema, content_type: str | None, body: bytes) -> Iterator[Mismatch]:
        expected = next(iter(content))
        kind = (content_type or "").partition(";")[0].strip().lower()
        if kind not in content:
            claim = f"the response has the content type {expected}"
            received = f"{content_type or 'no Content-Type'}: {excerpt(body)}"
            yield Mismatch("content_type_conformance", claim, expected, received)
            return
        if kind != JSON_TYPE:
            return
        try:
            value = _encodable(read_json(body))
        except ValueError:
            claim = "the response body is valid JSON"
            yield Mismatch("response_schema_conformance", claim, "valid JSON", excerpt(body))
            return
        yield from self._body(content[kind].get("schema", {}), value)

    def _body(self, schema: Schema, value: Any) -> Iterator[Mismatch]:
        validator = self._validator(schema)
        if validator.is_valid(value):
            return
        seen = set()
        for error in validator.iter_errors(value):
            for leaf in _leaves(error):
                mismatch = _mismatch(leaf)
                if mismatch.claim not in seen:
                    seen.add(mismatch.claim)
                    yield mismatch

    def _validator(self, schema: Schema) -> jsonschema_rs.Validator:
        key = json.dumps(schema, sort_keys=True)
        if key not in self._compiled:
            self._compiled[key] = compiled(schema, self._components)
        return self._compiled[key]

    def _resolve(self, node: Schema) -> Schema:
        return resolved(self._document, node)


def _encodable(value: Any) -> Any:
    """The value with lone surrogates replaced, because the validator cannot handle them."""
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        text = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
        return json.loads(text)
    return value


def _leaves(error: jsonschema_rs.ValidationError) -> Iterator[jsonschema_rs.ValidationError]:
    """The errors that say what is wrong: inside a nullable reference, not those of its `anyOf`."""
    context = getattr(error.kind, "context", None)
    branches = [branch for branch in context or () if branch]
    telling = [branch for branch in branches if not _only_says_not_null(branch)]
    if len(branches) > 1 and len(telling) == 1 and error.instance is not None:
        for inner in telling[0]:
            yield from _leaves(inner)
    else:
        yield error


def _only_says_not_null(branch: list[jsonschema_rs.ValidationError]) -> bool:
    return len(branch) == 1 and list(branch[0].schema_path)[-2:] == [1, "type"]


def _mismatch(error: jsonschema_rs.ValidationError) -> Mismatch:
    where = _place(error.instance_path)
    claim, expected = _claim(error, where)
    received = excerpt(f"{where} = {json.dumps(error.instance, ensure_ascii=False, default=str)}")
    return Mismatch("response_schema_conformance", claim, expected, received)


def _place(path: list[str | int]) -> str:
    """The place in the body, with * for list positions."""
    parts = ["*" if isinstance(part, int) else part for part in path]
    return ".".join(["body", *parts])


def _claim(error: jsonschema_rs.ValidationError, where: str) -> tuple[str, str]:
    kind: Any = error.kind
    if kind.name == "required":
        missing = f"{where}.{kind.property}"
        return f"{missing} is present", f"an object with {kind.property}"
    if kind.name == "type":
        types = " or ".join(sorted(kind.types))
        return f"{where} is of type {types}", types
    if kind.name == "enum":
        return f"{where} is one of the documented values", f"one of {json.dumps(kind.options)}"
    if kind.name == "format":
        return f"{where} has the format {kind.format}", f"format {kind.format}"
    details = [getattr(kind, name) for name in ("limit", "pattern") if hasattr(kind, name)]
    detail = "".join(f" {each}" for each in details)
    return f"{where} satisfies {kind.name}{detail}", f"{kind.name}{detail}"
