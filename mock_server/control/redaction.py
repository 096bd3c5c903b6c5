"""What the journal never shows: tokens, passwords and cookies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from mock_server.journal import Message

HIDDEN: Final = "(hidden)"
SECRET_FIELDS: Final = frozenset({
    *("authorization", "cookie", "proxy-authorization", "set-cookie", "x-mock-admin-key")
})  # fmt: skip
TOKEN: Final = re.compile(r"eyJ[\w-]*\.[\w-]*\.[\w-]*")
# A JSON member or a form field with a telling name; its value may be escaped, cut off, or in single quotes.
NAMED: Final = re.compile(
    r"""(["']?(?:password|token|secret)["']?\s*[:=]\s*)("(?:[^"\\]|\\.)*"?|'[^']*'?|[^\s&,}"']+)""",
    re.IGNORECASE,
)


def is_secret(name: str) -> bool:
    """Whether a field of this name holds a secret."""
    return re.search("password|token|secret", name, re.IGNORECASE) is not None


def without_secrets(text: str) -> str:
    """A text in which nothing is left that looks like a token or a password."""
    return TOKEN.sub(HIDDEN, NAMED.sub(_hidden, text))


def _hidden(found: re.Match[str]) -> str:
    quote = found[2][0] if found[2][0] in "\"'" else ""
    return f"{found[1]}{quote}{HIDDEN}{quote}"


def header_fields(message: Message) -> Iterator[tuple[str, str]]:
    """The header fields of a message, without secrets."""
    for raw_name, raw_value in message.headers:
        name = raw_name.decode("latin-1").lower()
        hidden = name in SECRET_FIELDS
        yield name, HIDDEN if hidden else without_secrets(raw_value.decode("latin-1"))
