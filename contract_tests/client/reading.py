"""The obvious meaning of a response: "9.00" is a number and 1 is true where the contract has one.

Laws read this; the checks of responses judge the body as it came, so a wrong type is found once.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from contract_tests.client.arranging import Arranging
from deals_spec import Contract, Schema
from deals_spec.json_schema import Validators
from deals_spec.responses import Responses
from deals_spec.shapes import Shape, Shapes, part_of

NUMBER: Final = re.compile(r"[-+]?\d{1,300}(\.\d+)?([eE][-+]?\d+)?")
INTEGER: Final = re.compile(r"([-+]?\d{1,300})(\.0+)?")
BOOLEANS: Final = {"1": True, "0": False, "true": True, "false": False}
FIELD: Final = ("field", "name", "property", "param", "path", "key")
TEXT: Final = ("message", "msg", "error", "detail", "text")


class Reading:
    """Reads responses by the full view of a contract, each schema compiled on first use."""

    def __init__(self, contract: Contract) -> None:
        document = contract.full
        self._responses = Responses(document, contract.named_statuses)
        self._shapes = Shapes(document)
        self._arranging = Arranging(self._shapes)
        self._validators = Validators(document)
        self._schemas: dict[tuple[str, int], Schema | None] = {}

    def of(self, operation: str, status: int, value: Any) -> Any:
        """The JSON of a response as the contract means it; itself if it is as documented."""
        schema = self._schema(operation, status)
        if schema is None or self._validators.fits(schema, value):
            return value
        return self.read(schema, value)

    def read(self, schema: Schema, value: Any) -> Any:
        """A value as a schema means it."""
        arranged, _ = self._arranging.arranged(schema, value)
        return self._meant(schema, arranged)

    def _schema(self, operation: str, status: int) -> Schema | None:
        key = (operation, status)
        if key not in self._schemas:
            self._schemas[key] = self._responses.schema(operation, status)
        return self._schemas[key]

    def _meant(self, schema: Schema, value: Any) -> Any:
        shape = self._shapes.of(schema)
        if shape.type == "object":
            if shape.values is not None and isinstance(value, list):
                value = _by_field(value)
            if isinstance(value, dict):
                return {key: self._part(shape, key, each) for key, each in value.items()}
        elif shape.type == "array":
            if isinstance(value, list) and shape.items is not None:
                return [self._meant(shape.items, each) for each in value]
        elif shape.type in MEANINGS:
            return MEANINGS[shape.type](value, shape)
        return value

    def _part(self, shape: Shape, key: str, value: Any) -> Any:
        """A property; where a text is documented for any name, a list of texts stands for its first."""
        schema = part_of(shape, key)
        one_of_many = key not in shape.properties and shape.values is not None and isinstance(value, list)
        if one_of_many and value and self._shapes.of(schema).type == "string":
            value = value[0]
        return self._meant(schema, value)


def _by_field(errors: list[Any]) -> Any:
    """`[{"field": "name", "message": "…"}]` as `{"name": "…"}`, if each of them is like this."""
    found: dict[str, Any] = {}
    for each in errors:
        names = (
            [each[key] for key in FIELD if isinstance(each.get(key), str)] if isinstance(each, dict) else []
        )
        texts = (
            [each[key] for key in TEXT if isinstance(each.get(key), str)] if isinstance(each, dict) else []
        )
        if not names or not texts:
            return errors
        found.setdefault(names[0], texts[0])
    return found


def _number(value: Any, shape: Shape) -> Any:
    if not isinstance(value, str):
        return value
    text = value.strip()
    if whole := INTEGER.fullmatch(text):
        return int(whole[1])
    if shape.type == "number" and NUMBER.fullmatch(text):
        return float(text)
    return value if text else None


def _boolean(value: Any, shape: Shape) -> Any:
    if isinstance(value, str):
        return BOOLEANS.get(value.strip().lower(), value) if value.strip() else None
    return bool(value) if isinstance(value, int | float) and value in (0, 1) else value


def _text(value: Any, shape: Shape) -> Any:
    if isinstance(value, list) and value and all(isinstance(each, str) for each in value):
        value = ",".join(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, str) and shape.enum and value not in shape.enum:
        alike = [each for each in shape.enum if isinstance(each, str) and each.lower() == value.lower()]
        return alike[0] if len(alike) == 1 else value
    return value


MEANINGS: Final = {"number": _number, "integer": _number, "boolean": _boolean, "string": _text}
