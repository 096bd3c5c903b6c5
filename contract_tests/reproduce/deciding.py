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
from itertools import groupby, product
from typing import Any, Final

from contract_tests.client.exchange import Exchange
from contract_tests.reproduce.parts import NO_ID, Change, Part, changed

MOST_SECONDS: Final = 12.0  # of computing for one search
TRIED: Final = 20  # numbers of which an expectation may be computed
PAIRS: Final = 12  # numbers in the responses that are tried
FEW: Final = 12  # parts of other people's records; with more, the exact words of the law do not matter
Judge = Callable[[Iterable[Exchange]], Any]


@dataclass(frozen=True)
class Decision:
    """What decides a law."""

    parts: list[Part]
    apart: tuple[Part, Part] | None = None  # two numbers that should be equal
    certain: bool = True  # whether other data on the server leave it as it is


def deciding(
    judge: Judge, trace: Sequence[Exchange], parts: Sequence[Part], foreign: Callable[[Part], bool]
) -> Decision | None:
    """The parts without which the law would be judged in another way; None if the record does not show it."""
    search = _Search(judge, trace, loose=False)
    if search.outcome is None:
        return None
    search.reduce_each([part for part in parts if not foreign(part)])
    own = search.weighed()
    search.kept = []
    search.reduce_each([part for part in parts if foreign(part)])
    search.weigh_untried()
    if not search.kept:
        return Decision(own, certain=not search.untried)
    apart = _apart(judge, trace, [part for part in parts if foreign(part)])
    if apart is not None:
        return Decision(own, apart)
    certain = not search.computes_expectation()
    if len(search.kept) <= FEW:
        return Decision(own + search.weighed(), certain=certain and not search.untried)
    loose = _Search(judge, trace, loose=True)
    loose.changed = search.changed
    loose.reduce_each(search.kept)
    return Decision(own + loose.weighed() + loose.untried, certain=certain and not search.untried)


def _apart(judge: Judge, trace: Sequence[Exchange], parts: list[Part]) -> tuple[Part, Part] | None:
    """Two numbers of the responses, the received and the expected one, that should be equal."""
    outcome = judge(trace)
    received, expected = _numbers(outcome.received), _numbers(outcome.expected)
    if not received or not expected or received[0] == expected[0]:
        return None

    def matters(part: Part, change: Change = Change.ANOTHER, number: Any = None) -> bool:
        other = list(trace)
        other[part.exchange] = changed(trace[part.exchange], change, [part], number)
        return bool(judge(other) != outcome)

    parts = sorted(parts, key=lambda part: len(part.pointer))
    found = [[p for p in parts if _is_number(p, each[0])][:PAIRS] for each in (received, expected)]
    causes = [[part for part in each if matters(part)] for each in found]
    for got, wanted in product(*causes):
        one, other = (got, wanted) if got.kind == "value" else (wanted, got)
        # Equal numbers must meet this expectation, if perhaps not the next one.
        if one.kind == "value" and matters(one, Change.EXPECTED, json.loads(other.raw)):
            return got, wanted
    return None


def _numbers(text: str) -> list[str]:
    return re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w.])", text)


def _is_number(part: Part, text: str) -> bool:
    return part.kind in ("value", "size") and part.raw == text and not part.things


class _Search:
    """Changes as much as possible of the responses, as long as the law is broken in the same way."""

    def __init__(self, judge: Judge, trace: Sequence[Exchange], *, loose: bool) -> None:
        self._judge, self._trace, self._loose = judge, trace, loose
        self.changed: list[Part] = []
        self.kept: list[Part] = []
        self.untried: list[Part] = []
        self._until = time.process_time() + MOST_SECONDS
        self._made: dict[tuple[int, Change], tuple[list[Part], Exchange]] = {}
        self._echoes = {n: last for n, last in repeated(trace).items() if trace[n].body == trace[last].body}
        whole = judge(trace)
        self.outcome = self._key(whole)
        named = _numbers(whole.expected) if whole and loose else []
        self._expected = json.loads(named[0]) if named and named[0].lstrip("-0") else None

    def reduce_each(self, parts: Sequence[Part]) -> None:
        """Change as many of these parts as possible, the last response first; keep the others."""
        parts = sorted(parts, key=lambda part: part.exchange)
        by_exchange = [list(some) for _, some in groupby(parts, key=lambda part: part.exchange)]
        for some in reversed(by_exchange):
            self._reduce(some)

    def _reduce(self, parts: list[Part]) -> None:
        if not parts:
            return
        if self._out_of_time:
            self.untried += parts
        elif all(self._same_with(change, parts) for change in Change):
            self.changed += parts
        elif len(parts) == 1:
            self.kept += parts
        else:
            middle = len(parts) // 2
            self._reduce(parts[:middle])
            self._reduce(parts[middle:])

    @property
    def _out_of_time(self) -> bool:
        return time.process_time() > self._until

    def weigh_untried(self) -> None:
        """Change all that there was no time to try, if that is possible at once."""
        if self.untried and all(self._same_with(change, self.untried) for change in Change):
            self.changed += self.untried
            self.untried = []

    def computes_expectation(self) -> bool:
        """Whether the law computes a number that it expects from the parts that were kept, such as a sum."""
        numbers = [p for p in self.kept if p.kind == "size" or (p.kind == "value" and p.is_measure)]
        for part in numbers[:TRIED]:
            outcome = self._outcome_with(Change.ANOTHER, [part])
            if outcome is None or outcome.line != self.outcome.line or str(NO_ID) in outcome.expected:
                continue  # it is about something else
            if _numbers(outcome.expected) != _numbers(self.outcome.expected):
                return True
        return False

    def weighed(self) -> list[Part]:
        """The parts that were kept, each with its strength."""
        return [replace(part, kind=self._strength(part)) for part in self.kept]

    def _strength(self, part: Part) -> str:
        """The kind of a part that was kept; `not_zero` if any other value but none would do."""
        if part.kind != "value" or part.raw in ("true", "false", "null") or self._out_of_time:
            return part.kind
        others = (Change.ANOTHER, Change.EXPECTED)
        return "not_zero" if all(self._same_with(change, [part]) for change in others) else part.kind

    def _key(self, outcome: Any) -> Any:
        return replace(outcome, received="") if outcome is not None and self._loose else outcome

    def _same_with(self, change: Change, parts: list[Part]) -> bool:
        return bool(self._key(self._outcome_with(change, parts)) == self.outcome)

    def _outcome_with(self, change: Change, parts: list[Part]) -> Any:
        by_exchange: dict[int, list[Part]] = {}
        for part in (*self.changed, *parts):
            by_exchange.setdefault(part.exchange, []).append(part)
        trace = list(self._trace)
        for number, some in by_exchange.items():
            trace[number] = self._changed(number, change, some)
        for earlier, number in self._echoes.items():
            trace[earlier] = trace[number]
        return self._judge(trace)

    def _changed(self, number: int, change: Change, parts: list[Part]) -> Exchange:
        """An exchange with these parts changed; the last one of each is kept, as most do not change."""
        before, exchange = self._made.get((number, change), (None, None))
        if exchange is None or before != parts:
            exchange = changed(self._trace[number], change, parts, self._expected)
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
