"""The contract: the OpenAPI file, loaded and checked once, and the questions one may ask of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from mock_server.schemas import INTEGER, Schema, Schemas, TextForm, Validator

PACKAGED = Path(__file__).parent / "data" / "openapi" / "deals.yaml"
CHECKOUT = Path(__file__).parent.parent / "openapi" / "deals.yaml"

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
VENDOR_KEYS = {
    "x-provenance": "where a node comes from: `site` (the documentation's other pages), `inferred`",
    "x-inferred": "the keywords of a node that are inferred",
    "x-required-role": "the lowest role that may call the operation",
    "x-max-body-bytes": "the largest request body that is read",
    "x-fields": "the response properties that a parameter's values mean",
    "x-csv-row": "the columns of a CSV file, as the properties of an object",
}
NAMES = frozenset({"properties", "headers", "examples", "schemas", "parameters", "responses"})
DATA = frozenset({"example", "examples", "value", "default", "enum", *VENDOR_KEYS})


class ContractError(Exception):
    """The contract cannot be used as it is."""


class _Loader(yaml.SafeLoader):
    """YAML as JSON has it: a date is a string."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True, slots=True)
class Operation:
    """What the contract says of one operation."""

    id: str
    method: str
    path: str
    tag: str
    public: bool
    required_role: str | None
    query: TextForm
    bodies: Mapping[str, Validator]
    body_required: bool
    responses: Mapping[int, Mapping[str, Validator]]


@dataclass(frozen=True)
class Contract:
    """The contract's document, and what it says."""

    source: bytes
    document: Mapping[str, Any]

    @classmethod
    def load(cls, path: Path | None = None) -> Contract:
        """Read the file: the one given, the one packaged with the mock, or the checkout's."""
        path = path or (PACKAGED if PACKAGED.exists() else CHECKOUT)
        try:
            source = path.read_bytes()
            document = yaml.load(source, _Loader)
        except (OSError, yaml.YAMLError) as error:
            raise ContractError(f"The contract {path} cannot be read: {error}") from error
        if not isinstance(document, dict) or "paths" not in document:
            raise ContractError(f"The contract {path} is not an OpenAPI document")
        _refuse_unknown_keys(document, path)
        return cls(source, document)

    @cached_property
    def schemas(self) -> Schemas:
        """The component schemas."""
        return Schemas(self.document["components"]["schemas"])

    @cached_property
    def base_path(self) -> str:
        """The path that all operations have in common, from the first server."""
        url: str = self.document["servers"][0]["url"]
        return urlsplit(url).path.rstrip("/")

    @cached_property
    def operations(self) -> dict[str, Operation]:
        """Every operation by its id, in the contract's order."""
        found = [
            self._operation(path, method, item)
            for path, item in self.document["paths"].items()
            for method in item
            if method in METHODS
        ]
        return {operation.id: operation for operation in found}

    def operation(self, id_: str) -> Operation:
        """The operation of this id."""
        return self.operations[id_]

    def methods(self, path: str) -> tuple[str, ...]:
        """The methods that the contract has at this path, below the base path; none if unknown."""
        for pattern, methods in self._routes:
            if pattern.fullmatch(path):
                return methods
        return ()

    def schema(self, name: str) -> Schema:
        """The component schema of this name."""
        schema: Schema = self.document["components"]["schemas"][name]
        return schema

    def properties(self, name: str) -> tuple[str, ...]:
        """The names of the properties of a component schema, in order."""
        return tuple(self.schemas.properties(self.schema(name)))

    def default(self, name: str, property_: str) -> Any:
        """The default of a property of a component schema."""
        return self.schemas.resolve(self.schemas.properties(self.schema(name))[property_])["default"]

    def defaults(self, name: str) -> dict[str, Any]:
        """The defaults that a component schema gives to its properties."""
        properties = self.schemas.properties(self.schema(name))
        return {field: schema["default"] for field, schema in properties.items() if "default" in schema}

    def validator(self, name: str) -> Validator:
        """The compiled component schema of this name."""
        return self.schemas.compile({"$ref": f"#/components/schemas/{name}"})

    @cached_property
    def max_body_bytes(self) -> int:
        """The largest request body that is read."""
        return int(self.document["x-max-body-bytes"])

    @cached_property
    def roles(self) -> tuple[str, ...]:
        """The roles, the lowest first."""
        return tuple(self.schema("Role")["enum"])

    def fields_of(self, parameter: str) -> dict[str, str]:
        """What a parameter's values mean: value → response property.

        For a parameter that lists properties (`search`) each stands for itself.
        """
        found = next(p for p in self._parameters() if p["name"] == parameter)
        named = found.get("x-fields", {})
        if isinstance(named, list):
            return {name: name for name in named}
        values = self.schemas.resolve(found["schema"]).get("enum", named)
        return {value: named.get(value, value) for value in values}

    @cached_property
    def csv_row(self) -> TextForm:
        """The columns of the CSV file, in order, and how their texts are read."""
        return TextForm(self.schema("DealsCsv")["x-csv-row"], self.schemas)

    @cached_property
    def security_scheme(self) -> str:
        """The name of the one security scheme: a bearer token."""
        names: list[str] = list(self.document["components"]["securitySchemes"])
        return names[0]

    @cached_property
    def _routes(self) -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
        """The paths as patterns, those without parameters first; `Allow` lists every method."""
        items = sorted(self.document["paths"].items(), key=lambda item: "{" in item[0])
        return tuple(
            (self._pattern(path, item), tuple(m.upper() for m in item if m in METHODS))
            for path, item in items
        )

    def _pattern(self, path: str, item: Schema) -> re.Pattern[str]:
        methods = [item[method] for method in item if method in METHODS]
        parameters = {p["name"]: p for p in self._parameters_of(item, *methods)}
        integer = {n for n, p in parameters.items() if p["schema"].get("type") == "integer"}
        parts = re.split(r"\{(\w+)\}", path)
        patterns = [
            (INTEGER if part in integer else "[^/]+") if index % 2 else re.escape(part)
            for index, part in enumerate(parts)
        ]
        return re.compile("".join(patterns))

    def _operation(self, path: str, method: str, item: Schema) -> Operation:
        node = item[method]
        query = [p for p in self._parameters_of(item, node) if p["in"] == "query"]
        body = self._node(node.get("requestBody", {}))
        return Operation(
            id=node["operationId"],
            method=method.upper(),
            path=path,
            tag=node["tags"][0],
            public=node.get("security", self.document.get("security")) == [],
            required_role=node.get("x-required-role"),
            query=TextForm(_object_of(query), self.schemas),
            bodies=self._validators(body),
            body_required=body.get("required", False),
            responses={
                int(status): self._validators(self._node(response))
                for status, response in node["responses"].items()
            },
        )

    def _validators(self, node: Schema) -> dict[str, Validator]:
        """The compiled schema of each media type of a body."""
        content = node.get("content", {})
        return {kind: self.schemas.compile(media["schema"]) for kind, media in content.items()}

    def _parameters_of(self, *nodes: Schema) -> list[Schema]:
        return [self._node(p) for node in nodes for p in node.get("parameters", ())]

    def _parameters(self) -> Iterator[Schema]:
        for item in self.document["paths"].values():
            yield from self._parameters_of(item, *(item[m] for m in item if m in METHODS))

    def _node(self, node: Schema) -> Schema:
        """The node that a `$ref` stands for, or itself."""
        while "$ref" in node:
            found: Any = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            node = found
        return node


def _object_of(parameters: list[Schema]) -> Schema:
    """Parameters as the properties of one object."""
    return {
        "properties": {p["name"]: _with_example(p) for p in parameters},
        "required": [p["name"] for p in parameters if p.get("required")],
    }


def _with_example(parameter: Schema) -> Schema:
    """The parameter's schema, with its example, which a message may show."""
    schema: Schema = parameter["schema"]
    if "example" not in parameter or "$ref" in schema:
        return schema
    return {**schema, "example": parameter["example"]}


def _refuse_unknown_keys(document: Schema, path: Path) -> None:
    unknown = sorted(_unknown_keys(document, "#"))
    if unknown:
        known = "\n".join(f"  {key}: {meaning}" for key, meaning in VENDOR_KEYS.items())
        raise ContractError(
            f"The contract {path} has unknown keys: {', '.join(unknown)}\nKnown are:\n{known}"
        )


def _unknown_keys(node: Any, at: str, *, names: bool = False) -> Iterator[str]:
    """Where the document has an `x-` key that nobody knows; `names`: the keys are free names."""
    if isinstance(node, list):
        for index, value in enumerate(node):
            yield from _unknown_keys(value, f"{at}/{index}")
    if not isinstance(node, dict):
        return
    for key, value in node.items():
        if not names and str(key).startswith("x-") and key not in VENDOR_KEYS:
            yield f"{at}/{key}"
        elif names or key not in DATA:
            yield from _unknown_keys(value, f"{at}/{key}", names=not names and key in NAMES)
