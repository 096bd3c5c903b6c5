"""Scripts that show a finding again: make, act, look, clean up."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from contract_tests.client.client import Client
from contract_tests.reproduce.plan import Plan, Planner
from contract_tests.reproduce.python import PythonScript
from contract_tests.reproduce.shell import ShellScript
from contract_tests.reproduce.things import Things
from contract_tests.verdict.findings import Finding, Kind

__all__ = ["FOLDER", "Scripts"]

FOLDER: Final = "reproduce"  # in the directory of the reports
MOST_SECONDS: Final = 3.0  # of computing for one finding
TOTAL_SECONDS: Final = 20.0  # of computing for all findings of a run


class Scripts:
    """Writes the scripts of a run's findings into a directory; nothing that fails here ends a run."""

    def __init__(self, client: Client, directory: Path, seconds: float = TOTAL_SECONDS) -> None:
        self._client, self._things, self._directory = client, Things(client), directory
        self._until = time.process_time() + seconds
        self.names: dict[str, str] = {}  # finding id → the script for the shell, from the reports' directory
        self.problems: list[str] = []

    def write(self, findings: Iterable[Finding]) -> None:
        """Write two scripts for each finding that has a proof."""
        for finding in findings:
            proof = finding.exchanges or (finding.rejudge and finding.trace)
            if not proof or finding.kind is Kind.NOT_JUDGED:
                continue
            try:
                self._write(finding)
            except OSError as error:
                self.problems.append(f"the scripts cannot be written: {error.strerror}")
                return
            except Exception as error:  # a bug in the suite; the finding stands without its script
                self.problems.append(f"no script for {finding.id}: {type(error).__name__}: {error}")

    def _write(self, finding: Finding) -> None:
        until = min(self._until, time.process_time() + MOST_SECONDS)
        plan = Planner(finding, self._things, until).plan()
        for suffix, text in self._texts(plan).items():
            self._directory.mkdir(parents=True, exist_ok=True)
            path = self._directory / f"{finding.id}{suffix}"
            path.write_text(self._client.redact(text), "utf-8", errors="backslashreplace")
            path.chmod(0o755)
        self.names[finding.id] = f"{self._directory.name}/{finding.id}.sh"

    def _texts(self, plan: Plan) -> dict[str, str]:
        arguments = plan, self._client, self._things
        return {".sh": ShellScript(*arguments).text(), ".py": PythonScript(*arguments).text()}
