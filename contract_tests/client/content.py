"""The content of requests and responses: strict JSON, and short excerpts for findings."""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import Any, Final

ATTEMPTS: Final = 20  # brackets at which JSON may begin
EXCERPT: Final = 400  # characters of a response that a finding shows


def read_json(body: bytes) -> Any:
    """The value of a JSON text; raises ValueError for anything else, NaN and Infinity included."""
    return json.loads(body.decode("utf-8"), parse_constant=_refuse)


def json_within(body: bytes) -> Any:
    """The JSON object or array with which a text ends, after a byte order mark or a warning, or None."""
    text = body.decode("utf-8", "replace")
    begins = (found.start() for found in re.finditer(r"[{\[]", text))
    for begin in islice(begins, ATTEMPTS):
        try:
            return json.loads(text[begin:], parse_constant=_refuse)
        except ValueError:
            continue
    return None


def excerpt(body: bytes | str, limit: int = EXCERPT) -> str:
    """The beginning of a response, on one line."""
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    text = " ".join(text.split())
    if not text:
        return "(empty body)"
    return text if len(text) <= limit else f"{text[:limit]}…"


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
