"""One trial: a mock with one departure, and the suite (and its peers) let loose on it.

Many trials follow each other in a process: what is loaded and compiled once costs none of them.
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

from benchmarks.teeth.peers import Found, Specmatic, schemathesis_on
from benchmarks.teeth.servers import CONTRACT, SOUND, Server, mock
from contract_tests.cli import main as deals_contract
from mock_server.mutations import Mutation

SEED = 1
ACQUAINTANCE = 5  # runs against the sound mock, from which Specmatic's usual complaints are known
LEAST = 2  # seconds for plain Schemathesis, unless told


@dataclass(frozen=True, slots=True)
class Caught:
    """What one run found against one mock."""

    by: tuple[str, ...] = ()  # laws and checks
    drift: tuple[str, ...] = ()
    seconds: float = 0.0
    first: float | None = None  # seconds to the first finding
    closing: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A departure, what the suite found, and what its peers found."""

    name: str
    subject: str
    operations: tuple[str, ...]
    suite: Caught
    peers: Mapping[str, Found] = field(default_factory=dict)
    legal: bool = False


@dataclass(frozen=True, slots=True)
class Manner:
    """How all are tried: to the end or to the first violation, the legal ones whole, beside which peers."""

    thorough: bool = False
    whole: bool = False
    schemathesis: int | None = LEAST  # seconds that it gets at least; None: it is not tried
    specmatic: Specmatic | None = None


def suite_on(server: Server, operations: tuple[str, ...], *options: str) -> Caught:
    """What `deals-contract` finds, on these operations only if some are named, with these options."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = ["--base-url", server.url, "--seed", str(SEED), "--report-dir", folder, *server.people]
        arguments += ["--only", ",".join(operations)] if operations else []
        arguments += options
        begun = time.perf_counter()
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as said:
            deals_contract(arguments)
        seconds = time.perf_counter() - begun
        try:
            report = json.loads((Path(folder) / "report.json").read_text("utf-8"))
        except FileNotFoundError:
            return Caught(seconds=seconds, closing=said.getvalue().strip() or "no report")
    return caught(report, operations, seconds)


def caught(report: dict[str, Any], operations: tuple[str, ...], seconds: float) -> Caught:
    """What counts: a finding that names one of the operations."""
    findings = [each for each in report["findings"] if not operations or each["operation"] in operations]

    def rules(kind: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(each["rule"] for each in findings if each["kind"] == kind))

    first = report["first_violation_after"]
    return Caught(rules("violation"), rules("drift"), seconds, first, report["closing"])


def tried(departure: Mutation, manner: Manner) -> Row:
    """The row of a defect: the suite on the operations that it touches, and each peer."""
    operations = departure.operations
    with mock(departure) as server:
        suite = suite_on(server, operations, *([] if manner.thorough else ["--stop-early"]))
    peers: dict[str, Found] = {}
    if manner.schemathesis is not None:  # for as long, on a mock as fresh as the suite's
        seconds = max(manner.schemathesis, suite.seconds)
        with mock(departure) as server:
            peers["schemathesis"] = schemathesis_on(server.url, server.token, operations, seconds)
    if manner.specmatic:
        with mock(departure) as server:
            peers["specmatic"] = manner.specmatic.on(server.url, server.token, routes_of(operations))
    return Row(departure.name, departure.subject, operations, suite, peers)


def spared(departure: Mutation, manner: Manner) -> Row:
    """The row of a legal variation, judged on the operations that it touches, or as a whole."""
    with mock(departure) as server:
        suite = suite_on(server, () if manner.whole else departure.operations)
    return Row(departure.name, departure.subject, departure.operations, suite, legal=True)


def spared_whole(name: str) -> Row:
    """The row of a server in which nothing is wrong."""
    with SOUND[name]() as server:
        return Row(name, "", (), suite_on(server, ()), legal=True)


def routes_of(operations: tuple[str, ...]) -> list[str]:
    """`GET /deals/{id}` for getDeal."""
    asked = [CONTRACT.operation(name) for name in operations]
    return [f"{operation.method} {operation.path}" for operation in asked]


def acquainted(specmatic: Specmatic) -> Specmatic:
    """Specmatic, when it has seen the sound mock a few times."""
    for _ in range(ACQUAINTANCE):
        with mock(None) as server:
            specmatic = specmatic.used_to(server.url, server.token)
    return specmatic
