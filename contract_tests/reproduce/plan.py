"""The plan of a script: which of the run's requests it repeats, and what it looks at."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from contract_tests.client.created import MAKERS
from contract_tests.client.exchange import Exchange
from contract_tests.reproduce.answers import Answer
from contract_tests.reproduce.deciding import Decision, Part, deciding, parts_of
from contract_tests.reproduce.things import Thing, Things, kind_of_record
from contract_tests.verdict.findings import Finding

IMPORT: Final = "importDeals"
NUMBER: Final = re.compile(r"-?\d{1,15}(\.\d+)?")
PAGING: Final = "last_page"


@dataclass
class Step:
    """A request that the script repeats."""

    exchange: Exchange
    cited: bool = False
    parts: list[Part] = field(default_factory=list)  # what must be in the response again
    compared: bool = False  # whether a later response to the same request is compared with this one

    @property
    def makes(self) -> bool:
        """Whether the request only makes something that others need."""
        return self.exchange.method != "GET" and self.exchange.ok and not self.cited and not self.parts


@dataclass(frozen=True)
class Apart:
    """Two numbers that should be equal, each with the number of its exchange."""

    got_in: int
    got: Part
    wanted_in: int
    wanted: Part


@dataclass
class Plan:
    """The steps of a script in order, and the records of the run to which they refer."""

    finding: Finding
    steps: list[Step]
    names: dict[Thing, str]  # the variables that hold their ids
    apart: Apart | None  # two numbers that should be equal
    certain: bool  # whether the steps show the fault by themselves

    def name_of(self, kind: str, id: Any) -> str | None:
        """The variable that holds the id of a record."""
        return self.names.get((kind, str(id)))


class Planner:
    """Makes the plan for a finding."""

    def __init__(self, finding: Finding, things: Things) -> None:
        self._finding, self._things = finding, things
        self._trace = _without_retries(finding.trace)
        self._in_trace = {exchange.number for exchange in self._trace}
        self._chosen: dict[int, Exchange] = {}
        self._needed: set[Thing] = set()

    def plan(self) -> Plan:
        """The plan: what decides, and whatever that needs."""
        cited = {exchange.number for exchange in self._finding.exchanges}
        decision = self._decision()
        parts = self._by_exchange(decision) if decision else {}
        self._choose(self._finding.exchanges)
        self._choose(exchange for exchange in self._trace if exchange.number in parts)
        self._choose(self._asked_before())
        for thing in {thing for found in parts.values() for part in found for thing in part.things}:
            self._need(thing, max(self._chosen))
        steps = [
            Step(exchange, number in cited, parts.get(number, []))
            for number, exchange in sorted(self._chosen.items())
        ]
        self._compare(steps)
        certain = decision.certain if decision else self._finding.rejudge is None
        return Plan(self._finding, steps, self._names(), self._apart(decision), certain)

    def _compare(self, steps: list[Step]) -> None:
        """Of numbers about everybody's records that are read twice, only the difference counts."""
        earlier: dict[tuple[Any, ...], Step] = {}
        for step in steps:
            before = earlier.get(_request(step.exchange))
            if before is not None and step.parts and self._is_foreign(step.exchange):
                known = {line.place: line.raw for line in Answer(before.exchange).lines}
                step.parts = [_compared(part, known.get(part.place, "")) for part in step.parts]
                places = {part.place for part in step.parts if part.kind == "changed"}
                before.compared = bool(places)
                before.parts = [part for part in before.parts if part.place not in places]
            if step.exchange.method == "GET":
                earlier[_request(step.exchange)] = step

    def _decision(self) -> Decision | None:
        """What decides the law; None if that is not known."""
        judge, trace = self._finding.rejudge, self._finding.trace
        if judge is None or not trace:
            return None
        known = self._known(trace)
        parts = [
            part
            for number, exchange in enumerate(trace)
            if self._things.made_by(exchange) is None
            for part in parts_of(number, exchange, known)
        ]
        return deciding(judge, trace, parts, lambda part: self._is_foreign(trace[part.exchange]))

    def _by_exchange(self, decision: Decision) -> dict[int, list[Part]]:
        """What decides, by the number of the exchange."""
        cited = {exchange.number for exchange in self._finding.exchanges}
        shown = {exchange.number for exchange in self._trace}
        found: dict[int, list[Part]] = {}
        for part in (*decision.parts, *(decision.apart or ())):
            number = self._finding.trace[part.exchange].number
            only_the_end = part.place == PAGING and number not in cited  # it says where the reading ended
            if number in shown and not only_the_end:
                found.setdefault(number, []).extend([] if part in (decision.apart or ()) else [part])
        return found

    def _apart(self, decision: Decision | None) -> Apart | None:
        if decision is None or decision.apart is None:
            return None
        got, wanted = decision.apart
        trace = self._finding.trace
        return Apart(trace[got.exchange].number, got, trace[wanted.exchange].number, wanted)

    def _is_foreign(self, exchange: Exchange) -> bool:
        """Whether a response is about everybody's records: its request names none of the run's."""
        return not self._things.used_by(exchange) and not self._things.words_in(exchange)

    def _known(self, trace: Sequence[Exchange]) -> dict[str, dict[str, Any]]:
        """The records that the requests of the trace need, by kind and id, as they were seen."""
        other = Planner(self._finding, self._things)
        other._choose(trace)
        known: dict[str, dict[str, Any]] = {}
        for kind, id in other._needed:
            known.setdefault(kind, {})[id] = None
        alike: dict[str, dict[str, Any]] = {}
        for exchange in trace:
            for record in _records(exchange.json):
                kind, id = kind_of_record(record), str(record.get("id"))
                alike.setdefault(kind, record)
                if id in known.get(kind, {}):
                    known[kind][id] = record
        for exchange in other._chosen.values():  # one that was never seen looks like the others
            kind, id = self._things.made_by(exchange) or ("", "")
            if id in known.get(kind, {}) and known[kind][id] is None and kind in alike:
                sent = exchange.request_json if isinstance(exchange.request_json, dict) else {}
                known[kind][id] = {**alike[kind], **sent, "id": int(id) if id.isdecimal() else id}
        return known

    # What is needed

    def _choose(self, exchanges: Iterable[Exchange]) -> None:
        for exchange in exchanges:
            if exchange.number in self._chosen:
                continue
            self._chosen[exchange.number] = exchange
            for thing in self._things.used_by(exchange):
                self._need(thing, exchange.number)
            if made := self._things.made_by(exchange):
                self._needed.add(made)
            if exchange.method == "GET" or exchange.operation_id == IMPORT:
                self._need_words(exchange)

    def _need(self, thing: Thing, before: int) -> None:
        self._needed.add(thing)
        earlier = [each for each in self._things.writes if each.number < before]
        maker = next((each for each in reversed(earlier) if self._things.made_by(each) == thing), None)
        if maker is not None:
            self._choose([maker])
        later = [each for each in earlier if self._touches(each, thing) and each is not maker]
        self._choose(self._short(later))

    def _need_words(self, exchange: Exchange) -> None:
        words = self._things.words_in(exchange)
        for each in self._things.writes:
            if each.number < exchange.number and words & self._things.words_in(each):
                self._choose([each])
                if made := self._things.made_by(each):
                    self._need(made, exchange.number)

    def _touches(self, exchange: Exchange, thing: Thing) -> bool:
        return thing in self._things.in_path(exchange).values()

    def _short(self, writes: list[Exchange]) -> list[Exchange]:
        """All writes of the judgement; of those before it, the last of each kind."""
        last = {(each.operation_id): each.number for each in writes}
        return [
            each
            for each in writes
            if each.number in self._in_trace
            or (last[each.operation_id] == each.number and "delete" not in (each.operation_id or ""))
        ]

    def _asked_before(self) -> list[Exchange]:
        """Reads of the judgement that are repeated later: a server may keep their responses."""
        asked = {
            (each.path, each.query): each.number for each in self._chosen.values() if each.method == "GET"
        }
        return [
            each
            for each in self._trace
            if each.method == "GET" and each.number < asked.get((each.path, each.query), 0)
        ]

    def _names(self) -> dict[Thing, str]:
        names: dict[Thing, str] = {}
        counts: dict[str, int] = {}
        for _, exchange in sorted(self._chosen.items()):
            made = self._things.made_by(exchange)
            for thing in [made] if made else sorted(self._things.used_by(exchange)):
                if thing is not None and thing not in names:
                    counts[thing[0]] = counts.get(thing[0], 0) + 1
                    names[thing] = f"{thing[0]}{counts[thing[0]]}"
        return names


def makes(exchange: Exchange) -> bool:
    """Whether a request creates a record."""
    return exchange.operation_id in MAKERS


def _compared(part: Part, before: str) -> Part:
    if part.kind not in ("value", "not_zero") or not (
        NUMBER.fullmatch(part.raw) and NUMBER.fullmatch(before)
    ):
        return part
    return replace(part, kind="changed", raw=f"{float(part.raw) - float(before):g}")


def _without_retries(trace: Sequence[Exchange]) -> list[Exchange]:
    """The exchanges, of equal reads in a row only the last."""
    found: list[Exchange] = []
    for exchange in trace:
        if found and exchange.method == "GET" and _request(found[-1]) == _request(exchange):
            found.pop()
        found.append(exchange)
    return found


def _request(exchange: Exchange) -> tuple[Any, ...]:
    return exchange.method, exchange.path, exchange.query, exchange.as_


def _records(node: Any) -> Iterable[dict[str, Any]]:
    if isinstance(node, dict):
        if "id" in node:
            yield node
        for value in node.values():
            yield from _records(value)
    elif isinstance(node, list):
        for value in node:
            yield from _records(value)
