"""A mapping by id as an immutable value: one that differs in a few items takes microseconds to make.

Ids are mostly consecutive, so 32 neighbours are a page, a tuple without keys. That takes 10 bytes an item,
where a persistent map takes 25 to 80; and reading all of it in order is as fast as reading a list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, Generic, TypeVar

from immutables import Map

V = TypeVar("V")

BITS: Final = 5
SIZE: Final = 1 << BITS
LAST: Final = SIZE - 1

Page = tuple[Any, ...]  # a value or None for each id
BLANK: Final[Page] = (None,) * SIZE


class Pages(Mapping[int, V]):
    """Values by id, in the order of the ids; none may be None, or false."""

    __slots__ = ("pages", "size")

    def __init__(self, pages: Map[int, Page] | None = None, size: int = 0) -> None:
        self.pages: Map[int, Page] = Map() if pages is None else pages
        self.size = size

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, id_: int) -> V:
        value: V | None = self.pages[id_ >> BITS][id_ & LAST]
        if value is None:
            raise KeyError(id_)
        return value

    def get(self, id_: int, default: Any = None) -> Any:
        """The value of this id, or the default."""
        value = self.pages.get(id_ >> BITS, BLANK)[id_ & LAST]
        return default if value is None else value

    def __contains__(self, id_: object) -> bool:
        return isinstance(id_, int) and self.pages.get(id_ >> BITS, BLANK)[id_ & LAST] is not None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pages) and self.pages == other.pages

    def __hash__(self) -> int:
        return hash(self.pages)

    def __iter__(self) -> Iterator[int]:
        for number in sorted(self.pages):
            for id_, value in enumerate(self.pages[number], start=number << BITS):
                if value is not None:
                    yield id_

    def values(self) -> Any:
        """All values, by id."""
        pages = self.pages
        return (value for number in sorted(pages) for value in pages[number] if value is not None)

    def mutate(self) -> PagesMutation[V]:
        """What makes another value of this one."""
        return PagesMutation(self)


class PagesMutation(Generic[V]):
    """A change: a page that is written to is a list until the end."""

    __slots__ = ("_before", "_open", "_pages", "_size")

    def __init__(self, before: Pages[V]) -> None:
        self._before, self._pages, self._size = before, before.pages, before.size
        self._open: dict[int, list[Any]] = {}

    def get(self, id_: int, default: Any = None) -> Any:
        """The value of this id as it is now, or the default."""
        number = id_ >> BITS
        page: Any = self._open.get(number) or self._pages.get(number, BLANK)
        value = page[id_ & LAST]
        return default if value is None else value

    def __setitem__(self, id_: int, value: V) -> None:
        page, place = self._open.get(id_ >> BITS) or self._opened(id_ >> BITS), id_ & LAST
        if page[place] is None:
            self._size += 1
        page[place] = value

    def pop(self, id_: int) -> V | None:
        """Remove a value and return it; None if there is none."""
        page, place = self._open.get(id_ >> BITS) or self._opened(id_ >> BITS), id_ & LAST
        value: V | None = page[place]
        if value is not None:
            self._size -= 1
            page[place] = None
        return value

    def finish(self) -> Pages[V]:
        """The value with all changes."""
        if not self._open:
            return self._before
        pages = self._pages
        for number, page in self._open.items():
            if any(page):
                pages = pages.set(number, tuple(page))
            elif number in pages:
                pages = pages.delete(number)
        return Pages(pages, self._size)

    def _opened(self, number: int) -> list[Any]:
        page = self._open[number] = list(self._pages.get(number, BLANK))
        return page
