"""A sorted sequence as an immutable value: one with a few items more or fewer takes microseconds to make."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate, chain
from typing import Any, Final

MOST: Final = 512  # items in a chunk; changing one copies its chunk, and the list of chunks

Chunk = list[Any]  # sorted, never empty, and never changed once it is in use


class SortedItems:
    """Distinct items in ascending order, in chunks, of which a changed sequence makes but a few anew."""

    __slots__ = ("_chunks", "_ends", "_lasts")

    def __init__(self, chunks: list[Chunk]) -> None:
        self._chunks = chunks
        self._lasts = [chunk[-1] for chunk in chunks]
        self._ends = list(accumulate(map(len, chunks)))

    @classmethod
    def of(cls, items: list[Any]) -> SortedItems:
        """Items that are in order already."""
        return cls(_split(items))

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def __iter__(self) -> Iterator[Any]:
        return chain.from_iterable(self._chunks)

    def __getitem__(self, position: int) -> Any:
        index = bisect_right(self._ends, position)
        return self._chunks[index][position - self._ends[index]]  # counted from the end of the chunk

    def slice(self, start: int, stop: int) -> list[Any]:
        """The items from one position up to another; fewer, if there are no more."""
        found: list[Any] = []
        index = bisect_right(self._ends, start)
        skipped = start - (self._ends[index - 1] if index else 0)
        for chunk in self._chunks[index:]:
            if len(found) >= stop - start:
                break
            found += chunk[skipped : skipped + stop - start - len(found)]
            skipped = 0
        return found

    def below(self, item: Any) -> int:
        """How many items are less than this one."""
        index = bisect_left(self._lasts, item)
        return self._position(index, bisect_left, item)

    def up_to(self, item: Any) -> int:
        """How many items are not greater than this one."""
        index = bisect_right(self._lasts, item)
        return self._position(index, bisect_right, item)

    def _position(self, index: int, bisect: Callable[[Chunk, Any], int], item: Any) -> int:
        inside = bisect(self._chunks[index], item) if index < len(self._chunks) else 0
        return (self._ends[index - 1] if index else 0) + inside

    def changed(self, gone: Iterable[Any], new: Iterable[Any]) -> SortedItems:
        """Without those that are gone, each of which is one of these, and with new ones, none of which is."""
        removed: defaultdict[int, list[Any]] = defaultdict(list)  # by the index of their chunk
        added: defaultdict[int, list[Any]] = defaultdict(list)
        for item in gone:
            removed[bisect_left(self._lasts, item)].append(item)
        for item in new:
            added[min(bisect_left(self._lasts, item), max(len(self._lasts) - 1, 0))].append(item)
        indexes = {*removed, *added}
        if not indexes:
            return self
        chunks = list(self._chunks) or [[]]
        for index in sorted(indexes, reverse=True):  # from the end: the earlier indexes stay what they are
            chunk = chunks[index].copy()
            for item in removed[index]:
                del chunk[bisect_left(chunk, item)]
            for item in added[index]:
                insort(chunk, item)
            chunks[index : index + 1] = _split(chunk)
        return SortedItems(chunks)


def _split(items: Chunk) -> list[Chunk]:
    """Sorted items in chunks; if one is too long, each part has room for more."""
    if not items:
        return []
    if len(items) <= MOST:
        return [items]
    return [items[start : start + MOST // 2] for start in range(0, len(items), MOST // 2)]
