"""The contract: the OpenAPI file, its two views, and what can be looked up in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from deals_spec.annotated import annotated_view
from deals_spec.document import METHODS, Schema, read_document, resolved
from deals_spec.operation import Operation
from deals_spec.views import documented_view, full_view

View = Literal["documented", "full"]


@dataclass(frozen=True, eq=False)
class Contract:
    """The contract. Attributes describe the whole document unless they say that they describe a view."""

    source: bytes = field(repr=False)
    document: Mapping[str, Any] = field(repr=False)

    @classmethod
    def load(cls, path: Path | None = None) -> Self:
        """Read the given file, or the packaged one; each is read only once. Raises ContractError."""
        return cls(*_read(path))

    # Views

    @cached_property
    def full(self) -> dict[str, Any]:
        """The whole contract, our guesses included."""
        return full_view(self.document)

    @cached_property
    def documented(self) -> dict[str, Any]:
        """Only what the documentation says."""
        return documented_view(self.document)

    @cached_property
    def annotated(self) -> dict[str, Any]:
        """The full view for people: descriptions say what is documented and what is our guess."""
        return annotated_view(self.document)

    def view(self, view: View) -> dict[str, Any]:
        """One of the two views, by name."""
        return self.documented if view == "documented" else self.full

    def resolve(self, node: Schema, view: View = "full") -> Schema:
        """The node that a `$ref` refers to in a view, or the node itself."""
        return resolved(self.view(view), node)

    # The document

    @cached_property
    def base_path(self) -> str:
        """The path that all operations share, from the first server."""
        url: str = self.document["servers"][0]["url"]
        return urlsplit(url).path.rstrip("/")

    @cached_property
    def max_body_bytes(self) -> int:
        """The largest request body that is accepted."""
        return int(self.document["x-max-body-bytes"])

    @cached_property
    def roles(self) -> tuple[str, ...]:
        """The roles, the lowest first."""
        return tuple(self.schema("Role")["enum"])

    @cached_property
    def security_scheme(self) -> str:
        """The name of the one security scheme: a bearer token."""
        names: list[str] = list(self.document["components"]["securitySchemes"])
        return names[0]

    # Operations

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

    @cached_property
    def tags(self) -> frozenset[str]:
        """The tags of the operations."""
        return frozenset(operation.tag for operation in self.operations.values())

    @cached_property
    def named_statuses(self) -> frozenset[int]:
        """All statuses that the documentation names, for any operation."""
        return frozenset().union(*(each.statuses for each in self.operations.values()))

    def match(self, method: str, path: str) -> Operation | None:
        """The operation that a request belongs to; `path` is below the base path."""
        found = [
            each
            for each in self.operations.values()
            if each.method == method.upper() and each.path_pattern().fullmatch(path)
        ]
        return min(found, key=lambda each: each.path.count("{"), default=None)

    def basis(self, operation_id: str) -> str:
        """What the documentation says about an operation (its description in the contract)."""
        operation = self.operations.get(operation_id)
        return operation.description or operation.summary if operation else ""

    # Fields

    def body(self, operation_id: str, view: View = "full") -> Schema:
        """The schema of an operation's request body in a view; empty if the view has none."""
        content = self.resolve(self._node(operation_id, view).get("requestBody", {}), view).get("content", {})
        return self.resolve(next((each.get("schema", {}) for each in content.values()), {}), view)

    def body_fields(self, operation_id: str, view: View = "full") -> tuple[str, ...]:
        """The names of the fields of an operation's body in a view."""
        return tuple(self.body(operation_id, view).get("properties", {}))

    def fields(self, operation_id: str, view: View = "full") -> dict[str, Schema]:
        """An operation's query parameters and body fields, with everything that a view says about them."""
        parameters = [
            self.resolve(each, view) for each in self._node(operation_id, view).get("parameters", ())
        ]
        found = {each["name"]: each["schema"] for each in parameters if each["in"] == "query"}
        found |= self.body(operation_id, view).get("properties", {})
        return {name: self._whole(schema, view) for name, schema in found.items()}

    def body_example(self, operation_id: str) -> Any:
        """The first example of an operation's JSON body, or None."""
        operation = self.operations[operation_id]
        media: Schema = operation.body_media.get("application/json", {})
        for example in media.get("examples", {}).values():
            return resolved(self.document, example).get("value")
        return media.get("example")

    def enum_values(self, operation_id: str) -> tuple[str, ...]:
        """Every `name=value` of the enums among an operation's parameters and body fields."""
        return self._enum_values[operation_id]

    def fields_of(self, parameter: str) -> dict[str, str]:
        """What a parameter's values mean (`x-fields`): value → response property.

        For a parameter that lists properties (`search`), each means itself. Empty if there is none.
        """
        return self._fields_of.get(parameter, {})

    @cached_property
    def _fields_of(self) -> dict[str, dict[str, str]]:
        parameters = [each for operation in self.operations.values() for each in operation.parameters]
        return {each["name"]: self._meanings(each) for each in reversed(parameters)}

    def _meanings(self, found: Schema) -> dict[str, str]:
        named = found.get("x-fields", {})
        if isinstance(named, list):
            return {name: name for name in named}
        values = self.resolve(found["schema"]).get("enum", named)
        return {value: named.get(value, value) for value in values}

    # Component schemas

    def schema(self, name: str) -> Schema:
        """The component schema of this name."""
        schema: Schema = self.document["components"]["schemas"][name]
        return schema

    def properties(self, name: str) -> tuple[str, ...]:
        """The names of the properties of a component schema, in order."""
        return self._properties[name]

    @cached_property
    def _properties(self) -> dict[str, tuple[str, ...]]:
        schemas: dict[str, Schema] = self.document["components"]["schemas"]
        return {name: tuple(self.properties_of(schema)) for name, schema in schemas.items()}

    def properties_of(self, schema: Schema, view: View | None = None) -> dict[str, Schema]:
        """The properties of an object schema in order, those of its `allOf` parts included.

        References are those of a view; of the document as it is written, if no view is given.
        """
        whole = resolved(self.document if view is None else self.view(view), schema)
        found: dict[str, Schema] = {}
        for part in whole.get("allOf", ()):
            found |= self.properties_of(part, view)
        return {**found, **whole.get("properties", {})}

    def defaults(self, name: str) -> dict[str, Any]:
        """What a component schema says that its properties mean if they are null or absent (`x-default`)."""
        properties = self.properties_of(self.schema(name))
        return {name: field["x-default"] for name, field in properties.items() if "x-default" in field}

    # Internals

    def _operation(self, path: str, method: str, item: Schema) -> Operation:
        node = item[method]
        body = resolved(self.document, node.get("requestBody", {}))
        parameters = (*item.get("parameters", ()), *node.get("parameters", ()))
        return Operation(
            id=node["operationId"],
            method=method.upper(),
            path=path,
            tag=node["tags"][0],
            summary=node.get("summary", ""),
            description=node.get("description", ""),
            public=node.get("security", self.document.get("security")) == [],
            required_role=node.get("x-required-role"),
            inferred=node.get("x-provenance") == "inferred",
            parameters=tuple(resolved(self.document, each) for each in parameters),
            body_required=body.get("required", False),
            body_media=body.get("content", {}),
            responses={
                int(status): resolved(self.document, each) for status, each in node["responses"].items()
            },
        )

    def _node(self, operation_id: str, view: View) -> Schema:
        """The node of an operation in a view; empty if the view does not have it."""
        operation = self.operations.get(operation_id)
        if operation is None:
            return {}
        item: Schema = self.view(view)["paths"].get(operation.path, {})
        node: Schema = item.get(operation.method.lower(), {})
        return node

    def _whole(self, schema: Schema, view: View) -> Schema:
        """A schema merged with the schemas it refers to."""
        node = self.resolve(schema, view)
        parts = (self._whole(part, view) for part in node.get("allOf", ()))
        return {key: value for part in (*parts, node) for key, value in part.items()}

    @cached_property
    def _enum_values(self) -> dict[str, tuple[str, ...]]:
        return {id_: tuple(self._enums_of(id_)) for id_ in self.operations}

    def _enums_of(self, operation_id: str) -> Iterator[str]:
        for name, schema in self.fields(operation_id).items():
            yield from (f"{name}={value}" for value in schema.get("enum", ()))


@cache
def _read(path: Path | None) -> tuple[bytes, dict[str, Any]]:
    return read_document(path)
