"""`deals-contract`: options → run → report → exit status."""

from __future__ import annotations

import argparse
import io
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, Final, NoReturn

import pytest

from contract_tests.recorded.judging import judge_recorded
from contract_tests.report import Summary, write
from contract_tests.report.terminal import Terminal
from contract_tests.run.law_runner import rule_names
from contract_tests.run.pytest_options import RUN_NAME
from contract_tests.run.suite import CouldNotRunError, Suite
from contract_tests.settings.options import OPTIONS, Option, SettingsError
from contract_tests.settings.settings import CONFIG_FILE, gather
from contract_tests.verdict.waivers import WaiverError
from deals_spec import ContractError

PACKAGE: Final = Path(__file__).parent
COULD_NOT_RUN: Final = 2
# pytest plugins that a run does not need; the last two are slow: they collect all garbage at exit.
NOT_NEEDED: Final = ("terminal", "cacheprovider", "logging", "unraisableexception", "threadexception")
PARTS: Final = {  # test file → the heading shown while it runs
    "test_laws": "Laws: behaviour that schemas cannot express",
    "test_conformance": "Conformance: random requests to every operation",
    "test_lifecycle": "Lifecycle: sequences of requests, from creation to deletion",
}
INTRODUCTION: Final = """\
Test a server against the documentation of the Deals API.

A violation is a response that contradicts the documentation; it comes with the curl command that
reproduces it. Where the documentation is silent, a difference from our assumptions is only drift.
It is safe to test a shared server: a run changes only what it has created, and deletes it at the end.
"""
EPILOG: Final = f"""\
exit status:
  0  the server conforms (drift is allowed unless --strict is given)
  1  at least one violation
  2  could not run, or was interrupted

examples:
  deals-contract --base-url http://127.0.0.1:4010/api --token "$TOKEN"
  deals-contract --base-url https://staging.example/api --read-only --rate-limit 5/s
  deals-contract --base-url https://staging.example/api --only Tasks,createDeal -x
  deals-contract --report-dir report --waivers waivers.yaml   (base URL and token set elsewhere)
  deals-contract --har traffic.har   (what a browser or a proxy has recorded; sends nothing)

Options can also be set in {CONFIG_FILE} (`rate-limit = "5/s"`) or in the environment
(DEALS_RATE_LIMIT=5/s). Set tokens and passwords in the environment (DEALS_TOKEN, DEALS_PASSWORD):
other users of the machine can see a command line.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    try:
        given = vars(_parser().parse_args(argv))
        settings = gather(given, config=given["config"])
        suite = Suite(settings, rules=rule_names())
    except (SettingsError, WaiverError, ContractError) as error:
        return _could_not_run(str(error))
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # the terminal's encoding may lack a character
    terminal = Terminal(sys.stdout)
    doing = "Judging" if settings.har else "Testing"
    terminal.say(f"{doing} {settings.target} against the documentation (run {suite.run_id}) …")
    with _interruptible() as asked_to_end, _scratch():
        return _run(suite, terminal, asked_to_end)


def _run(suite: Suite, terminal: Terminal, asked_to_end: threading.Event) -> int:
    suite.recorder.observers.append(terminal.discovered)
    suite.on_interrupt = lambda: terminal.say("Interrupted: cleaning up (interrupt again to skip this) …")
    try:
        if suite.settings.har:
            judge_recorded(suite)
        else:
            suite.open()
            _pytest(_Run(suite, terminal, asked_to_end))
    except CouldNotRunError as error:
        return _could_not_run(suite.client.redact(str(error)))
    except KeyboardInterrupt:
        suite.interrupt()
    finally:
        suite.close()
    summary = Summary.of(suite)
    terminal.report(summary)
    if suite.settings.report_dir:
        return _written(summary, suite.settings.report_dir)
    return summary.exit_status


def _written(summary: Summary, directory: Path) -> int:
    try:
        write(summary, directory)
    except OSError as error:
        return _could_not_run(f"cannot write the reports: {error}")
    return summary.exit_status


def _pytest(run: _Run) -> None:
    """Run the package's tests in this process, ignoring any other pytest configuration."""
    os.environ.pop("PYTEST_ADDOPTS", None)
    options = ["-c", str(PACKAGE / "pytest.ini"), "--rootdir", str(PACKAGE), "--disable-plugin-autoload"]
    quiet = ["--capture=no", *(f"-pno:{name}" for name in NOT_NEEDED)]
    code = pytest.main([*options, *quiet, "-W", "ignore", str(PACKAGE)], plugins=[run])
    if code in (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR):
        run.suite.crashed("pytest", RuntimeError(f"pytest exited with {int(code)}"))


class _Run:
    """A pytest plugin that provides the suite and shows the progress."""

    __name__ = RUN_NAME

    def __init__(self, suite: Suite, terminal: Terminal, asked_to_end: threading.Event) -> None:
        self.suite = suite
        self._terminal = terminal
        self._asked_to_end = asked_to_end
        self._done = self._of = 0
        self._file = ""

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._of = len(session.items)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.suite.crashed(report.nodeid, RuntimeError(report.longreprtext))

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        if self._asked_to_end.is_set():
            raise KeyboardInterrupt  # the first one was raised in a callback and lost
        file, _, name = nodeid.partition("::")
        if name.endswith("[NOTSET]"):  # pytest's placeholder where nothing is selected
            return
        if file != self._file:
            self._file = file
            self._terminal.say(PARTS.get(Path(file).stem, file))
        name = name.removeprefix("test_law[").removesuffix("]").replace("_", " ")
        self._terminal.progress(self._done, self._of, name, len(self.suite.recorder.failing()))
        self._done += 1


class _Parser(argparse.ArgumentParser):
    """Reports an error in one line, and never repeats a value: it might be a token."""

    def error(self, message: str) -> NoReturn:
        raise SettingsError(f"{message}; see --help")

    def parse_args(self, argv: Sequence[str] | None = None) -> argparse.Namespace:  # type: ignore[override]
        found, left = self.parse_known_args(argv)
        unknown = [each.partition("=")[0] for each in left if each.startswith("-")]
        if unknown:
            raise SettingsError(f"unknown option {', '.join(unknown)}; see --help")
        if left:
            raise SettingsError("unexpected argument that follows no option; see --help")
        return found


def _parser() -> _Parser:
    parser = _Parser(
        prog="deals-contract",
        usage="deals-contract --base-url URL (--token TOKEN | --email EMAIL --password PASSWORD) [options]\n"
        "       deals-contract --har FILE [--base-url URL] [options]",
        description=INTRODUCTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    groups: dict[str, Any] = {}
    for option in OPTIONS:
        if option.group not in groups:
            groups[option.group] = parser.add_argument_group(option.group)
        groups[option.group].add_argument(*option.flags, dest=option.field, help=option.help, **_how(option))
    where = f"settings file (default: {CONFIG_FILE} in the current directory)"
    parser.add_argument("--config", type=Path, metavar="FILE", help=where)
    return parser


def _how(option: Option) -> dict[str, Any]:
    if not option.metavar:
        return {"action": "store_true", "default": None}
    return {"metavar": option.metavar, **({"action": "append"} if option.many else {})}


@contextmanager
def _interruptible() -> Iterator[threading.Event]:
    """Treat SIGTERM, with which CI systems end a job, like Ctrl-C; yields an event that both set."""
    asked_to_end = threading.Event()

    def interrupt(number: int, frame: FrameType | None) -> None:
        asked_to_end.set()
        raise KeyboardInterrupt

    endings = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, interrupt) for number in endings]
    try:
        yield asked_to_end
    finally:
        for number, handler in zip(endings, before, strict=True):
            signal.signal(number, handler)


@contextmanager
def _scratch() -> Iterator[None]:
    """Give Hypothesis a temporary directory; by default it writes to the current one."""
    with tempfile.TemporaryDirectory(prefix="deals-contract-") as directory:
        os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", directory)
        yield


def _could_not_run(reason: str) -> int:
    line = " ".join(reason.split())
    print(f"deals-contract could not run: {line}", file=sys.stderr)
    return COULD_NOT_RUN
