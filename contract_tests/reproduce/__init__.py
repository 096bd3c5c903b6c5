"""Scripts that show a finding again: make, act, look, clean up."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from contract_tests.client.client import Client
from contract_tests.reproduce.plan import Planner
from contract_tests.reproduce.python import PythonScript
from contract_tests.reproduce.shell import ShellScript
from contract_tests.reproduce.things import Things
from contract_tests.verdict.findings import Finding

__all__ = ["write_scripts"]


def write_scripts(findings: Iterable[Finding], directory: Path, client: Client) -> dict[str, Path]:
    """Write a script for each finding that has a proof; returns finding id → script."""
    things, written = Things(client), {}
    for finding in findings:
        if not finding.exchanges:
            continue
        plan = Planner(finding, things).plan()
        directory.mkdir(parents=True, exist_ok=True)
        for suffix, script in {".py": PythonScript, ".sh": ShellScript}.items():
            path = directory / f"{finding.id}{suffix}"
            path.write_text(script(plan, client, things).text(), "utf-8", errors="backslashreplace")
            path.chmod(0o755)
            written[finding.id] = path
    return written
