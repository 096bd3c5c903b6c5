"""On GitHub: annotations and the summary of the step."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from contract_tests.report.ending import deliver
from contract_tests.report.github import LARGEST, is_github, refusal, shown_on_github
from contract_tests.settings.settings import Settings
from contract_tests.verdict.findings import Kind
from tests.contract_tests.builders import finding
from tests.contract_tests.summaries import hostile_summary, summary

SETTINGS = Settings(base_url="http://there/api")
ON_GITHUB = {"GITHUB_ACTIONS": "true"}


@pytest.mark.parametrize(("value", "expected"), [("true", True), ("false", False), (None, False)])
def test_github_is_known_by_its_variable(value: str | None, expected: bool) -> None:
    assert is_github({"GITHUB_ACTIONS": value} if value else {}) == expected


def test_the_verdict_comes_first_and_then_what_fails_the_run() -> None:
    verdict, violation = shown_on_github(
        summary(findings=(finding(), finding(Kind.DRIFT), finding(Kind.WAIVED)))
    )

    assert verdict.startswith("::notice title=deals-contract::Does not conform: 1 violation")
    assert violation.startswith(
        "::error title=deals-contract%3A listDeals::pages partition the list%0Aexpected"
    )


def test_ten_errors_are_shown_as_github_shows_no_more() -> None:
    many = tuple(finding(claim=f"claim {n}") for n in range(30))
    lines = shown_on_github(summary(findings=many))
    incomplete = shown_on_github(summary(findings=many, exit_status=2))

    assert [line.partition(" ")[0] for line in lines] == ["::notice", *["::error"] * 10]
    assert [line.partition(" ")[0] for line in incomplete] == ["::error"] * 10


def test_an_expired_waiver_is_a_warning() -> None:
    expired = finding(Kind.DRIFT, rule="waivers", operation="", claim="the waiver for x has expired")

    assert shown_on_github(summary(findings=(expired,)))[1:] == [
        "::warning title=deals-contract::the waiver for x has expired"
    ]


def test_no_text_of_a_server_becomes_a_command() -> None:
    lines = shown_on_github(hostile_summary())

    assert all(re.fullmatch(r"::(notice|error|warning) title=[^:,\n]*::[^\n]*", line) for line in lines)
    assert "".join(lines).isprintable()


def test_percent_signs_and_line_ends_are_escaped() -> None:
    assert refusal("50 %\nof it") == "::error title=deals-contract could not run::50 %25%0Aof it"


def test_the_summary_of_the_step_is_added_to_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "step.md"
    path.write_text("before\n", "utf-8")
    problems = deliver(summary(), SETTINGS, {**ON_GITHUB, "GITHUB_STEP_SUMMARY": str(path)})

    assert problems == []
    assert path.read_text("utf-8").startswith(
        "before\n## ❌ Deals API contract\n\nDoes not conform: 1 violation"
    )


def test_a_summary_that_github_would_refuse_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "step.md"
    many = tuple(finding(claim=f"claim {n}", received="é" * 2000) for n in range(500))
    deliver(summary(findings=many), SETTINGS, {**ON_GITHUB, "GITHUB_STEP_SUMMARY": str(path)})

    assert LARGEST - 5000 < path.stat().st_size < LARGEST + 100
    assert path.read_text("utf-8").endswith("The rest is in the report directory.\n")


def test_nothing_is_added_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "step.md"
    deliver(summary(), SETTINGS, {"GITHUB_STEP_SUMMARY": str(path)})

    assert not path.exists()


def test_a_summary_that_cannot_be_written_is_said() -> None:
    (problem,) = deliver(summary(), SETTINGS, {**ON_GITHUB, "GITHUB_STEP_SUMMARY": "/nowhere/at/all"})

    assert problem.startswith("cannot write the summary of the step: ")
