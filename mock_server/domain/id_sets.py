"""Sets of ids as immutable values. Most hold a few ids, some a hundred thousand; both take little memory.

One id is itself, a few are a tuple; of many, as the deals of a stage, adding one must not copy them all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final

from immutables import Map

FEW: Final = 16
CHUNK_BITS: Final = 8  # ids that differ in these bits alone are one tuple


class ManyIds:
    """Ids in chunks, of which a changed set makes one anew: 10 bytes an id, where a map takes 60."""

    __slots__ = ("_chunks", "_size")

    def __init__(self, chunks: Map[int, tuple[int, ...]], size: int) -> None:
        self._chunks, self._size = chunks, size

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[int]:
        return chain.from_iterable(self._chunks.values())

    def plus(self, id_: int) -> ManyIds:
        """These and another one."""
        number = id_ >> CHUNK_BITS
        return ManyIds(self._chunks.set(number, (*self._chunks.get(number, ()), id_)), self._size + 1)

    def minus(self, id_: int) -> ManyIds:
        """All of these but one."""
        number = id_ >> CHUNK_BITS
        rest = _without(self._chunks[number], id_)
        chunks = self._chunks.set(number, rest) if rest else self._chunks.delete(number)
        return ManyIds(chunks, self._size - 1)


Ids = int | tuple[int, ...] | ManyIds
NO_IDS: Final = ()


def each(ids: Ids) -> Sequence[int] | ManyIds:
    """What can be counted and gone through."""
    return (ids,) if isinstance(ids, int) else ids


def plus(ids: Ids, id_: int) -> Ids:
    """These ids and another one."""
    if isinstance(ids, int):
        return ids, id_
    if isinstance(ids, ManyIds):
        return ids.plus(id_)
    if len(ids) < FEW:
        return (*ids, id_) if ids else id_
    many = ManyIds(Map(), 0)
    for one in (*ids, id_):
        many = many.plus(one)
    return many


def minus(ids: Ids, id_: int) -> Ids:
    """All of these ids but one."""
    if isinstance(ids, int):
        return NO_IDS
    if isinstance(ids, ManyIds):
        return ids.minus(id_) if len(ids) > 1 else NO_IDS
    rest = _without(ids, id_)
    return rest[0] if len(rest) == 1 else rest


def _without(ids: tuple[int, ...], id_: int) -> tuple[int, ...]:
    place = ids.index(id_)
    return ids[:place] + ids[place + 1 :]
