"""Whether the scripts of findings show the fault on a fresh defective server, and do not on a sound one."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.mutation_matrix.catalogue import mutation_named
from benchmarks.mutation_matrix.servers import Server, forked_mock
from benchmarks.mutation_matrix.trials import SEED
from contract_tests.cli import main as deals_contract
from contract_tests.reproduce import FOLDER
from contract_tests.reproduce.api import DOES_NOT_SHOW, SHOWS

RIGHT: Final = (SHOWS, DOES_NOT_SHOW)
ASKS_PYTHON: Final = "import contract_tests.reproduce"
PATIENCE: Final = 120  # seconds for a script


@dataclass(frozen=True, slots=True)
class ScriptTrial:
    """A script, and its exit status on the defective and on the sound server."""

    defect: str
    script: str
    rule: str
    statuses: tuple[int, int]
    asks_python: bool = False  # whether it is for the shell, and has the script for Python judge

    @property
    def right(self) -> bool:
        return self.statuses == RIGHT

    def __str__(self) -> str:
        outcome = "right" if self.right else "WRONG"
        return f"{outcome:6}{self.statuses}  {self.defect}  {self.script}  {self.rule}"


def run_script_trials(name: str) -> list[ScriptTrial]:
    """Run the suite on a defective server until it finds something, and then the scripts of that."""
    defect = mutation_named(name)
    if defect is None:
        return []
    with tempfile.TemporaryDirectory() as folder:
        with forked_mock(defect) as server:
            _find(server, defect.operations, folder)
        scripts = sorted((Path(folder) / FOLDER).glob("*"))
        if not scripts:
            return [ScriptTrial(name, "no script.py", "", (-1, -1))]
        with forked_mock(defect) as server:
            defective = [_status(script, server) for script in scripts]
        with forked_mock() as server:
            sound = [_status(script, server) for script in scripts]
        return [
            ScriptTrial(name, script.name, _rule(script), statuses, ASKS_PYTHON in script.read_text("utf-8"))
            for script, statuses in zip(scripts, zip(defective, sound, strict=True), strict=True)
        ]


def summary_of(trials: Iterable[ScriptTrial]) -> Iterator[str]:
    """A line for each script that is not right, and the totals."""
    trials = list(trials)
    yield from (str(trial) for trial in trials if not trial.right)
    for suffix in (".sh", ".py"):
        of_kind = [trial for trial in trials if trial.script.endswith(suffix)]
        right, asking = sum(trial.right for trial in of_kind), sum(trial.asks_python for trial in of_kind)
        asked = f", {asking} of them by asking the script for Python" if asking else ""
        yield f"{suffix}: {right} of {len(of_kind)} right{asked}"


def all_right(trials: Iterable[ScriptTrial]) -> bool:
    """Whether every script tells the defective server from the sound one."""
    return all(trial.right for trial in trials)


def _find(server: Server, operations: tuple[str, ...], folder: str) -> None:
    arguments = ["--base-url", server.url, "--seed", str(SEED), "--report-dir", folder, *server.accounts]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        deals_contract([*arguments, "--only", ",".join(operations), "--stop-early"])


def _status(script: Path, server: Server) -> int:
    options = zip(server.accounts[::2], server.accounts[1::2], strict=True)
    accounts = {name[2:].replace("-", "_").upper(): value for name, value in options}
    environment = {**os.environ, **accounts, "BASE_URL": server.url, "PYTHON": sys.executable}
    command = ["sh", str(script)] if script.suffix == ".sh" else [sys.executable, str(script)]
    return subprocess.run(command, env=environment, capture_output=True, timeout=PATIENCE).returncode


def _rule(script: Path) -> str:
    """The rule that a script names in its introduction."""
    lines = (line.strip("# ") for line in script.read_text("utf-8").splitlines())
    return next((line.split()[1].rstrip(",") for line in lines if line.startswith("rule ")), "")
