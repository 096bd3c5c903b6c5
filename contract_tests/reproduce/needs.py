"""What must be sent before a request can be repeated: what made the records and words that it names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from contract_tests.client.exchange import Exchange
from contract_tests.reproduce.answers import Answer
from contract_tests.reproduce.things import Thing, Things

IMPORT: Final = "importDeals"


@dataclass(frozen=True)
class Seen:
    """Where the id of a record is first seen if its creation does not show it: in a list, by its name."""

    thing: Thing
    place: str  # of the list
    name: str  # as written


class Needs:
    """The requests chosen for a script, and all that they need."""

    def __init__(self, things: Things, trace: Sequence[Exchange]) -> None:
        self._things, self._trace = things, trace
        self._in_trace = {exchange.number for exchange in trace}
        self.chosen: dict[int, Exchange] = {}
        self.things: set[Thing] = set()
        self.seen: dict[int, list[Seen]] = {}  # by the number of the exchange

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
        if maker is not None:
            self.choose([maker])
        else:
            self._see(thing, before)
        later = [each for each in earlier if thing in self._things.in_path(each).values()]
        self.choose(self._short(later))

    def choose_words(self, texts: Iterable[str]) -> None:
        """Choose what has made the run's words in these texts."""
        words = {word for text in texts for word in self._things.words_of(text)}
        last = max(self.chosen, default=0)
        self.choose(
            each for each in self._things.writes if each.number < last and words & self._things.words_in(each)
        )

    def choose_asked_before(self) -> None:
        """Choose the reads of the judgement that are repeated later: a server may keep their responses."""
        asked = {_read(each): each.number for each in self.chosen.values() if each.method == "GET"}
        self.choose(each for each in self._trace if each.number < asked.get(_read(each), 0))

    def names(self) -> dict[Thing, str]:
        """A variable for the id of every record that is made and used."""
        names: dict[Thing, str] = {}
        counts: dict[str, int] = {}
        for number, exchange in sorted(self.chosen.items()):
            made = self._things.made_by(exchange)
            for thing in [*([made] if made else []), *(seen.thing for seen in self.seen.get(number, []))]:
                if thing not in names:
                    counts[thing[0]] = counts.get(thing[0], 0) + 1
                    names[thing] = f"{thing[0]}{counts[thing[0]]}"
        return names

    # Inside

    def _see(self, thing: Thing, before: int) -> None:
        """Choose the read that first shows a record in a list."""
        for exchange in self._trace:
            seen = _seen(thing, exchange) if exchange.method == "GET" and exchange.number < before else None
            if seen is not None:
                known = self.seen.setdefault(exchange.number, [])
                known += [] if seen in known else [seen]
                self.choose([exchange])
                return

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


def _seen(thing: Thing, exchange: Exchange) -> Seen | None:
    kind, id = thing
    for line in Answer(exchange).lines:
        place, _, name = line.place.rpartition(f".@{id}.")
        if name in ("name", "title") and place and len(line.pointer) > 2:
            return Seen((kind, id), place, line.raw)
    return None
