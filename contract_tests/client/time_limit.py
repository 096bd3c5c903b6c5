"""Breaks off an exchange that takes too long as a whole, however slowly the server sends."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar

import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection


class Limit:
    """The time limit of one exchange; when it has passed, the connection is closed."""

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline  # on the monotonic clock
        self.passed = False
        self._socket: socket.socket | None = None

    def watch(self, connection: socket.socket | None) -> None:
        """Close this connection when the time is up."""
        self._socket = connection
        if self.passed:
            self.close()

    def close(self) -> None:
        """Close the connection: whoever reads from it gets an error at once."""
        self.passed = True
        if self._socket is not None:
            with suppress(OSError, ValueError):
                self._socket.shutdown(socket.SHUT_RDWR)


CURRENT: ContextVar[Limit | None] = ContextVar("the time limit of this thread's exchange", default=None)


class TimeLimits:
    """The time limits of all exchanges; one thread watches over them."""

    def __init__(self) -> None:
        self._limits: set[Limit] = set()
        self._changed = threading.Condition()
        self._wakes_at: float | None = None  # None: there is no thread yet

    @contextmanager
    def of(self, seconds: float) -> Iterator[Limit]:
        """Limit the time of an exchange of this thread."""
        limit = Limit(time.monotonic() + seconds)
        token = CURRENT.set(limit)
        self._add(limit)
        try:
            yield limit
        finally:
            CURRENT.reset(token)
            with self._changed:
                self._limits.discard(limit)

    def end_all(self) -> None:
        """Break off all exchanges now."""
        with self._changed:
            for limit in self._limits:
                limit.close()

    def _add(self, limit: Limit) -> None:
        with self._changed:
            self._limits.add(limit)
            if self._wakes_at is None:
                self._wakes_at = limit.deadline
                threading.Thread(target=self._watch, name="time-limits", daemon=True).start()
            elif limit.deadline < self._wakes_at:
                self._changed.notify()

    def _watch(self) -> None:
        with self._changed:
            while True:
                now = time.monotonic()
                for limit in self._limits:
                    if limit.deadline <= now:
                        limit.close()
                waiting = [limit.deadline for limit in self._limits if not limit.passed]
                if not waiting:
                    self._wakes_at = None
                    return
                self._wakes_at = min(waiting)
                self._changed.wait(self._wakes_at - now)


class _Watched(HTTPConnection):
    def getresponse(self) -> urllib3.HTTPResponse:  # type: ignore[override]  # as urllib3 does itself
        if (limit := CURRENT.get()) is not None:
            limit.watch(self.sock)
        return super().getresponse()


class _WatchedTLS(_Watched, HTTPSConnection):
    def connect(self) -> None:
        super().connect()
        if self.cert_reqs == "CERT_NONE":  # only if asked for, with --insecure
            self.is_verified = True  # so that urllib3 does not warn of every request


class _HTTPPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Watched


class _HTTPSPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _WatchedTLS


POOLS = {"http": _HTTPPool, "https": _HTTPSPool}


class WatchedAdapter(HTTPAdapter):
    """Connections that the time limits can close."""

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **how: object) -> None:
        """Make the pools for direct connections."""
        super().init_poolmanager(connections, maxsize, block, **how)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, proxy: str, **how: object) -> urllib3.ProxyManager:
        """Make the pools for connections through a proxy."""
        manager: urllib3.ProxyManager = super().proxy_manager_for(proxy, **how)
        manager.pool_classes_by_scheme = POOLS
        return manager
