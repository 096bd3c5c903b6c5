"""On GitHub: annotations at the pull request, and the summary of the step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from contract_tests.report import as_markdown
from contract_tests.report.plain_text import visible
from contract_tests.report.summary import COULD_NOT_RUN, Summary
from contract_tests.report.wording import REPRODUCE, about_waivers, operations_named, stated
from contract_tests.verdict.findings import Finding

SHOWN: Final = 10  # annotations of one level that GitHub shows of a step
LONGEST: Final = 600  # characters of a detail
LARGEST: Final = 1_000_000  # bytes of a step summary; GitHub refuses a larger one
PROGRAM: Final = "deals-contract"
IN_MESSAGE: Final = {"%": "%25", "\r": "%0D", "\n": "%0A"}
IN_TITLE: Final = {**IN_MESSAGE, ":": "%3A", ",": "%2C"}


def is_github(environment: Mapping[str, str]) -> bool:
    """Whether the command runs in a workflow of GitHub."""
    return environment.get("GITHUB_ACTIONS") == "true"


def shown_on_github(summary: Summary) -> list[str]:
    """The workflow commands that show the verdict and what fails the run."""
    failing = [f for f in summary.findings if summary.fails(f) and not about_waivers(f)]
    could_not_run = summary.exit_status == COULD_NOT_RUN
    closing = _command("error" if could_not_run else "notice", PROGRAM, summary.closing)
    errors = [_of_finding(finding, summary) for finding in failing]
    waivers = (finding.claim for finding in summary.findings if about_waivers(finding))
    warnings = [_command("warning", PROGRAM, claim) for claim in waivers]
    return [closing, *errors[: SHOWN - could_not_run], *warnings[:SHOWN]]


def refusal(reason: str) -> str:
    """The workflow command for a run that could not begin."""
    return _command("error", f"{PROGRAM} could not run", reason)


def add_step_summary(summary: Summary, environment: Mapping[str, str]) -> None:
    """Append report.md to the summary of the step; raises OSError."""
    path = environment.get("GITHUB_STEP_SUMMARY")
    if not path:
        return
    text = as_markdown.render(summary).encode("utf-8", "replace")
    if len(text) > LARGEST:
        cut = text[:LARGEST].decode("utf-8", "ignore").rpartition("\n")[0]
        text = f"{cut}\n\n…\n\nThe rest is in the report directory.\n".encode()
    with Path(path).open("ab") as file:
        file.write(text)


def _of_finding(finding: Finding, summary: Summary) -> str:
    operations = operations_named(finding)
    title = f"{PROGRAM}: {operations}" if operations else PROGRAM
    return _command("error", title, "\n".join(_lines(finding, summary)))


def _lines(finding: Finding, summary: Summary) -> Iterator[str]:
    yield stated(finding) + summary.mark(finding)
    texts = {"expected": finding.expected, "received": finding.received, REPRODUCE: finding.curl}
    yield from (f"{name}: {text[:LONGEST]}" for name, text in texts.items() if text)


def _command(level: str, title: str, message: str) -> str:
    told = _escaped(visible(message, keep="\n"), IN_MESSAGE)
    return f"::{level} title={_escaped(visible(title), IN_TITLE)}::{told}"


def _escaped(text: str, escapes: Mapping[str, str]) -> str:
    return "".join(escapes.get(character, character) for character in text)
