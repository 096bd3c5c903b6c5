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


NOTHING: Map[int, Any] = Map()


@dataclass(slots=True)
class Kept:
    """What has been made so far, by its kind and the deal's id: a cache for one world."""

    _made: Mapping[str, Map[int, Any]] = field(default_factory=dict)

    def of(self, kind: str) -> Mapping[int, Any]:
        """What was kept of this kind, by the deal's id."""
        found: Mapping[int, Any] = self._made.get(kind, NOTHING)
        return found

    def keep(self, kind: str, made: Mapping[int, Any]) -> None:
        """Keep something for each of these deals; of two threads at once one may have to make it again."""
        known: Map[int, Any] = self._made.get(kind, NOTHING)
        self._made = {**self._made, kind: known.update(made)}

    def carried(self, name: str, old: HoldsTables, new: HoldsTables, touched: Collection[int]) -> Kept:
        """What is still right in the new world, which differs from the old one in these records."""
        if name in JOINED or not self._made:
            return Kept()
        ids = set(touched) if name == "deals" else _owners(name, old, touched) | _owners(name, new, touched)
        return Kept({kind: _without(made, ids) for kind, made in self._made.items()})


def _without(made: Map[int, Any], ids: Collection[int]) -> Map[int, Any]:
    left = made.mutate()
    for id_ in ids:
        left.pop(id_, None)
    return left.finish()


def _owners(name: str, world: HoldsTables, ids: Collection[int]) -> set[int]:
    table = world.table(name)
    return {getattr(table[id_], table.owner) for id_ in ids if id_ in table}
