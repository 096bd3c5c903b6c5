"""The mutation matrix: what counts as caught, what the report says, and the command."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.mutation_matrix import trials
from benchmarks.mutation_matrix.catalogue import UNMODIFIED_MOCK, all_defects, all_variations
from benchmarks.mutation_matrix.matrix import Matrix
from benchmarks.mutation_matrix.peers import ROOT, PeerResult, Specmatic, SpecmaticMissingError
from benchmarks.mutation_matrix.report import as_markdown, write_report
from benchmarks.mutation_matrix.trials import Row, SuiteResult, TrialOptions, run_trial, suite_result
from contract_tests.laws import law_names

LAW = law_names()[0]
DEFECT, OTHER = list(all_defects())[:2]
VARIATION = next(iter(all_variations()))


def row(
    name: str = DEFECT,
    *violations: str,
    drift: tuple[str, ...] = (),
    legal: bool = False,
    **peers: PeerResult,
) -> Row:
    suite = SuiteResult(violations, drift, 2.0, 1.0 if violations else None, int(bool(violations)))
    return Row(name, "paging", ("listDeals",), suite, peers, legal=legal)


def matrix(*rows: Row, **options: Any) -> Matrix:
    return Matrix(rows, TrialOptions(**options), processes=2, minutes=1.0)


def figures(a_matrix: Matrix) -> dict[str, str]:
    return dict(a_matrix.figures())


def run_command(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks.mutation_matrix", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


# What counts


@pytest.mark.parametrize("name", [DEFECT, VARIATION, UNMODIFIED_MOCK])
def test_a_trial_that_fails_is_a_row_like_any_other(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for function in ("run_defect", "run_variation", "run_reference_server"):
        monkeypatch.setattr(trials, function, lambda *_: 1 / 0)
    failed = run_trial(name, TrialOptions())

    assert failed.suite.verdict == "trial failed: ZeroDivisionError: division by zero"
    assert failed.could_not_run
    assert matrix(failed).failures == [failed]
    assert as_markdown(matrix(failed))


def test_a_violation_on_an_operation_that_is_not_touched_does_not_count() -> None:
    findings = [
        {"rule": "one", "kind": "violation", "operations": ["createDeal", "listDeals"]},
        {"rule": "two", "kind": "violation", "operations": ["getDeal"]},
        {"rule": "three", "kind": "drift", "operations": ["listDeals"]},
    ]
    report: dict[str, Any] = {
        "findings": findings,
        "first_violation_after": 0.5,
        "exit_status": 1,
        "closing": "",
    }

    assert suite_result(report, ("listDeals",), 1.0).violations == ("one",)
    assert suite_result(report, ("listDeals",), 1.0).drift == ("three",)
    assert suite_result(report, (), 1.0).violations == ("one", "two")
    assert suite_result(report, ("listDeals",), 1.0).findings == 2


def test_a_defect_with_drift_alone_survives() -> None:
    two = matrix(row(DEFECT, LAW), row(OTHER, drift=(LAW,)))

    assert [each.name for each in two.survivors] == [OTHER]
    assert figures(two)["Defects caught by `deals-contract`"] == "1 of 2 (50 %)"


def test_a_legal_server_may_drift_and_may_not_be_accused() -> None:
    drifts, accused = row("a", drift=(LAW,), legal=True), row("b", LAW, legal=True)
    not_run = Row("c", "", (), SuiteResult(verdict="could not run"), legal=True)

    assert matrix(drifts, accused, not_run).false_alarms == [accused, not_run]


def test_a_peer_is_counted_where_it_ran() -> None:
    failure, nothing = PeerResult(("Server error",), 3.0), PeerResult((), 3.0)
    two = matrix(row(DEFECT, LAW, schemathesis=failure), row(OTHER, LAW, schemathesis=nothing))

    assert [each.name for each in two.caught_by("schemathesis")] == [DEFECT]
    assert two.minutes_of("schemathesis") == pytest.approx(0.05)
    assert "| Server error |" in as_markdown(two)


def test_a_failure_of_specmatic_counts_by_its_route(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    failed = ["Scenario: GET /deals/(id:number) -> 200 with …", "Scenario: GET /deals -> 200", "Scenario: x"]
    specmatic = Specmatic(tmp_path, "9.9", 3, frozenset(["Scenario: x"]))
    monkeypatch.setattr(Specmatic, "_run", lambda *_: (failed, 3))

    assert specmatic.run("", "", ["GET /deals/{id}"]).failures == (failed[0],)
    assert specmatic.with_baseline("", "").baseline == set(failed)


# The report


def test_a_defect_that_a_peer_did_not_run_against_says_so() -> None:
    specmatic = Specmatic(Path(), "9.9", 10)
    rows = [row(DEFECT, LAW, specmatic=PeerResult((), 3.0)), row(OTHER, LAW)]
    two = matrix(*rows, specmatic=specmatic)

    assert figures(two)["Defects caught by Specmatic 9.9"] == "0 of 1 (0 %)"
    assert "| not run |" in as_markdown(two)


@pytest.mark.parametrize(
    ("options", "text"),
    [({}, "until the first violation"), ({"thorough": True}, "to the end of the run.\n\nThe unmodified")],
)
def test_the_report_says_how_the_trials_ran(options: dict[str, Any], text: str) -> None:
    assert text in as_markdown(matrix(row(DEFECT, LAW), **options))


def test_the_report_has_all_rows_figures_and_versions(tmp_path: Path) -> None:
    accused = row(VARIATION, LAW, drift=("some_drift",), legal=True)
    three = matrix(row(DEFECT, LAW), row(OTHER), accused)
    page = write_report(three, tmp_path / "new" / "report")
    text = page.read_text("utf-8")
    record = json.loads(page.with_name("matrix.json").read_text("utf-8"))

    assert all(f"`{each.name}`" in text for each in three.rows)
    assert all(f"{name} {number}" in text for name, number in three.versions().items())
    assert all(f"| {label} | {value} |" in text for label, value in three.figures())
    assert "| **nothing** |" in text
    assert f"| `{VARIATION}` | `{LAW}` | `some_drift` |" in text
    assert record["versions"] == three.versions()
    assert [each["name"] for each in record["rows"]] == [DEFECT, OTHER, VARIATION]
    assert record["rows"][0]["suite"]["violations"] == [LAW]


def test_times_in_the_report_are_rounded() -> None:
    exact = Row(DEFECT, "", (), SuiteResult(seconds=1.23456), {"schemathesis": PeerResult((), 2.34567)})
    record = matrix(exact).as_dict()["rows"][0]

    assert record["suite"]["seconds"] == 1.23
    assert record["peers"]["schemathesis"]["seconds"] == 2.35


# The command


def test_a_trial_runs_and_says_what_it_found(tmp_path: Path) -> None:
    ended = run_command("--only", "page-is-ignored", "--without-schemathesis", "--output", str(tmp_path))

    assert ended.returncode == 0, ended.stderr
    assert "✓ 1/1 page-is-ignored: caught by " in ended.stdout
    assert "Defects caught by `deals-contract`: 1 of 1 (100 %)" in ended.stdout
    assert f"Report: {tmp_path / 'matrix.md'}" in ended.stdout
    assert "`page-is-ignored`" in (tmp_path / "matrix.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--only", "page-is-ignore"], "unknown name 'page-is-ignore'; did you mean page-is-ignored"),
        (["--only", "xyz"], "unknown name 'xyz'; see deals-mock --list-defects"),
        (["--part", "4/3"], "expected N/OF, such as 1/3, not '4/3'"),
    ],
)
def test_a_wrong_option_is_one_clear_line(arguments: list[str], message: str) -> None:
    ended = run_command(*arguments)

    assert ended.returncode == 2
    assert message in ended.stderr.splitlines()[-1]
    assert "Traceback" not in ended.stderr


def test_without_java_or_its_jar_specmatic_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SpecmaticMissingError, match="not found"):
        Specmatic.at(tmp_path / "specmatic.jar")
    (tmp_path / "specmatic.jar").touch()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SpecmaticMissingError, match="Java is not installed"):
        Specmatic.at(tmp_path / "specmatic.jar")
