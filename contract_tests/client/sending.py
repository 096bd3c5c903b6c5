"""The parts of a request, and how it is prepared for sending."""

from __future__ import annotations

import json as jsonlib
from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Final, TypedDict

import requests

from contract_tests.client.exchange import File

UNSET: Final[Any] = object()


class Sending(TypedDict, total=False):
    """The optional parts of a request."""

    query: Mapping[str, Any] | None
    json: Any
    data: bytes | None
    files: Mapping[str, File] | None
    headers: Mapping[str, str] | None
    observe: bool


class Prepared:
    """A request that can be sent repeatedly."""

    def __init__(self, method: str, path: str, as_: str, how: Sending) -> None:
        self.method, self.path, self.as_ = method, path, as_
        self.query = _pairs(how.get("query"))
        self.headers = dict(how.get("headers") or {})
        self.files = how.get("files") or {}
        self.body = how.get("data")
        if (json := how.get("json", UNSET)) is not UNSET:
            self.body = jsonlib.dumps(json).encode("utf-8")
            self.headers.setdefault("Content-Type", "application/json")


class Bearer(requests.auth.AuthBase):
    """Sends the token or nothing, but never the credentials of a .netrc file."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token is not None:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def session_for(url: str) -> requests.Session:
    """A connection pool for one server that keeps no cookies: only the token identifies the account.

    Proxies and certificates are read from the environment once, not for every request.
    """
    session = requests.Session()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    found = session.merge_environment_settings(url, {}, None, None, None)
    session.proxies, session.verify = found["proxies"], found["verify"]
    session.trust_env = False
    return session


def _pairs(query: Mapping[str, Any] | None) -> tuple[tuple[str, str], ...]:
    """The query as it is sent: a list repeats its name, None is omitted."""
    found = []
    for name, value in (query or {}).items():
        values = value if isinstance(value, list | tuple) else [value]
        found += [(name, _text(each)) for each in values if each is not None]
    return tuple(found)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def cause_of(error: Exception) -> str:
    """The root cause of an error, without the library's wrapping."""
    if isinstance(error, requests.Timeout):
        return "timed out"
    cause: BaseException = error
    while deeper := cause.__cause__ or cause.__context__:
        cause = deeper
    return str(cause) or type(cause).__name__
