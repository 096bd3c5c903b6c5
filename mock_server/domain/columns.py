"""The header of a spreadsheet: which cell names which column, and which names are not known."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mock_server.domain.nearest import nearest
from mock_server.domain.readings import shown, unreadable
from mock_server.domain.reports import Problem

MOST = 256  # columns; more are no table of deals, and would cost time in every row


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of a file: the place of each known one, and the places of the others."""

    line: int
    width: int
    places: Mapping[str, int]
    unknown: Sequence[str]
    nameless: Sequence[int]


def squeezed(name: str) -> str:
    """A name without what does not matter in a header: case, spaces, underscores, punctuation.

    A NUL does matter: it comes from another encoding.
    """
    return re.sub(r"[^\w\0]|_", "", name).casefold()


def known_names(columns: Iterable[str]) -> dict[str, str]:
    """The columns by the names under which a header may have them."""
    return {squeezed(name): name for name in columns}


def read_header(cells: Sequence[str], line: int, columns: Collection[str]) -> Header:
    """Which column each cell of the header names; raises Invalid if that is not clear."""
    if len(cells) > MOST:
        raise unreadable(f"The header has {len(cells)} columns; at most {MOST} are allowed")
    known = known_names(columns)
    names = [known.get(squeezed(cell)) for cell in cells]
    if twice := [name for name, times in Counter(names).items() if name and times > 1]:
        raise unreadable(f"The header has duplicate columns: {', '.join(twice)}")
    return Header(
        line=line,
        width=len(cells),
        places={name: place for place, name in enumerate(names) if name},
        unknown=[cell.strip() for cell, name in zip(cells, names, strict=True) if not name and cell.strip()],
        nameless=[place for place, cell in enumerate(cells) if not cell.strip()],
    )


def check_required(header: Header, required: Iterable[str]) -> None:
    """Raises Invalid if the header lacks a required column."""
    missing = [name for name in required if name not in header.places]
    if missing:
        meant = [(name, nearest(shown(name), missing)) for name in header.unknown]
        guesses = [f"{shown(name)} (did you mean {column}?)" for name, column in meant if column]
        advice = f"; it has {', '.join(guesses)}" if guesses else ""
        raise unreadable(f"The header is missing columns: {', '.join(missing)}{advice}")


def ignored_columns(header: Header, columns: Collection[str]) -> Iterator[Problem]:
    """What to say about each unknown name in the header."""
    free = [name for name in columns if name not in header.places]
    for name in header.unknown:
        meant = nearest(shown(name), free)
        advice = f"did you mean {meant}?" if meant else f"the columns are {', '.join(columns)}"
        message = f"The column {shown(name)} is not known and was ignored; {advice}"
        yield Problem(header.line, shown(name), message)
