"""Does the contract allow an answer? Judged with openapi-schema-validator, not with the mock's code."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any, NoReturn

from openapi_schema_validator import OAS30ReadValidator, oas30_format_checker

from benchmarks.robustness.contract_file import ContractFile, Operation, Schema
from benchmarks.robustness.wire import Answer, Request

SLOWEST = 5.0  # seconds
SMALL, LARGEST = 100_000, 1_000_000  # bytes: a small request, and the largest answer to it
NO_OPERATION = ("400", "404", "405")
NOT_THE_API = (*NO_OPERATION, "403")  # a page of the mock's own, under another name of the machine
OPTIONS = ("200", "204", "400", "404")
Find = Callable[[Any], list[str]]


class Token(Enum):
    """What is known of the token that a request carries."""

    GOOD = "good"
    BAD = "bad"
    UNSURE = "unsure"  # such as two at once


class Judge:
    """Finds what is wrong with answers."""

    def __init__(self, contract: ContractFile) -> None:
        self._contract = contract
        self._error = _finder(contract.error)
        self._finders: dict[tuple[str, str], Find] = {}

    def faults(
        self, request: Request, answer: Answer, token: Token = Token.GOOD, role: str = "admin", extra: int = 0
    ) -> list[str]:
        """One sentence for each fault; `extra` bytes may be in an answer because they have been written."""
        operation = self._contract.called_by(request.method, request.target)
        found = [*_limits(request, answer, extra), *_access(operation, answer, token, role)]
        status = str(answer.status)
        if status.startswith("5"):
            return [*found, f"server error {status}"]
        declared = operation.responses if operation else self._without_operation(request)
        if status not in declared:
            return [*found, f"status {status}, but only {', '.join(sorted(declared))} are declared"]
        if operation:
            return [*found, *self._body_faults(operation, answer)]
        if not answer.body and request.method in ("HEAD", "OPTIONS"):
            return found
        if status < "400":
            return found  # a preflight
        return [*found, *_json_faults(answer, self._error)]

    def _without_operation(self, request: Request) -> tuple[str, ...]:
        if request.method == "OPTIONS":
            return OPTIONS
        return NO_OPERATION if request.target.startswith(self._contract.base) else NOT_THE_API

    def _body_faults(self, operation: Operation, answer: Answer) -> list[str]:
        response = operation.responses[str(answer.status)]
        found = [
            f"the header {name} is missing"
            for name, header in response.get("headers", {}).items()
            if header.get("required") and not answer.header(name)
        ]
        (kind, media), *_ = response["content"].items()
        if kind == "text/csv":
            return [*found, *_csv_faults(answer, list(media["schema"]["x-csv-row"]["properties"]))]
        key = (operation.id, str(answer.status))
        if key not in self._finders:
            self._finders[key] = _finder(media["schema"])
        return [*found, *_json_faults(answer, self._finders[key])]


def _limits(request: Request, answer: Answer, extra: int) -> list[str]:
    found = []
    if answer.seconds > SLOWEST:
        found.append(f"took {answer.seconds:.1f} s")
    sent = len(request.body) + len(request.target)
    if sent < SMALL and len(answer.body) > LARGEST + extra:
        found.append(f"{len(answer.body)} bytes in answer to a request of {sent}")
    if answer.header("X-Injected"):
        found.append("a text of the request became a header of the answer")
    return found


def _access(operation: Operation | None, answer: Answer, token: Token, role: str) -> list[str]:
    if operation is None or operation.public:
        return []
    if token is Token.GOOD and answer.status == 401:
        return ["401 to a valid token"]
    if answer.status >= 400:
        return []
    if token is Token.BAD:
        return ["success without a valid token"]
    if token is Token.GOOD and operation.role not in ("", role):
        return [f"success for a {role}, who may not do this"]
    return []


def _finder(schema: Schema) -> Find:
    validator = OAS30ReadValidator(_closed(schema), format_checker=oas30_format_checker)

    def find(value: Any) -> list[str]:
        errors: Iterable[Any] = validator.iter_errors(value)
        return [f"{error.json_path}: {error.message[:200]}" for error in errors]

    return find


def _closed(node: Any) -> Any:
    """The schema, with no other properties than those it names: the mock sends what the contract has."""
    if isinstance(node, list):
        return [_closed(each) for each in node]
    if not isinstance(node, dict):
        return node
    closed = {name: _closed(value) for name, value in node.items()}
    if closed.get("type") == "object" and "properties" in closed:
        closed.setdefault("additionalProperties", False)
    return closed


def _json_faults(answer: Answer, find: Find) -> list[str]:
    if answer.header("Content-Type").lower().replace(" ", "") not in (
        "application/json",
        "application/json;charset=utf-8",
    ):
        return [f"the content type is {answer.header('Content-Type')!r}"]
    try:
        value = strict_json(answer.body)
    except (ValueError, RecursionError) as error:
        return [f"the body is not valid JSON: {error}"]
    return find(value)


def strict_json(body: bytes) -> Any:
    """The value; raises ValueError also for NaN, for repeated names and for what is not UTF-8."""
    return json.loads(body.decode("utf-8"), parse_constant=_constant, object_pairs_hook=_object)


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _object(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name is repeated")
    return found


def _csv_faults(answer: Answer, columns: list[str]) -> list[str]:
    if answer.header("Content-Type").lower().replace(" ", "") != "text/csv;charset=utf-8":
        return [f"the content type is {answer.header('Content-Type')!r}"]
    try:
        header, *rows = rows_of(answer.body)
    except (ValueError, csv.Error) as error:
        return [f"the body is not valid CSV: {error}"]
    if header != columns:
        return [f"the columns are {header}"]
    wrong = [place for place, row in enumerate(rows, 2) if len(row) != len(columns)]
    return [f"row {wrong[0]} has {len(rows[wrong[0] - 2])} cells, not {len(columns)}"] if wrong else []


def rows_of(body: bytes) -> list[list[str]]:
    """The rows of a CSV file, the header included."""
    csv.field_size_limit(2**31 - 1)
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True))
