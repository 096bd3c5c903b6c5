"""The header of a spreadsheet: which cell names which column, and which names are not known."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from mock_server.domain.readings import shown, unreadable
from mock_server.domain.reports import Problem

MOST = 256  # columns; more are no table of deals, and would cost time in every row

# How other programs call what is in a column, word by word.
MEANINGS: Mapping[str, str] = {
    **dict.fromkeys(("amount", "price", "revenue", "sum", "total", "worth"), "value"),
    **dict.fromkeys(("title", "subject", "deal", "opportunity"), "name"),
    **dict.fromkeys(("status", "phase", "step"), "stage"),
    **dict.fromkeys(("chance", "confidence", "likelihood", "percent", "percentage"), "probability"),
    **dict.fromkeys(("closing", "deadline", "due", "forecast"), "expected close"),
    **dict.fromkeys(("account", "client", "customer", "firm", "organisation", "organization"), "company"),
    **dict.fromkeys(("billing", "payer"), "bill to"),
    **dict.fromkeys(("assigned", "assignee", "owner", "rep", "salesperson", "user"), "assigned to email"),
    **dict.fromkeys(("comment", "comments", "description", "memo", "note", "remark", "remarks"), "notes"),
    **dict.fromkeys(("categories", "category", "keywords", "label", "labels", "tag"), "tags"),
    **dict.fromkeys(("lost", "why"), "loss reason"),
    "channel": "reseller",
    "closed": "closed at",
    "person": "contact",
    "mail": "email",
}


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
        meant = [(name, nearest(name, missing)) for name in header.unknown]
        guesses = [f"{shown(name)} (did you mean {column}?)" for name, column in meant if column]
        advice = f"; it has {', '.join(guesses)}" if guesses else ""
        raise unreadable(f"The header is missing columns: {', '.join(missing)}{advice}")


def ignored_columns(header: Header, columns: Collection[str]) -> Iterator[Problem]:
    """What to say about each unknown name in the header."""
    free = [name for name in columns if name not in header.places]
    for name in header.unknown:
        meant = nearest(name, free)
        advice = f"did you mean {meant}?" if meant else f"the columns are {', '.join(columns)}"
        message = f"The column {shown(name)} is not known and was ignored; {advice}"
        yield Problem(header.line, shown(name), message)


def nearest(name: str, columns: Iterable[str]) -> str | None:
    """The column that is probably meant by a name, or None."""
    likeness = {column: _likeness(name, column) for column in columns}
    best = max(likeness, key=lambda column: likeness[column], default=None)
    return best if best is not None and any(likeness[best]) else None


def _likeness(name: str, column: str) -> tuple[float, float]:
    """The share of common words, then of common letters; 0 where it is too small to mean anything."""
    given, wanted = _words(shown(name)), _words(column)
    meant = [word for each in given for word in MEANINGS.get(each, each).split()]
    words = max(_shared(given, wanted), _shared(meant, wanted))
    letters = SequenceMatcher(None, "".join(given), "".join(wanted)).ratio()
    return words if words >= 0.5 else 0.0, letters if letters >= 0.7 else 0.0


def _shared(some: Collection[str], others: Collection[str]) -> float:
    return len({*some} & {*others}) / len({*some, *others}) if some else 0.0


def _words(name: str) -> list[str]:
    """The words of a name; `name` itself says nothing beside another word."""
    words = [word.casefold() for word in re.split(r"[\W_]+|(?<=[a-z])(?=[A-Z])", name) if word]
    return [word for word in words if word != "name"] or words
