"""The journal as an HTTP Archive (HAR 1.2), without secrets."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC
from typing import Any
from urllib.parse import parse_qsl

from mock_server import __version__
from mock_server.control.redaction import header_fields, without_secrets
from mock_server.journal import Entry, Message

Node = dict[str, Any]


def archive(entries: Iterable[Entry], origin: str) -> Node:
    """The archive of these requests to a mock at this origin (`http://127.0.0.1:4010`)."""
    shown = [_entry(each, origin) for each in entries]
    creator = {"name": "deals-mock", "version": __version__}
    return {"log": {"version": "1.2", "creator": creator, "entries": shown}}


def _entry(entry: Entry, origin: str) -> Node:
    query = without_secrets(entry.query)
    return {
        "startedDateTime": entry.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "time": round(entry.milliseconds, 1),
        "request": {
            "method": entry.method,
            "url": f"{origin}{without_secrets(entry.asked)}{'?' if query else ''}{query}",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _headers(entry.request),
            "queryString": [{"name": n, "value": v} for n, v in parse_qsl(query, keep_blank_values=True)],
            "headersSize": -1,
            "bodySize": entry.request.body_size,
            **_posted(entry.request),
        },
        "response": {
            "status": entry.status,
            "statusText": "",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _headers(entry.response),
            "content": _content(entry.response),
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": entry.response.body_size,
        },
        "cache": {},
        "timings": {"send": 0, "wait": round(entry.milliseconds, 1), "receive": 0},
    }


def _headers(message: Message) -> list[Node]:
    return [{"name": name, "value": value} for name, value in header_fields(message)]


def _posted(message: Message) -> Node:
    if not message.body:
        return {}
    return {"postData": {"mimeType": _kind(message), "text": _text(message.body)}}


def _content(message: Message) -> Node:
    content: Node = {"size": message.body_size, "mimeType": _kind(message)}
    return content if message.body is None else {**content, "text": _text(message.body)}


def _text(body: bytes) -> str:
    return without_secrets(body.decode("utf-8", "replace"))


def _kind(message: Message) -> str:
    return dict(header_fields(message)).get("content-type", "")
