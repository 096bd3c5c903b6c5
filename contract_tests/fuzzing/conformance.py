"""Every operation under many requests: Schemathesis makes them, both views judge the answers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, Final

from contract_tests.client.content import excerpt
from contract_tests.client.exchange import Exchange
from contract_tests.fuzzing.enforcement import Accepted, Enforcement, bounded, ids_for, valid_body
from contract_tests.fuzzing.engine import UNIT_PHASES, Plan, run
from contract_tests.fuzzing.owned_resources import OwnedResources
from contract_tests.fuzzing.safe_transport import SafeTransport
from contract_tests.fuzzing.sanitizer import SafeRequest
from contract_tests.scene.expectations import Broken, NotJudged
from contract_tests.scene.scene import Scene
from contract_tests.verdict.checks import CONFORMANCE, ENFORCED, PAGE_SIZE, REQUIRED, TYPED
from contract_tests.verdict.findings import Finding, Kind
from contract_tests.verdict.judging import CHECKS
from contract_tests.verdict.recorder import Recorder
from deals_spec import Operation

CRASH: Final = "not_a_server_error"
MAX_EXAMPLES: Final = 12
TOO_LARGE: Final = (1, 5, 1000)  # times the largest page, and one more
PUBLIC: Final = "nobody"
STAGES: Final = "Stages"


class Conformance:
    """Holds operations to the contract, one at a time."""

    def __init__(self, scene: Scene, recorder: Recorder, *, max_examples: int = MAX_EXAMPLES) -> None:
        self.client = scene.client
        self.own = OwnedResources(scene)
        self._scene, self._recorder, self._max_examples = scene, recorder, max_examples

    def judge(self, name: str) -> None:
        """Hold one operation to the contract; what is found is recorded."""
        operation = self.client.contract.operations[name]
        if self.client.settings.read_only and operation.method != "GET":
            self._recorder.not_judged(CONFORMANCE, name, f"read-only: {operation.method} is not sent")
            return
        enforcement = Enforcement(self.client.contract, self.own, operation)
        before = self.client.created.left()
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
        transport = SafeTransport(self.own)
        transport.witnesses.append(lambda exchange, _: self._witness(exchange, enforcement))
        plan = Plan(UNIT_PHASES, self._max_examples, self.client.settings.seed)
        try:
            for trouble in run(self.client.contract.full, [operation.id], plan, transport):
                self._recorder.not_judged(CONFORMANCE, operation.id, self.client.redact(trouble))
        finally:
            for finding in self._rough_answers(transport, operation):
                self._recorder.add(finding)

    def _witness(self, exchange: Exchange, enforcement: Enforcement) -> None:
        if exchange.request_body and exchange.status != 429:
            self._record(enforcement.accepted(exchange, exchange.request_json))
        self._judge_page(exchange)

    def _rough_answers(self, transport: SafeTransport, operation: Operation) -> Iterator[Finding]:
        for exchange in transport.crashed:
            claim, basis = "it never fails with a server error", CHECKS[CRASH]
            received = f"status {exchange.status}: {excerpt(exchange.body)}"
            yield self._finding(CRASH, claim, basis, ("no 5xx", received), exchange)
        for safe in transport.dropped:
            yield self._dropped(safe, operation)

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
            return self.client.call(operation.id, as_=person, json=body, **(ids or {}))

        control = send(valid)
        if control.status in (401, 403) and not operation.public:
            self._not_enforced(operation, f"a valid body is answered with {control.status}")
            return
        self._record(enforcement.hold(valid, send))
        self._record(enforcement.hold_values(valid, send))

    def _not_enforced(self, operation: Operation, reason: str) -> None:
        for rule in ENFORCED if bounded(self.client.contract, operation) else (REQUIRED, TYPED):
            self._recorder.not_judged(rule, operation.id, reason)

    # Pages

    def _bound_pages(self, operation: Operation) -> None:
        most = self._largest_page
        for factor in TOO_LARGE if most and "per_page" in operation.query else ():
            self._judge_page(self.client.call(operation.id, query={"per_page": most * factor + 1}))

    def _judge_page(self, exchange: Exchange) -> None:
        """Refused or clamped, as it likes; never more deals than are documented, nor a page that says so."""
        answer = exchange.json
        if exchange.operation_id != "listDeals" or not exchange.ok or not isinstance(answer, dict):
            return
        most = self._largest_page
        served = answer["data"] if isinstance(answer.get("data"), list) else []
        said = answer.get("per_page")
        if most and (len(served) > most or (isinstance(said, int) and said > most)):
            parameter = self.client.contract.operations["listDeals"].query["per_page"]
            basis = f"per_page: {parameter.get('description', '')}"
            told = (f"refused, or at most {most}", f"{len(served)} deals, per_page {said}")
            claim = f"a page has at most {most} deals"
            self._recorder.add(self._finding(PAGE_SIZE, claim, basis, told, exchange))

    @cached_property
    def _largest_page(self) -> int:
        """The documented limit of the size of a page; 0 if there is none."""
        fields = self.client.contract.fields("listDeals", "documented")
        return int(fields.get("per_page", {}).get("maximum", 0))

    # What is left as it was

    def _put_stages_in_order(self, operation: Operation) -> None:
        """At once, and not only at the end: others look at the same board."""
        order = self.client.created.order
        if operation.id != "reorderPipelineStages" or not order:
            return
        try:
            now = [stage["id"] for stage in self._scene.api.stages(fresh=True)]
        except (NotJudged, Broken):
            return
        wanted = [id for id in order if id in now] + [id for id in now if id not in order]
        if now != wanted:
            self.client.call("reorderPipelineStages", json={"order": wanted}, observe=False)

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
            seed=self.client.settings.seed,
        )

    def _dropped(self, safe: SafeRequest, operation: Operation) -> Finding:
        return Finding(
            kind=Kind.VIOLATION,
            rule=CRASH,
            operation=operation.id,
            claim="it answers every request",
            basis=CHECKS[CRASH],
            expected="an answer",
            received="the connection was closed, or no answer came in time",
            curl=f"# {operation.method} {safe.path} {excerpt(repr(dict(safe.how)))}",
            seed=self.client.settings.seed,
        )
