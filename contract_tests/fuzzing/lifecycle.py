"""Walks over the contract's links: what was made can be read, changed and deleted, and then it is gone."""

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
from contract_tests.scene.expectations import Broken, NotJudged, answered
from contract_tests.scene.scene import Scene
from contract_tests.verdict.checks import GONE, LIFECYCLE, THERE
from contract_tests.verdict.findings import Finding, Kind
from contract_tests.verdict.recorder import Recorder

LEFT_OUT: Final = (  # what touches everybody's things, and what leads nowhere
    "login",
    "reorderPipelineStages",
    "setDealPrimaryQuote",
    "exportDeals",
    "downloadDealTemplate",
    "importDeals",
    "getDealPipeline",
    "getDealStats",
)
SUCCESSES: Final = ("200", "201")
MAX_SEQUENCES: Final = 30
ENDED: Final = 3  # deals that are read, deleted and sought at the end of the walks
NO_LONGER: Final = 404


class Lifecycle:
    """Walks from what was made to what can be done with it."""

    def __init__(self, scene: Scene, recorder: Recorder, *, max_sequences: int = MAX_SEQUENCES) -> None:
        self.client = scene.client
        self._scene, self._own = scene, OwnedResources(scene)
        self._recorder, self._max_sequences = recorder, max_sequences
        self._alive: set[str] = set()
        self._deleted: set[str] = set()

    def judge(self) -> None:
        """Walk; what is found is recorded."""
        contract = self.client.contract
        if self.client.settings.read_only:
            self._recorder.not_judged(
                LIFECYCLE, "createDeal", "read-only: nothing is made, so nothing is followed"
            )
            return
        transport = SafeTransport(self._own, linked=True)
        transport.witnesses.append(self._witness)
        operations = [name for name in contract.operations if name not in LEFT_OUT]
        plan = Plan(
            STATEFUL_PHASES, self._max_sequences, self.client.settings.seed, modes=(GenerationMode.POSITIVE,)
        )
        before = self.client.created.left()
        try:
            for trouble in run(with_open_links(contract.full), operations, plan, transport):
                self._recorder.not_judged(LIFECYCLE, "createDeal", self.client.redact(trouble))
            self._end_sequences()
            self._own.tidy(before)
        finally:
            self._scene.refresh()
        if not self._alive and not self._deleted:
            self._recorder.not_judged(LIFECYCLE, "createDeal", "no deal was made, or its id is not told")

    def _witness(self, exchange: Exchange, safe: SafeRequest) -> None:
        operation = safe.operation.id
        deal = str(safe.ids.get("id"))
        if exchange.ok and MAKERS.get(operation) == "deal":
            made = made_id(exchange.json, "deal")
            self._alive |= set() if made is None else {str(made)}
        elif exchange.ok and REMOVERS.get(operation) == "stage":
            self._alive.clear()  # nobody says that a stage does not take its deals along
        elif exchange.ok and REMOVERS.get(operation) == "deal":
            self._alive.discard(deal)
            self._deleted.add(deal)
            self._read(deal)  # walks seldom look back
        elif operation == "getDeal":
            self._judge_reading(exchange, deal)

    def _end_sequences(self) -> None:
        """Chance alone seldom deletes a deal: some of those that are left are followed to their end."""
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
        self._judge_reading(self.client.call("getDeal", id=deal), deal)

    def _judge_reading(self, exchange: Exchange, deal: str) -> None:
        if deal in self._alive and exchange.status == NO_LONGER:
            basis = "POST /deals creates; GET /deals/{id}: Retrieve a single deal."
            self._add(THERE, "a deal that was made can be read", basis, "200", exchange)
        if deal in self._deleted and exchange.ok:
            basis = "DELETE /deals/{id}; 404 not found."
            self._add(GONE, "a deal that was deleted is not found", basis, "404", exchange)

    def _add(self, rule: str, claim: str, basis: str, expected: str, exchange: Exchange) -> None:
        finding = Finding(
            kind=Kind.VIOLATION,
            rule=rule,
            operation=exchange.operation_id or "",
            claim=claim,
            basis=basis,
            expected=expected,
            received=answered(exchange),
            curl=exchange.curl(),
            seed=self.client.settings.seed,
        )
        self._recorder.add(finding)


def with_open_links(document: dict[str, Any]) -> dict[str, Any]:
    """The contract with the links of a success on 200 and 201: which of them it is, is not told."""
    opened = copy.deepcopy(document)
    for item in opened["paths"].values():
        for operation in item.values():
            responses = operation.get("responses", {}) if isinstance(operation, dict) else {}
            known = next((responses[status] for status in SUCCESSES if status in responses), None)
            for status in SUCCESSES if known is not None else ():
                responses.setdefault(status, known)
    return opened
