"""One request with its response, and the `curl` command that repeats it."""

from __future__ import annotations

import base64
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, NamedTuple

from contract_tests.client.content import json_within, read_json
from contract_tests.client.tokens import IN_SHELL, header_variable

LONGEST = 4000  # characters of a body in a curl command
File = tuple[str, bytes, str]  # name, content, media type
Reader = Callable[[str, int, Any], Any]  # what JSON means as the response of this operation with this status


class Flaw(NamedTuple):
    """Something in a response that contradicts the documentation, and that cannot be read in spite of it."""

    key: tuple[str, ...]  # of the finding
    subject: str  # the property, if it is about one
    wide: bool  # whether nothing can be concluded from the response


@dataclass
class Exchange:
    """One request to the server with its response."""

    method: str
    path: str  # relative to the base URL, without the query
    url: str
    status: int
    headers: Mapping[str, str]  # of the response
    body: bytes
    request_body: bytes | None
    as_: str
    operation_id: str | None
    seconds: float = 0.0
    query: tuple[tuple[str, str], ...] = ()
    request_headers: Mapping[str, str] = field(default_factory=dict)  # without Authorization
    files: Mapping[str, File] = field(default_factory=dict)
    secret_headers: tuple[str, ...] = ()  # the names of those that go with every request (--header)
    case: str = ""  # the law or check for which it was sent
    sent_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    unknown: tuple[str, ...] = ()  # query parameters that the contract does not have, in recorded traffic
    repeated: bool = False  # sent again after a break, so a write may have been applied twice
    reader: Reader | None = field(default=None, repr=False, compare=False)
    flaws: tuple[Flaw, ...] = field(default=(), repr=False, compare=False)
    number: int = 0  # its place in the history of the run

    @property
    def ok(self) -> bool:
        """Whether the request succeeded."""
        return 200 <= self.status < 300

    @cached_property
    def json(self) -> Any:
        """The JSON of the response as the contract means it, or None if there is none."""
        try:
            value = read_json(self.body)
        except ValueError:
            value = json_within(self.body)
        return value if self.reader is None else self.reader(self.operation_id or "", self.status, value)

    @property
    def data(self) -> Any:
        """The value of `data` in the response, or None."""
        return self.json.get("data") if isinstance(self.json, dict) else None

    @property
    def content_type(self) -> str | None:
        """The Content-Type of the response."""
        return next((v for k, v in self.headers.items() if k.lower() == "content-type"), None)

    @property
    def request_json(self) -> Any:
        """The JSON of the request, or None if it is not JSON."""
        try:
            return read_json(self.request_body or b"")
        except ValueError:
            return None

    def curl(self) -> str:
        """A command that repeats the request, with shell variables in place of tokens."""
        parts = [f"curl -i -X {self.method} {shlex.quote(self.url)}"]
        if self.as_ in IN_SHELL:
            parts.append(f'-H "Authorization: Bearer {IN_SHELL[self.as_]}"')
        parts += [f'-H "{name}: {header_variable(name)}"' for name in self.secret_headers]
        headers = {} if self.files else self.request_headers
        parts += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in headers.items()]
        prefix, body = self._curl_body()
        return prefix + " ".join(parts + body)

    def _curl_body(self) -> tuple[str, list[str]]:
        """What precedes the command, and the options that send the body."""
        if self.files:
            field_name, (name, content, kind) = next(iter(self.files.items()))
            option = shlex.quote(f"{field_name}=@-;filename={name};type={kind}")
            return f"{_printed(content)} | ", [f"-F {option}"]
        if not self.request_body:
            return "", []
        text = _plain(self.request_body)
        if text is not None:
            return "", [f"--data-raw {_quoted(text)}"]
        return f"{_printed(self.request_body)} | ", ["--data-binary @-"]


def _plain(content: bytes) -> str | None:
    """The text, if a command line can contain it."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text or len(text) > LONGEST else text


def _quoted(text: str) -> str:
    """Quoted for the shell on one line; unprintable characters are escaped for bash and zsh."""
    if text.isprintable():
        return shlex.quote(text)
    escapes = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    parts = (escapes.get(c) or (c if c.isprintable() else f"\\U{ord(c):08x}") for c in text)
    return f"$'{''.join(parts)}'"


def _printed(content: bytes) -> str:
    text = _plain(content)
    if text is not None:
        return f"printf %s {_quoted(text)}"
    encoded = base64.b64encode(content).decode("ascii")
    return f"echo {encoded[:LONGEST]} | base64 -d"
