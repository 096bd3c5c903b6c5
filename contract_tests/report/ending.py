"""How a run ends, for the command and for pytest: waivers are renewed, and reports are written."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from contract_tests.report import ReportsError, Summary, write
from contract_tests.report.comparison import Earlier
from contract_tests.report.github import add_step_summary, is_github
from contract_tests.report.summary import COULD_NOT_RUN
from contract_tests.run.suite import Suite
from contract_tests.settings.settings import Settings
from contract_tests.verdict.waiver_update import update_file
from contract_tests.verdict.waivers import WaiverError


@dataclass(frozen=True)
class Ending:
    """The summary of a run, and what could not be written."""

    summary: Summary
    problems: tuple[str, ...] = ()

    @property
    def exit_status(self) -> int:
        """The exit status of the command."""
        return COULD_NOT_RUN if self.problems else self.summary.exit_status


def end(suite: Suite, *, could_not_run: str = "", earlier: Earlier | None = None) -> Ending:
    """Close a run and leave its reports behind, however it came to its end."""
    try:
        suite.close()
        problems = [] if could_not_run else renew_waivers(suite)
        scripts = write_scripts(suite)
        summary = Summary.of(suite, could_not_run=could_not_run, earlier=earlier, scripts=scripts)
    except Exception as error:  # a bug in the suite must not swallow the verdict in silence
        reason = suite.client.redact(f"internal error: {type(error).__name__}: {error}")
        return refuse(suite.settings, reason)
    return Ending(summary, (*problems, *deliver(summary, suite.settings)))


def write_scripts(suite: Suite) -> dict[str, str]:
    """Write the scripts of the findings beside the reports; returns finding id → script.

    They are an extra: what goes wrong is remarked, and changes no verdict.
    """
    settings, hurry = suite.settings, suite.interrupted or suite.out_of_time
    if settings.report_dir is None or settings.har is not None:
        return {}
    from contract_tests.reproduce import FOLDER, Scripts  # only now: no request waits for it

    scripts = Scripts(suite.client, settings.report_dir / FOLDER, *([0.0] if hurry else []))
    with suppress(KeyboardInterrupt):
        scripts.write(suite.recorder.findings)
    for problem in scripts.problems:
        suite.recorder.remark(problem)
    return scripts.names


def refuse(settings: Settings, reason: str) -> Ending:
    """The end of a run that could not even begin."""
    summary = Summary.not_begun(settings, reason)
    return Ending(summary, tuple(deliver(summary, settings)))


def renew_waivers(suite: Suite) -> list[str]:
    """Write waivers of what was found, if asked to; returns what went wrong."""
    path, names = suite.settings.update_waivers, suite.waivable
    if path is None or names is None or suite.interrupted:
        return []
    try:
        update = update_file(path, suite.recorder.findings, strict=suite.settings.strict, names=names)
    except (WaiverError, OSError) as error:
        return [f"--update-waivers: {error}"]
    suite.recorder.remark(f"{path}: {update}")
    return []


def deliver(summary: Summary, settings: Settings, environment: Mapping[str, str] = os.environ) -> list[str]:
    """Write the reports that the settings and the environment ask for; returns what went wrong."""
    problems = []
    if settings.report_dir:
        try:
            write(summary, settings.report_dir)
        except ReportsError as error:
            problems.append(str(error))
    if is_github(environment):
        try:
            add_step_summary(summary, environment)
        except OSError as error:
            problems.append(f"cannot write the summary of the step: {error}")
    return problems
