"""Names that the mock does not understand: reported in a header and the log, or refused."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Any

from mock_server.contract import CompiledOperation
from mock_server.domain.nearest import nearest

WARNING = "X-Mock-Warning"
LONGEST = 60  # characters of a name that are shown
MOST = 10  # names that are told one by one


def complaints(
    operation: CompiledOperation, query: Iterable[str], repeated: Iterable[str], body: Any
) -> dict[str, str]:
    """For each name of a request that changes nothing what is wrong with it."""
    known = operation.query.properties
    found = {name: f"unknown query parameter {told}" for name, told in _unknown(query, known, known)}
    for name in repeated:
        found.setdefault(name, f"repeated query parameter {_shown(name)}; only the last one counts")
    if isinstance(body, dict) and operation.writable:
        for name, told in _unknown(body, operation.known, operation.writable):
            found.setdefault(name, f"unknown field {told}")
    return found


def as_header(complaints: Collection[str]) -> str:
    """The first complaints as the value of a header, and how many more there are."""
    shown = [*islice(complaints, MOST)]
    more = len(complaints) - len(shown)
    text = ", ".join([*shown, *([f"and {more} more"] if more else [])])
    return text.encode("ascii", "backslashreplace").decode()


def _unknown(
    names: Iterable[str], known: Collection[str], offered: Collection[str]
) -> Iterator[tuple[str, str]]:
    for number, name in enumerate(name for name in names if name not in known):
        meant = nearest(name[:LONGEST], offered) if number < MOST else None  # which takes a while
        yield name, f"{_shown(name)}; did you mean {meant}?" if meant else _shown(name)


def _shown(name: str) -> str:
    short = name if len(name) <= LONGEST else f"{name[:LONGEST]}…"
    text = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in short)
    # A header must not end in a space, and nobody would see it there, or an empty name.
    return text if text and text == text.strip() else f'"{text}"'
