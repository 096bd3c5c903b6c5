"""The known name that an unknown one probably means: by words and their usual meanings, then by letters."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from difflib import SequenceMatcher

# What other programs call the columns, word by word.
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


def nearest(name: str, known: Iterable[str], meanings: Mapping[str, str] = MEANINGS) -> str | None:
    """The one that is probably meant by a name, or None."""
    likeness = {column: _likeness(name, column, meanings) for column in known}
    best = max(likeness, key=lambda column: likeness[column], default=None)
    return best if best is not None and any(likeness[best]) else None


def _likeness(name: str, column: str, meanings: Mapping[str, str]) -> tuple[float, float]:
    """The share of common words, then of common letters; 0 where it is too small to mean anything."""
    given, wanted = _words(name), _words(column)
    meant = [word for each in given for word in meanings.get(each, each).split()]
    words = max(_shared(given, wanted), _shared(meant, wanted))
    letters = SequenceMatcher(None, "".join(given), "".join(wanted)).ratio()
    return words if words >= 0.5 else 0.0, letters if letters >= 0.7 else 0.0


def _shared(some: Collection[str], others: Collection[str]) -> float:
    return len({*some} & {*others}) / len({*some, *others}) if some else 0.0


def _words(name: str) -> list[str]:
    """The words of a name; `name` itself says nothing beside another word."""
    words = [word.casefold() for word in re.split(r"[\W_]+|(?<=[a-z])(?=[A-Z])", name) if word]
    return [word for word in words if word != "name"] or words
