"""The command, as it is called: in a process and an environment of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.contract_tests.builders import TOKEN

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "a-password-that-is-secret"
COMMAND = ("-m", "contract_tests")
# Settings of the machine on which the tests run; the last one would make the command talk to GitHub.
NOT_PASSED_ON = ("DEALS_", "PYTEST_", "GITHUB_")


def started(
    *arguments: str, directory: Path, program: Sequence[str] = COMMAND, **environment: str
) -> subprocess.Popen[str]:
    """Start the command in a directory."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(NOT_PASSED_ON)}
    return subprocess.Popen(
        [sys.executable, *program, *arguments],
        cwd=directory,
        env={**clean, "PYTHONPATH": str(ROOT), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(
    *arguments: str, directory: Path, program: Sequence[str] = COMMAND, **environment: str
) -> tuple[int, str, str]:
    """Run the command to its end: its exit status and what it said, which is never a secret."""
    process = started(*arguments, directory=directory, program=program, **environment)
    out, err = process.communicate(timeout=120)
    assert TOKEN not in out + err
    assert PASSWORD not in out + err
    return process.returncode, out, err
