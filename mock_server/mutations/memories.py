"""What a mutation remembers, in each world by itself."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from mock_server.store import Store


class Memories:
    """One memory for each world, as long as the world is there."""

    def __init__(self) -> None:
        self._by_store: WeakKeyDictionary[Store, dict[Any, Any]] = WeakKeyDictionary()

    def of(self, store: Store) -> dict[Any, Any]:
        """The memory in the world of this store."""
        return self._by_store.setdefault(store, {})
