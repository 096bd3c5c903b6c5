"""Which parts of the recorded responses decide a law: the judgement is repeated with other values in them.

A part matters if the law is then broken in another way, or not at all. What does not matter (the time of a
change, other people's deals) need not be the same when the fault is shown again.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Final

from contract_tests.client.exchange import Exchange
from contract_tests.reproduce.parts import Change, Part, changed

NUMBER: Final = re.compile(r"(?<![\w.])-?(?:0|[1-9]\d*)(?:\.\d+)?(?![\w.])")
Judge = Callable[[Iterable[Exchange]], Any]


@dataclass(frozen=True)
class Decision:
    """What decides a law."""

    parts: list[Part]
    certain: bool  # whether every part was tried


def deciding(judge: Judge, trace: Sequence[Exchange], parts: Sequence[Part], until: float) -> Decision | None:
    """The parts without which the law would be judged in another way; None if the record does not show it."""
    search = _Search(judge, trace, until)
    if search.outcome is None:
        return None
    search.reduce_each(parts)
    certain, kept = search.can_change_untried(), search.kept
    search.kept = []
    search.reduce_each(kept)  # some do not matter any more, now that others are changed
    matter = [part for part in parts if part in search.kept or search.is_wrong(part)]
    return Decision([search.as_expected(part, parts) for part in matter], certain)


class _Search:
    """Changes as much as possible of the responses, as long as the law is broken in the same way."""

    def __init__(self, judge: Judge, trace: Sequence[Exchange], until: float) -> None:
        self._judge, self._trace = judge, trace
        self._until = until  # the processor time at which it ends
        self.changed: list[Part] = []
        self.kept: list[Part] = []
        self._untried: list[Part] = []
        self._made: dict[tuple[int, Change], tuple[list[Part], Exchange]] = {}
        self._echoes = {n: last for n, last in repeated(trace).items() if trace[n].body == trace[last].body}
        self.outcome = judge(trace)

    def reduce_each(self, parts: Sequence[Part]) -> None:
        """Change as many of these parts as possible, the last response first; keep the others."""
        parts = sorted(parts, key=lambda part: part.exchange)
        by_exchange = [list(some) for _, some in groupby(parts, key=lambda part: part.exchange)]
        for some in reversed(by_exchange):
            self._reduce(some)

    def is_wrong(self, part: Part) -> bool:
        """Whether the law would hold if this were another value that was sent for the field."""
        if not part.sent or time.process_time() > self._until:
            return False
        trace = list(self._trace)
        trace[part.exchange] = changed(trace[part.exchange], Change.EXPECTED, [part])
        return trace[part.exchange].json != self._trace[part.exchange].json and self._judge(trace) is None

    def as_expected(self, part: Part, parts: Sequence[Part]) -> Part:
        """Of a number, those with which the law would hold, if the law says which: any other is wrong."""
        if part.kind != "value" or not part.is_measure:
            return part
        alike = [each for each in parts if (each.place, each.raw) == (part.place, part.raw)]  # on each page
        said = dict.fromkeys(NUMBER.findall(self.outcome.expected))
        right = [number for number in said if number != part.raw and self._holds_with(number, alike)]
        return replace(part, kind="other", raw=" ".join(right)) if right else part

    def _holds_with(self, number: str, alike: Sequence[Part]) -> bool:
        """Whether the law would hold if each of these parts were this number."""
        trace = list(self._trace)
        for each in alike:
            other = replace(each, sent=(json.loads(number),))
            trace[each.exchange] = changed(trace[each.exchange], Change.EXPECTED, [other])
        return self._judge(trace) is None

    def can_change_untried(self) -> bool:
        """Whether all that there was no time to try can be changed at once."""
        return not self._untried or self._all_the_same(self._untried)

    def _reduce(self, parts: list[Part]) -> None:
        if not parts:
            return
        if time.process_time() > self._until:
            self._untried += parts
        elif self._all_the_same(parts):
            self.changed += parts
        elif len(parts) == 1:
            self.kept += parts
        else:
            middle = len(parts) // 2
            self._reduce(parts[:middle])
            self._reduce(parts[middle:])

    def _all_the_same(self, parts: list[Part]) -> bool:
        return all(self._outcome_with(change, parts) == self.outcome for change in Change)

    def _outcome_with(self, change: Change, parts: list[Part]) -> Any:
        by_exchange: dict[int, list[Part]] = {}
        for part in (*self.changed, *parts):
            by_exchange.setdefault(part.exchange, []).append(part)
        trace = list(self._trace)
        for number, some in by_exchange.items():
            trace[number] = self._with(number, change, some)
        for earlier, number in self._echoes.items():
            trace[earlier] = trace[number]
        return self._judge(trace)

    def _with(self, number: int, change: Change, parts: list[Part]) -> Exchange:
        """An exchange with these parts changed; the last one of each is kept, as most do not change."""
        before, exchange = self._made.get((number, change), (None, None))
        if exchange is None or before != parts:
            exchange = changed(self._trace[number], change, parts)
            self._made[number, change] = (parts, exchange)
        return exchange


def repeated(trace: Sequence[Exchange]) -> dict[int, int]:
    """The reads that were sent again before the next write, with the place of the last one."""
    found: dict[int, int] = {}
    last: dict[Any, int] = {}
    for number in reversed(range(len(trace))):
        exchange = trace[number]
        if exchange.method != "GET":
            last.clear()
        elif (asked := (exchange.path, exchange.query, exchange.as_)) in last:
            found[number] = last[asked]
        else:
            last[asked] = number
    return found
