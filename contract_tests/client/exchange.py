"""One request and its answer, and the `curl` line that shows it again."""

from __future__ import annotations

import base64
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from contract_tests.client.content import read_json

PLACEHOLDERS = {  # how a person's token stands in a curl line
    "me": "$TOKEN",
    "admin": "$ADMIN_TOKEN",
    "other": "$OTHER_TOKEN",
    "expired": "$EXPIRED_TOKEN",
    "bad": "${TOKEN%?????}AAAAA",  # a token whose signature has been tampered with
}
LONGEST = 4000  # characters of a body in a curl line
File = tuple[str, bytes, str]  # name, content, media type


@dataclass
class Exchange:
    """One request to the target and what came back."""

    method: str
    path: str  # below the base URL, without the query
    url: str
    status: int
    headers: Mapping[str, str]  # of the answer
    body: bytes
    request_body: bytes | None
    as_: str
    operation_id: str | None
    seconds: float = 0.0
    query: tuple[tuple[str, str], ...] = ()
    request_headers: Mapping[str, str] = field(default_factory=dict)  # without Authorization
    files: Mapping[str, File] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the answer is a success."""
        return 200 <= self.status < 300

    @cached_property
    def json(self) -> Any:
        """The answer's JSON, or None if it is none."""
        try:
            return read_json(self.body)
        except ValueError:
            return None

    @property
    def data(self) -> Any:
        """What stands under `data` in the answer, or None."""
        return self.json.get("data") if isinstance(self.json, dict) else None

    @property
    def content_type(self) -> str | None:
        """The answer's Content-Type."""
        return next((v for k, v in self.headers.items() if k.lower() == "content-type"), None)

    @property
    def request_json(self) -> Any:
        """The JSON that was sent, or None if it was none."""
        try:
            return read_json(self.request_body or b"")
        except ValueError:
            return None

    def curl(self) -> str:
        """A command that shows it again; tokens stand as variables of the shell."""
        parts = [f"curl -i -X {self.method} {shlex.quote(self.url)}"]
        if self.as_ in PLACEHOLDERS:
            parts.append(f'-H "Authorization: Bearer {PLACEHOLDERS[self.as_]}"')
        headers = {} if self.files else self.request_headers
        parts += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in headers.items()]
        prefix, body = self._curl_body()
        return prefix + " ".join(parts + body)

    def _curl_body(self) -> tuple[str, list[str]]:
        """What stands before the command, and the options that send the body."""
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
    """The text, if it can stand in a command line."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text or len(text) > LONGEST else text


def _quoted(text: str) -> str:
    """For the shell, on one line: what cannot be printed is escaped as bash and zsh read it."""
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
