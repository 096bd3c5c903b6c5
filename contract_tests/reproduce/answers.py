"""A response as flat lines, such as `data.name` and `"Acme"`: what a script can compare without a JSON tool.

A record in a list is named by its id (`data.@17.name`), so that its place does not depend on the others; the
line `data.@` has the ids in order, and `data.#` how many there are. The shell's helper writes the same lines.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from contract_tests.client.exchange import Exchange

TOKENS: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[][{},:]|[^][{},:" \t\r\n]+', re.DOTALL)
Pointer = tuple[str | int, ...]


@dataclass(frozen=True)
class Line:
    """One value of a response."""

    pointer: Pointer
    place: str
    raw: str  # as the server wrote it; `{` or `[` for an object or a list


@dataclass(frozen=True)
class Rows:
    """A list in a response."""

    pointer: Pointer
    place: str
    size: int
    ids: tuple[str, ...]  # of its records, as written


class Answer:
    """The lines of one JSON response; none if it is not JSON."""

    def __init__(self, exchange: Exchange) -> None:
        self.lines: list[Line] = []
        self.rows: list[Rows] = []
        self.body = as_sent(exchange)
        if self.body is None:
            return
        raws = list(_values(TOKENS.findall(exchange.body.decode("utf-8"))))
        ids = {pointer[:-1]: raw for pointer, raw in raws if _is_row_id(pointer)}
        sizes: dict[Pointer, list[str | None]] = {}
        for pointer, raw in raws:
            if pointer and isinstance(pointer[-1], int):
                sizes.setdefault(pointer[:-1], []).append(ids.get(pointer))
            self.lines.append(Line(pointer, _place(pointer, ids), raw))
        for pointer, raw in raws:
            if raw == "[":
                found = sizes.get(pointer, [])
                known = tuple(id for id in found if id is not None)
                self.rows.append(Rows(pointer, _place(pointer, ids), len(found), known))


def as_sent(exchange: Exchange) -> Any:
    """The JSON of a response as it was sent, whatever it means; None if it is not JSON."""
    try:
        return json.loads(exchange.body)
    except (ValueError, RecursionError):
        return None


def _is_row_id(pointer: Pointer) -> bool:
    return len(pointer) > 1 and pointer[-1] == "id" and isinstance(pointer[-2], int)


def _place(pointer: Pointer, ids: dict[Pointer, str]) -> str:
    parts = []
    for depth, part in enumerate(pointer, 1):
        id = ids.get(pointer[:depth])
        parts.append(str(part) if id is None else f"@{bare(id)}")
    return ".".join(parts)


def bare(raw: str) -> str:
    """A value without its quotation marks."""
    return raw[1:-1] if raw.startswith('"') else raw


def _values(tokens: list[str]) -> Iterator[tuple[Pointer, str]]:
    """Every value of valid JSON in order, with its pointer; an object or list before its members."""
    path: list[Any] = []  # a key, or a position, for each open object or list
    for number, token in enumerate(tokens):
        if token == ":":
            continue
        if token == ",":
            if path and isinstance(path[-1], int):
                path[-1] += 1
        elif token in "]}":
            path.pop()
        elif tokens[number + 1 : number + 2] == [":"]:
            path[-1] = json.loads(token) if "\\" in token else token[1:-1]
        else:
            yield tuple(path), token
            if token in "[{":
                path.append(0 if token == "[" else "")


def value_at(node: Any, pointer: Pointer) -> Any:
    """The value at a pointer in parsed JSON."""
    for part in pointer:
        node = node[part]
    return node
