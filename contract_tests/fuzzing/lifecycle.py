"""Link sequences: a created deal can be read, changed and deleted, and is then not found."""

from __future__ import annotations

import copy
from typing import Any, Final

from schemathesis.generation.modes import GenerationMode

from contract_tests.client.created import MAKERS, REMOVERS, made_id
from contract_tests.client.exchange import Exchange
from contract_tests.fuzzing.engine import STATEFUL_PHASES, Plan, run
from contract_tests.fuzzing.owned_resources import OwnedResources
from contract_tests.fuzzing.safe_transport import SafeTransport
from contract_tests.fuzzing.sanitizer import SafeRequest
from contract_tests.scene.expectations import Broken, NotJudged, response_of
from contract_tests.scene.scene import Scene
from contract_tests.verdict.checks import CREATED, DELETED, LAST, LIFECYCLE
from contract_tests.verdict.findings import Finding, Kind
from contract_tests.verdict.recorder import Recorder

LEFT_OUT: Final = (  # operations that affect other users' records, or that no link leads to or from
    "login",
    "reorderPipelineStages",
    "setDealPrimaryQuote",
    "exportDeals",
    "downloadDealTemplate",
    "importDeals",
    "getDealPipeline",
    "getDealStats",
)
NEEDED: Final = ("createDeal", "getDeal", "deleteDeal")
SUCCESSES: Final = ("200", "201")
MAX_SEQUENCES: Final = 30
ENDED: Final = 3  # deals that are read, deleted and read again at the end of the sequences
NO_LONGER: Final = 404


class Lifecycle:
    """Runs link sequences: from the creation of a record to the operations on it."""

    def __init__(self, scene: Scene, recorder: Recorder, *, max_sequences: int = MAX_SEQUENCES) -> None:
        self.client = scene.client
        self._scene, self._own = scene, OwnedResources(scene)
        self._recorder, self._max_sequences = recorder, max_sequences
        self._alive: set[str] = set()
        self._deleted: set[str] = set()

    def judge(self) -> None:
        """Run the sequences; findings are recorded."""
        if self.client.settings.read_only:
            self._recorder.not_judged(
                LIFECYCLE, "createDeal", "read-only: no deals are created", left_out=True
            )
            return
        for needed in NEEDED:
            if reason := self.client.refusal(needed):
                self._recorder.not_judged(LIFECYCLE, "createDeal", reason)
                return
        try:
            self._scene.turns.take(self.client)  # the sequences create and delete stages
            self._judge()
        except NotJudged as reason:
            self._recorder.not_judged(LIFECYCLE, "createDeal", str(reason))
        finally:
            self._scene.turns.end_job(self.client)

    def _judge(self) -> None:
        contract = self.client.contract
        transport = SafeTransport(self._own, linked=True)
        transport.observers.append(self._observe)
        operations = [
            name for name in contract.operations if name not in LEFT_OUT and not self.client.refusal(name)
        ]
        modes = (GenerationMode.POSITIVE,)
        plan = Plan(STATEFUL_PHASES, self._max_sequences, self.client.settings.seed, modes, learns=True)
        before = self.client.created.left()
        try:
            for problem in run(with_open_links(contract.full), operations, plan, transport):
                self._recorder.not_judged(LIFECYCLE, "createDeal", self.client.redact(problem))
            self._end_sequences()
            self._own.tidy(before)
        finally:
            self._scene.refresh()
        if not self._alive and not self._deleted:
            self._recorder.not_judged(
                LIFECYCLE, "createDeal", "no deal was created, or no response showed its id"
            )

    def _observe(self, exchange: Exchange, safe: SafeRequest) -> None:
        operation = safe.operation.id
        deal = str(safe.ids.get("id"))
        if exchange.ok and MAKERS.get(operation) == "deal":
            made = made_id(exchange.json, "deal")
            self._alive |= set() if made is None else {str(made)}
        elif exchange.repeated and operation in REMOVERS:
            self._alive.discard(deal)  # nobody knows which of the two requests deleted it
        elif exchange.ok and REMOVERS.get(operation) == "stage":
            self._alive.clear()  # the documentation does not say that deals outlive their stage
        elif exchange.ok and REMOVERS.get(operation) == "deal":
            self._alive.discard(deal)
            self._deleted.add(deal)
            self._read(deal)  # sequences seldom read a deleted deal
        elif operation == "getDeal":
            self._judge_read(exchange, deal)

    def _end_sequences(self) -> None:
        """Delete some of the deals that are left: random sequences seldom do."""
        for deal in sorted(self._alive)[:ENDED] or self._new_deal():
            self._read(deal)
            if self.client.call("deleteDeal", id=deal).ok:
                self._alive.discard(deal)
                self._deleted.add(deal)
                self._read(deal)

    def _new_deal(self) -> list[str]:
        try:
            made = str(self._scene.make.deal())
        except (NotJudged, Broken):
            return []
        self._alive.add(made)
        return [made]

    def _read(self, deal: str) -> None:
        self._judge_read(self.client.call("getDeal", id=deal), deal)

    def _judge_read(self, exchange: Exchange, deal: str) -> None:
        if deal in self._alive and exchange.status == NO_LONGER:
            basis = "POST /deals creates a deal; GET /deals/{id}: “Retrieve a single deal with full details”."
            self._add(CREATED, "a created deal can be read", basis, "200", exchange)
        if deal in self._deleted and exchange.ok:
            basis = "DELETE /deals/{id} removes the deal; “404 not found”."
            self._add(DELETED, "a deleted deal is not found", basis, "404", exchange)

    def _add(self, rule: str, claim: str, basis: str, expected: str, exchange: Exchange) -> None:
        finding = Finding(
            kind=Kind.VIOLATION,
            rule=rule,
            operation=exchange.operation_id or "",
            claim=claim,
            basis=basis,
            expected=expected,
            received=response_of(exchange),
            curl=exchange.curl(),
            seed=self.client.settings.seed,
            exchanges=(exchange,),
            rank=LAST,
        )
        self._recorder.add(finding)


def with_open_links(document: dict[str, Any]) -> dict[str, Any]:
    """The contract with links on both 200 and 201, as the documentation does not say which is returned."""
    opened = copy.deepcopy(document)
    for item in opened["paths"].values():
        for operation in item.values():
            responses = operation.get("responses", {}) if isinstance(operation, dict) else {}
            known = next((responses[status] for status in SUCCESSES if status in responses), None)
            for status in SUCCESSES if known is not None else ():
                responses.setdefault(status, known)
    return opened
