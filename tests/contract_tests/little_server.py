"""A tiny server for the suite's own tests: it returns whatever a test wants."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Received:
    """One request as it came in."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes
    inside: bool = True  # below the base path

    @property
    def token(self) -> str | None:
        """The bearer token."""
        header = self.headers.get("authorization")
        return None if header is None else header.removeprefix("Bearer ")


@dataclass(frozen=True)
class Reply:
    """One response."""

    status: int = 200
    body: Any = field(default_factory=lambda: {"success": True, "data": []})
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    dropped: bool = False  # the connection is cut instead


def page(status: int, title: str = "Sorry", **headers: str) -> Reply:
    """A web page, as a gateway sends it."""
    text = f"<!doctype html><html><head><title>{title}</title></head></html>".encode()
    return Reply(status, text, headers, "text/html; charset=utf-8")


DROPPED = Reply(dropped=True)
Answer = Callable[[Received], Reply]


class LittleServer(ThreadingHTTPServer):
    """Responds with the result of a function, and remembers what came in."""

    daemon_threads = True

    def __init__(self, answer: Answer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer
        self.received: list[Received] = []

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet: tests break connections on purpose."""

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self.server_port}/api"

    def calls(self) -> list[tuple[str, str]]:
        """Method and path of everything that came in."""
        return [(each.method, each.path) for each in self.received]


class _Handler(BaseHTTPRequestHandler):
    server: LittleServer
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # headers and body in one packet: two would wait for each other
    disable_nagle_algorithm = True

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length", 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        received = Received(
            method=self.command,
            path=parts.path.removeprefix("/api"),
            query=parse_qs(parts.query),
            headers=headers,
            body=self.rfile.read(length),
            inside=parts.path.startswith("/api/"),
        )
        self.server.received.append(received)
        reply = self.server.answer(received)
        if reply.dropped:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            self.close_connection = True
            return
        body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        self.send_response(reply.status)
        for name, value in {"Content-Type": reply.content_type, **reply.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet."""


@contextmanager
def little_server(answer: Answer) -> Iterator[LittleServer]:
    """The server, in a thread, on a free port."""
    server = LittleServer(answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


class LittleWorld:
    """Deals and stages in memory, for whoever has the token: enough to make and delete things."""

    def __init__(self, token: str = "a-token-that-is-secret") -> None:
        self.token = token
        self.deals: dict[int, dict[str, Any]] = {}
        self.stages = {n: {"id": n, "name": f"Stage {n}", "display_order": n} for n in (1, 2, 3)}
        self._ids = iter(range(100, 10_000))

    def __call__(self, request: Received) -> Reply:
        """Respond to a request."""
        if request.token != self.token:
            return Reply(401, {"success": False, "message": f"the token {request.token} is not valid"})
        record = json.loads(request.body) if request.body else {}
        match request.method, request.path.strip("/").split("/"):
            case "GET", ["deals"]:
                return self._listed(request)
            case "GET", ["deals", "stages"]:
                return Reply(body={"success": True, "data": list(self.stages.values())})
            case "POST", ["deals"]:
                return self._made(self.deals, record)
            case "POST", ["pipeline-stages"]:
                return self._made(self.stages, {**record, "display_order": len(self.stages) + 1})
            case "PUT", ["pipeline-stages", "reorder"]:
                for place, id_ in enumerate(record["order"], 1):
                    self.stages[id_]["display_order"] = place
                return Reply()
            case "DELETE", ["deals", id_]:
                return Reply() if self.deals.pop(int(id_), None) else _missing()
            case "DELETE", ["pipeline-stages", id_]:
                return Reply() if self.stages.pop(int(id_), None) else _missing()
        return _missing()

    def order(self) -> list[int]:
        """The ids of the stages in display order."""
        return [s["id"] for s in sorted(self.stages.values(), key=lambda s: s["display_order"])]

    def _listed(self, request: Received) -> Reply:
        words = request.query.get("search", [""])[0]
        found = [deal for deal in self.deals.values() if words in deal["name"]]
        page = {"current_page": 1, "last_page": 1, "per_page": 25, "total": len(found)}
        return Reply(body={"data": found, **page})

    def _made(self, there: dict[int, dict[str, Any]], record: dict[str, Any]) -> Reply:
        id_ = next(self._ids)
        there[id_] = {"id": id_, **record}
        return Reply(201, {"success": True, "data": {"id": id_}})


def _missing() -> Reply:
    return Reply(404, {"success": False, "message": "Not found"})
