"""The plan of a script: which of the run's requests it repeats, and what it looks at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from contract_tests.client.exchange import Exchange
from contract_tests.reproduce.comparing import Step, compare
from contract_tests.reproduce.deciding import Decision, deciding, repeated
from contract_tests.reproduce.needs import Needs
from contract_tests.reproduce.parts import Known, Part, missing_parts, parts_of
from contract_tests.reproduce.rehearsal import Rehearsal
from contract_tests.reproduce.things import Thing, Things, kind_of_record
from contract_tests.verdict.findings import Finding

PAGING: Final = "last_page"


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


class Planner:
    """Makes the plan for a finding."""

    def __init__(self, finding: Finding, things: Things) -> None:
        self._finding, self._things = finding, things
        again = repeated(finding.trace)
        self._trace = [exchange for n, exchange in enumerate(finding.trace) if n not in again]
        self._last = frozenset(exchange.number for exchange in self._trace)

    def plan(self) -> Plan:
        """The plan: what decides, and whatever that needs."""
        cited = {exchange.number for exchange in self._finding.exchanges}
        decision = self._decision()
        parts = self._by_exchange(decision) if decision else {}
        needs = Needs(self._things, self._trace)
        needs.choose(self._finding.exchanges)
        needs.choose(exchange for exchange in self._trace if exchange.number in parts)
        foreign = [
            each.number for each in needs.chosen.values() if each.method == "GET" and self._is_foreign(each)
        ]
        if parts.keys() & set(foreign):  # any write of the judgement may have changed what everybody sees
            last = max(parts.keys() & set(foreign))
            needs.choose(each for each in self._trace if each.method != "GET" and each.number < last)
        needs.choose_asked_before()
        for thing in {t for found in parts.values() for part in found for t in part.things + part.owners}:
            needs.need(thing, max(needs.chosen))
        needs.choose_words(part.raw for found in parts.values() for part in found if part.kind == "line")
        steps = [
            Step(exchange, number in cited, parts.get(number, []), needs.seen.get(number, []))
            for number, exchange in sorted(needs.chosen.items())
        ]
        compare(steps, self._is_foreign)
        steps = [*_control(steps), *steps]
        certain = decision.certain if decision else self._finding.rejudge is None
        return Plan(self._finding, steps, needs.names(), self._apart(decision), certain)

    def _decision(self) -> Decision | None:
        """What decides the law; None if that is not known."""
        judge, trace = self._finding.rejudge, self._finding.trace
        if judge is None or not trace:
            return None
        bodies = (each.request_json for each in trace if each.method != "GET")
        sent = {name: value for body in bodies if isinstance(body, dict) for name, value in body.items()}
        known = Known(self._known(trace), self._things.made, sent)
        parts = [
            part
            for number, exchange in enumerate(trace)
            if exchange.number in self._last and self._things.made_by(exchange) is None
            for part in parts_of(number, exchange, known)
        ]
        if isinstance(judge, Rehearsal):
            missing = missing_parts(judge.missed(trace), trace, parts)
            parts = sorted([*parts, *missing], key=lambda part: part.exchange)

        foreign = {n for n, exchange in enumerate(trace) if self._is_foreign(exchange)}
        return deciding(judge, trace, parts, lambda part: part.exchange in foreign and not part.owners)

    def _by_exchange(self, decision: Decision) -> dict[int, list[Part]]:
        """What decides, by the number of the exchange."""
        cited = {exchange.number for exchange in self._finding.exchanges}
        found: dict[int, list[Part]] = {}
        for part in (*decision.parts, *(decision.apart or ())):
            if part.kind == "absent" and not self._is_made_before(part):
                continue
            number = self._finding.trace[part.exchange].number
            only_the_end = part.place == PAGING and number not in cited  # it says where the reading ended
            if number in self._last and not only_the_end:
                found.setdefault(number, []).extend([] if part in (decision.apart or ()) else [part])
        return found

    def _is_made_before(self, part: Part) -> bool:
        """Whether a record had been made when it was absent."""
        number = self._finding.trace[part.exchange].number
        made = (each.number for each in self._things.writes if self._things.made_by(each) in part.things)
        return next(made, number) <= number

    def _apart(self, decision: Decision | None) -> Apart | None:
        if decision is None or decision.apart is None:
            return None
        got, wanted = decision.apart
        trace = self._finding.trace
        return Apart(trace[got.exchange].number, got, trace[wanted.exchange].number, wanted)

    def _is_foreign(self, exchange: Exchange) -> bool:
        """Whether a response is about everybody's records: its request names no record and no word."""
        return (
            not self._things.in_path(exchange)
            and not self._things.used_by(exchange)
            and not self._things.words_in(exchange)
        )

    def _known(self, trace: Sequence[Exchange]) -> dict[str, dict[str, Any]]:
        """The records that the requests of the trace need, by kind and id, as they were seen."""
        needs = Needs(self._things, trace)
        needs.choose(trace)
        known: dict[str, dict[str, Any]] = {}
        for kind, id in needs.things:
            known.setdefault(kind, {})[id] = None
        alike: dict[str, dict[str, Any]] = {}
        for exchange in trace:
            for record in _records(exchange.json):
                kind, id = kind_of_record(record), str(record.get("id"))
                alike.setdefault(kind, record)
                if id in known.get(kind, {}):
                    known[kind][id] = record
        for exchange in needs.chosen.values():  # one that was never seen looks like the others
            kind, id = self._things.made_by(exchange) or ("", "")
            if id in known.get(kind, {}) and known[kind][id] is None and kind in alike:
                sent = exchange.request_json if isinstance(exchange.request_json, dict) else {}
                known[kind][id] = {**alike[kind], **sent, "id": int(id) if id.isdecimal() else id}
        return known


def _control(steps: list[Step]) -> list[Step]:
    """The same read with the run's own token, before one that should be refused: both cannot be right."""
    first = steps[0].exchange if steps else None
    if first is None or first.method != "GET" or not refused_on_purpose(first):
        return []
    own = {n: v for n, v in first.request_headers.items() if n.lower() != "authorization"}
    return [Step(replace(first, as_="me", request_headers=own, status=200, number=0))]


def refused_on_purpose(exchange: Exchange) -> bool:
    """Whether a refusal of a request would be right: it was sent without the token of the run's account."""
    own = exchange.as_ in ("me", "admin")
    return not own or any(name.lower() == "authorization" for name in exchange.request_headers)


def _records(node: Any) -> Iterable[dict[str, Any]]:
    if isinstance(node, dict):
        if "id" in node:
            yield node
        for value in node.values():
            yield from _records(value)
    elif isinstance(node, list):
        for value in node:
            yield from _records(value)
