"""Secrets in recorded requests: found by the names of their fields, and replaced by a shell variable."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from contract_tests.client.content import read_json
from contract_tests.client.redaction import UNMISTAKABLE
from contract_tests.client.tokens import header_variable
from contract_tests.recorded.entry import Entry

PRIVATE: Final = re.compile(
    r"passw|pwd|secret|token|api[-_]?key|authoriz|\bauth\b|credential|signature|session|csrf|xsrf|jwt|cookie",
    re.IGNORECASE,
)
Query = tuple[tuple[str, str], ...]


def secrets_of(entry: Entry) -> Iterator[tuple[str, str]]:
    """The secrets of an entry, which a response may repeat, and what to show instead."""
    named = (
        *_in_headers(entry),
        *parse_qsl(urlsplit(entry.url).query),
        *_in_body(entry.request_body, entry.request_type),
    )
    yield from ((value, header_variable(name)) for name, value in named if PRIVATE.search(name) and value)


def _in_headers(entry: Entry) -> Iterator[tuple[str, str]]:
    for name, value in (*entry.request_headers, *entry.headers):
        kind = name.lower()
        if "cookie" in kind:  # most are no secret, but words such as `dark`
            values = (part.partition("=")[2] for part in re.split(r";\s*", value))
            yield from (("cookie", each) for each in values if len(each) >= UNMISTAKABLE)
        else:
            yield "token" if kind == "authorization" else name, value.split(" ")[-1]  # without the scheme


def _in_body(body: bytes | None, content_type: str) -> Iterator[tuple[str, str]]:
    if "urlencoded" in content_type:
        yield from parse_qsl((body or b"").decode("utf-8", "replace"))
    try:
        yield from _texts(read_json(body or b""))
    except ValueError:
        return


def _texts(value: Any) -> Iterator[tuple[str, str]]:
    """Every text in a JSON value, with the name of its field."""
    if isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, dict):
        for name, each in value.items():
            if isinstance(each, str):
                yield name, each
            yield from _texts(each)


def without_secrets(url: str) -> tuple[str, Query]:
    """A URL and its query without user, password and whatever its query keeps secret."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    query = tuple(parse_qsl(parts.query, keep_blank_values=True))
    text = parts.query
    if any(PRIVATE.search(name) for name, _ in query):
        query = tuple((name, _hidden(name, value)) for name, value in query)
        text = urlencode(query, safe="$")
    return urlunsplit((parts.scheme, host, parts.path, text, "")), query


def body_without_secrets(body: bytes | None, content_type: str) -> bytes | None:
    """A request's body without the values of its secret fields; the same bytes if it has none."""
    if not body or not PRIVATE.search(body.decode("utf-8", "replace")):
        return body
    if "urlencoded" in content_type:
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
        return urlencode([(name, _hidden(name, value)) for name, value in pairs], safe="$").encode("ascii")
    try:
        value = read_json(body)
    except ValueError:
        return b"(a body with a secret, left out)"
    return json.dumps(_without(value)).encode("utf-8")


def _without(value: Any) -> Any:
    if isinstance(value, list):
        return [_without(each) for each in value]
    if isinstance(value, dict):
        return {name: _without(_hidden(name, each)) for name, each in value.items()}
    return value


def _hidden(name: str, value: Any) -> Any:
    """The value, or a shell variable that is named after its field."""
    if not PRIVATE.search(name) or not isinstance(value, str):
        return value
    return header_variable(name)
