"""The committed results: complete, and proof that every defect is caught and every law is needed."""

from __future__ import annotations

import re
from pathlib import Path
from statistics import median

import pytest

from benchmarks.mutation_matrix import __main__ as command
from benchmarks.mutation_matrix.catalogue import (
    REFERENCE_SERVERS,
    UNMODIFIED_MOCK,
    all_defects,
    all_variations,
)
from benchmarks.mutation_matrix.law_coverage import LawCoverage
from benchmarks.mutation_matrix.results import RESULTS, Results
from benchmarks.mutation_matrix.trials import COULD_NOT_RUN, Row, SuiteResult, TrialOptions
from contract_tests.laws import law_names
from contract_tests.run.law_runner import rule_names

COMMITTED = Results.load()
USUALLY, AT_MOST = 2, 10  # findings for one defect
HINT = "run `python -m benchmarks.mutation_matrix --only NAME --write`"
DEFECT, OTHER = list(all_defects())[:2]
VARIATION = next(iter(all_variations()))
LAW, SECOND_LAW = law_names()[:2]


def row(name: str, *violations: str, drift: tuple[str, ...] = ()) -> Row:
    legal = name not in all_defects()
    suite = SuiteResult(violations, drift, exit_status=bool(violations), findings=len(violations))
    return Row(name, "", (), suite, legal=legal)


# The file in the repository


def test_results_cover_exactly_the_catalogue() -> None:
    assert list(COMMITTED.caught_by) == list(all_defects()), HINT
    assert list(COMMITTED.drift) == [*REFERENCE_SERVERS, *all_variations()], HINT


def test_no_defect_survives_and_no_legal_server_is_accused() -> None:
    assert [name for name, caught_by in COMMITTED.caught_by.items() if not caught_by] == []
    assert COMMITTED.false_alarms == {}


def test_the_unmodified_mock_has_no_drift() -> None:
    assert COMMITTED.drift[UNMODIFIED_MOCK] == ()


def test_a_defect_is_few_findings() -> None:
    counts = COMMITTED.findings.values()

    assert COMMITTED.findings.keys() <= COMMITTED.caught_by.keys()
    assert median(counts) <= USUALLY
    assert max(counts) <= AT_MOST


def test_every_rule_in_the_results_exists() -> None:
    named = {rule for its_rules in COMMITTED.by_mutation.values() for rule in its_rules}

    assert named <= set(rule_names()), HINT


def test_every_law_is_needed() -> None:
    redundant = LawCoverage.of(COMMITTED.by_mutation).redundant

    assert redundant == [], f"a law needs a defect that only it catches: add one, then {HINT}"


def test_results_are_one_row_a_line() -> None:
    text = RESULTS.read_text("utf-8")

    assert text == COMMITTED.as_text()
    assert re.findall(r'^  "([a-z0-9-]+)": (?:\[.*\]|\d+),?$', text, re.MULTILINE) == [
        *COMMITTED.caught_by,
        *COMMITTED.drift,
        *COMMITTED.findings,
    ]


def test_results_contain_nothing_but_names_of_rules() -> None:
    words = set(re.findall(r'"([^"]*)"', RESULTS.read_text("utf-8")))

    sections = {"caught_by", "drift", "false_alarms", "findings"}
    assert words - set(rule_names()) == {*sections, *COMMITTED.by_mutation}


# Writing


def test_a_new_row_replaces_the_old_one_and_keeps_the_others() -> None:
    old = Results(caught_by={DEFECT: (LAW,), OTHER: (LAW,)}, drift={VARIATION: (LAW,)})
    new = old.updated([row(DEFECT, SECOND_LAW)])

    assert new == Results({DEFECT: (SECOND_LAW,), OTHER: (LAW,)}, {VARIATION: (LAW,)}, findings={DEFECT: 1})


def test_rows_are_in_the_order_of_the_catalogue_and_without_what_is_gone() -> None:
    old = Results(caught_by={OTHER: (LAW,), "gone": (LAW,)}, drift={"gone-too": ()})
    new = old.updated([row(DEFECT, SECOND_LAW, LAW)])

    assert list(new.caught_by.items()) == [(DEFECT, tuple(sorted((LAW, SECOND_LAW)))), (OTHER, (LAW,))]
    assert new.drift == {}


def test_a_legal_server_has_its_drift_and_its_false_alarms() -> None:
    accused = Results().updated([row(VARIATION, LAW, drift=(SECOND_LAW,))])

    assert accused == Results(drift={VARIATION: (SECOND_LAW,)}, false_alarms={VARIATION: (LAW,)})
    assert accused.updated([row(VARIATION)]) == Results(drift={VARIATION: ()})


def test_a_defect_that_survives_is_recorded_as_such() -> None:
    assert Results({DEFECT: (LAW,)}).updated([row(DEFECT, drift=(LAW,))]).caught_by == {DEFECT: ()}


def test_a_trial_that_could_not_run_changes_nothing() -> None:
    failed = Row(DEFECT, "", (), SuiteResult(exit_status=COULD_NOT_RUN))

    assert Results({DEFECT: (LAW,)}).updated([failed]) == Results({DEFECT: (LAW,)})


def test_results_are_read_as_they_were_written(tmp_path: Path) -> None:
    results = Results(
        {DEFECT: (LAW, SECOND_LAW), OTHER: ()}, {VARIATION: (LAW,)}, {VARIATION: (LAW,)}, {DEFECT: 2}
    )
    results.save(tmp_path / "results.json")

    assert Results.load(tmp_path / "results.json") == results
    assert Results.load(tmp_path / "missing.json") == Results()


@pytest.mark.parametrize("write", [True, False])
def test_write_updates_the_rows_that_ran(
    write: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    results = tmp_path / "results.json"
    COMMITTED.save(results)
    name = max(COMMITTED.caught_by, key=lambda each: len(COMMITTED.caught_by[each]))  # no law needs it
    asked: list[TrialOptions] = []

    def run(names: list[str], processes: int, options: TrialOptions) -> list[Row]:
        asked.append(options)
        return [row(each, *COMMITTED.caught_by[each], "a_new_law") for each in names]

    monkeypatch.setattr(command, "RESULTS", results)
    monkeypatch.setattr(command, "run_trials", run)
    status = command.main(
        ["--only", name, "--write" if write else "--thorough", "--output", str(tmp_path / "report")]
    )

    assert status == bool(LawCoverage.of(COMMITTED.by_mutation).redundant)
    assert asked == [TrialOptions(thorough=True, schemathesis=None)]
    after = Results.load(results)
    assert ("a_new_law" in after.caught_by[name]) is write
    assert {**after.caught_by, name: ()} == {**COMMITTED.caught_by, name: ()}
    assert after.drift == COMMITTED.drift
    assert ("rows written" in capsys.readouterr().out) is write


# What the results say about laws


def test_a_law_is_needed_for_what_only_it_catches() -> None:
    coverage = LawCoverage.of({"a": [LAW, SECOND_LAW], "b": [SECOND_LAW], "c": []})

    assert coverage.catches[LAW] == ("a",)
    assert coverage.only[LAW] == ()
    assert coverage.only[SECOND_LAW] == ("b",)
    assert LAW in coverage.redundant
    assert SECOND_LAW not in coverage.redundant
    assert f"| `{LAW}` | 1 | **nothing** |" in coverage.as_markdown()


def test_a_check_of_schemathesis_makes_a_law_redundant_too() -> None:
    coverage = LawCoverage.of({"a": [LAW, "response_schema_conformance"]})

    assert LAW in coverage.redundant


def test_a_legal_server_counts_by_its_drift() -> None:
    results = Results().updated([row(DEFECT, LAW, drift=(SECOND_LAW,)), row(VARIATION, drift=(SECOND_LAW,))])

    assert results.by_mutation == {DEFECT: (LAW,), VARIATION: (SECOND_LAW,)}
