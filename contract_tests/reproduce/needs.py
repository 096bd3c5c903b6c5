"""What must be sent before a request can be repeated: what made the records and words that it names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from contract_tests.client.exchange import Exchange
from contract_tests.reproduce.things import Thing, Things

IMPORT: Final = "importDeals"


class Needs:
    """The requests chosen for a script, and all that they need."""

    def __init__(self, things: Things, trace: Sequence[Exchange]) -> None:
        self._things, self._trace = things, trace
        self._in_trace = {exchange.number for exchange in trace}
        self.chosen: dict[int, Exchange] = {}
        self.things: set[Thing] = set()

    def choose(self, exchanges: Iterable[Exchange]) -> None:
        """Choose requests, and what they need."""
        for exchange in exchanges:
            if exchange.number in self.chosen:
                continue
            self.chosen[exchange.number] = exchange
            for thing in self._things.used_by(exchange):
                self.need(thing, exchange.number)
            if made := self._things.made_by(exchange):
                self.things.add(made)
            if exchange.method == "GET" or exchange.operation_id == IMPORT:
                self._need_words(exchange)

    def need(self, thing: Thing, before: int) -> None:
        """Choose what made a record, and what changed it before this place in the history."""
        self.things.add(thing)
        earlier = [each for each in self._things.writes if each.number < before]
        maker = next((each for each in reversed(earlier) if self._things.made_by(each) == thing), None)
        self.choose([maker] if maker is not None else [])
        later = [each for each in earlier if thing in self._things.in_path(each).values()]
        self.choose(self._short(later))

    def choose_asked_before(self) -> None:
        """Choose the reads of the judgement that are repeated later: a server may keep their responses."""
        asked = {_read(each): each.number for each in self.chosen.values() if each.method == "GET"}
        self.choose(each for each in self._trace if each.number < asked.get(_read(each), 0))

    def names(self) -> dict[Thing, str]:
        """A variable for the id of every record that is made and used."""
        names: dict[Thing, str] = {}
        counts: dict[str, int] = {}
        for _, exchange in sorted(self.chosen.items()):
            thing = self._things.made_by(exchange)
            if thing is not None and thing not in names:
                counts[thing[0]] = counts.get(thing[0], 0) + 1
                names[thing] = f"{thing[0]}{counts[thing[0]]}"
        return names

    # Inside

    def _need_words(self, exchange: Exchange) -> None:
        words = self._things.words_in(exchange)
        for each in self._things.writes:
            if each.number < exchange.number and words & self._things.words_in(each):
                self.choose([each])
                if made := self._things.made_by(each):
                    self.need(made, exchange.number)

    def _short(self, writes: list[Exchange]) -> list[Exchange]:
        """All writes of the judgement; of those before it, the last of each kind."""
        last = {each.operation_id: each.number for each in writes}
        return [
            each
            for each in writes
            if each.number in self._in_trace
            or (last[each.operation_id] == each.number and each.method != "DELETE")
        ]


def _read(exchange: Exchange) -> tuple[Any, ...]:
    return exchange.method, exchange.path, exchange.query
