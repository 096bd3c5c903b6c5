"""The contract as the mock uses it: its schemas compiled, its paths as patterns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from deals_spec import Contract, Operation, Schema
from mock_server.schemas import INTEGER, Schemas, TextForm, Validator

NOT_EMPTY = r"[^/\n]+"  # a path parameter that is a text


@dataclass(frozen=True, slots=True)
class CompiledOperation:
    """An operation, ready to read its requests and to check its responses."""

    id: str
    query: TextForm
    bodies: Mapping[str, Validator]
    body_required: bool
    responses: Mapping[int, Mapping[str, Validator]]
    separators: Mapping[str, str]  # query parameters that are lists, with what separates their values
    writable: frozenset[str]  # the fields of the body
    known: frozenset[str]  # those, and the fields of the records that responses of this kind show
    fixed: frozenset[str]  # those that are not fields of the body, and no times
    emptied: frozenset[str]  # fields of the body that null empties and that no empty text fits


@dataclass(frozen=True, slots=True)
class PathWithParameters:
    """A path of the contract, recognized by a pattern."""

    pattern: re.Pattern[str]
    integers: frozenset[str]  # the names of the parameters that are numbers
    operations: Mapping[str, str]  # their ids by method

    def parameters(self, found: re.Match[str]) -> dict[str, Any]:
        """The values of the parameters, by their names."""
        return {n: int(text) if n in self.integers else text for n, text in found.groupdict().items()}


class MockContract(Contract):
    """The contract, with what only the mock needs."""

    @cached_property
    def schemas(self) -> Schemas:
        """Compiles the contract's schemas."""
        return Schemas(self)

    @cached_property
    def compiled(self) -> dict[str, CompiledOperation]:
        """Every operation by its id, with its schemas compiled."""
        return {operation.id: self._compiled(operation) for operation in self.operations.values()}

    def validator(self, name: str) -> Validator:
        """The compiled component schema of this name."""
        if name not in self._validators_by_name:
            schema = {"$ref": f"#/components/schemas/{name}"}
            self._validators_by_name[name] = self.schemas.compile(schema)
        return self._validators_by_name[name]

    @cached_property
    def _validators_by_name(self) -> dict[str, Validator]:
        return {}

    @cached_property
    def csv_row(self) -> TextForm:
        """The columns of the CSV file, in order, and how their values are parsed."""
        return TextForm(self.schema("DealsCsv")["x-csv-row"], self.schemas)

    @cached_property
    def reported(self) -> int:
        """How many errors or warnings an import lists."""
        most: int = self.schema("ImportReport")["properties"]["errors"]["maxItems"]
        return most

    def route(self, path: str) -> tuple[Mapping[str, str], dict[str, Any]] | None:
        """The operations of this path below the base path, by method, and its parameters; None if unknown."""
        if path in self._paths and "{" not in path:  # a client may ask for a template by mistake
            return self._paths[path], {}
        for route in self._paths_with_parameters:
            if found := route.pattern.fullmatch(path):
                return route.operations, route.parameters(found)
        return None

    @cached_property
    def _paths(self) -> dict[str, dict[str, str]]:
        """The ids of the operations by path and method."""
        paths: dict[str, dict[str, str]] = {}
        for each in self.operations.values():
            paths.setdefault(each.path, {})[each.method] = each.id
        return paths

    @cached_property
    def _paths_with_parameters(self) -> tuple[PathWithParameters, ...]:
        return tuple(self._pattern(path, ids) for path, ids in self._paths.items() if "{" in path)

    def _pattern(self, path: str, operations: Mapping[str, str]) -> PathWithParameters:
        """A path as a pattern, in which an integer parameter matches only integers."""
        parameters = [p for id_ in operations.values() for p in self.operations[id_].parameters]
        integers = frozenset(p["name"] for p in parameters if p["schema"].get("type") == "integer")
        parts = re.split(r"\{(\w+)\}", path)
        patterns = [
            rf"(?P<{part}>{INTEGER if part in integers else NOT_EMPTY})" if index % 2 else re.escape(part)
            for index, part in enumerate(parts)
        ]
        return PathWithParameters(re.compile("".join(patterns)), integers, operations)

    def with_defaults(self, name: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """A body with the defaults of a component schema for its fields that are missing or null."""
        given = {field: value for field, value in body.items() if value is not None}
        return {**body, **self.defaults(name), **given}

    def _compiled(self, operation: Operation) -> CompiledOperation:
        bodies = {kind: self.schemas.compile(schema) for kind, schema in operation.bodies.items()}
        fields = {name: schema for each in bodies.values() for name, schema in each.properties.items()}
        shown = self._shown_fields(operation.tag)
        return CompiledOperation(
            id=operation.id,
            query=TextForm(_object_of(operation.query), self.schemas),
            bodies=bodies,
            body_required=operation.body_required,
            responses={status: self._validators(each) for status, each in operation.responses.items()},
            separators={n: p["x-separator"] for n, p in operation.query.items() if "x-separator" in p},
            writable=frozenset(fields),
            known=frozenset(fields) | frozenset(shown),
            fixed=frozenset(name for name in shown.keys() - fields.keys() if not self._is_time(shown[name])),
            emptied=frozenset(name for name, schema in fields.items() if self._is_emptied(schema)),
        )

    def _is_emptied(self, schema: Schema) -> bool:
        validator = self.schemas.compile(schema)
        return validator.is_valid(None) and not validator.is_valid("")

    def _is_time(self, schema: Schema) -> bool:
        return self.schemas.resolve(schema).get("format") == "date-time"

    def _shown_fields(self, tag: str) -> dict[str, Schema]:
        """The fields of the records in the responses of a tag's operations, which clients may send back."""
        schemas = [
            media.get("schema", {})
            for operation in self.operations.values()
            if operation.tag == tag
            for response in operation.responses.values()
            for media in response.get("content", {}).values()
        ]
        records = (self.properties_of(schema).get("data", {}) for schema in schemas)
        return {name: field for data in records for name, field in self._fields_of_record(data).items()}

    def _fields_of_record(self, data: Schema) -> dict[str, Schema]:
        """The fields of a record, or of the records in a list."""
        whole = self.schemas.resolve(data)
        items = whole.get("items")
        return self.properties_of(data if items is None else items)

    def _validators(self, response: Schema) -> dict[str, Validator]:
        """The compiled schema of each media type of a response; checked parts may be marks."""
        content = response.get("content", {})
        return {kind: self.schemas.compile_outline(media["schema"]) for kind, media in content.items()}


def _object_of(parameters: Mapping[str, Schema]) -> Schema:
    """Parameters as the properties of one object."""
    return {
        "properties": {name: _with_example(parameter) for name, parameter in parameters.items()},
        "required": [name for name, parameter in parameters.items() if parameter.get("required")],
    }


def _with_example(parameter: Schema) -> Schema:
    """The parameter's schema with its example, which an error message may show."""
    schema: Schema = parameter["schema"]
    if "example" not in parameter or "$ref" in schema:
        return schema
    return {**schema, "example": parameter["example"]}
