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

TOLD = pytest.StashKey[set[str]]()  # findings for which a test has failed already


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Everything that the command may be told, pytest may be told."""
    taken = frozenset({"base-url"}) if pluginmanager.hasplugin("base_url") else frozenset()
    add_options(parser, without=taken)


def pytest_configure(config: pytest.Config) -> None:
    """Take the command's run, or make one of pytest's options."""
    run = config.pluginmanager.get_plugin(RUN_NAME)
    if run is not None:
        config.stash[SUITE] = run.suite
        return
    try:
        config.stash[SUITE] = Suite(settings_from(config), rules=rule_names())
    except (SettingsError, WaiverError, ContractError) as error:
        raise pytest.UsageError(str(error)) from error


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The laws come first: they find most in the least time."""
    items.sort(key=lambda item: item.path.stem != "test_laws")


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, Any, Any]:
    """The target is cleaned up however the tests end."""
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
    """A mismatch that was found outside of any test counts, too."""
    if session.exitstatus == pytest.ExitCode.OK and suite_of(session.config).recorder.failing():
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def suite(pytestconfig: pytest.Config) -> Suite:
    """The run: settings, target, record."""
    return suite_of(pytestconfig)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """A test fails for what is new since the last one."""
    suite = suite_of(item.config)
    try:
        result = yield
    except Exception as error:  # the suite's own mistake: it must not pass for a verdict
        suite.crashed(item.name, error)
        raise
    told = item.config.stash.setdefault(TOLD, set())
    found = [finding for finding in suite.recorder.failing() if finding.id not in told]
    if found:
        told.update(finding.id for finding in found)
        pytest.fail("\n\n".join(map(_told, found)), pytrace=False)
    return result


def _told(finding: Finding) -> str:
    lines = [f"{finding.operation}: {finding.claim}"]
    return "\n".join(lines + [f"  {name:13}{text}" for name, text in details(finding)])
