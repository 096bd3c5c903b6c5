"""One entry of a HAR file: a request and its response, however the exporter wrote them."""

from __future__ import annotations

import base64
import binascii
import math
import re
import zlib
from collections.abc import Iterator, Mapping
from email.parser import BytesParser
from functools import cached_property
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from contract_tests.client.exchange import File

MOST: Final = 64 << 20  # bytes of a body that is unpacked or stands in a file of its own
BESIDE: Final = re.compile(r"\w[\w-]{0,99}(?:\.\w{1,9})?")  # a file in the same directory
DATE: Final = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]{5,20}(?:Z|[+-]\d\d:?\d\d)?")
Headers = tuple[tuple[str, str], ...]


class Entry:
    """Reads one entry leniently: whatever is missing or of another type counts as not recorded."""

    def __init__(self, number: int, node: Any, directory: Path) -> None:
        self.number = number
        self._node = node if isinstance(node, dict) else {}
        self._request = _object(self._node, "request")
        self._response = _object(self._node, "response")
        self._content = _object(self._response, "content")
        self._sent = _object(self._request, "postData")
        self._directory = directory  # of the file, where Playwright may store bodies

    @property
    def started(self) -> str:
        """When the request was sent, as the file says; empty if it says no date."""
        found = DATE.fullmatch(_text(self._node, "startedDateTime"))
        return found[0] if found else ""

    @property
    def seconds(self) -> float:
        """How long the response took."""
        return max(0.0, _number(self._node, "time") / 1000)

    # The request

    @property
    def method(self) -> str:
        """The method."""
        return _text(self._request, "method").upper()

    @property
    def url(self) -> str:
        """The whole URL."""
        return _text(self._request, "url").strip()

    @cached_property
    def request_headers(self) -> Headers:
        """The headers of the request, without HTTP/2's pseudo-headers."""
        return _headers(self._request)

    @property
    def request_type(self) -> str:
        """The content type of the request; empty if it has none."""
        return header(self.request_headers, "content-type") or _text(self._sent, "mimeType")

    @cached_property
    def request_body(self) -> bytes | None:
        """The body of the request; None if there is none or it was not recorded."""
        stored = _stored(self._sent, self._directory)
        if stored or "urlencoded" not in self.request_type:
            return stored
        pairs = [(name, _text(each, "value")) for name, each in self._params()]
        return urlencode(pairs).encode("ascii") or None

    def files(self) -> dict[str, File]:
        """The files of a form that uploads them, by field; exporters leave out most contents."""
        if "multipart/form-data" not in self.request_type:
            return {}
        found: dict[str, File] = {}
        for field, each in self._params():
            content = _text(each, "value").encode("utf-8", "replace")
            found[field] = (_text(each, "fileName") or field, content, _text(each, "contentType"))
        return found or dict(_parts(self.request_type, self.request_body or b""))

    def _params(self) -> Iterator[tuple[str, dict[str, Any]]]:
        yield from ((_text(each, "name"), each) for each in _objects(self._sent, "params"))

    # The response

    @property
    def status(self) -> int:
        """The status of the response; 0 or less if there was none."""
        return int(_number(self._response, "status"))

    @cached_property
    def headers(self) -> Headers:
        """The headers of the response, without HTTP/2's pseudo-headers."""
        return _headers(self._response)

    @property
    def size(self) -> int:
        """The length of the body as the file states it; 0 or less if it does not."""
        return int(_number(self._content, "size"))

    @cached_property
    def body(self) -> bytes | None:
        """The body of the response; None if it was not recorded, or not as it was decoded."""
        body = _stored(self._content, self._directory)
        if body is None or (not body and self.size > 0):
            return None
        packed = header(self.headers, "content-encoding").lower() not in ("", "identity")
        if not packed or _is_text(body):  # an exporter should have decoded it
            return body
        return _unpacked(body)

    @property
    def replayed(self) -> bool:
        """Whether the response came from a cache, a service worker or a test, not from the server."""
        marks = ("_fromCache", "_fromDiskCache", "_fromServiceWorker", "_wasFulfilled")
        safaris = _text(self._node, "_fetchType")
        return (
            any(self._node.get(mark) for mark in marks)
            or bool(self._response.get("_fetchedViaServiceWorker"))
            or any(word in safaris for word in ("Cache", "Worker", "Override"))
            or bool(header(self.headers, "non-authoritative-reason"))  # Chrome's own redirects
        )


def header(headers: Headers, name: str) -> str:
    """The value of a header; empty if it is missing."""
    return next((value for each, value in headers if each.lower() == name), "")


def _object(node: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = node.get(key)
    return value if isinstance(value, dict) else {}


def _objects(node: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    value = node.get(key)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _text(node: Mapping[str, Any], key: str) -> str:
    value = node.get(key)
    return value if isinstance(value, str) else ""


def _number(node: Mapping[str, Any], key: str) -> float:
    try:
        number = float(node.get(key, 0))
    except (TypeError, ValueError, OverflowError):
        return 0.0
    return number if math.isfinite(number) else 0.0


def _headers(node: Mapping[str, Any]) -> Headers:
    named = ((_text(each, "name"), _text(each, "value")) for each in _objects(node, "headers"))
    return tuple((name, value) for name, value in named if name and not name.startswith(":"))


def _stored(node: Mapping[str, Any], directory: Path) -> bytes | None:
    """What the file holds as `text`, or beside itself, as Playwright does on request."""
    text = node.get("text")
    if isinstance(text, str) and (text or not node.get("_file")):
        return _decoded(text, _text(node, "encoding"))
    name = _text(node, "_file")
    if not BESIDE.fullmatch(name):
        return None
    try:
        with (directory / name).open("rb") as file:
            content = file.read(MOST + 1)
    except OSError:
        return None
    return content if len(content) <= MOST else None


def _decoded(text: str, encoding: str) -> bytes | None:
    if encoding.lower() != "base64":
        return text.encode("utf-8", "replace")
    try:
        return base64.b64decode(text)
    except (binascii.Error, ValueError):
        return None


def _is_text(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _unpacked(body: bytes) -> bytes | None:
    """A body that was recorded as it was sent; only what the standard library can unpack."""
    unpack = zlib.decompressobj(wbits=47)  # zlib or gzip
    try:
        found = unpack.decompress(body, MOST)
    except zlib.error:
        return None
    return found if unpack.eof else None


def _parts(content_type: str, body: bytes) -> Iterator[tuple[str, File]]:
    """The files of a recorded form."""
    head = f"Content-Type: {' '.join(content_type.split())}\r\n\r\n".encode("utf-8", "replace")
    for part in BytesParser().parsebytes(head + body).walk():
        field = part.get_param("name", header="content-disposition")
        if isinstance(field, str) and part.get_filename() is not None:
            content = part.get_payload(decode=True)
            known = content if isinstance(content, bytes) else b""
            yield field, (part.get_filename() or field, known, part.get_content_type())
