"""Names and values in a request that change nothing: reported in a header and the log, or refused."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from mock_server.contract import CompiledOperation
from mock_server.domain.fields import FOLLOWING
from mock_server.domain.nearest import MEANINGS, nearest

LONGEST = 60  # characters of a name that are shown
MOST = 10  # names for which a known one is looked for, which takes a while


def complaints(
    operation: CompiledOperation,
    query: Iterable[str],
    body: Any,
    *,
    repeated: Iterable[str] = (),
    repeated_fields: Iterable[str] = (),
) -> dict[str, str]:
    """For each name of a request that changes nothing what is wrong with it."""
    known = operation.query.properties
    found = {name: f"unknown query parameter {told}" for name, told in _unknown(query, known, known, {})}
    for name in repeated:
        found.setdefault(name, f"repeated query parameter {_shown(name)}; only the last one counts")
    if isinstance(body, dict) and operation.writable:
        for name, told in _unknown(body, operation.known, operation.writable, MEANINGS):
            found.setdefault(name, f"unknown field {told}")
    for name in repeated_fields:
        found.setdefault(name, f"repeated field {_shown(name)}; only the last one counts")
    return found


def unchanged(fields: Mapping[str, Any], response: bytes) -> list[str]:
    """Which of these fields of a request, that it cannot change, are otherwise in the response."""
    try:
        data = json.loads(response)["data"]
    except (ValueError, LookupError, TypeError):
        return []
    shown = data if isinstance(data, dict) else {}
    wanted = [name for name, value in fields.items() if name in shown and shown[name] != value]
    return [f"field {name} cannot be changed here" for name in wanted]


def fixed_fields(operation: CompiledOperation, body: Any) -> dict[str, Any]:
    """The fields of a body that responses show and this operation does not change.

    What follows from other fields, such as names and times, changes with them.
    """
    if not isinstance(body, dict):
        return {}
    fixed = operation.fixed - FOLLOWING
    return {name: value for name, value in body.items() if name in fixed}


def _unknown(
    names: Iterable[str], known: Collection[str], offered: Collection[str], meanings: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    for number, name in enumerate(name for name in names if name not in known):
        meant = nearest(name[:LONGEST], offered, meanings) if number < MOST else None
        yield name, f"{_shown(name)}; did you mean {meant}?" if meant else _shown(name)


def _shown(name: str) -> str:
    short = name if len(name) <= LONGEST else f"{name[:LONGEST]}…"
    text = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in short)
    # A header must not end in a space, and nobody would see it there, or an empty name.
    return text if text and text == text.strip() else f'"{text}"'
