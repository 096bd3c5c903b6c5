"""The contract as plain YAML: its operations, with every reference resolved."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml

CONTRACT = Path(__file__).resolve().parents[2] / "openapi" / "deals.yaml"
METHODS = ("get", "put", "post", "delete", "patch")
Schema = dict[str, Any]


@dataclass(frozen=True)
class Operation:
    """An operation: how it is called, and how it may answer."""

    id: str
    method: str
    path: str
    parameters: tuple[Mapping[str, Any], ...]
    body: Mapping[str, Any]  # media type → schema
    responses: Mapping[str, Mapping[str, Any]]  # status → response
    public: bool
    role: str

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What the paths of this operation look like."""
        return re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(self.path)))


@dataclass(frozen=True)
class ContractFile:
    """The operations of the contract, and its error body."""

    operations: tuple[Operation, ...]
    error: Schema
    base: str

    @classmethod
    def load(cls, path: Path = CONTRACT) -> ContractFile:
        """Read the file."""
        document = yaml.safe_load(path.read_text("utf-8"))
        resolve = _Resolver(document)
        operations = [
            _operation(resolve, path, method, node)
            for path, methods in document["paths"].items()
            for method, node in methods.items()
            if method in METHODS
        ]
        base = urlsplit(document["servers"][0]["url"]).path
        return cls(tuple(operations), resolve(document["components"]["schemas"]["ErrorAnswer"]), base)

    def called_by(self, method: str, target: str) -> Operation | None:
        """The operation that a request is meant for; none if there is no such path or method."""
        path = re.sub(r"^https?://[^/]+", "", target, flags=re.IGNORECASE).partition("?")[0]
        if not path.startswith(self.base + "/"):
            return None
        found = unquote(path.removeprefix(self.base))
        matching = [each for each in self.operations if each.pattern.fullmatch(found)]
        # `/deals/stages` is itself and no deal's path, whatever the method.
        exact = [each for each in matching if each.path == found]
        return next((each for each in exact or matching if each.method == method), None)


def _operation(resolve: _Resolver, path: str, method: str, node: Mapping[str, Any]) -> Operation:
    content = resolve(node.get("requestBody", {})).get("content", {})
    return Operation(
        id=node["operationId"],
        method=method.upper(),
        path=path,
        parameters=tuple(resolve(each) for each in node.get("parameters", ())),
        body={kind: media["schema"] for kind, media in content.items()},
        responses={status: resolve(response) for status, response in node["responses"].items()},
        public=node.get("security") == [],
        role=node.get("x-required-role", ""),
    )


class _Resolver:
    """Replaces references by what they refer to, and `allOf` by one schema that says the same."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document

    def __call__(self, node: Any) -> Any:
        if isinstance(node, list):
            return [self(each) for each in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            return self(self._target(node["$ref"]))
        # Examples and links are not needed, and may look like schemas.
        resolved = {name: self(value) for name, value in node.items() if name not in ("examples", "links")}
        return _merged(resolved) if "allOf" in resolved else resolved

    def _target(self, reference: str) -> Any:
        found: Any = self._document
        for name in reference.removeprefix("#/").split("/"):
            found = found[name]
        return found


def _merged(schema: Schema) -> Schema:
    merged: Schema = {}
    own = {name: value for name, value in schema.items() if name != "allOf"}
    for part in (*schema["allOf"], own):
        properties = {**merged.get("properties", {}), **part.get("properties", {})}
        required = [*merged.get("required", ()), *part.get("required", ())]
        merged |= part
        merged |= {"properties": properties} if properties else {}
        merged |= {"required": required} if required else {}
    return merged
