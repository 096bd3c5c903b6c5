"""HAR files as each exporter writes them, small."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

API = "https://crm.example/api"
Node = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """A request and its response, as they really were."""

    method: str = "GET"
    url: str = f"{API}/deals/stages"
    status: int = 200
    body: bytes = b'{"success": true, "data": []}'
    content_type: str = "application/json"
    request_body: bytes | None = None
    request_type: str = "application/json"
    token: str = "a-token-that-is-secret"
    headers: dict[str, str] = field(default_factory=dict)  # more of the response


def named(**headers: str) -> list[Node]:
    """A list of headers."""
    return [{"name": name.replace("_", "-"), "value": value} for name, value in headers.items()]


def chrome(call: Call) -> Node:
    """Chrome: HTTP/2 pseudo-headers, tokens left out, sizes of the decoded body."""
    sent = [{"name": ":method", "value": call.method}, {"name": ":path", "value": "/"}]
    if call.request_body:
        sent += named(content_type=call.request_type)
    return _entry(
        call,
        request_headers=sent,
        response_headers=[{"name": ":status", "value": str(call.status)}, *_headers(call)],
        content={"size": len(call.body), "mimeType": call.content_type.partition(";")[0], **_text(call)},
        extra={"_resourceType": "xhr", "_priority": "High", "_connectionId": "9", "connection": "443"},
    )


def firefox(call: Call) -> Node:
    """Firefox: header names as they were written, a body size of the wire, comments."""
    return _entry(
        call,
        request_headers=_sent(call, "Authorization", "Content-Type"),
        response_headers=_headers(call),
        content={"mimeType": call.content_type, "size": len(call.body), **_text(call)},
        extra={"_securityState": "secure", "comment": "", "pageref": "page_1"},
    )


def safari(call: Call) -> Node:
    """Safari: says where a response came from."""
    return _entry(
        call,
        request_headers=_sent(call, "Authorization", "Content-Type"),
        response_headers=_headers(call),
        content={"size": len(call.body), "compression": 0, "mimeType": call.content_type, **_text(call)},
        extra={"_fetchType": "Network Load", "_priority": "medium"},
    )


def mitmproxy(call: Call) -> Node:
    """mitmproxy: sizes of the compressed body, times with microseconds."""
    return _entry(
        call,
        started="2026-11-26T09:30:00.123456+00:00",
        request_headers=_sent(call, "authorization", "content-type"),
        response_headers=_headers(call),
        content={
            "size": 31,
            "compression": len(call.body) - 31,
            "mimeType": call.content_type,
            **_text(call),
        },
    )


def charles(call: Call) -> Node:
    """Charles: every body in base64."""
    text = base64.b64encode(call.body).decode("ascii")
    return _entry(
        call,
        request_headers=_sent(call, "Authorization", "Content-Type"),
        response_headers=_headers(call),
        content={"size": len(call.body), "mimeType": call.content_type, "text": text, "encoding": "base64"},
    )


def playwright(call: Call) -> Node:
    """Playwright: headers in lower case, -1 for what it did not measure."""
    return _entry(
        call,
        request_headers=_sent(call, "authorization", "content-type"),
        response_headers=[{**each, "name": each["name"].lower()} for each in _headers(call)],
        content={"size": -1, "mimeType": call.content_type, **_text(call)},
        extra={"_apiRequest": True, "time": -1},
    )


EXPORTERS: tuple[Callable[[Call], Node], ...] = (chrome, firefox, safari, mitmproxy, charles, playwright)


def har(entries: Iterable[Any]) -> Node:
    """A whole file."""
    pages = [{"id": "page_1", "title": 'a page with "entries": [ in its title', "pageTimings": {}}]
    creator = {"name": "a test", "version": "1", "comment": ""}
    return {"log": {"version": "1.2", "creator": creator, "pages": pages, "entries": list(entries)}}


def saved(path: Path, *entries: Any) -> Path:
    """Write the file; returns its path."""
    path.write_text(json.dumps(har(entries)), "utf-8")
    return path


def _entry(
    call: Call,
    *,
    request_headers: list[Node],
    response_headers: list[Node],
    content: Node,
    started: str = "2026-11-26T09:30:00.000Z",
    extra: Node | None = None,
) -> Node:
    request: Node = {
        "method": call.method,
        "url": call.url,
        "httpVersion": "http/2.0",
        "headers": request_headers,
        "queryString": [],
        "cookies": [],
        "headersSize": -1,
        "bodySize": len(call.request_body or b""),
    }
    if call.request_body is not None:
        request["postData"] = {"mimeType": call.request_type, "text": call.request_body.decode("utf-8")}
    response = {
        "status": call.status,
        "statusText": "",
        "httpVersion": "http/2.0",
        "headers": response_headers,
        "cookies": [],
        "content": content,
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
        "_error": None,
    }
    times = {"startedDateTime": started, "time": 12.5, "timings": {"send": 0, "wait": 12, "receive": 0.5}}
    return {**times, "request": request, "response": response, "cache": {}, **(extra or {})}


def _sent(call: Call, authorization: str, content_type: str) -> list[Node]:
    found = [{"name": authorization, "value": f"Bearer {call.token}"}]
    return found + ([{"name": content_type, "value": call.request_type}] if call.request_body else [])


def _headers(call: Call) -> list[Node]:
    kind = {"Content-Type": call.content_type} if call.content_type else {}
    return [{"name": name, "value": value} for name, value in {**kind, **call.headers}.items()]


def _text(call: Call) -> Node:
    return {"text": call.body.decode("utf-8")}
