"""The parts of a request, and how it is prepared for sending."""

from __future__ import annotations

import copy
import json as jsonlib
import re
from collections.abc import Mapping
from typing import Any, Final, TypedDict

import requests

from contract_tests.client.exchange import Exchange, File
from deals_spec.version import installed_version

UNSET: Final[Any] = object()
ID_HEADER: Final = "X-Deals-Contract"  # the ids of the run and of the case, to be found in the server's log
LONGEST_ID: Final = 200  # characters


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

    def __init__(
        self, method: str, path: str, as_: str, how: Sending, operation_id: str | None = None
    ) -> None:
        self.method, self.path, self.as_ = method, path, as_
        self.query = _pairs(how.get("query"))
        self.headers = dict(how.get("headers") or {})
        self.files = how.get("files") or {}
        self.body = how.get("data")
        self.operation_id = operation_id
        self.token: str | None = None  # with which it was sent last
        self.case = ""
        if (json := how.get("json", UNSET)) is not UNSET:
            self.body = jsonlib.dumps(json).encode("utf-8")
            self.headers.setdefault("Content-Type", "application/json")

    def unanswered(self, base_url: str) -> Exchange:
        """The request as an exchange whose response never came."""
        url = requests.Request("GET", f"{base_url}{self.path}", params=list(self.query)).prepare().url
        return Exchange(
            method=self.method,
            path=self.path,
            url=url or base_url,
            status=0,
            headers={},
            body=b"",
            request_body=self.body,
            as_=self.as_,
            operation_id=self.operation_id,
            query=self.query,
            request_headers=self.headers,
            files=self.files,
            case=self.case,
        )

    def copy(self) -> Prepared:
        """The same request, to be sent by another thread."""
        return copy.copy(self)


class Bearer(requests.auth.AuthBase):
    """Sends the token or nothing, but never the credentials of a .netrc file."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token is not None:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def user_agent() -> str:
    """The name and the version of this program."""
    return f"deals-contract/{installed_version()}"


def ids(run_id: str, case: str) -> dict[str, str]:
    """The header with the ids of the run and of the case, in ASCII."""
    text = re.sub(r"[^ -~]+", "?", f"{run_id} {case}")[:LONGEST_ID]
    return {ID_HEADER: text.strip()}


def _pairs(query: Mapping[str, Any] | None) -> tuple[tuple[str, str], ...]:
    """The query as it is sent: a list repeats its name, None is omitted."""
    found = []
    for name, value in (query or {}).items():
        values = value if isinstance(value, list | tuple) else [value]
        found += [(name, _text(each)) for each in values if each is not None]
    return tuple(found)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
