"""Servers for the suite's own tests: any ASGI application, and a proxy that records requests."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import uvicorn

STARTING = 10.0  # seconds that a server may take to start
HOP_BY_HOP = ("connection", "keep-alive", "transfer-encoding", "content-length", "date", "server")


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """Run an ASGI application on a free port, in a thread; yields its root URL."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(app, log_level="error", lifespan="off", access_log=False)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            _await_start(server, thread)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=5)


def _await_start(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + STARTING
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise RuntimeError("the server did not start")
        time.sleep(0.005)


class RecordingProxy(ThreadingHTTPServer):
    """Passes every request on to a server, and remembers its method and path."""

    daemon_threads = True

    def __init__(self, target: str) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        self.target = urlsplit(target)
        self.seen: list[tuple[str, str]] = []

    @property
    def url(self) -> str:
        """The base URL of the server behind the proxy."""
        return f"http://127.0.0.1:{self.server_port}{self.target.path}"

    @property
    def methods(self) -> set[str]:
        """The methods that were used."""
        return {method for method, _ in self.seen}


class _Passing(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # headers and body in one packet: two would wait for each other
    disable_nagle_algorithm = True
    server: RecordingProxy

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):  # any method at all
            return self._pass
        raise AttributeError(name)

    def _pass(self) -> None:
        self.server.seen.append((self.command, self.path))
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        connection = HTTPConnection(self.server.target.hostname or "", self.server.target.port, timeout=30)
        try:
            connection.request(self.command, self.path, body, dict(self.headers))
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet."""


@contextmanager
def recording_proxy(target: str) -> Iterator[RecordingProxy]:
    """Run a proxy in front of a server, in a thread."""
    proxy = RecordingProxy(target)
    thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.shutdown()
        proxy.server_close()
        thread.join(timeout=5)
