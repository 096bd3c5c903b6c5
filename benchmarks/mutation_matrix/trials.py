"""One trial: start a server, run the suite (and its peers) against it, and keep what they report.

Many trials run in one process after another, so that loading and compiling is paid for once.
"""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.mutation_matrix.catalogue import Mutation, is_legal, mutation_named
from benchmarks.mutation_matrix.peers import PeerResult, Specmatic, run_schemathesis
from benchmarks.mutation_matrix.servers import Server, forked_mock, running
from contract_tests.cli import main as deals_contract
from deals_spec import Contract

SEED = 1
BASELINE_RUNS = 5  # of Specmatic against the unmodified mock
SCHEMATHESIS_TIME = 2  # seconds at least for each defect
COULD_NOT_RUN = 2  # exit status of `deals-contract`


@dataclass(frozen=True, slots=True)
class SuiteResult:
    """What `deals-contract` reports of one server."""

    violations: tuple[str, ...] = ()  # the laws and checks that report them
    drift: tuple[str, ...] = ()
    seconds: float = 0.0
    first_violation_after: float | None = None  # seconds
    exit_status: int = COULD_NOT_RUN
    verdict: str = ""
    findings: int = 0  # violations that a reader is shown, whatever their operations


@dataclass(frozen=True, slots=True)
class Row:
    """A server of the matrix, and what the suite and its peers report of it."""

    name: str
    subject: str
    operations: tuple[str, ...]
    suite: SuiteResult
    peers: Mapping[str, PeerResult] = field(default_factory=dict)
    legal: bool = False

    @property
    def survives(self) -> bool:
        """Whether this is a defect that the suite does not catch."""
        return not self.legal and not self.suite.violations

    @property
    def false_alarm(self) -> bool:
        """Whether this is a legal server that the suite accuses or cannot judge."""
        return self.legal and bool(self.suite.violations or self.suite.exit_status)

    @property
    def could_not_run(self) -> bool:
        return self.suite.exit_status == COULD_NOT_RUN


@dataclass(frozen=True, slots=True)
class TrialOptions:
    """How trials are run, and the peers to run beside the suite."""

    thorough: bool = False  # to the end of each run, not just to the first violation
    full_variations: bool = False  # the whole suite against legal variations
    schemathesis: int | None = SCHEMATHESIS_TIME  # seconds at least; None leaves it out
    specmatic: Specmatic | None = None


def run_trial(name: str, options: TrialOptions) -> Row:
    """The row of any server; if the trial itself fails the row says so, and the others go on."""
    mutation = mutation_named(name)
    try:
        if mutation is None:
            return run_reference_server(name)
        return run_variation(mutation, options) if is_legal(name) else run_defect(mutation, options)
    except Exception as error:
        failed = SuiteResult(verdict=f"trial failed: {type(error).__name__}: {error}")
        subject, operations = (mutation.subject, mutation.operations) if mutation else ("", ())
        return Row(name, subject, operations, failed, legal=is_legal(name))


def run_defect(defect: Mutation, options: TrialOptions) -> Row:
    """Run the suite and each peer on the operations that a defect touches."""
    operations = defect.operations
    with forked_mock(defect) as server:
        suite = run_suite(server, operations, *([] if options.thorough else ["--stop-early"]))
    peers: dict[str, PeerResult] = {}
    if options.schemathesis is not None:  # gets as much time, and a mock as fresh, as the suite
        seconds = max(options.schemathesis, suite.seconds)
        with forked_mock(defect) as server:
            peers["schemathesis"] = run_schemathesis(server.url, server.token, operations, seconds)
    if options.specmatic:
        with forked_mock(defect) as server:
            peers["specmatic"] = options.specmatic.run(server.url, server.token, _routes(operations))
    return Row(defect.name, defect.subject, operations, suite, peers)


def run_variation(variation: Mutation, options: TrialOptions) -> Row:
    """Run the suite on the operations that a legal variation touches, or on all."""
    operations = variation.operations
    with forked_mock(variation) as server:
        suite = run_suite(server, () if options.full_variations else operations)
    return Row(variation.name, variation.subject, operations, suite, legal=True)


def run_reference_server(name: str) -> Row:
    """Run the whole suite against a server without any mutation."""
    with running(name) as server:
        return Row(name, "", (), run_suite(server, ()), legal=True)


def run_suite(server: Server, operations: tuple[str, ...], *options: str) -> SuiteResult:
    """Run `deals-contract` with these options on these operations; on all if there are none."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = ["--base-url", server.url, "--seed", str(SEED), "--report-dir", folder, *server.accounts]
        arguments += ["--only", ",".join(operations)] if operations else []
        arguments += options
        started = time.perf_counter()
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as errors:
            deals_contract(arguments)
        seconds = time.perf_counter() - started
        try:
            report = json.loads((Path(folder) / "report.json").read_text("utf-8"))
        except FileNotFoundError:
            return SuiteResult(seconds=seconds, verdict=errors.getvalue().strip() or "no report")
    return suite_result(report, operations, seconds)


def suite_result(report: dict[str, Any], operations: tuple[str, ...], seconds: float) -> SuiteResult:
    """What counts of a report: the findings on these operations."""
    findings = [
        each for each in report["findings"] if not operations or set(each["operations"]) & set(operations)
    ]

    def rules(kind: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(each["rule"] for each in findings if each["kind"] == kind))

    return SuiteResult(
        violations=rules("violation"),
        drift=rules("drift"),
        seconds=seconds,
        first_violation_after=report["first_violation_after"],
        exit_status=report["exit_status"],
        verdict=report["closing"],
        findings=sum(each["kind"] == "violation" for each in report["findings"]),
    )


def with_baseline(specmatic: Specmatic) -> Specmatic:
    """Specmatic with the baseline of several runs against the unmodified mock."""
    for _ in range(BASELINE_RUNS):
        with forked_mock() as server:
            specmatic = specmatic.with_baseline(server.url, server.token)
    return specmatic


def _routes(operations: tuple[str, ...]) -> list[str]:
    """`GET /deals/{id}` for getDeal."""
    contract = Contract.load()
    found = [contract.operations[name] for name in operations]
    return [f"{operation.method} {operation.path}" for operation in found]
