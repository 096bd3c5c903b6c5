"""Random requests, every answer judged, and the world of the server still in one piece afterwards."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.robustness.contract_file import ContractFile
from benchmarks.robustness.generator import Attempt, Generator
from benchmarks.robustness.judge import Judge
from benchmarks.robustness.known import Known
from benchmarks.robustness.server import ROOT, Server, expired_token
from benchmarks.robustness.whole import UNREADABLE, all_deals, faults_of_the_world, read
from benchmarks.robustness.wire import Answer, Connection, NoAnswerError

FAILURES = ROOT / "build" / "robustness"
SHOWN = 20  # failures; a run with more of them ends early
TIDY_EVERY = 200  # requests
KEPT, STAGES, LARGE = (
    40,
    12,
    4000,
)  # deals and stages that tidying leaves, and bytes of a deal that it does not
MADE = {
    "createDeal": "deal",
    "createDealNote": "note",
    "createDealTask": "task",
    "createPipelineStage": "stage",
}


@dataclass(slots=True)
class Outcome:
    """What a run found."""

    seed: int
    requests: int = 0
    sent: str = ""  # a digest of all requests: the same for the same seed
    statuses: Counter[int] = field(default_factory=Counter)
    slowest: tuple[float, str] = (0.0, "")
    failures: list[str] = field(default_factory=list)

    def table(self) -> str:
        """The figures, for people."""
        statuses = ", ".join(f"{status}: {number}" for status, number in sorted(self.statuses.items()))
        seconds, request = self.slowest
        return "\n".join(
            (
                f"seed         {self.seed}",
                f"requests     {self.requests}, with the digest {self.sent[:12]}",
                f"by status    {statuses}",
                f"slowest      {seconds:.3f} s, {request}",
                f"failures     {len(self.failures)}",
            )
        )


class Fuzzer:
    """Sends the requests of one seed to one server."""

    def __init__(self, server: Server, seed: int, contract: ContractFile | None = None) -> None:
        contract = contract or ContractFile.load()
        self._generator = Generator(contract, seed, server.tokens, expired_token())
        self._judge = Judge(contract)
        self._token = server.tokens["admin"]
        self._connection = Connection(server.url)
        self._known = Known()
        self._digest = hashlib.sha256()
        self._written = 0  # bytes in the world that have been written since it was tidied
        self.outcome = Outcome(seed)

    def run(self, requests: int) -> Outcome:
        """Send this many requests; fewer if too many fail."""
        self._tidy()
        for number in range(1, requests + 1):
            self.send(self._generator.attempt(number, self._known))
            if number % TIDY_EVERY == 0:
                self._tidy()
            if len(self.outcome.failures) >= SHOWN:
                break
        self.outcome.failures += faults_of_the_world(self._connection, self._token)
        self._connection.close()
        self.outcome.sent = self._digest.hexdigest()
        return self.outcome

    def send(self, attempt: Attempt) -> None:
        """Send a request, and judge the answer."""
        outcome, request = self.outcome, attempt.request
        outcome.requests += 1
        self._digest.update(request.as_bytes("mock"))
        try:
            answer = self._connection.send(request)
        except NoAnswerError as error:
            self._fail(attempt, [str(error)])
            return
        outcome.statuses[answer.status] += 1
        outcome.slowest = max(outcome.slowest, (answer.seconds, f"{request.method} {request.target[:80]}"))
        if answer.status in (200, 201) and request.method != "GET":
            self._written += len(request.body)
            self._learn(attempt, answer)
        if faults := self._judge.faults(request, answer, attempt.token, attempt.role, self._written):
            self._fail(attempt, faults)

    def _learn(self, attempt: Attempt, answer: Answer) -> None:
        """Note the id of a new record."""
        if answer.status == 201 and (kind := MADE.get(attempt.operation)):
            with suppress(KeyError, TypeError, ValueError):  # about which the judge will complain
                self._known.add(kind, int(answer.json()["data"]["id"]))

    def _fail(self, attempt: Attempt, faults: list[str]) -> None:
        request = attempt.request
        FAILURES.mkdir(parents=True, exist_ok=True)
        file = FAILURES / f"{self.outcome.seed}-{attempt.number}.http"
        file.write_bytes(request.as_bytes(self._connection.host))
        place = f"seed {self.outcome.seed}, request {attempt.number} ({attempt.operation})"
        self.outcome.failures.append(
            f"{place}: {'; '.join(faults[:3])}\n"
            f"    {request.method} {request.target[:200]!r}\n"
            f"    {_short(request.headers)}\n"
            f"    body {request.body[:300]!r}\n"
            f"    whole: {_relative(file)}"
        )

    def _tidy(self) -> None:
        """Delete the oldest of many deals, and large ones: a long run stays as quick as a short one."""
        try:
            deals = list(all_deals(self._connection, self._token))
            surplus = {deal["id"] for deal in deals[: max(0, len(deals) - KEPT)]}
            surplus |= {deal["id"] for deal in deals if len(json.dumps(deal)) > LARGE}
            for id_ in sorted(surplus):
                self._connection.ask("DELETE", f"/deals/{id_}", self._token)
            stages = read(self._connection, "/deals/stages", self._token).json()["data"]
            for stage in reversed(stages[STAGES:]):  # one with deals stays
                self._connection.ask("DELETE", f"/pipeline-stages/{stage['id']}", self._token)
            stages = read(self._connection, "/deals/stages", self._token).json()["data"]
        except UNREADABLE as error:
            self.outcome.failures.append(f"seed {self.outcome.seed}: tidying failed: {error!r}")
            return
        self._known.set("deal", [deal["id"] for deal in deals if deal["id"] not in surplus])
        self._known.set("stage", [stage["id"] for stage in stages])
        self._written = 0


def _short(headers: tuple[tuple[str, str], ...]) -> str:
    return ", ".join(f"{name}: {value[:60]!r}" for name, value in headers[:8])


def _relative(path: Path) -> str:
    return str(path.relative_to(ROOT))
