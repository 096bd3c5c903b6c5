"""JSON in a request body: parsed strictly by RFC 8259, and what is wrong with it said with its place."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from typing import Any, NoReturn

from mock_server.errors import BadRequest

EXACT_INTEGERS = 2**53
MOST_VALUES = 10_000  # fields of objects, and entries of lists
BYTE_ORDER_MARK = "\ufeff"
ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)
TEXT = r'"(?:[^"\\]|\\.)*"'
REASONS = {  # what Python's parser says → what we say
    "Expecting property name enclosed in double quotes": "expected a name in double quotes",
    "Expecting ':' delimiter": "expected a colon",
    "Expecting ',' delimiter": "expected a comma, or the end of the list or object",
    "Expecting value": "expected a value",
    "Extra data": "expected the end",
    "Illegal trailing comma before end of object": "a comma must not stand before }",
    "Illegal trailing comma before end of array": "a comma must not stand before ]",
    "Invalid control character at": "a control character must be escaped",
    "Unterminated string starting at": "the text does not end",
}


class _WrongNumberError(ValueError):
    """A number that JSON does not have, or that is too large."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(reason)
        self.text = text


def read_json(body: bytes, repeated: list[str] | None = None) -> Any:
    """The value; a whole number becomes an int. Raises BadRequest.

    Names that an object has more than once are added to `repeated`; the last one counts.
    """
    names = [] if repeated is None else repeated

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            names.extend(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        return found

    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest(f"The body is not valid UTF-8: byte {error.start + 1} is no text") from error
    if text.startswith(BYTE_ORDER_MARK):
        raise _invalid("it must not begin with a byte order mark (BOM)", text, 0)
    try:
        value = json.loads(text, parse_constant=_no_constant, parse_float=_number, object_pairs_hook=members)
    except json.JSONDecodeError as error:
        raise _invalid(_reason(error), text, _place(error)) from error
    except _WrongNumberError as error:
        raise _invalid(str(error), text, _place_of(error.text, text)) from error
    except RecursionError as error:
        raise BadRequest("The body is not valid JSON: it is nested too deeply") from error
    except ValueError as error:  # an integer of more digits than Python reads
        raise BadRequest("A number in the body has too many digits") from error
    _check_escapes(value, text)
    _check_size(value)
    return value


def _check_size(value: Any) -> None:
    """Everything below takes a time for each value: more than any record has are refused here."""
    left, found = [value], 0
    while left:
        each = left.pop()
        inside = each.values() if isinstance(each, dict) else each if isinstance(each, list) else ()
        found += len(inside)
        if found > MOST_VALUES:
            raise BadRequest(f"The body has more than {MOST_VALUES} values")
        left.extend(inside)


def _check_escapes(value: Any, text: str) -> None:
    """An escape may hide half of a surrogate pair, which is no text."""
    if "\\u" not in text:
        return
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        half = f"\\u{ord(error.object[error.start]):04x}"
        raise _invalid(f"{half} is half of a surrogate pair", text, _lone_half(text)) from error


def _lone_half(text: str) -> int:
    """Where the first escape stands that is half of a pair without its other half."""
    first: re.Match[str] | None = None  # the first half of a pair, which needs the second one right behind it
    for escape in ESCAPE.finditer(text):
        code = int(escape[1], 16) if escape[1] else 0
        if first is not None and not (0xDC00 <= code < 0xE000 and first.end() == escape.start()):
            return first.start()
        if first is None and 0xDC00 <= code < 0xE000:
            return escape.start()
        first = escape if 0xD800 <= code < 0xDC00 else None
    return first.start() if first else 0


def _no_constant(name: str) -> NoReturn:
    raise _WrongNumberError(name, f"{name} is not a JSON number")


def _number(text: str) -> float | int:
    number = float(text)
    if not math.isfinite(number):
        raise _WrongNumberError(text, f"the number {text[:20]} is too large")
    return int(number) if number.is_integer() and abs(number) < EXACT_INTEGERS else number


def _reason(error: json.JSONDecodeError) -> str:
    after = error.doc[error.pos : error.pos + 1]
    if _is_after_comma(error):
        return f"a comma must not stand before {after}"
    if after == "'":
        return "texts must be in double quotes"
    if error.pos >= len(error.doc.rstrip()):
        return f"{REASONS.get(error.msg, error.msg)}, but the body ends"
    return REASONS.get(error.msg, error.msg[0].lower() + error.msg[1:])


def _place(error: json.JSONDecodeError) -> int:
    """Where the error is; that of a comma too many at the comma, as Python says since 3.13."""
    return error.doc.rfind(",", 0, error.pos) if _is_after_comma(error) else error.pos


def _is_after_comma(error: json.JSONDecodeError) -> bool:
    """Whether something ends right after a comma, for which Python before 3.13 has no message."""
    before, after = error.doc[: error.pos].rstrip(), error.doc[error.pos : error.pos + 1]
    return before.endswith(",") and after in ("}", "]")


def _place_of(token: str, text: str) -> int:
    """Where the token first stands outside of a text in quotes."""
    tokens = re.compile(rf"{TEXT}|{re.escape(token)}", re.DOTALL)
    return next((found.start() for found in tokens.finditer(text) if found[0] == token), 0)


def _invalid(reason: str, text: str, place: int) -> BadRequest:
    line = text.count("\n", 0, place) + 1
    column = place - text.rfind("\n", 0, place)
    return BadRequest(f"The body is not valid JSON: line {line}, column {column}: {reason}")
