"""The peers: other suites that judge the same mocks by the same contract, for the columns beside ours."""

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
JAVA = ("java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar")  # quicker to begin
PARAMETER = re.compile(r"\{[^}]*\}|\([^)]*\)")
SCENARIO = re.compile(r"Scenario: .*")


@dataclass(frozen=True, slots=True)
class Found:
    """What a peer complains of, by the peer's own names, and how long it took."""

    complaints: tuple[str, ...]
    seconds: float


def schemathesis_on(url: str, token: str, operations: Collection[str], seconds: float) -> Found:
    """What `schemathesis run` finds first in this time, with our contract and all checks."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        arguments = ["run", str(OPENAPI), "--url", url, "--seed", "1", "--no-color"]
        arguments += ["--header", f"Authorization: Bearer {token}"]
        arguments += ["--max-time", str(ceil(seconds)), "--max-failures", "1"]
        arguments += ["--report", "json", "--report-json-path", str(report)]
        for operation in operations:
            arguments += ["--include-operation-id", operation]
        begun = time.perf_counter()
        with contextlib.redirect_stdout(io.StringIO()) as said, contextlib.redirect_stderr(said):
            os.chdir(ROOT)  # where schemathesis.toml names the check that is off, and why
            with contextlib.suppress(SystemExit):
                schemathesis_cli.main(arguments, standalone_mode=False)
        return Found(_failed_checks(report), time.perf_counter() - begun)


def _failed_checks(report: Path) -> tuple[str, ...]:
    """The titles of the failures; a run that came to no report found nothing."""
    if not report.exists():
        return ()
    failures = json.loads(report.read_text("utf-8"))["failures"]
    return tuple(dict.fromkeys(failure["title"] for failure in failures))


class SpecmaticMissingError(Exception):
    """Specmatic cannot run on this machine, and why."""


@dataclass(frozen=True, slots=True)
class Specmatic:
    """Specmatic's contract test, by the jar that its npm package brings along.

    It takes the ids of its requests from the contract's examples or makes them up, and so accuses
    the sound mock, too, of most that it asks for: only what it complains of beyond that counts. It draws
    by chance, so that it takes several runs to know what that is.
    """

    jar: Path
    version: str
    tests: int = 0
    usual: frozenset[str] = frozenset()  # what it complains of when nothing is wrong

    @classmethod
    def at(cls, jar: Path) -> Specmatic:
        """Specmatic, if its jar and Java are there; raises SpecmaticMissingError."""
        if not jar.is_file():
            raise SpecmaticMissingError(f"{jar} is not there")
        if shutil.which("java") is None:
            raise SpecmaticMissingError("Java is not installed")
        said = subprocess.run([*JAVA, jar, "--version"], capture_output=True, text=True, check=False)
        version = re.search(r"v(\d[\d.]*)", said.stdout + said.stderr)
        if said.returncode or version is None:
            raise SpecmaticMissingError(f"{jar} does not run: {said.stderr.strip()[-200:]}")
        return cls(jar, version.group(1))

    def used_to(self, url: str, token: str) -> Specmatic:
        """Specmatic, knowing also what it says of the sound mock that runs here."""
        failed, tests = self._run(url, token)
        return Specmatic(self.jar, self.version, tests, self.usual | set(failed))

    def on(self, url: str, token: str, routes: Collection[str]) -> Found:
        """What it complains of here, and not of the sound mock, on these routes (`GET /deals/{id}`)."""
        begun = time.perf_counter()
        failed, _ = self._run(url, token)
        asked = {_plain(route) for route in routes}
        new = tuple(name for name in failed if name not in self.usual and _route_of(name) in asked)
        return Found(new, time.perf_counter() - begun)

    def _run(self, url: str, token: str) -> tuple[list[str], int]:
        """The scenarios that fail, and how many there are."""
        with tempfile.TemporaryDirectory() as folder:
            asked: list[str | Path] = [*JAVA, self.jar, "test", OPENAPI, "--lenient", f"--testBaseURL={url}"]
            subprocess.run(
                [*asked, f"--junitReportDir={folder}"],
                cwd=folder,  # where it leaves its own reports
                # The token goes by the name of the security scheme; a body is tried in few combinations.
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
    """`GET /deals/{}` of “Scenario: GET /deals/(id:number) -> 200 …”."""
    return _plain(scenario.removeprefix("Scenario: ").partition(" -> ")[0])


def _plain(route: str) -> str:
    """A route without the names of its parameters."""
    return PARAMETER.sub("{}", route)


def _scenario(name: str) -> str:
    found = SCENARIO.search(name)
    return found.group() if found else name
