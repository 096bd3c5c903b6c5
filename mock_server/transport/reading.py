"""Reads requests: query and body are checked against the contract before any handler runs."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send
from werkzeug.exceptions import HTTPException
from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_options_header

from mock_server.contract import CompiledOperation, MockContract
from mock_server.domain.refusals import Invalid
from mock_server.errors import BadRequest
from mock_server.schemas import Validator

EXACT_INTEGERS = 2**53
PUBLIC_BODY = 65_536  # bytes without a token: more than signing in needs, and little to work through
NOT_JSON = "The body is not valid JSON"
NOT_MULTIPART = "The body is not valid multipart/form-data"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file in a multipart body."""

    filename: str
    content: bytes


async def read_body(receive: Receive, headers: Headers, limit: int) -> bytes:
    """The whole body; raises BadRequest if it is larger than the limit."""
    announced = headers.get("content-length", "0")
    if announced.isdecimal() and int(announced[:20]) > limit:
        _too_large(limit)
    chunks: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > limit:
            _too_large(limit)
        more = message.get("more_body", False)
    return b"".join(chunks)


def _too_large(limit: int) -> NoReturn:
    raise BadRequest(f"The request body is larger than {limit} bytes")


def read_json(body: bytes, _options: dict[str, str]) -> Any:
    """The JSON in a body, parsed strictly by RFC 8259; a whole number becomes an int."""
    try:
        text = body.decode("utf-8")
        value = json.loads(text, parse_constant=_no_constant, parse_float=_number)
        if "\\u" in text:  # an escape may hide a lone surrogate, which is not valid text
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest("The body is not valid UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise BadRequest(NOT_JSON) from error
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _number(text: str) -> float | int:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is too large")
    return int(number) if number.is_integer() and abs(number) < EXACT_INTEGERS else number


def read_multipart(body: bytes, options: dict[str, str]) -> dict[str, str | Upload]:
    """The fields of a multipart body; of a repeated field, the last one."""
    parser = FormDataParser(
        stream_factory=lambda *_, **__: BytesIO(),
        max_form_memory_size=None,
        max_form_parts=1000,
        silent=False,
    )
    try:
        _, form, files = parser.parse(BytesIO(body), "multipart/form-data", len(body), options)
    except (ValueError, HTTPException) as error:
        raise BadRequest(NOT_MULTIPART) from error
    if None in form or None in files:  # a part without a name, which RFC 7578 requires
        raise BadRequest(NOT_MULTIPART)
    uploads = {name: Upload(sent[-1].filename or "", sent[-1].read()) for name, sent in files.lists()}
    return {**{name: texts[-1] for name, texts in form.lists()}, **uploads}


READERS: dict[str, Callable[[bytes, dict[str, str]], Any]] = {
    "application/json": read_json,
    "multipart/form-data": read_multipart,
}


def decoded_body(operation: CompiledOperation, body: bytes, content_type: str) -> Any:
    """The value of a body with a declared content type; None if there is no body and none is required."""
    if not body:
        if operation.body_required:
            raise BadRequest("A request body is required")
        return None
    kind, options = parse_options_header(content_type)
    charset = options.get("charset", "utf-8").lower()
    if kind not in operation.bodies or charset not in ("utf-8", "utf8"):
        raise BadRequest(f"The Content-Type must be {' or '.join(operation.bodies)}")
    return READERS[kind](body, options)


def body_errors(operation: CompiledOperation, value: Any, content_type: str) -> dict[str, str]:
    """One sentence for each invalid field of the body."""
    if value is None and not operation.body_required:
        return {}
    kind, _ = parse_options_header(content_type)
    validator = operation.bodies[kind]
    if kind == "application/json":
        return _json_errors(validator, value)
    properties = validator.schema.get("properties", {})
    files = {n for n, schema in properties.items() if schema.get("format") == "binary"}
    errors = validator.errors({n: "" if isinstance(v, Upload) else v for n, v in value.items()})
    wrong = {n: f"{n} must be a file" for n in files if isinstance(value.get(n), str)}
    return {**errors, **wrong}


def known_fields(operation: CompiledOperation, value: Any) -> Any:
    """The body without unknown fields: a client may send more, as it may receive more."""
    if not isinstance(value, dict):
        return value
    known = {name for validator in operation.bodies.values() for name in validator.properties}
    return {name: field for name, field in value.items() if name in known}


def _json_errors(validator: Validator, value: Any) -> dict[str, str]:
    try:
        return validator.errors(value)
    except ValueError as error:  # the validator's own limit, a few hundred levels
        raise BadRequest("The body is nested too deeply") from error


def read_query(operation: CompiledOperation, query: bytes) -> tuple[dict[str, Any], dict[str, str]]:
    """The query parameters and their errors; of a repeated parameter, the last one."""
    try:
        pairs = parse_qsl(query.decode("utf-8"), keep_blank_values=True, errors="strict")
    except ValueError as error:
        raise BadRequest("The query string is not valid UTF-8") from error
    return operation.query.read(dict(pairs))


class RequestReader:
    """ASGI middleware: adds `query` and `body`, parsed and checked, to the handlers' arguments."""

    def __init__(self, app: ASGIApp, contract: MockContract) -> None:
        self.app = app
        self._contract = contract

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        extensions = scope.get("extensions", {})
        operation_id = extensions.get("connexion_routing", {}).get("operation_id")
        if scope["type"] != "http" or operation_id is None:
            await self.app(scope, receive, send)
            return
        arguments = await self._read(self._contract.compiled[operation_id], scope, receive)
        extensions.setdefault("connexion_context", {}).update(arguments)
        await self.app(_already_read(scope), receive, send)

    def _largest(self, operation: CompiledOperation) -> int:
        largest = self._contract.max_body_bytes
        return min(largest, PUBLIC_BODY) if self._contract.operations[operation.id].public else largest

    async def _read(self, operation: CompiledOperation, scope: Scope, receive: Receive) -> dict[str, Any]:
        headers = Headers(scope=scope)
        query, errors = read_query(operation, scope["query_string"])
        arguments: dict[str, Any] = {"query": query}
        if operation.bodies:
            raw = await read_body(receive, headers, self._largest(operation))
            content_type = headers.get("content-type", "")
            body = decoded_body(operation, raw, content_type)
            errors |= body_errors(operation, body, content_type)
            arguments["body"] = known_fields(operation, body)
        if errors:
            raise Invalid(errors)
        return arguments


def _already_read(scope: Scope) -> Scope:
    """The request without what has been read, so that no layer below reads it again."""
    read = (b"content-type", b"content-length", b"transfer-encoding")
    headers = [(name, value) for name, value in scope["headers"] if name not in read]
    return {**scope, "query_string": b"", "headers": headers}
