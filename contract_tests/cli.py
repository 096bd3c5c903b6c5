"""`deals-contract`: options → run → report → exit status."""

from __future__ import annotations

import io
import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from contract_tests.recorded.judging import judge_recorded
from contract_tests.report.catalogue import catalogue
from contract_tests.report.comparison import read_report
from contract_tests.report.ending import Ending, end, refuse
from contract_tests.report.github import is_github, refusal, shown_on_github
from contract_tests.report.plain_text import visible, without_commands
from contract_tests.report.progress import Progress
from contract_tests.report.terminal import Terminal
from contract_tests.run.clean_up_later import clean_up_later
from contract_tests.run.interrupts import Interrupts, interruptible
from contract_tests.run.law_runner import rule_names
from contract_tests.run.pytest_options import RUN_NAME
from contract_tests.run.suite import CouldNotRunError, Suite
from contract_tests.settings.command_line import CLEAN_UP, parse, version_text
from contract_tests.settings.options import SettingsError
from contract_tests.settings.settings import Settings, contract_file, gather
from contract_tests.verdict.waiver_update import check
from contract_tests.verdict.waivers import WaiverError
from deals_spec import Contract, ContractError

PACKAGE: Final = Path(__file__).parent
COULD_NOT_RUN: Final = 2
INVALID: Final = (SettingsError, WaiverError, ContractError)
# pytest plugins that a run does not need; the last two are slow: they collect all garbage at exit.
NOT_NEEDED: Final = ("terminal", "cacheprovider", "logging", "unraisableexception", "threadexception")
PARTS: Final = {  # test file → the heading shown while it runs
    "test_laws": "Laws: behaviour that schemas cannot express",
    "test_conformance": "Conformance: random requests to every operation",
    "test_lifecycle": "Lifecycle: sequences of requests, from creation to deletion",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    try:
        command = parse(sys.argv[1:] if argv is None else argv)
        if command.version:
            print(version_text())
            return 0
        if command.list:
            return _listed(command)
        settings = gather(vars(command), config=command.config)
    except INVALID as error:
        return _could_not_run(str(error))
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # the terminal's encoding may lack a character
    return _clean_up(settings, command.run_id) if command.command == CLEAN_UP else _test(settings)


def _listed(command: Namespace) -> int:
    contract = Contract.load(contract_file(vars(command), command.config))
    terminal = Terminal(sys.stdout)
    for line in catalogue(command.list, contract):
        terminal.say(line)
    return 0


def _clean_up(settings: Settings, run_id: str) -> int:
    """Delete what an earlier run has left behind."""
    try:
        left = clean_up_later(settings, run_id)
    except (CouldNotRunError, ContractError) as error:
        return _could_not_run(str(error))
    terminal = Terminal(sys.stdout)
    for each in left:
        terminal.say(f"Not cleaned up: {each}")
    terminal.say(f"Run {run_id}: {'something is left' if left else 'nothing is left'}")
    return COULD_NOT_RUN if left else 0


def _test(settings: Settings) -> int:
    """Test the server, and leave the reports behind."""
    try:
        earlier = read_report(settings.compare) if settings.compare else None
        suite = Suite(settings, rules=rule_names())
        if settings.update_waivers:
            check(settings.update_waivers, suite.waivable)
    except INVALID as error:
        return _ended(refuse(settings, str(error)), str(error))
    terminal = Terminal(sys.stdout)
    doing = "Judging" if settings.har else "Testing"
    terminal.say(f"{doing} {settings.target} against the documentation (run {suite.run_id}) …")
    _keep_tables()
    with interruptible() as interrupts:
        reason = _run(suite, terminal, interrupts)
        with interrupts.deferred():
            ending = end(suite, could_not_run=reason, earlier=earlier)
    if not reason:
        terminal.report(ending.summary)
    return _ended(ending, reason)


def _run(suite: Suite, terminal: Terminal, interrupts: Interrupts) -> str:
    """Test the server and clean up; returns why it could not be tested at all."""
    suite.recorder.observers.append(terminal.discovered)
    suite.on_interrupt = lambda: terminal.say("Interrupted: cleaning up (interrupt again to skip this) …")
    progress = Progress(terminal, lambda: len(suite.recorder.failing()), limit=suite.settings.max_time)
    try:
        with progress.told():
            if suite.settings.har:
                judge_recorded(suite)
            else:
                suite.open()
                _pytest(_Run(suite, terminal, progress, interrupts))
    except CouldNotRunError as error:
        return suite.client.redact(str(error))
    except KeyboardInterrupt:
        suite.interrupt()
    except Exception as error:  # a bug in the suite: what was found so far is still worth a report
        suite.crashed("the suite", error)
    finally:
        _closed(suite)
    return ""


def _closed(suite: Suite) -> None:
    try:
        suite.close()
    except KeyboardInterrupt:
        suite.interrupted = True


def _ended(ending: Ending, reason: str) -> int:
    """Say what could not be done, and tell GitHub."""
    if is_github(os.environ):
        lines = [refusal(reason)] if reason else shown_on_github(ending.summary)
        print("\n".join(lines), flush=True)
    for problem in ending.problems:
        _complain(f"deals-contract: {problem}")
    return _could_not_run(reason) if reason else ending.exit_status


def _pytest(run: _Run) -> None:
    """Run the package's tests in this process, ignoring any other pytest configuration."""
    os.environ.pop("PYTEST_ADDOPTS", None)
    options = ["-c", str(PACKAGE / "pytest.ini"), "--rootdir", str(PACKAGE), "--disable-plugin-autoload"]
    quiet = ["--capture=no", *(f"-pno:{name}" for name in NOT_NEEDED)]
    code = pytest.main([*options, *quiet, "-W", "ignore", str(PACKAGE)], plugins=[run])
    if code in (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR):
        run.suite.crashed("pytest", RuntimeError(f"pytest exited with {int(code)}"))
    if code is pytest.ExitCode.INTERRUPTED:  # also while the tests were still being collected
        run.suite.interrupt()


class _Run:
    """A pytest plugin that provides the suite and shows the progress."""

    __name__ = RUN_NAME

    def __init__(self, suite: Suite, terminal: Terminal, progress: Progress, interrupts: Interrupts) -> None:
        self.suite = suite
        self._terminal, self._progress, self._interrupts = terminal, progress, interrupts
        self._file = ""

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._progress.plan([item.path.stem for item in session.items])

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.suite.crashed(report.nodeid, RuntimeError(report.longreprtext))

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        if self._interrupts.asked:
            raise KeyboardInterrupt  # the first one was raised in a callback and lost
        file, _, name = nodeid.partition("::")
        if name.endswith("[NOTSET]"):  # pytest's placeholder where nothing is selected
            return
        part = Path(file).stem
        if file != self._file:
            self._file = file
            self._terminal.say(PARTS.get(part, file))
        self._progress.begin(part, name.removeprefix("test_law[").removesuffix("]").replace("_", " "))


def _keep_tables() -> None:
    """Keep Hypothesis's tables of characters, which take seconds to make, where caches are kept.

    By default it writes to the current directory. Where it cannot write, it makes them each time.
    """
    caches = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", os.path.join(caches, "deals-contract"))


def _could_not_run(reason: str) -> int:
    _complain(f"deals-contract could not run: {reason}")
    return COULD_NOT_RUN


def _complain(text: str) -> None:
    """One line on the error output, in which nothing of a server takes effect."""
    print(without_commands(visible(" ".join(text.split()))), file=sys.stderr)
