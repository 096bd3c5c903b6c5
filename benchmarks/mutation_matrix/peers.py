"""Other contract test tools, run against the same defects with the same contract for comparison."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Collection
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from xml.etree import ElementTree

from schemathesis.cli import schemathesis as schemathesis_cli

ROOT = Path(__file__).resolve().parents[2]
OPENAPI = ROOT / "openapi" / "deals.yaml"
JAVA = ("java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar")  # options for a faster start
PARAMETER = re.compile(r"\{[^}]*\}|\([^)]*\)")
SCENARIO = re.compile(r"Scenario: .*")


@dataclass(frozen=True, slots=True)
class PeerResult:
    """The failures that a peer reports, in its own words, and the time that it took."""

    failures: tuple[str, ...]
    seconds: float


def run_schemathesis(url: str, token: str, operations: Collection[str], seconds: float) -> PeerResult:
    """Run `schemathesis run` with all checks until its first failure, for no longer than this."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        arguments = ["run", str(OPENAPI), "--url", url, "--seed", "1", "--no-color"]
        arguments += ["--header", f"Authorization: Bearer {token}"]
        arguments += ["--max-time", str(ceil(seconds)), "--max-failures", "1"]
        arguments += ["--report", "json", "--report-json-path", str(report)]
        for operation in operations:
            arguments += ["--include-operation-id", operation]
        started = time.perf_counter()
        with contextlib.redirect_stdout(io.StringIO()) as output, contextlib.redirect_stderr(output):
            os.chdir(ROOT)  # schemathesis.toml there disables one check, and says why
            with contextlib.suppress(SystemExit):
                schemathesis_cli.main(arguments, standalone_mode=False)
        return PeerResult(_failed_checks(report), time.perf_counter() - started)


def _failed_checks(report: Path) -> tuple[str, ...]:
    """The titles of the failures; none if the run ended without a report."""
    if not report.exists():
        return ()
    failures = json.loads(report.read_text("utf-8"))["failures"]
    return tuple(dict.fromkeys(failure["title"] for failure in failures))


class SpecmaticMissingError(Exception):
    """Specmatic cannot run on this machine; the message says why."""


@dataclass(frozen=True, slots=True)
class Specmatic:
    """Specmatic's contract test, run from the jar in its npm package.

    It takes the ids in its requests from the contract's examples or invents them, so most of its tests fail
    against the unmodified mock as well; only failures beyond these count. Its requests are random: it takes
    several runs to know the baseline.
    """

    jar: Path
    version: str
    tests: int = 0
    baseline: frozenset[str] = frozenset()  # the tests that fail against the unmodified mock

    @classmethod
    def at(cls, jar: Path) -> Specmatic:
        """Specmatic at this path; raises SpecmaticMissingError without the jar or Java."""
        if not jar.is_file():
            raise SpecmaticMissingError(f"{jar} not found")
        if shutil.which("java") is None:
            raise SpecmaticMissingError("Java is not installed")
        done = subprocess.run([*JAVA, jar, "--version"], capture_output=True, text=True, check=False)
        version = re.search(r"v(\d[\d.]*)", done.stdout + done.stderr)
        if done.returncode or version is None:
            raise SpecmaticMissingError(f"{jar} does not run: {done.stderr.strip()[-200:]}")
        return cls(jar, version.group(1))

    def with_baseline(self, url: str, token: str) -> Specmatic:
        """Specmatic, its baseline extended by a run against the unmodified mock at this URL."""
        failed, tests = self._run(url, token)
        return Specmatic(self.jar, self.version, tests, self.baseline | set(failed))

    def run(self, url: str, token: str, routes: Collection[str]) -> PeerResult:
        """Run all tests; count the failures beyond the baseline on these routes (`GET /deals/{id}`)."""
        started = time.perf_counter()
        failed, _ = self._run(url, token)
        relevant = {_without_names(route) for route in routes}
        new = tuple(name for name in failed if name not in self.baseline and _route_of(name) in relevant)
        return PeerResult(new, time.perf_counter() - started)

    def _run(self, url: str, token: str) -> tuple[list[str], int]:
        """The scenarios that fail, and the number of all."""
        with tempfile.TemporaryDirectory() as folder:
            command = [*JAVA, str(self.jar), "test", str(OPENAPI), "--lenient", f"--testBaseURL={url}"]
            subprocess.run(
                [*command, f"--junitReportDir={folder}"],
                cwd=folder,  # Specmatic writes its own reports into the working directory
                # Specmatic reads the token from a variable named after the security scheme.
                env={**os.environ, "bearerAuth": token, "MAX_TEST_REQUEST_COMBINATIONS": "1"},
                capture_output=True,
                check=False,
            )
            cases = [case for path in Path(folder).glob("*.xml") for case in _cases(path)]
        return [name for name, failed in cases if failed], len(cases)


def _cases(junit: Path) -> list[tuple[str, bool]]:
    cases = ElementTree.parse(junit).iter("testcase")
    return [
        (_scenario(case.get("name", "")), any(case.find(kind) is not None for kind in ("failure", "error")))
        for case in cases
    ]


def _route_of(scenario: str) -> str:
    """`GET /deals/{}` for “Scenario: GET /deals/(id:number) -> 200 …”."""
    return _without_names(scenario.removeprefix("Scenario: ").partition(" -> ")[0])


def _without_names(route: str) -> str:
    """A route without the names of its parameters."""
    return PARAMETER.sub("{}", route)


def _scenario(name: str) -> str:
    found = SCENARIO.search(name)
    return found.group() if found else name
