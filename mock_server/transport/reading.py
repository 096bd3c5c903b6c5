"""Reads requests: query and body are checked against the contract before any handler runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from werkzeug.exceptions import HTTPException
from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_options_header

from mock_server.contract import CompiledOperation, MockContract
from mock_server.domain.refusals import Invalid
from mock_server.errors import BadRequest
from mock_server.header_fields import by_name
from mock_server.schemas import Validator
from mock_server.transport.aside import aside
from mock_server.transport.content_encoding import unpacked
from mock_server.transport.json_body import read_json
from mock_server.transport.scope import CONTEXT, operation_of
from mock_server.transport.unknown_names import complaints, fixed_fields, unchanged
from mock_server.transport.warnings import as_header, warn

MOST_PARAMETERS = 1000
PUBLIC_BODY = 65_536  # bytes without a token: more than signing in needs, and little to work through
NOT_MULTIPART = "The body is not valid multipart/form-data"
NO_BOUNDARY = (
    "The Content-Type multipart/form-data has no boundary: "
    "do not set it yourself, so that your client sends it with the boundary"
)
LIST_ITEM = re.compile(r"(.+)\[[0-9]*\]")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file in a multipart body."""

    filename: str
    content: bytes


async def read_body(receive: Receive, headers: Mapping[str, str], limit: int) -> bytes:
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


def read_multipart(body: bytes, options: dict[str, str], repeated: list[str]) -> dict[str, str | Upload]:
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
        raise BadRequest(NOT_MULTIPART if options.get("boundary") else NO_BOUNDARY) from error
    if None in form or None in files:  # a part without a name, which RFC 7578 requires
        raise BadRequest(NOT_MULTIPART)
    repeated += [name for parts in (form, files) for name, sent in parts.lists() if len(sent) > 1]
    uploads = {name: Upload(sent[-1].filename or "", sent[-1].read()) for name, sent in files.lists()}
    return {**{name: texts[-1] for name, texts in form.lists()}, **uploads}


READERS: dict[str, Callable[[bytes, dict[str, str], list[str]], Any]] = {
    "application/json": lambda body, _, repeated: read_json(body, repeated),
    "multipart/form-data": read_multipart,
}


def decoded_body(operation: CompiledOperation, body: bytes, content_type: str, repeated: list[str]) -> Any:
    """The value of a body with a declared content type; None if there is no body and none is required.

    Names of which the body has several are added to `repeated`.
    """
    if not body:
        if operation.body_required:
            raise BadRequest("A request body is required")
        return None
    kind, options = _media_type(content_type)
    charset = options.get("charset", "utf-8").lower()
    # Some Java clients name a charset for multipart bodies, where it means nothing: each part has its own.
    foreign = kind == "application/json" and charset not in ("utf-8", "utf8")
    if kind not in operation.bodies or foreign:
        raise BadRequest(f"The Content-Type must be {' or '.join(operation.bodies)}")
    return READERS[kind](body, options, repeated)


def body_value(
    operation: CompiledOperation, packed: bytes, headers: Mapping[str, str], limit: int, repeated: list[str]
) -> Any:
    """The value of a body as it was sent: unpacked, decoded, with null for empty texts that mean it."""
    raw = unpacked(packed, headers.get("content-encoding", ""), limit)
    decoded = decoded_body(operation, raw, headers.get("content-type", ""), repeated)
    return without_empty_texts(operation, decoded)


def media_type(headers: Mapping[str, str]) -> str:
    """The media type of a body, without its options."""
    return _media_type(headers.get("content-type", ""))[0]


def as_texts(value: Any) -> Any:
    """The fields of a body as their schema sees them: the place of a file is an empty text."""
    if not isinstance(value, dict):
        return value
    return {name: "" if isinstance(field, Upload) else field for name, field in value.items()}


def _media_type(content_type: str) -> tuple[str, dict[str, str]]:
    kind, options = parse_options_header(content_type)
    return kind.lower(), options


def without_empty_texts(operation: CompiledOperation, value: Any) -> Any:
    """The body with null for each empty text in a field that null empties: forms have no other way."""
    if not isinstance(value, dict):
        return value
    return {n: None if field == "" and n in operation.emptied else field for n, field in value.items()}


def body_errors(operation: CompiledOperation, value: Any, kind: str) -> dict[str, str]:
    """One sentence for each invalid field of the body."""
    if value is None and not operation.body_required:
        return {}
    validator = operation.bodies[kind]
    if kind == "application/json":
        return _json_errors(validator, value)
    properties = validator.schema.get("properties", {})
    files = {n for n, schema in properties.items() if schema.get("format") == "binary"}
    errors = validator.errors(as_texts(value))
    wrong = {n: f"{n} must be a file" for n in files if isinstance(value.get(n), str)}
    return {**errors, **wrong}


def known_fields(operation: CompiledOperation, value: Any) -> Any:
    """The body without unknown fields: a client may send more, as it may receive more."""
    if not isinstance(value, dict):
        return value
    return {name: field for name, field in value.items() if name in operation.writable}


def _json_errors(validator: Validator, value: Any) -> dict[str, str]:
    try:
        return validator.errors(value)
    except ValueError as error:  # the validator's own limit, a few hundred levels
        raise BadRequest("The body is nested too deeply") from error


@dataclass(frozen=True, slots=True)
class Query:
    """The parameters of a query string: their texts, and which of them are repeated."""

    texts: dict[str, str]
    repeated: list[str]


def read_query(operation: CompiledOperation, query: bytes) -> Query:
    """The parameters; of a repeated one the last text, of a list all of them, however it is spelled."""
    try:
        pairs = parse_qsl(
            query.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS
        )
    except UnicodeDecodeError as error:
        raise BadRequest("The query string is not valid UTF-8") from error
    except ValueError as error:
        raise BadRequest(f"The query string has more than {MOST_PARAMETERS} parameters") from error
    texts: dict[str, str] = {}
    repeated: list[str] = []
    for name, text in pairs:
        item = LIST_ITEM.fullmatch(name)  # stage_ids[]=1 or stage_ids[0]=1
        name = item[1] if item and item[1] in operation.separators else name
        if name in texts and name in operation.separators:
            text = operation.separators[name].join([texts[name], text])
        elif name in texts:
            repeated.append(name)
        texts[name] = text
    return Query(texts, repeated)


class RequestReader:
    """ASGI middleware: adds `query` and `body`, parsed and checked, to the handlers' arguments.

    Names that change nothing are reported in a header of the response and in the log, or refused if `strict`.
    """

    def __init__(self, app: ASGIApp, contract: MockContract, *, strict: bool = False) -> None:
        self.app = app
        self._contract = contract
        self._strict = strict

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        operation_id = operation_of(scope)
        if scope["type"] != "http" or operation_id is None:
            await self.app(scope, receive, send)
            return
        operation = self._contract.compiled[operation_id]
        arguments, fixed = await self._read(operation, scope, receive)
        scope["extensions"].setdefault(CONTEXT, {}).update(arguments)
        if fixed:
            send = _watching(fixed, scope, send)
        await self.app(_already_read(scope), receive, send)

    def _largest(self, operation: CompiledOperation) -> int:
        largest = self._contract.max_body_bytes
        return min(largest, PUBLIC_BODY) if self._contract.operations[operation.id].public else largest

    async def _read(
        self, operation: CompiledOperation, scope: Scope, receive: Receive
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """The arguments, and the fields of the body that this operation does not change."""
        headers = by_name(scope["headers"])
        sent = read_query(operation, scope["query_string"])
        query, errors = operation.query.read(sent.texts)
        arguments: dict[str, Any] = {"query": query}
        body: Any = None
        repeated: list[str] = []
        if operation.bodies:
            limit = self._largest(operation)
            packed = await read_body(receive, headers, limit)
            # Packed, a body may be a thousandth of what it becomes.
            size = limit if "content-encoding" in headers else len(packed)
            body = await aside(size, body_value, operation, packed, headers, limit, repeated)
            errors |= body_errors(operation, body, media_type(headers))
            arguments["body"] = known_fields(operation, body)
        ignored = complaints(operation, sent.texts, body, repeated=sent.repeated, repeated_fields=repeated)
        warn(scope, ignored.values())
        if self._strict and ignored and 422 not in operation.responses:
            raise BadRequest(as_header(ignored.values()))
        if errors or (self._strict and ignored):
            raise Invalid({**(ignored if self._strict else {}), **errors})
        return arguments, fixed_fields(operation, body)


def _watching(fixed: dict[str, Any], scope: Scope, send: Send) -> Send:
    """Sends the response of a handler, and warns of fields that are not in it as they were sent."""
    parts: list[bytes] = []

    async def watching(message: Message) -> None:
        parts.append(message.get("body", b""))
        if message["type"] == "http.response.body" and not message.get("more_body"):
            warn(scope, unchanged(fixed, b"".join(parts)))
        await send(message)

    return watching


def _already_read(scope: Scope) -> Scope:
    """The request without what has been read, so that no layer below reads it again."""
    read = (b"content-type", b"content-length", b"transfer-encoding")
    headers = [(name, value) for name, value in scope["headers"] if name not in read]
    return {**scope, "query_string": b"", "headers": headers}
