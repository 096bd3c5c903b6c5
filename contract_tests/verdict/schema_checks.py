"""Checks of JSON bodies against the schemas of one view; a mismatch is named after its property."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

import jsonschema_rs

from contract_tests.client.arranging import PRESENT, Arranging, Move
from contract_tests.client.content import excerpt
from contract_tests.verdict.mismatch import Mismatch
from deals_spec import Schema
from deals_spec.json_schema import Validators
from deals_spec.shapes import BODY, Shapes

CHECK: Final = "response_schema_conformance"
TYPES: Final = {  # in this order: True is an int in Python
    bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object",
}  # fmt: skip


class SchemaChecks:
    """What one view says of JSON bodies, its schemas compiled on first use."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._shapes = Shapes(document)
        self._arranging = Arranging(self._shapes)
        self._validators = Validators(document)

    def mismatches(self, schema: Schema, value: Any) -> list[Mismatch]:
        """Everything in which a value does not match; what is only in another place counts once."""
        if self._validators.fits(schema, value):
            return []
        arranged, moves = self._arranging.arranged(schema, _encodable(value))
        found = {mismatch.claim: mismatch for mismatch in map(_moved, moves)}
        for error in self._validators.of(schema).iter_errors(arranged):
            for leaf in _leaves(error):
                mismatch = self._mismatch(schema, leaf)
                found.setdefault(mismatch.claim, mismatch)
        return list(found.values())

    def _mismatch(self, schema: Schema, error: jsonschema_rs.ValidationError) -> Mismatch:
        kind: Any = error.kind
        missing = [kind.property] if kind.name == "required" else []
        subject = self._shapes.name_of(schema, [*error.instance_path, *missing])
        predicate, expected = _predicate(kind)
        shown = json.dumps(error.instance, ensure_ascii=False, default=str)
        return Mismatch(
            check=CHECK,
            claim=f"{subject} {predicate}",
            expected=expected,
            received=excerpt(f"{_place(error.instance_path)} = {shown}"),
            subject=subject,
            cause=_cause(kind.name, subject, predicate, error.instance),
        )


def _moved(move: Move) -> Mismatch:
    """A part in another place than documented."""
    under, _, last = move.found.rpartition(".")
    same_name = move.predicate == PRESENT and move.subject.endswith(f".{last}")
    return Mismatch(
        check=CHECK,
        claim=f"{move.subject} {move.predicate}",
        expected=f"{move.subject} in its documented place",
        received=f"found under {under}" if same_name else f"found at {move.found}",
        subject=move.subject,
        cause=_cause("required", move.subject, "", None) if move.predicate == PRESENT else "",
    )


def _cause(kind: str, subject: str, predicate: str, value: Any) -> str:
    """What mismatches of several properties have in common if one cause explains them all."""
    if kind == "required":
        return f"missing in {subject.rpartition('.')[0]}"
    if kind == "type":
        return f"{predicate}, not {_type_of(value)}"
    return predicate if kind == "format" else ""


def _type_of(value: Any) -> str:
    return next((name for type_, name in TYPES.items() if isinstance(value, type_)), "null")


def _predicate(kind: Any) -> tuple[str, str]:
    """What should be true of the property, and what was expected."""
    if kind.name == "required":
        return PRESENT, f"an object with {kind.property}"
    if kind.name == "type":
        types = " or ".join(sorted(each for each in kind.types if each != "null" or len(kind.types) == 1))
        return f"is of type {types}", types
    if kind.name == "enum" and len(kind.options) == 1:
        return f"is {json.dumps(kind.options[0])}", json.dumps(kind.options[0])
    if kind.name == "enum":
        return "is one of the documented values", f"one of {json.dumps(kind.options)}"
    if kind.name == "format":
        return f"has the format {kind.format}", f"format {kind.format}"
    details = [getattr(kind, name) for name in ("limit", "pattern") if hasattr(kind, name)]
    detail = "".join(f" {each}" for each in details)
    return f"satisfies {kind.name}{detail}", f"{kind.name}{detail}"


def _place(path: list[str | int]) -> str:
    """The place in the body, with * for list positions."""
    parts = ["*" if isinstance(part, int) else part for part in path]
    return ".".join([BODY, *parts])


def _encodable(value: Any) -> Any:
    """The value with lone surrogates replaced, because the validator cannot handle them."""
    text = json.dumps(value, ensure_ascii=False)
    return value if text.isascii() else json.loads(text.encode("utf-8", "replace"))


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
