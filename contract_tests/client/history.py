"""What a run has changed on the server, in order: from it the scripts of findings are written."""

from __future__ import annotations

import itertools
from typing import Any

from contract_tests.client.exchange import Exchange


class History:
    """The successful writes of a run in order, and all that it has ever created; its clients share one."""

    def __init__(self) -> None:
        self.writes: list[Exchange] = []
        self._made: dict[tuple[str, str], Any] = {}
        self._numbers = itertools.count(1)

    def note(self, exchange: Exchange) -> None:
        """Number an exchange, and remember it if it changed something."""
        exchange.number = next(self._numbers)
        if exchange.method != "GET" and exchange.ok:
            self.writes.append(exchange)

    def made(self, kind: str, id: Any) -> None:
        """Remember that the run created a resource."""
        self._made[kind, str(id)] = id

    def has_made(self, kind: str, id: Any) -> bool:
        """Whether the run created this resource, even if it was deleted since."""
        return (kind, str(id)) in self._made
