"""The suite as pytest runs it: each test fails if, and only if, it recorded a violation."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from contract_tests.fuzzing.jobs import jobs_for
from contract_tests.fuzzing.worker_pool import WorkerPool
from contract_tests.laws.law import Law
from contract_tests.report.comparison import Earlier, read_report
from contract_tests.report.ending import Ending, end
from contract_tests.report.plain_text import visible
from contract_tests.report.summary import COULD_NOT_RUN
from contract_tests.report.wording import details, operations_named, stated
from contract_tests.run.law_runner import rule_names
from contract_tests.run.pytest_options import RUN_NAME, SUITE, add_options, settings_from, suite_of
from contract_tests.run.suite import CouldNotRunError, Suite
from contract_tests.settings.options import SettingsError
from contract_tests.verdict.checks import CONFORMANCE, LIFECYCLE
from contract_tests.verdict.findings import Finding, Kind
from contract_tests.verdict.judged_share import counted_as
from contract_tests.verdict.waiver_update import check
from contract_tests.verdict.waivers import WaiverError
from deals_spec import ContractError

REPORTED = pytest.StashKey[set[str]]()  # findings for which a test has already failed
EARLIER = pytest.StashKey[Earlier | None]()  # the report to compare with
ENDING = pytest.StashKey[Ending]()
DECIDED = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED)


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Add the options of the command to pytest."""
    taken = frozenset({"base-url"}) if pluginmanager.hasplugin("base_url") else frozenset()
    add_options(parser, without=taken)


def pytest_configure(config: pytest.Config) -> None:
    """Use the command's run, or start one from pytest's options."""
    run = config.pluginmanager.get_plugin(RUN_NAME)
    if run is not None:
        config.stash[SUITE] = run.suite
        return
    try:
        settings = settings_from(config)
        config.stash[EARLIER] = read_report(settings.compare) if settings.compare else None
        suite = config.stash[SUITE] = Suite(settings, rules=rule_names())
        if settings.update_waivers:
            check(settings.update_waivers, suite.waivable)
    except (SettingsError, WaiverError, ContractError) as error:
        raise pytest.UsageError(str(error)) from error


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the laws first: they find the most in the least time."""
    items.sort(key=lambda item: item.path.stem != "test_laws")


def pytest_collection_finish(session: pytest.Session) -> None:
    """Count what the run is to judge."""
    suite_of(session.config).recorder.share.select(filter(None, map(_rule_of, session.items)))


def _rule_of(item: pytest.Item) -> str:
    """What a test judges: a law, the conformance of an operation, or the lifecycle."""
    given = getattr(item, "callspec", None)
    match given.params if given is not None else {}:
        case {"law": Law(id=id)}:
            return id
        case {"operation": str(operation)}:
            return counted_as(CONFORMANCE, operation)
        case {"part": str(part)}:
            return part
    return ""


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, Any, Any]:
    """Clean up the server however the tests end."""
    if session.config.option.collectonly:
        return (yield)
    suite = suite_of(session.config)
    try:
        suite.open()
    except CouldNotRunError as error:
        _end(session.config, could_not_run=str(error))
        pytest.exit(visible(suite.client.redact(str(error))), returncode=COULD_NOT_RUN)
    try:
        return (yield)
    except KeyboardInterrupt:
        suite.interrupt()
        raise
    finally:
        suite.close()
        _end(session.config)


def _end(config: pytest.Config, *, could_not_run: str = "") -> None:
    """Leave the reports behind; the command does that itself."""
    if config.pluginmanager.get_plugin(RUN_NAME) is None:
        earlier = config.stash[EARLIER]
        config.stash[ENDING] = end(suite_of(config), could_not_run=could_not_run, earlier=earlier)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Give the session the exit status of the command: a violation counts wherever it was found."""
    ending = session.config.stash.get(ENDING, None)
    if ending is not None and session.exitstatus in DECIDED:
        session.exitstatus = ending.exit_status


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Show the verdict of the whole run, and what could not be written."""
    ending = config.stash.get(ENDING, None)
    if ending is not None:
        terminalreporter.section("deals-contract")
        for line in (*ending.summary.notes, *ending.problems, ending.summary.closing):
            terminalreporter.line(visible(line))


@pytest.fixture(scope="session")
def suite(pytestconfig: pytest.Config) -> Suite:
    """The run: settings, client and recorder."""
    return suite_of(pytestconfig)


@pytest.fixture(scope="session")
def pool(request: pytest.FixtureRequest, suite: Suite) -> WorkerPool:
    """The workers that do what the tests wait for."""
    callspecs = (getattr(item, "callspec", None) for item in request.session.items)
    return WorkerPool(suite, jobs_for((each.params for each in callspecs if each is not None), suite))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Fail the test if new violations were found since the last one; skip it if it was not judged."""
    suite = suite_of(item.config)
    try:
        result = yield
    except Exception as error:  # a bug in the suite, not a verdict about the server
        suite.crashed(item.name, error)
        raise
    reported = item.config.stash.setdefault(REPORTED, set())
    found = [finding for finding in suite.recorder.failing() if finding.id not in reported]
    if found:
        reported.update(finding.id for finding in found)
        pytest.fail("\n\n".join(map(_text, found)), pytrace=False)
    if reason := _why_not_judged(item, suite):
        pytest.skip(visible(reason))
    return result


def _why_not_judged(item: pytest.Item, suite: Suite) -> str:
    """Why the law, or the operation as a whole, was not judged; empty if it was."""
    given = getattr(item, "callspec", None)
    params = given.params if given is not None else {}
    for finding in suite.recorder.of(Kind.NOT_JUDGED):
        of_law = _is_of(params.get("law"), finding)
        of_operation = finding.rule == CONFORMANCE and finding.operation == params.get("operation")
        of_part = finding.rule == LIFECYCLE == params.get("part")
        if of_law or of_operation or of_part:
            return finding.reason
    return ""


def _is_of(law: Any, finding: Finding) -> bool:
    return (
        isinstance(law, Law)
        and finding.rule == law.name
        and (finding.claim == law.claim or law.id in finding.cases)
    )


def _text(finding: Finding) -> str:
    operations = operations_named(finding)
    lines = [f"{operations}: {stated(finding)}" if operations else stated(finding)]
    return "\n".join(visible(line) for line in lines + [f"  {n:13}{text}" for n, text in details(finding)])
