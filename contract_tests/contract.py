"""The contract as a judge needs it: both views, its operations, and whether an answer keeps to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import yaml

from contract_tests.answers import Answers, Departure
from contract_tests.views import documented_view, full_view

PACKAGED = Path(__file__).parent / "data" / "openapi" / "deals.yaml"
CHECKOUT = Path(__file__).parent.parent / "openapi" / "deals.yaml"

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

View = Literal["documented", "full"]
Schema = Mapping[str, Any]


class ContractError(Exception):
    """The contract cannot be used as it is."""


class _Loader(yaml.SafeLoader):
    """YAML as JSON has it: a date is a string."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True)
class Operation:
    """What the contract says of one operation; schemas stand with their `$ref`s resolved one level."""

    id: str
    method: str
    path: str
    tag: str
    summary: str
    description: str
    public: bool
    required_role: str | None
    query: Mapping[str, Schema] = field(repr=False)  # name → schema (full view)
    path_parameters: tuple[str, ...]
    body: Schema | None = field(repr=False)  # the body's schema (full view)
    body_type: str | None
    statuses: frozenset[int]  # declared in the full view

    @property
    def writes(self) -> bool:
        """Whether the operation is meant to change something."""
        return self.method not in SAFE_METHODS

    @property
    def body_fields(self) -> tuple[str, ...]:
        """The names of the body's properties."""
        return tuple((self.body or {}).get("properties", {}))

    @property
    def required_fields(self) -> tuple[str, ...]:
        """The names of the body's required properties (full view)."""
        return tuple((self.body or {}).get("required", ()))

    def path_pattern(self) -> re.Pattern[str]:
        """What a concrete path of this operation looks like."""
        parts = re.split(r"\{\w+\}", self.path)
        return re.compile("[^/]+".join(map(re.escape, parts)))


@dataclass(frozen=True)
class Contract:
    """The contract's document and the two views of it."""

    document: dict[str, Any] = field(repr=False)

    @classmethod
    def load(cls, path: Path | None = None) -> Contract:
        """Read the file: the one given, the one packaged with the suite, or the checkout's."""
        return _loaded(path or (PACKAGED if PACKAGED.exists() else CHECKOUT))

    @cached_property
    def full(self) -> dict[str, Any]:
        """The whole contract, our guesses included."""
        return full_view(self.document)

    @cached_property
    def documented(self) -> dict[str, Any]:
        """Only what the documentation says."""
        return documented_view(self.document)

    def view(self, view: View) -> dict[str, Any]:
        """One of the two views, by name."""
        return self.documented if view == "documented" else self.full

    @cached_property
    def base_path(self) -> str:
        """The path that all operations have in common."""
        url: str = self.document["servers"][0]["url"]
        return urlsplit(url).path.rstrip("/")

    @cached_property
    def operations(self) -> dict[str, Operation]:
        """Every operation by its id, in the contract's order."""
        found = [
            self._operation(path, method, item[method])
            for path, item in self.full["paths"].items()
            for method in item
            if method in METHODS
        ]
        return {operation.id: operation for operation in found}

    @cached_property
    def tags(self) -> frozenset[str]:
        """The tags of the operations."""
        return frozenset(operation.tag for operation in self.operations.values())

    @cached_property
    def named_statuses(self) -> frozenset[int]:
        """The only statuses that the documentation names."""
        return frozenset().union(*(each.statuses for each in self.operations.values()))

    def enum_values(self, operation_id: str) -> tuple[str, ...]:
        """Every `name=value` of the enums among an operation's parameters and body fields."""
        return self._enum_values[operation_id]

    @cached_property
    def _enum_values(self) -> dict[str, tuple[str, ...]]:
        return {each.id: tuple(self._enums_of(each)) for each in self.operations.values()}

    def _enums_of(self, operation: Operation) -> Iterator[str]:
        properties = (operation.body or {}).get("properties", {})
        for name, schema in {**operation.query, **properties}.items():
            yield from (f"{name}={value}" for value in self.resolve(schema).get("enum", ()))

    def fields(self, operation_id: str, view: View = "full") -> dict[str, Schema]:
        """The query parameters and body fields of an operation, each with all that a view says of it."""
        operation = self.operations[operation_id]
        node = self.view(view)["paths"][operation.path][operation.method.lower()]
        parameters = [self.resolve(each, view) for each in node.get("parameters", ())]
        found = {each["name"]: each["schema"] for each in parameters if each["in"] == "query"}
        found |= self.body(operation_id, view).get("properties", {})
        return {name: self._whole(schema, view) for name, schema in found.items()}

    def body(self, operation_id: str, view: View = "full") -> Schema:
        """What a view says of an operation's body."""
        operation = self.operations[operation_id]
        node = self.view(view)["paths"][operation.path][operation.method.lower()].get("requestBody", {})
        content = self.resolve(node, view).get("content", {})
        return self.resolve(next((each.get("schema", {}) for each in content.values()), {}), view)

    def sort_fields(self) -> dict[str, str]:
        """The values of `sort_by`, each with the field of a deal that it means."""
        parameters = self.full["paths"]["/deals"]["get"]["parameters"]
        node = next(each for each in map(self.resolve, parameters) if each["name"] == "sort_by")
        named = node.get("x-fields", {})
        return {value: named.get(value, value) for value in node["schema"]["enum"]}

    def _whole(self, schema: Schema, view: View) -> Schema:
        """A schema with what it refers to."""
        node = self.resolve(schema, view)
        parts = (self._whole(part, view) for part in node.get("allOf", ()))
        return {key: value for part in (*parts, node) for key, value in part.items()}

    def match(self, method: str, path: str) -> Operation | None:
        """The operation that a concrete request (path below the base URL) belongs to."""
        found = [
            each
            for each in self.operations.values()
            if each.method == method.upper() and each.path_pattern().fullmatch(path)
        ]
        return min(found, key=lambda each: each.path.count("{"), default=None)

    def resolve(self, node: Schema, view: View = "full") -> Schema:
        """The node that a `$ref` stands for, or itself."""
        while "$ref" in node:
            found: Any = self.view(view)
            for part in node["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            node = found
        return node

    def basis(self, operation_id: str) -> str:
        """The documentation's sentence on an operation (its description in the contract)."""
        operation = self.operations.get(operation_id)
        return operation.description or operation.summary if operation else ""

    def departures(
        self,
        view: View,
        operation_id: str,
        status: int,
        content_type: str | None,
        body: bytes,
        headers: Mapping[str, str],
    ) -> list[Departure]:
        """Where an answer departs from a view, each with what was expected and received."""
        return self._answers[view].departures(operation_id, status, content_type, body, headers)

    def problems(
        self,
        view: View,
        operation_id: str,
        status: int,
        content_type: str | None,
        body: bytes,
        headers: Mapping[str, str],
    ) -> list[str]:
        """Where an answer departs from a view, one sentence each; no sentence holds data."""
        found = self.departures(view, operation_id, status, content_type, body, headers)
        return [departure.claim for departure in found]

    @cached_property
    def _answers(self) -> dict[View, Answers]:
        return {
            "documented": Answers(self.documented, self.named_statuses, strict=False),
            "full": Answers(self.full, self.named_statuses, strict=True),
        }

    def _operation(self, path: str, method: str, node: dict[str, Any]) -> Operation:
        parameters = [self.resolve(each) for each in node.get("parameters", ())]
        content = self.resolve(node.get("requestBody", {})).get("content", {})
        body_type = next(iter(content), None)
        return Operation(
            id=node["operationId"],
            method=method.upper(),
            path=path,
            tag=node["tags"][0],
            summary=node.get("summary", ""),
            description=node.get("description", ""),
            public=node.get("security", self.document.get("security")) == [],
            required_role=node.get("x-required-role"),
            query={p["name"]: self.resolve(p["schema"]) for p in parameters if p["in"] == "query"},
            path_parameters=tuple(p["name"] for p in parameters if p["in"] == "path"),
            body=self.resolve(content[body_type]["schema"]) if body_type else None,
            body_type=body_type,
            statuses=frozenset(int(status) for status in node["responses"]),
        )


@cache
def _loaded(path: Path) -> Contract:
    try:
        document = yaml.load(path.read_bytes(), _Loader)
    except (OSError, yaml.YAMLError) as error:
        raise ContractError(f"The contract {path} cannot be read: {error}") from error
    if not isinstance(document, dict) or "paths" not in document:
        raise ContractError(f"The contract {path} is not an OpenAPI document")
    return Contract(document)
