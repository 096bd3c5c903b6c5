"""Bodies that must be refused: a required field is missing, or a value cannot be of the documented type."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from contract_tests.client.created import made_id
from contract_tests.client.exchange import Exchange
from contract_tests.fuzzing.owned_resources import Ids, OwnedResources, kind_of_path
from contract_tests.scene.expectations import response_of
from contract_tests.scene.json_search import mentions
from contract_tests.scene.requests import smallest_body
from contract_tests.verdict.checks import REQUIRED, TYPED, VALUES
from deals_spec import Contract, Operation, Schema

IN_THE_PATH: Final = ("deal_id",)  # already in the path, so the body's value may be ignored
NOT_OF_TYPE: Final[Mapping[str, tuple[Any, ...]]] = {  # type → values that no server should accept for it
    "integer": ({"no": "number"}, "twelve"),
    "number": ({"no": "number"}, "twelve"),
    "string": ({"no": "text"},),
    "boolean": ({"no": "flag"},),
    "array": ({"no": "list"}, "no list", [{"no": "number"}]),
}
TYPES: Final = {
    "integer": "an integer",
    "number": "a number",
    "string": "a string",
    "boolean": "a boolean",
    "array": "an array",
}
TASKS: Final = "listDealTasks"
NOT_DATES: Final = ("2026-02-30", "tomorrow")
Send = Callable[[Any], Exchange]


@dataclass(frozen=True)
class Fault:
    """One reason for which a body must be refused."""

    rule: str
    claim: str
    basis: str


@dataclass(frozen=True)
class Accepted:
    """An invalid body that was accepted."""

    fault: Fault
    expected: str
    received: str
    exchange: Exchange
    reads: tuple[Exchange, ...] = ()  # that show what was saved


class Enforcement:
    """Checks that one operation enforces its documented required fields, types and values."""

    def __init__(self, contract: Contract, owned: OwnedResources, operation: Operation) -> None:
        self._own, self._operation = owned, operation
        self._contract = contract
        self.schema = contract.body(operation.id, "documented")

    def faults(self, body: Any) -> Iterator[Fault]:
        """Every reason for which this body must be refused."""
        required = self.schema.get("required", [])
        if not isinstance(body, dict):
            if required and self._operation.body_type == "application/json" and body is not None:
                yield Fault(REQUIRED, "a body that is not an object is refused", self._basis(required[0]))
            return
        for name in required:
            if name not in body:
                yield Fault(REQUIRED, f"a body without {name} is refused", self._basis(name))
        for name, node in self.schema.get("properties", {}).items():
            kind = self._type(node)
            if name in body and name not in IN_THE_PATH and _cannot_be(kind, body[name]):
                yield Fault(TYPED, f"a body whose {name} is not {TYPES[kind]} is refused", self._basis(name))

    def accepted(self, exchange: Exchange, body: Any) -> list[Accepted]:
        """The reasons for which the response should not have been a success."""
        if not exchange.ok:
            return []
        expected = "400 or 422"
        return [Accepted(fault, expected, response_of(exchange), exchange) for fault in self.faults(body)]

    def check_bodies(self, valid: Mapping[str, Any], send: Send) -> list[Accepted]:
        """Send every invalid body that differs from a valid one in one field."""
        found = []
        for body in self._mutants(valid):
            found += self.accepted(send(body), body)
        return found

    def check_values(self, valid: Mapping[str, Any], send: Send) -> list[Accepted]:
        """Send values outside the documented ones: they may be refused or corrected, but not saved."""
        found = []
        for name, node in self._contract.fields(self._operation.id, "documented").items():
            for value in excluded_values(node) if name in self.schema.get("properties", {}) else ():
                exchange = send({**valid, name: value})
                written = self._written(exchange) if exchange.ok else None
                if written is not None and self._kept(written, name, value):
                    fault = Fault(
                        VALUES, f"a {name} outside its documented values is not saved", self._basis(name)
                    )
                    texts = ("a refusal, or another value saved", f"{value!r} was saved")
                    found.append(Accepted(fault, *texts, exchange, (written,)))
        return found

    def _mutants(self, valid: Mapping[str, Any]) -> Iterator[Any]:
        for name in self.schema.get("required", []):
            yield {key: value for key, value in valid.items() if key != name}
        for name, node in self.schema.get("properties", {}).items():
            for value in NOT_OF_TYPE.get(self._type(node), ()) if name not in IN_THE_PATH else ():
                yield {**valid, name: value}

    def _written(self, exchange: Exchange) -> Exchange | None:
        """A read of the record that was written; None if its id is not known."""
        kind = kind_of_path(self._operation)
        parts = exchange.path.strip("/").split("/")
        deal = parts[1] if kind is not None else made_id(exchange.json, "deal")
        if deal is None:
            return None
        return self._own.client.call(self._reader, id=deal, observe=False)

    def _kept(self, written: Exchange, name: str, value: Any) -> bool:
        """Whether a read shows the value."""
        if self._reader == TASKS or not isinstance(written.data, dict):
            return written.ok and mentions(written.json, value)
        return bool(written.data.get(name) == value)

    @property
    def _reader(self) -> str:
        return TASKS if "Task" in self._operation.id else "getDeal"

    def _type(self, node: Schema) -> str:
        node = self._contract.resolve(node, "documented")
        for part in node.get("allOf", ()):
            return self._type(part)
        return str(node.get("type", ""))

    def _basis(self, name: str) -> str:
        """The row in the table of the documentation."""
        node = self.schema.get("properties", {}).get(name, {})
        need = "Required" if name in self.schema.get("required", []) else "Optional"
        description = self._contract.resolve(node, "documented").get("description", "")
        return f"Request Body | {name} | {self._type(node)} | {need} | {description} |"


def excluded_values(node: Schema) -> list[Any]:
    """Values of the right type that the documentation excludes."""
    found = [node["maximum"] + 1] if "maximum" in node else []
    found += [node["minimum"] - 1] if "minimum" in node else []
    found += NOT_DATES if node.get("format") == "date" else ()
    return found + ([f"not {node['enum'][0]}"] if "enum" in node and node.get("type") == "string" else [])


def bounded(contract: Contract, operation: Operation) -> bool:
    """Whether the documentation excludes values of a field."""
    fields = contract.fields(operation.id, "documented")
    return any(excluded_values(fields[name]) for name in contract.body_fields(operation.id) if name in fields)


def valid_body(operation: Operation, own: OwnedResources) -> dict[str, Any] | None:
    """The smallest body that should be accepted, with references that exist."""
    word = own.scene.word()
    if operation.id == "login":
        return {"email": f"{word}@nobody.invalid", "password": word}
    if operation.id == "setDealPrimaryQuote":
        return {"quote_id": own.no_id}
    if operation.id == "reorderPipelineStages":
        order = own.stage_ids()
        return {"order": order} if order else None
    try:
        return smallest_body(operation.id, lambda: word, lambda: own.usable_stage_ids()[0])
    except IndexError:  # no stage to put a deal in
        return None


def ids_for(operation: Operation, own: OwnedResources) -> Ids | None:
    """Ids of own records for the path; None if there are none."""
    kind = kind_of_path(operation)
    return {} if kind is None else own.one(kind)


def _cannot_be(kind: str, value: Any) -> bool:
    """Whether no server should accept the value for this type; numbers as texts and the like may be."""
    if kind in ("integer", "number"):
        return _filled(value) or (isinstance(value, str) and _is_not_numeric(value))
    if kind == "array":
        return (isinstance(value, dict) and bool(value)) or _no_list(value)
    if kind in ("string", "boolean"):
        return isinstance(value, dict) and bool(value)
    return False


def _filled(value: Any) -> bool:
    return isinstance(value, dict | list) and bool(value)


def _is_not_numeric(text: str) -> bool:
    """Whether a text has no digit, and is not a word for a flag or for null either."""
    plain = text.strip().lower()
    words = {"", "null", "none", "nil", "undefined", "true", "false", "nan", "inf", "infinity"}
    return plain not in words and not any(each.isnumeric() for each in plain)


def _no_list(value: Any) -> bool:
    if isinstance(value, list):
        return any(isinstance(each, dict) and each for each in value)
    return isinstance(value, str) and _is_not_numeric(value)
