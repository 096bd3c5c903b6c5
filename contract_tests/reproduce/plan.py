"""The plan of a script: which of the run's requests it repeats, and what it looks at."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from contract_tests.client.exchange import Exchange
from contract_tests.laws import law_names
from contract_tests.reproduce.certainty import Doubts
from contract_tests.reproduce.comparing import Step, compare
from contract_tests.reproduce.deciding import Decision, deciding, repeated
from contract_tests.reproduce.needs import Needs
from contract_tests.reproduce.parts import Known, Part, parts_of
from contract_tests.reproduce.things import Thing, Things, kind_of_record
from contract_tests.verdict.findings import Finding

PAGING: Final = "last_page"  # says where the reading ended


@dataclass
class Plan:
    """The steps of a script in order, and the records of the run to which they refer."""

    finding: Finding
    steps: list[Step]
    names: dict[Thing, str]  # the variables that hold their ids
    doubt: str  # why the steps may not show the fault by themselves; empty if they do
    law_id: str = ""  # the law that is broken, with its case
    earlier_laws: tuple[str, ...] = ()  # of each kind of write before it, the law that last sent one

    @property
    def certain(self) -> bool:
        """Whether the steps show the fault by themselves."""
        return not self.doubt


class Planner:
    """Makes the plan for a finding."""

    def __init__(self, finding: Finding, things: Things, until: float) -> None:
        self._finding, self._things, self._until = finding, things, until
        again = repeated(finding.trace)
        self._trace = [exchange for n, exchange in enumerate(finding.trace) if n not in again]
        # A law is broken right after its last request, whether it cites that or not.
        self._shown = [*finding.exchanges, *(self._trace[-1:] if finding.rejudge else [])]
        self._cited = {exchange.number for exchange in self._shown}
        self._numbers = frozenset(exchange.number for exchange in self._trace)

    def plan(self) -> Plan:
        """The plan: what decides, and whatever that needs."""
        decision = self._decision()
        steps, names = self._steps(self._by_exchange(decision) if decision else {})
        doubt = Doubts(self._finding, self._trace, self._shown, self._things).first(decision, steps)
        if doubt:  # what seems to decide would only hide what people should look at
            steps, names = self._steps({})
        law_id = getattr(self._finding.rejudge, "law_id", "")
        laws = self._earlier_laws() if law_id else ()
        return Plan(self._finding, [*_control(steps), *steps], names, doubt, law_id, laws)

    def _steps(self, parts: dict[int, list[Part]]) -> tuple[list[Step], dict[Thing, str]]:
        """The requests that are cited or decide, with all that they need."""
        needs = Needs(self._things, self._trace)
        needs.choose(self._shown)
        needs.choose(self._writes_to_the_same())
        needs.choose(exchange for exchange in self._trace if exchange.number in parts)
        foreign = {
            each.number
            for each in needs.chosen.values()
            if each.method == "GET" and self._things.is_foreign(each)
        }
        if last := max(parts.keys() & foreign, default=0):  # any write may have changed what everybody sees
            needs.choose(each for each in self._trace if each.method != "GET" and each.number < last)
        needs.choose_asked_before()
        decide = [part for found in parts.values() for part in found]
        for thing in {thing for part in decide for thing in part.things + part.owners}:
            needs.need(thing, max(needs.chosen))
        steps = [
            Step(exchange, number in self._cited, parts.get(number, []))
            for number, exchange in sorted(needs.chosen.items())
        ]
        compare(steps, self._things.is_foreign)
        return steps, needs.names()

    def _decision(self) -> Decision | None:
        """What decides the law; None if that is not known."""
        judge, trace = self._finding.rejudge, self._finding.trace
        if judge is None or not trace or time.process_time() > self._until:
            return None
        known = Known(self._known(trace), self._things.made, self._sent(trace), _fields(trace))
        parts = [
            part
            for number, exchange in enumerate(trace)
            if exchange.number in self._numbers and self._things.made_by(exchange) is None
            for part in parts_of(number, exchange, known)
            if exchange.number in self._cited or not self._is_choice(part, exchange)
        ]
        return deciding(judge, trace, parts, self._until)

    def _earlier_laws(self) -> tuple[str, ...]:
        """The laws whose writes may be what this law sees: of each kind the last one before it."""
        first = min((each.number for each in self._trace), default=0)
        known = law_names()
        writes = [
            each
            for each in self._things.writes
            if each.number < first and each.case.partition("[")[0] in known
        ]
        last = {each.operation_id: each.case for each in writes}
        return tuple(dict.fromkeys(each.case for each in writes if each.case in last.values()))

    def _by_exchange(self, decision: Decision) -> dict[int, list[Part]]:
        """What decides, by the number of the exchange."""
        found: dict[int, list[Part]] = {}
        for part in decision.parts:
            exchange = self._finding.trace[part.exchange]
            if part.kind == "absent" and not self._is_made_before(part):
                continue
            if exchange.number in self._numbers and (exchange.number in self._cited or part.place != PAGING):
                found.setdefault(exchange.number, []).append(part)
        return found

    def _is_choice(self, part: Part, exchange: Exchange) -> bool:
        """Whether a part is about others: the law has chosen from them what the script says."""
        return self._things.is_foreign(exchange) and not part.owners and not part.things

    def _is_made_before(self, part: Part) -> bool:
        """Whether a record had been made when it was absent."""
        number = self._finding.trace[part.exchange].number
        made = (each.number for each in self._things.writes if self._things.made_by(each) in part.things)
        return next(made, number) <= number

    def _writes_to_the_same(self) -> list[Exchange]:
        """The earlier writes to what a cited write changes or names, or to what is in it: they may matter."""
        cited = [exchange for exchange in self._shown if exchange.method != "GET"]
        changed = {thing for exchange in cited for thing in self._things.used_by(exchange)}
        last, found = max((exchange.number for exchange in cited), default=0), []
        words = {word for exchange in cited for word in self._things.words_in(exchange)}
        for exchange in self._things.writes if self._finding.rejudge is None else self._trace:
            written = exchange.method != "GET" and exchange.number < last
            same = self._things.used_by(exchange) & changed or self._things.words_in(exchange) & words
            if written and same:
                found.append(exchange)
                changed |= {made for made in [self._things.made_by(exchange)] if made is not None}
        return found

    def _sent(self, trace: Sequence[Exchange]) -> dict[Thing | None, dict[str, list[Any]]]:
        """The values that were sent for the fields of each record, and of any (None), the last one first."""
        sent: dict[Thing | None, dict[str, list[Any]]] = {}
        for exchange in trace:
            if exchange.method != "GET" and isinstance(exchange.request_json, dict):
                things = {self._things.made_by(exchange), *self._things.in_path(exchange).values(), None}
                for thing, (field, value) in itertools.product(things, exchange.request_json.items()):
                    sent.setdefault(thing, {}).setdefault(field, []).insert(0, value)
        return sent

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


def _fields(trace: Sequence[Exchange]) -> dict[str, frozenset[str]]:
    """The fields of each kind of record, as sent or shown."""
    fields: dict[str, frozenset[str]] = {}
    for exchange in trace:
        for record in (*_records(exchange.json), exchange.request_json):
            if isinstance(record, dict):
                kind = kind_of_record(record)
                fields[kind] = fields.get(kind, frozenset()) | record.keys()
    return fields
