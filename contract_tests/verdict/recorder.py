"""The record of a run: findings, what was exercised, what was not judged."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from contract_tests.client.exchange import Exchange
from contract_tests.verdict.checks import CONFORMANCE
from contract_tests.verdict.findings import Finding, Kind, in_order, not_judged
from contract_tests.verdict.guesses import is_guessed_operation
from contract_tests.verdict.judged_share import JudgedShare, counted_as
from contract_tests.verdict.judging import flaws, judge, parts_with
from contract_tests.verdict.merging import Group, Key, key_of, split_by_waivers
from contract_tests.verdict.premises import Premises
from contract_tests.verdict.response_checks import ResponseChecks
from contract_tests.verdict.selection import Selection
from contract_tests.verdict.waivers import Waiver, Waivers
from deals_spec import Contract

Redact = Callable[[str], str]
TEXTS = ("claim", "basis", "expected", "received", "curl", "reason")


@dataclass
class Coverage:
    """What was exercised of one operation; a field or value counts once it has been accepted."""

    statuses: Counter[int] = field(default_factory=Counter)
    parameters: set[str] = field(default_factory=set)
    values: set[str] = field(default_factory=set)  # "name=value" of every enum
    fields: set[str] = field(default_factory=set)


class Recorder:
    """Collects findings, those of one cause as one, and the coverage of the contract."""

    def __init__(
        self,
        contract: Contract,
        *,
        seed: int = 1,
        strict: bool = False,
        selection: Selection | None = None,
        waivers: Waivers | None = None,
        redact: Redact = str,
    ) -> None:
        self.contract = contract
        self._checks = ResponseChecks(contract)
        self.seed = seed
        self.strict = strict
        self.selection = selection or Selection()
        self.waivers = waivers or Waivers()
        self.coverage = {operation: Coverage() for operation in contract.operations}
        self.judged: set[str] = set()  # rules that were judged to the end
        self.durations: dict[str, float] = {}  # rule or case → seconds
        self.uncalled = "no request was sent"  # why there is no response of an operation
        self.share = JudgedShare()
        self.remarks: list[str] = []
        self.observers: list[Callable[[Finding], None]] = []  # called with every new finding
        self.first_violation_at: float | None = None  # by time.monotonic
        self._redact = redact
        self._premises = Premises(contract)
        self._groups: dict[Key, Group] = {}  # in the order in which they were found
        self._merged: list[Finding] | None = None  # what the groups come to, until one changes
        self._times: Counter[str] = Counter()
        self._lock = threading.RLock()
        self._here = threading.local()  # what this thread records

    # Recording

    def add(self, *findings: Finding) -> None:
        """Record findings that were made at once; those that are not selected are left out."""
        wanted = [self._clean(self._unguessed(each)) for each in findings if self._wanted(each)]
        with self._lock:
            before = {key_of(each): self._kind(key_of(each)) for each in wanted}
            for finding in wanted:
                group = self._groups.setdefault(key_of(finding), Group())
                group.add(replace(finding, trace=finding.trace or tuple(self._trace)))
            for key in before:
                self._groups[key].count += 1
                self._merged = None
            changed = {key for key, kind in before.items() if self._groups[key].kind is not kind}
            for finding in self._all() if changed else ():
                if key_of(finding) in changed:
                    self._tell(finding)

    def observe(self, exchange: Exchange) -> None:
        """Judge an exchange and record what it exercised."""
        self._trace.append(exchange)
        self._cover(exchange)
        found = judge(exchange, self._checks, self.contract, self.seed)
        if any(each.kind is Kind.VIOLATION for each in found):
            wanted = [each for each in found if each.kind is Kind.VIOLATION and self._wanted(each)]
            exchange.flaws = tuple(flaws(exchange, wanted, self._checks))
        self.add(*found)

    @contextmanager
    def recording(self) -> Iterator[list[Exchange]]:
        """Collect the exchanges that this thread makes meanwhile: the trace of what is found."""
        outer, trace = self._trace, list[Exchange]()
        self._here.trace = trace
        try:
            yield trace
        finally:
            self._here.trace = outer

    def not_judged(
        self,
        rule: str,
        operation: str,
        reason: str,
        claim: str = "",
        *,
        case: str = "",
        left_out: bool = False,
    ) -> None:
        """Record that something was not checked; `left_out`: because an option forbids it."""
        counted = case or counted_as(rule, operation)
        if left_out:
            self.share.leave_out(counted)
        else:
            self.share.missed(counted, reason)
        self.add(not_judged(rule, operation, reason, claim=claim, seed=self.seed))

    def follows(self, finding: Finding) -> bool:
        """Whether a broken rule is a consequence of what has been found so far."""
        with self._lock:
            return self._premises.follows(self._clean(finding), self._by_depth())

    def remark(self, text: str) -> None:
        """Record a remark for the readers of the verdict."""
        text = self._redact(text)
        with self._lock:
            if text not in self.remarks:
                self.remarks.append(text)

    def settle(self) -> None:
        """Order what several workers found at once, so that every run shows it in the same order."""
        places = {name: place for place, name in enumerate(self.contract.operations)}

        def place(finding: Finding) -> tuple[int, str, str]:
            return places.get(finding.operation, -1), finding.rule, finding.claim

        with self._lock:
            for group in self._groups.values():
                members = sorted(group.members.items(), key=lambda item: place(item[1]))
                group.members = dict(members)
            ordered = sorted(
                self._groups.items(), key=lambda item: place(next(iter(item[1].members.values())))
            )
            self._groups, self._merged = dict(ordered), None

    # The record

    @property
    def findings(self) -> list[Finding]:
        """All findings, in the order in which they are shown."""
        with self._lock:
            return [*self._all()]

    def of(self, *kinds: Kind) -> list[Finding]:
        """The findings of these kinds."""
        return [finding for finding in self.findings if finding.kind in kinds]

    def times(self, finding: Finding) -> int:
        """How often this finding was seen."""
        with self._lock:
            self._all()
            return self._times[finding.id]

    def failing(self) -> list[Finding]:
        """The findings that fail the run."""
        return self.of(Kind.VIOLATION, Kind.DRIFT) if self.strict else self.of(Kind.VIOLATION)

    def close(self, *, complete: bool) -> None:
        """End the record: add what was never reached, and judge the waivers themselves."""
        for operation, coverage in self.coverage.items():
            if not any(200 <= status < 300 for status in coverage.statuses):
                reason = _unreached(coverage, self.uncalled)
                self.not_judged("coverage", operation, reason, "the operation succeeds at least once")
                self.share.missed(
                    counted_as(CONFORMANCE, operation), f"{operation} never succeeded: {reason}"
                )
        for finding in self.waivers.judge(self.seed, complete=complete, selected=self._selects):
            self.add(finding)

    # Inside

    @property
    def _trace(self) -> list[Exchange]:
        """What this thread has collected; nothing unless it is `recording`."""
        trace: list[Exchange] | None = getattr(self._here, "trace", None)
        return [] if trace is None else trace

    def _all(self) -> list[Finding]:
        """Every group as one finding, and every consequence of another as not judged."""
        if self._merged is None:
            self._times = Counter()
            self._merged = in_order(self._final())
        return self._merged

    def _final(self) -> Iterator[Finding]:
        for group, consequences in self._premises.standing(self._by_depth()):
            yield from consequences
            if group.members:
                finding = split_by_waivers(group.merged(), self.waivers.apply)
                self._times[finding.id] += group.count
                yield finding

    def _by_depth(self) -> list[Group]:
        return sorted(self._groups.values(), key=lambda group: group.rank)

    def _kind(self, key: Key) -> Kind | None:
        return self._groups[key].kind if key in self._groups else None

    def _tell(self, finding: Finding) -> None:
        """Show the observers a new finding, or one that has become more serious."""
        if finding.kind is Kind.VIOLATION and self.first_violation_at is None:
            self.first_violation_at = time.monotonic()
        for observer in self.observers:
            observer(finding)

    def _wanted(self, finding: Finding) -> bool:
        if finding.rule == "waivers":
            return True
        operation = self.contract.operations.get(finding.operation)
        parts = parts_with(finding.rule)
        return self.selection.wants(finding.rule, [operation] if operation else [], parts=parts)

    def _selects(self, waiver: Waiver) -> bool:
        """Whether a run that leaves something out covers what a waiver names."""
        known = [self.contract.operations[n] for n in waiver.operations if n in self.contract.operations]
        rule = waiver.rule or ""
        return bool(rule or known) and self.selection.wants(rule, known, parts=parts_with(rule))

    def _unguessed(self, finding: Finding) -> Finding:
        """The finding; a violation becomes drift if the whole operation is our guess."""
        guessed = finding.kind is Kind.VIOLATION and is_guessed_operation(finding.operation, self.contract)
        return replace(finding, kind=Kind.DRIFT) if guessed else finding

    def _clean(self, finding: Finding) -> Finding:
        texts: dict[str, Any] = {name: self._redact(getattr(finding, name)) for name in TEXTS}
        return replace(finding, **texts)

    def _cover(self, exchange: Exchange) -> None:
        coverage = self.coverage.get(exchange.operation_id or "")
        if coverage is None:
            return
        operation = self.contract.operations[exchange.operation_id or ""]
        sent = exchange.request_json
        body = sent if isinstance(sent, dict) else dict.fromkeys(exchange.files)
        with self._lock:
            coverage.statuses[exchange.status] += 1
            if not exchange.ok:
                return
            query = [(name, value) for name, value in exchange.query if name in operation.query]
            coverage.parameters |= {name for name, _ in query}
            coverage.fields |= set(body) & set(self.contract.body_fields(operation.id))
            given = [*query, *body.items()]
            known = self.contract.enum_values(operation.id)
            coverage.values |= {f"{n}={v}" for n, v in given}.intersection(known)


def _unreached(coverage: Coverage, uncalled: str) -> str:
    if not coverage.statuses:
        return uncalled
    return f"the server returned only {', '.join(map(str, sorted(coverage.statuses)))}"
