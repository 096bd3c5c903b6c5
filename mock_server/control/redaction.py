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
# No pattern looks on from more than one place, so each takes time by the length of the text alone.
TOKEN: Final = re.compile(r"eyJ[\w.-]*+")
# A text of JSON; with what follows, if it is the name of a member with a simple value.
MEMBER: Final = re.compile(r"""("(?:[^"\\]|\\.)*+")(?:(\s*+:\s*+)("(?:[^"\\]|\\.)*+"|[^\s,}\]{\["]++))?""")
PARAMETER: Final = re.compile(r"(?:^|(?<=[?&]))([^=&?\s]*+)(=)([^&\s]*+)")
# What is no JSON, but meant to be: its value may be escaped, cut off, or in single quotes.
UNCLEAR: Final = re.compile(r"""\s*[\[{"']""")
NAMED: Final = re.compile(
    r"""(["']?(?:password|token|secret)["']?)(\s*+[:=]\s*+)("(?:[^"\\]|\\.)*+"?|'[^']*+'?|[^\s&,}"']++)""",
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
    else:
        text = PARAMETER.sub(_hidden, text)
    return without_tokens(text)


def without_tokens(text: str) -> str:
    """A text in which no token is left, whatever else it says."""
    return TOKEN.sub(_without_token, text)


def is_json(text: str) -> bool:
    """Whether a text is JSON."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _hidden(found: re.Match[str]) -> str:
    """What names a value, and the value; that is hidden if it is secret."""
    name, is_, value = found.groups()
    if value in (None, "null") or not is_secret(name) or _is_mistake(name, value):
        return found[0]
    quote = value[0] if value[:1] in ("'", '"') else ""
    return f"{name}{is_}{quote}{HIDDEN}{quote}"


def _is_mistake(name: str, value: str) -> bool:
    """Whether a value says what is wrong with the field (`"password is required"`)."""
    return value.startswith((f"{name[:-1]} is required", f"{name[:-1]} must be "))


def _without_token(found: re.Match[str]) -> str:
    return HIDDEN if found[0].count(".") >= 2 else found[0]  # a JWT has three parts


def header_fields(message: Message) -> Iterator[tuple[str, str]]:
    """The header fields of a message, without secrets."""
    for raw_name, raw_value in message.headers:
        name = raw_name.decode("latin-1").lower()
        hidden = name in SECRET_FIELDS or is_secret(name)
        yield name, HIDDEN if hidden else without_secrets(raw_value.decode("latin-1"))
