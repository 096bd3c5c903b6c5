"""What is made of a deal stays with its world, as long as nothing changes that it was made of."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from immutables import Map

from mock_server.domain.orders import JOINED
from mock_server.domain.tables import Table


class HoldsTables(Protocol):
    """The part of a world that is needed here."""

    def table(self, name: str) -> Table[Any]:
        """The table with this name."""


@dataclass(slots=True)
class Kept:
    """What has been made so far, by the deal's id: a cache for one world."""

    _made: Map[int, Any] = field(default_factory=Map)

    def get(self, id_: int) -> Any:
        """What was kept for this deal, or None."""
        return self._made.get(id_)

    def keep(self, made: Mapping[int, Any]) -> None:
        """Keep something for each of these deals; of two threads at once one may have to make it again."""
        self._made = self._made.update(made)

    def carried(self, name: str, old: HoldsTables, new: HoldsTables, touched: Collection[int]) -> Kept:
        """What is still right in the new world, which differs from the old one in these records."""
        if name in JOINED:
            return Kept()
        ids = set(touched) if name == "deals" else _owners(name, old, touched) | _owners(name, new, touched)
        left = self._made.mutate()
        for id_ in ids:
            left.pop(id_, None)
        return Kept(left.finish())


def _owners(name: str, world: HoldsTables, ids: Collection[int]) -> set[int]:
    table = world.table(name)
    return {getattr(table[id_], table.owner) for id_ in ids if id_ in table}
