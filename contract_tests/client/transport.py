"""Sends one request and reads its response, with limits of time and size that no server can exceed."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlencode

import requests
import urllib3.exceptions

from contract_tests.client.errors import (
    DroppedError,
    RefusedError,
    TimedOutError,
    TooLargeError,
    UnreachableError,
)
from contract_tests.client.exchange import Exchange
from contract_tests.client.failures import is_connect_timeout, is_dropped, is_refused, reason
from contract_tests.client.route import Route
from contract_tests.client.sending import Bearer, Prepared, user_agent
from contract_tests.client.time_limit import Limit, TimeLimits

MEGABYTE: Final = 1_000_000
HELD: Final = 20 * MEGABYTE  # of a response, decompressed; more is read, but not kept
ENDLESS: Final = 100 * MEGABYTE  # a response that has not ended by then is broken off
AT_ONCE: Final = 65_536
FAILURES: Final = (
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
    OSError,
    ValueError,  # a connection that was closed while it was read
)


class Transport:
    """The connections to one server: as many sessions as there are exchanges at once."""

    def __init__(self, route: Route, headers: tuple[tuple[str, str], ...]) -> None:
        self.route = route
        self._headers = {"User-Agent": user_agent(), **dict(headers)}
        self._names = tuple(name for name, _ in headers)
        self._limits = TimeLimits()
        self._idle: list[requests.Session] = []  # any thread takes the next one, with its open connection

    def exchange(self, prepared: Prepared, url: str, ids: dict[str, str], seconds: float) -> Exchange:
        """Send a request and read the whole response; there are so many seconds for both."""
        started, sent_at = time.monotonic(), datetime.now(UTC)
        with self._session() as session, self._limits.of(seconds) as limit:
            try:
                response = _send(session, prepared, url, ids, seconds)
                with response:
                    body = _body_of(response)
            except FAILURES as error:
                raise self._failure(prepared, url, error, limit, seconds) from error
            except TooLargeError as error:
                raise TooLargeError(f"{prepared.method} {url}: {error}") from None
            except UnreachableError as error:
                raise UnreachableError(f"{prepared.method} {url}: {error}") from None
        if limit.passed:  # it looks complete because the connection was closed from here
            raise self._too_late(prepared, url, seconds)
        return Exchange(
            method=prepared.method,
            path=prepared.path,
            url=response.request.url or url,
            status=response.status_code,
            headers=response.headers,
            body=body,
            request_body=prepared.body,
            as_=prepared.as_,
            operation_id=prepared.operation_id,
            seconds=time.monotonic() - started,
            query=prepared.query,
            request_headers=prepared.headers,
            files=prepared.files,
            secret_headers=self._names,
            case=prepared.case,
            sent_at=sent_at,
        )

    def end_all(self) -> None:
        """Break off all exchanges of all threads."""
        self._limits.end_all()

    def _failure(
        self, prepared: Prepared, url: str, error: Exception, limit: Limit, seconds: float
    ) -> UnreachableError:
        kind: type[UnreachableError]
        if is_connect_timeout(error):
            kind = TimedOutError
        elif limit.passed or _is_timeout(error):
            return self._too_late(prepared, url, seconds)
        else:
            kind = (
                RefusedError if is_refused(error) else DroppedError if is_dropped(error) else UnreachableError
            )
        return kind(f"{prepared.method} {url}: {reason(error, self.route)}")

    def _too_late(self, prepared: Prepared, url: str, seconds: float) -> TimedOutError:
        return TimedOutError(f"{prepared.method} {url}: no complete response within {seconds:.3g} s")

    @contextmanager
    def _session(self) -> Iterator[requests.Session]:
        """A session that nobody else uses meanwhile; Schemathesis has many threads, one after the other."""
        try:
            session = self._idle.pop()
        except IndexError:
            session = self.route.session()
            session.headers.update(self._headers)
        try:
            yield session
        finally:
            self._idle.append(session)


def _send(
    session: requests.Session, prepared: Prepared, url: str, ids: dict[str, str], seconds: float
) -> requests.Response:
    headers = session.headers.copy()
    headers.update({**ids, **prepared.headers})
    request = requests.PreparedRequest()  # not by the session: that takes as long as sending it
    request.prepare(
        method=prepared.method,
        url=url,
        headers=headers,
        files=prepared.files or None,
        data=prepared.body,
        params=urlencode(prepared.query),
        auth=Bearer(prepared.token),
    )
    return session.send(request, timeout=max(seconds, 0.001), allow_redirects=False, stream=True)


def _body_of(response: requests.Response) -> bytes:
    """The decoded body; of one that is too large, nothing is kept."""
    if "," in response.headers.get("Content-Encoding", ""):
        raise UnreachableError("the response is compressed more than once")
    parts: list[bytes] = []
    size = 0
    while part := response.raw.read(AT_ONCE, decode_content=True):
        size += len(part)
        if size <= HELD:
            parts.append(part)
        elif size > ENDLESS:
            raise UnreachableError(f"the response has no end: larger than {ENDLESS // MEGABYTE} MB")
        else:
            parts.clear()
    if size > HELD:
        raise TooLargeError(f"the response is larger than {HELD // MEGABYTE} MB ({size // MEGABYTE} MB)")
    return b"".join(parts)


def _is_timeout(error: Exception) -> bool:
    return isinstance(error, requests.Timeout | urllib3.exceptions.ReadTimeoutError | TimeoutError)
