"""What changed from version to version of the contract."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from deals_spec import Schema
from deals_spec.breaking_changes import contract_changes
from deals_spec.schema_changes import Change, Level

HEADINGS: Final = {
    Level.BREAKING: "Can break a client",
    Level.ADDITION: "Additions",
    Level.WORDING: "Wording",
}


@dataclass(frozen=True, slots=True)
class Step:
    """The changes from one version to the next, by how serious they are."""

    old: str
    new: str
    changes: dict[str, list[Change]]

    @property
    def count(self) -> int:
        """How many changes there are."""
        return sum(map(len, self.changes.values()))


def steps(documents: Sequence[Schema]) -> list[Step]:
    """The changes between the versions, the newest first; `documents` begin with the oldest."""
    return [_step(old, new) for old, new in pairwise(documents)][::-1]


def _step(old: Schema, new: Schema) -> Step:
    found: dict[str, list[Change]] = {}
    for change in contract_changes(old, new):
        found.setdefault(HEADINGS[change.level], []).append(change)
    return Step(str(old["info"]["version"]), str(new["info"]["version"]), found)
