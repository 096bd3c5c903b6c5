"""The suite as pytest runs it: each test fails if, and only if, it recorded a violation."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from contract_tests.report import Summary, write
from contract_tests.report.wording import details
from contract_tests.run.law_runner import rule_names
from contract_tests.run.pytest_options import RUN_NAME, SUITE, add_options, settings_from, suite_of
from contract_tests.run.suite import CouldNotRunError, Suite
from contract_tests.settings.options import SettingsError
from contract_tests.verdict.findings import Finding
from contract_tests.verdict.waivers import WaiverError
from deals_spec import ContractError

REPORTED = pytest.StashKey[set[str]]()  # findings for which a test has already failed


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
        config.stash[SUITE] = Suite(settings_from(config), rules=rule_names())
    except (SettingsError, WaiverError, ContractError) as error:
        raise pytest.UsageError(str(error)) from error


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the laws first: they find the most in the least time."""
    items.sort(key=lambda item: item.path.stem != "test_laws")


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, Any, Any]:
    """Clean up the server however the tests end."""
    if session.config.option.collectonly:
        return (yield)
    suite = suite_of(session.config)
    try:
        suite.open()
    except CouldNotRunError as error:
        pytest.exit(str(error), returncode=2)
    try:
        return (yield)
    except KeyboardInterrupt:
        suite.interrupt()
        raise
    finally:
        suite.close()
        if session.config.pluginmanager.get_plugin(RUN_NAME) is None and suite.settings.report_dir:
            write(Summary.of(suite), suite.settings.report_dir)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the session for a violation found outside any test, too."""
    if session.exitstatus == pytest.ExitCode.OK and suite_of(session.config).recorder.failing():
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def suite(pytestconfig: pytest.Config) -> Suite:
    """The run: settings, client and recorder."""
    return suite_of(pytestconfig)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Fail the test if new violations were found since the last one."""
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
    return result


def _text(finding: Finding) -> str:
    lines = [f"{finding.operation}: {finding.claim}"]
    return "\n".join(lines + [f"  {name:13}{text}" for name, text in details(finding)])
