"""Which entries of a HAR file are responses of the API that can be judged, and why the others are not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, Final
from urllib.parse import urlsplit

from contract_tests.client.content import read_json
from contract_tests.client.exchange import Exchange
from contract_tests.client.foreign import UNAVAILABLE, is_foreign, is_page
from contract_tests.recorded.entry import Entry
from contract_tests.recorded.private_fields import body_without_secrets, without_secrets
from deals_spec import Contract, Operation
from deals_spec.responses import JSON_TYPE

PORTS: Final = {"http": 80, "https": 443}


class Unjudged(Enum):
    """Why an entry is not judged: the words of the report, and whether a response of the API got lost."""

    ELSEWHERE = "requests to other addresses", False
    PREFLIGHT = "CORS preflights", False
    NO_OPERATION = "requests to operations that the contract does not have", False
    DESELECTED = "left out by --only or --skip", False
    NO_RESPONSE = "without a response", False
    REPLAYED = "answered by a cache, a service worker or a stub", False
    REDIRECTED = "redirected", False
    GATEWAY = "with status 502, 503 or 504, which may come from a gateway", False
    PAGE = "answered with a web page, which may come from a gateway or a login", True
    NO_HEADERS = "recorded without the headers of the response", True
    NO_BODY = "recorded without the body of the response", True
    CUT_OFF = "with a body that was cut off in the recording", True

    def __init__(self, words: str, lost: bool) -> None:
        self.words = words
        self.lost = lost


@dataclass
class RecordedExchange(Exchange):
    """An exchange that someone else made: it says where it was recorded."""

    origin: str = ""

    def curl(self) -> str:
        """A command that repeats the request, below its origin: what it refers to may no longer exist."""
        return f"# {self.origin}\n{super().curl()}"


class Traffic:
    """Tells the requests to the API from all others, by the base URL or by the contract's base path."""

    def __init__(self, contract: Contract, base_url: str, file: str) -> None:
        self._contract = contract
        self._base_url = base_url
        self._file = " ".join(file.split())
        self._server = server_of(base_url) if base_url else ""
        self._base_path = urlsplit(base_url).path.rstrip("/") if base_url else contract.base_path

    def operation(self, entry: Entry) -> Operation | Unjudged:
        """The operation that an entry's request belongs to."""
        path = self._path(entry.url)
        if path is None:
            return Unjudged.ELSEWHERE
        if entry.method == "OPTIONS":
            return Unjudged.PREFLIGHT
        operation = self._contract.match(entry.method, path)
        if operation is None or not _fits(operation, path):
            return Unjudged.NO_OPERATION
        return operation

    def exchange(self, entry: Entry, operation: Operation) -> RecordedExchange | Unjudged:
        """The exchange to judge, if the entry has all that it takes."""
        if not 200 <= entry.status <= 599:
            return Unjudged.NO_RESPONSE
        if entry.replayed or entry.status == 304:
            return Unjudged.REPLAYED
        if 300 <= entry.status < 400:
            return Unjudged.REDIRECTED
        exchange = self._exchange(entry, operation)
        if entry.status in UNAVAILABLE and is_foreign(exchange, self._contract):
            return Unjudged.GATEWAY
        if entry.status != 500 and _is_page(entry, exchange):
            return Unjudged.PAGE
        if entry.status >= 500 or entry.status not in self._contract.named_statuses:
            return exchange  # its status alone is wrong
        return _lacking(entry, exchange) or exchange

    def _path(self, url: str) -> str | None:
        """The path below the base path; None if the request did not go to the API."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return None
        if parts.scheme not in PORTS or (self._server and server_of(url) != self._server):
            return None
        inside = parts.path.startswith(self._base_path + "/")
        return parts.path[len(self._base_path) :] if inside else None

    def _exchange(self, entry: Entry, operation: Operation) -> RecordedExchange:
        url, query = without_secrets(entry.url)
        sent, kind = body_without_secrets(entry.request_body, entry.request_type), entry.request_type
        files = entry.files()
        return RecordedExchange(
            method=operation.method,
            path=self._path(entry.url) or "",
            url=url,
            status=entry.status,
            headers=_joined(entry),
            body=entry.body or b"",
            request_body=None if files else sent,
            as_="nobody" if operation.public else "me",
            operation_id=operation.id,
            seconds=entry.seconds,
            query=query,
            request_headers={"Content-Type": kind} if sent and kind else {},
            files=files,
            origin=", ".join(filter(None, (f"entry {entry.number} of {self._file}", entry.started))),
            unknown=tuple(sorted({name for name, _ in query} - operation.query.keys())),
        )


def server_of(url: str) -> str:
    """Scheme, host and port of a URL, in one spelling for each server; empty if it is no URL."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme)
    except ValueError:
        return ""
    shown = "" if port == PORTS.get(parts.scheme) else f":{port}"
    return f"{parts.scheme}://{parts.hostname}{shown}" if parts.hostname else ""


def _fits(operation: Operation, path: str) -> bool:
    """Whether ids are numbers: `/deals/search` is an operation of its own, although no one documented it."""
    pattern, types = operation.path.split("/"), _types(operation)
    given = zip(pattern, path.split("/"), strict=True)
    return all(
        types.get(name.strip("{}")) != "integer" or value.lstrip("-").isdigit() for name, value in given
    )


def _types(operation: Operation) -> dict[str, Any]:
    return {each["name"]: each["schema"].get("type") for each in operation.parameters if each["in"] == "path"}


def _joined(entry: Entry) -> dict[str, str]:
    """The headers by name, repeated ones joined; without the cookies, which are secret."""
    found: dict[str, str] = {}
    for name, value in entry.headers:
        if name.lower() != "set-cookie":
            found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def _is_page(entry: Entry, exchange: Exchange) -> bool:
    """Whether the response is a web page, or is called one and has no recorded body."""
    return is_page(exchange) or (entry.body is None and "html" in (exchange.content_type or ""))


def _lacking(entry: Entry, exchange: Exchange) -> Unjudged | None:
    """What the recording lacks, so that the response cannot be judged."""
    if not entry.headers:
        return Unjudged.NO_HEADERS
    if entry.body is None:
        return Unjudged.NO_BODY
    kind = (exchange.content_type or "").partition(";")[0].strip().lower()
    if kind == JSON_TYPE and len(entry.body) < entry.size and not _is_json(entry.body):
        return Unjudged.CUT_OFF
    return None


def _is_json(body: bytes) -> bool:
    try:
        read_json(body)
    except ValueError:
        return False
    return True
