"""Which records have been written on the way from one world to another: nobody has to look for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Touched:
    """The records of one write, and what was written before it; a new one is a beginning without writes."""

    before: Touched | None = None
    table: str = ""
    ids: Sequence[int] = ()

    def and_then(self, table: str, ids: Sequence[int]) -> Touched:
        """What is written after another write to these records of a table."""
        return Touched(self, table, ids)

    def since(self, earlier: Touched) -> Mapping[str, set[int]] | None:
        """The ids by table that have been written since; None if this has not come from there."""
        found: defaultdict[str, set[int]] = defaultdict(set)
        at: Touched | None = self
        while at is not None and at is not earlier:
            found[at.table].update(at.ids)
            at = at.before
        return found if at is earlier else None
