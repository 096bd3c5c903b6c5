"""One trial: a mock with one departure, and the suite (or plain Schemathesis) let loose on it.

A trial is a process forked from one that has imported everything, so that it costs what the run costs.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from typing import Any

from schemathesis.cli import schemathesis as schemathesis_cli

from contract_tests.cli import main as deals_contract
from mock_server.app import create_app
from mock_server.auth import Tokens, one_of_each_role
from mock_server.clock import SystemClock
from mock_server.contract import Contract
from mock_server.departures import Departure
from mock_server.server import address_of, listen, serve
from mock_server.worldfile import load_world
from mock_server.worlds import Worlds

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = Contract.load()
DEALS = 60
SEED = 1
LEAST_BUDGET = 3  # seconds that plain Schemathesis gets at least


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
    """A departure, what the suite found, and what plain Schemathesis found."""

    name: str
    subject: str
    operations: tuple[str, ...]
    suite: Caught
    schemathesis: Caught | None = None
    legal: bool = field(default=False)


@contextlib.contextmanager
def mock(departure: Departure | None) -> Iterator[tuple[str, dict[str, str]]]:
    """A running mock: the URL of its API, and a token for each role."""
    clock = SystemClock()
    world = load_world("default", datetime.now(UTC), deals=DEALS, contract=CONTRACT)
    app = create_app(CONTRACT, Worlds(world), clock, departure=departure)
    tokens = {each.role: Tokens(clock).issue(each) for each in one_of_each_role(CONTRACT.roles, world)}
    ready = threading.Event()
    with listen("127.0.0.1", 0) as listening:
        threading.Thread(target=serve, args=(app, listening, ready.set), daemon=True).start()
        ready.wait(20)
        yield address_of(listening) + CONTRACT.base_path, tokens


def suite_on(url: str, tokens: dict[str, str], *options: str) -> Caught:
    """What `deals-contract` finds with these options."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = ["--base-url", url, "--seed", str(SEED), "--report-dir", folder]
        arguments += ["--token", tokens["admin"], "--other-token", tokens["rep"]]
        arguments += ["--email", "manager@revorbit.example", "--password", "password", "--quote-id", "1"]
        arguments += options
        begun = time.perf_counter()
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as said:
            deals_contract(arguments)
        seconds = time.perf_counter() - begun
        try:
            report = json.loads((Path(folder) / "report.json").read_text("utf-8"))
        except FileNotFoundError:
            return Caught(seconds=seconds, closing=said.getvalue().strip() or "no report")
    return _caught(report, seconds)


def _caught(report: dict[str, Any], seconds: float) -> Caught:
    def rules(kind: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(each["rule"] for each in report["findings"] if each["kind"] == kind))

    first = report["first_violation_after"]
    return Caught(rules("violation"), rules("drift"), seconds, first, report["closing"])


def schemathesis_on(url: str, token: str, operations: tuple[str, ...], budget: float) -> Caught:
    """What `schemathesis run` finds with our contract and all checks on these operations, in this time."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        arguments = ["run", str(ROOT / "openapi" / "deals.yaml"), "--url", url, "--seed", str(SEED)]
        arguments += ["--header", f"Authorization: Bearer {token}", "--no-color"]
        arguments += ["--max-time", str(max(LEAST_BUDGET, ceil(budget))), "--continue-on-failure"]
        arguments += ["--report", "json", "--report-json-path", str(report)]
        for operation in operations:
            arguments += ["--include-operation-id", operation]
        begun = time.perf_counter()
        with contextlib.redirect_stdout(io.StringIO()) as said, contextlib.redirect_stderr(said):
            os.chdir(ROOT)  # where schemathesis.toml names the check that is off, and why
            with contextlib.suppress(SystemExit):
                schemathesis_cli.main(arguments, standalone_mode=False)
        return Caught(
            _failed_checks(report), seconds=time.perf_counter() - begun, closing=said.getvalue()[-300:]
        )


def _failed_checks(report: Path) -> tuple[str, ...]:
    """The titles of the failures; a run that came to no report found nothing."""
    if not report.exists():
        return ()
    failures = json.loads(report.read_text("utf-8"))["failures"]
    return tuple(dict.fromkeys(failure["title"] for failure in failures))


def tried(departure: Departure, *, with_schemathesis: bool) -> Row:
    """The row of a defect: the suite on the operations that it touches, and Schemathesis for as long."""
    operations = departure.operations
    with mock(departure) as (url, tokens):
        suite = suite_on(url, tokens, "--only", ",".join(operations), "--stop-early")
    plain = None
    if with_schemathesis:  # on a mock as fresh as the suite's
        with mock(departure) as (url, tokens):
            plain = schemathesis_on(url, tokens["admin"], operations, suite.seconds)
    return Row(departure.name, departure.subject, operations, suite, plain)


def spared(departure: Departure | None, *, whole: bool) -> Row:
    """The row of a mock that must not be accused: the sound one, or a legal variation of it.

    A variation is judged on the operations that it touches, or as a whole.
    """
    narrowed = () if departure is None or whole else ("--only", ",".join(departure.operations))
    with mock(departure) as (url, tokens):
        suite = suite_on(url, tokens, *narrowed)
    if departure is None:
        return Row("the sound mock", "", (), suite, legal=True)
    return Row(departure.name, departure.subject, departure.operations, suite, legal=True)
