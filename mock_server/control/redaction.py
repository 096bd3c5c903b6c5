"""What the journal never shows: tokens, passwords and cookies."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from mock_server.journal import Message

HIDDEN: Final = "(hidden)"
SECRET_FIELDS: Final = frozenset({
    *("authorization", "cookie", "proxy-authorization", "set-cookie", "x-mock-admin-key")
})  # fmt: skip
TOKEN: Final = re.compile(r"eyJ[\w-]*\.[\w-]*\.[\w-]*")
# A JSON member with a telling name.
MEMBER: Final = re.compile(
    r"""("[^"\\]*(?:password|token|secret)[^"\\]*"\s*:\s*)("(?:[^"\\]|\\.)*"|[^\s,}\]]+)""", re.IGNORECASE
)
# What is no JSON, but meant to be, or a form: its value may be escaped, cut off, or in single quotes.
UNCLEAR: Final = re.compile(r"""\s*[\[{"']|[\w.%+-]+=""")
NAMED: Final = re.compile(
    r"""(["']?(?:password|token|secret)["']?\s*[:=]\s*)("(?:[^"\\]|\\.)*"?|'[^']*'?|[^\s&,}"']+)""",
    re.IGNORECASE,
)


def is_secret(name: str) -> bool:
    """Whether a field of this name holds a secret."""
    return re.search("password|token|secret", name, re.IGNORECASE) is not None


def without_secrets(text: str) -> str:
    """A text in which nothing is left that is a token, or the value of a field that holds a secret.

    Prose stays as it is, whatever it says of tokens.
    """
    if is_json(text):
        text = MEMBER.sub(_hidden, text)
    elif UNCLEAR.match(text):
        text = NAMED.sub(_hidden, text)
    return TOKEN.sub(HIDDEN, text)


def is_json(text: str) -> bool:
    """Whether a text is the JSON of an object or a list."""
    try:
        return isinstance(json.loads(text), dict | list)
    except (ValueError, RecursionError):
        return False


def _hidden(found: re.Match[str]) -> str:
    quote = found[2][0] if found[2][0] in "\"'" else ""
    return f"{found[1]}{quote}{HIDDEN}{quote}"


def header_fields(message: Message) -> Iterator[tuple[str, str]]:
    """The header fields of a message, without secrets."""
    for raw_name, raw_value in message.headers:
        name = raw_name.decode("latin-1").lower()
        hidden = name in SECRET_FIELDS
        yield name, HIDDEN if hidden else without_secrets(raw_value.decode("latin-1"))
