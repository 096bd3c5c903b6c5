"""Answers held against one view of the contract: status, content type, headers, body."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import jsonschema_rs

Schema = Mapping[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"
JSON_TYPE = "application/json"
EXCERPT = 400  # characters of an answer that a finding shows
UNUSED = frozenset({  # what a validator has no use for
    *("example", "examples", "description", "title", "default", "deprecated", "nullable"),
    *("discriminator", "xml", "externalDocs", "readOnly", "writeOnly"),
})  # fmt: skip
SUBSCHEMAS = {  # keyword → how schemas stand in its value
    "properties": "map",
    "items": "one",
    "additionalProperties": "one",
    "not": "one",
    "allOf": "list",
    "anyOf": "list",
    "oneOf": "list",
}


@dataclass(frozen=True)
class Departure:
    """One departure of an answer; the claim holds no data, so that it is the same in every run."""

    check: str
    claim: str
    expected: str
    received: str

    @property
    def place(self) -> str:
        """What it speaks of: the first word of the claim, or the check."""
        first = self.claim.partition(" ")[0]
        return first if first.startswith("body") else self.check


class Answers:
    """What one view allows an operation to answer, its schemas compiled on first use."""

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
        self._components = {
            "components": {
                "schemas": {
                    name: translate(schema)
                    for name, schema in document["components"].get("schemas", {}).items()
                }
            }
        }
        self._compiled: dict[str, jsonschema_rs.Validator] = {}

    def departures(
        self, operation: str, status: int, content_type: str | None, body: bytes, headers: Mapping[str, str]
    ) -> list[Departure]:
        """Everything in which this answer departs from the view."""
        found = list(self._status(operation, status, body))
        response = self._response(operation, status)
        if response is None or status >= 500 or status not in self._named:
            return found  # one departure says it all
        found += self._headers(response, headers)
        if content := response.get("content"):
            found += self._content(content, content_type, body)
        return found

    def _status(self, operation: str, status: int, body: bytes) -> Iterator[Departure]:
        named = ", ".join(map(str, sorted(self._named)))
        received = f"status {status}: {excerpt(body)}"
        if status >= 500:
            yield Departure("not_a_server_error", "it never fails with a server error", "no 5xx", received)
        elif status not in self._named:
            claim = f"its statuses are those that the documentation names, not {status}"
            yield Departure("status_code_conformance", claim, f"one of {named}", received)
        elif self._strict and not self._declared(operation, status):
            claim = f"it does not answer {status}"
            declared = ", ".join(sorted(self._responses.get(operation, {})))
            yield Departure("status_code_conformance", claim, f"one of {declared}", received)

    def _declared(self, operation: str, status: int) -> bool:
        responses = self._responses.get(operation, {})
        return str(status) in responses or f"{status // 100}XX" in responses

    def _response(self, operation: str, status: int) -> Schema | None:
        """What is said of this status; for one that the operation does not declare, of its like."""
        responses = self._responses.get(operation, {})
        chosen = responses.get(str(status)) or responses.get(f"{status // 100}XX")
        if chosen is None and status // 100 == 2:
            chosen = next((r for code, r in responses.items() if code.startswith("2")), None)
        if chosen is None and status in self._named and status >= 400:
            chosen = next((r[str(status)] for r in self._responses.values() if str(status) in r), None)
        return None if chosen is None else self._resolve(chosen)

    def _headers(self, response: Schema, headers: Mapping[str, str]) -> Iterator[Departure]:
        sent = {name.lower() for name in headers}
        for name, node in response.get("headers", {}).items():
            if self._resolve(node).get("required") and name.lower() not in sent:
                claim = f"its answer carries the header {name}"
                yield Departure("response_headers_conformance", claim, f"{name}: …", "no such header")

    def _content(self, content: Schema, content_type: str | None, body: bytes) -> Iterator[Departure]:
        expected = next(iter(content))
        kind = (content_type or "").partition(";")[0].strip().lower()
        if kind not in content:
            claim = f"its answer is {expected}"
            received = f"{content_type or 'no Content-Type'}: {excerpt(body)}"
            yield Departure("content_type_conformance", claim, expected, received)
            return
        if kind != JSON_TYPE:
            return
        try:
            value = _encodable(read_json(body))
        except ValueError:
            claim = "its answer can be read as JSON"
            yield Departure("response_schema_conformance", claim, "valid JSON", excerpt(body))
            return
        yield from self._body(content[kind].get("schema", {}), value)

    def _body(self, schema: Schema, value: Any) -> Iterator[Departure]:
        validator = self._validator(schema)
        if validator.is_valid(value):
            return
        seen = set()
        for error in validator.iter_errors(value):
            for leaf in _leaves(error):
                departure = _departure(leaf)
                if departure.claim not in seen:
                    seen.add(departure.claim)
                    yield departure

    def _validator(self, schema: Schema) -> jsonschema_rs.Validator:
        key = json.dumps(schema, sort_keys=True)
        if key not in self._compiled:
            self._compiled[key] = jsonschema_rs.validator_for(
                {"$schema": DRAFT, **self._components, **translate(schema)},
                validate_formats=True,
                formats={"date": is_date},
            )
        return self._compiled[key]

    def _resolve(self, node: Schema) -> Schema:
        while "$ref" in node:
            found: Any = self._document
            for part in node["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            node = found
        return node


def translate(schema: Any) -> Any:
    """The JSON Schema (2020-12) that means what this OpenAPI 3.0 schema means."""
    if not isinstance(schema, Mapping):
        return schema
    if "$ref" in schema:
        reference = {"$ref": schema["$ref"]}
        return {"anyOf": [reference, {"type": "null"}]} if schema.get("nullable") else reference
    kept = {
        key: _translate_value(SUBSCHEMAS.get(key, ""), value)
        for key, value in schema.items()
        if key not in UNUSED and not key.startswith("x-")
    }
    for exclusive, limit in {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}.items():
        if kept.pop(exclusive, False) is True:
            kept[exclusive] = kept.pop(limit)
    return _nullable(kept) if schema.get("nullable") else kept


def _translate_value(shape: str, value: Any) -> Any:
    if shape == "map":
        return {name: translate(schema) for name, schema in value.items()}
    if shape == "list":
        return [translate(schema) for schema in value]
    return translate(value) if shape == "one" else value


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    if "type" not in schema:
        return {"anyOf": [schema, {"type": "null"}]} if schema else {}
    enum = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, "type": [schema["type"], "null"], **enum}


def is_date(text: str) -> bool:
    """Whether this is a real calendar day, written YYYY-MM-DD."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def read_json(body: bytes) -> Any:
    """The value of a JSON text; NaN and the like are not JSON."""
    return json.loads(body.decode("utf-8"), parse_constant=_refuse)


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _encodable(value: Any) -> Any:
    """The value with lone surrogates replaced, which no validator can take."""
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        text = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
        return json.loads(text)
    return value


def excerpt(body: bytes | str, limit: int = EXCERPT) -> str:
    """The beginning of an answer, on one line."""
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    text = " ".join(text.split())
    if not text:
        return "(empty body)"
    return text if len(text) <= limit else f"{text[:limit]}…"


def _leaves(error: jsonschema_rs.ValidationError) -> Iterator[jsonschema_rs.ValidationError]:
    """The errors that say what is wrong: those inside a nullable reference rather than `anyOf`."""
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


def _departure(error: jsonschema_rs.ValidationError) -> Departure:
    where = _place(error.instance_path)
    claim, expected = _claim(error, where)
    received = excerpt(f"{where} = {json.dumps(error.instance, ensure_ascii=False, default=str)}")
    return Departure("response_schema_conformance", claim, expected, received)


def _place(path: list[str | int]) -> str:
    """Where in the body: list positions say nothing about the contract."""
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
