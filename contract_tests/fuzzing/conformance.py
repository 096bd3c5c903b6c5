"""Every operation under many requests: Schemathesis makes them, both views judge the answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from contract_tests.answers import excerpt
from contract_tests.contract import Operation
from contract_tests.facts import LARGEST_PAGE
from contract_tests.fuzzing.belongings import Belongings
from contract_tests.fuzzing.disguise import Disguised
from contract_tests.fuzzing.enforcement import Accepted, Enforcement, bounded, ids_for, valid_body
from contract_tests.fuzzing.engine import UNIT_PHASES, Plan, run
from contract_tests.fuzzing.gate import Gate
from contract_tests.law import Broken, NotJudged
from contract_tests.scene.scene import Scene
from contract_tests.target.exchange import Exchange
from contract_tests.verdict.checks import CONFORMANCE, ENFORCED, PAGE_SIZE, REQUIRED, TYPED
from contract_tests.verdict.findings import Finding, Kind
from contract_tests.verdict.judging import CHECKS
from contract_tests.verdict.recorder import Recorder

CRASH: Final = "not_a_server_error"
MAX_EXAMPLES: Final = 12
TOO_LARGE: Final = (LARGEST_PAGE + 1, LARGEST_PAGE * 5, LARGEST_PAGE * 1000)
PUBLIC: Final = "nobody"
STAGES: Final = "Stages"


class Conformance:
    """Holds operations to the contract, one at a time."""

    def __init__(self, scene: Scene, recorder: Recorder, *, max_examples: int = MAX_EXAMPLES) -> None:
        self.target = scene.target
        self.own = Belongings(scene)
        self._scene, self._recorder, self._max_examples = scene, recorder, max_examples

    def judge(self, name: str) -> None:
        """Hold one operation to the contract; what is found is recorded."""
        operation = self.target.contract.operations[name]
        if self.target.settings.read_only and operation.method != "GET":
            self._recorder.not_judged(CONFORMANCE, name, f"read-only: {operation.method} is not sent")
            return
        enforcement = Enforcement(self.target.contract, self.own, operation)
        before = self.target.ledger.left()
        try:
            self._fuzz(operation, enforcement)
            self._enforce(operation, enforcement)
            self._bound_pages(operation)
            self.own.tidy(before)
            self._put_stages_in_order(operation)
        finally:
            if operation.tag == STAGES:
                self._scene.refresh()
        for kind, reason in self.own.lacking.items():
            self._recorder.not_judged(CONFORMANCE, name, f"no {kind} of its own could be made: {reason}")

    # Random requests

    def _fuzz(self, operation: Operation, enforcement: Enforcement) -> None:
        gate = Gate(self.own)
        gate.witnesses.append(lambda exchange, _: self._witness(exchange, enforcement))
        plan = Plan(UNIT_PHASES, self._max_examples, self.target.settings.seed)
        try:
            for trouble in run(self.target.contract.full, [operation.id], plan, gate):
                self._recorder.not_judged(CONFORMANCE, operation.id, self.target.redact(trouble))
        finally:
            for finding in self._rough_answers(gate, operation):
                self._recorder.add(finding)

    def _witness(self, exchange: Exchange, enforcement: Enforcement) -> None:
        if exchange.request_body and exchange.status != 429:
            self._record(enforcement.accepted(exchange, exchange.request_json))
        self._judge_page(exchange)

    def _rough_answers(self, gate: Gate, operation: Operation) -> Iterator[Finding]:
        for exchange in gate.crashed:
            claim, basis = "it never fails with a server error", CHECKS[CRASH]
            received = f"status {exchange.status}: {excerpt(exchange.body)}"
            yield self._finding(CRASH, claim, basis, ("no 5xx", received), exchange)
        for twin in gate.dropped:
            yield self._dropped(twin, operation)

    # Bodies that must be refused

    def _enforce(self, operation: Operation, enforcement: Enforcement) -> None:
        if operation.body_type != "application/json":
            return
        valid, ids = valid_body(operation, self.own), ids_for(operation, self.own)
        if valid is None or ids is None:
            self._not_enforced(operation, "nothing of its own to write to")
            return

        def send(body: Any) -> Exchange:
            person = PUBLIC if operation.public else None
            return self.target.call(operation.id, as_=person, json=body, **(ids or {}))

        control = send(valid)
        if control.status in (401, 403) and not operation.public:
            self._not_enforced(operation, f"a valid body is answered with {control.status}")
            return
        self._record(enforcement.hold(valid, send))
        self._record(enforcement.hold_values(valid, send))

    def _not_enforced(self, operation: Operation, reason: str) -> None:
        for rule in ENFORCED if bounded(self.target.contract, operation) else (REQUIRED, TYPED):
            self._recorder.not_judged(rule, operation.id, reason)

    # Pages

    def _bound_pages(self, operation: Operation) -> None:
        for size in TOO_LARGE if "per_page" in operation.query else ():
            self._judge_page(self.target.call(operation.id, query={"per_page": size}))

    def _judge_page(self, exchange: Exchange) -> None:
        """Refused or clamped, as it likes; never more deals than are documented, nor a page that says so."""
        answer = exchange.json
        if exchange.operation_id != "listDeals" or not exchange.ok or not isinstance(answer, dict):
            return
        served = answer["data"] if isinstance(answer.get("data"), list) else []
        said = answer.get("per_page")
        if len(served) > LARGEST_PAGE or (isinstance(said, int) and said > LARGEST_PAGE):
            received = f"{len(served)} deals, per_page {said}"
            basis = "per_page: Number of results per page (max 100)"
            told = (f"refused, or at most {LARGEST_PAGE}", received)
            self._recorder.add(
                self._finding(PAGE_SIZE, f"a page has at most {LARGEST_PAGE} deals", basis, told, exchange)
            )

    # What is left as it was

    def _put_stages_in_order(self, operation: Operation) -> None:
        """At once, and not only at the end: others look at the same board."""
        order = self.target.ledger.order
        if operation.id != "reorderPipelineStages" or not order:
            return
        try:
            now = [stage["id"] for stage in self._scene.stages(fresh=True)]
        except (NotJudged, Broken):
            return
        wanted = [id for id in order if id in now] + [id for id in now if id not in order]
        if now != wanted:
            self.target.call("reorderPipelineStages", json={"order": wanted}, observe=False)

    # Findings

    def _record(self, accepted: list[Accepted]) -> None:
        for each in accepted:
            told = (each.expected, each.received)
            wrong = each.wrong
            self._recorder.add(self._finding(wrong.rule, wrong.claim, wrong.basis, told, each.exchange))

    def _finding(
        self, rule: str, claim: str, basis: str, told: tuple[str, str], exchange: Exchange
    ) -> Finding:
        return Finding(
            kind=Kind.VIOLATION,
            rule=rule,
            operation=exchange.operation_id or "",
            claim=claim,
            basis=basis,
            expected=told[0],
            received=told[1],
            curl=exchange.curl(),
            seed=self.target.settings.seed,
        )

    def _dropped(self, twin: Disguised, operation: Operation) -> Finding:
        return Finding(
            kind=Kind.VIOLATION,
            rule=CRASH,
            operation=operation.id,
            claim="it answers every request",
            basis=CHECKS[CRASH],
            expected="an answer",
            received="the connection was closed, or no answer came in time",
            curl=f"# {operation.method} {twin.path} {excerpt(repr(dict(twin.how)))}",
            seed=self.target.settings.seed,
        )
