"""The table of teeth: made of the catalogue as it is, and honest about what it counts."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.teeth import __main__ as the_command
from benchmarks.teeth.laws import Laws, against, laws_page
from benchmarks.teeth.matrix import Matrix, matrix_from
from benchmarks.teeth.page import figures, page
from benchmarks.teeth.peers import ROOT, Found, Specmatic, SpecmaticMissingError
from benchmarks.teeth.servers import SOUND
from benchmarks.teeth.trials import Caught, Manner, Row, caught
from contract_tests.known import rules
from contract_tests.laws import LAWS
from mock_server.mutations import all_defects, all_variations

TABLE = json.loads((ROOT / "contract_tests" / "TEETH.json").read_text("utf-8"))
AGAINST = json.loads((ROOT / "contract_tests" / "TEETH-LAWS.json").read_text("utf-8"))
AGAIN = "run `python -m benchmarks.teeth --write` again, and once more with --thorough"
CONFORMS = "Conforms: 10 of 10 rules."

FIRST, SECOND = LAWS[0].name, next(law.name for law in LAWS if law.name != LAWS[0].name)
DEFECT, OTHER = list(all_defects())[:2]


def row(
    name: str = DEFECT, *by: str, drift: tuple[str, ...] = (), legal: bool = False, **peers: Found
) -> Row:
    suite = Caught(by, drift, 2.0, 1.0 if by else None, CONFORMS)
    return Row(name, "paging", ("listDeals",), suite, peers, legal=legal)


def teeth(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks.teeth", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


# The tables in the repository


def test_the_table_is_of_this_catalogue() -> None:
    departures = {**all_defects(), **all_variations()}
    told = {each["name"]: tuple(each["operations"]) for each in TABLE["rows"]}

    assert told == dict.fromkeys(SOUND, ()) | {d.name: d.operations for d in departures.values()}, AGAIN


def test_the_table_has_no_survivor_and_accuses_nobody() -> None:
    defects = [each for each in TABLE["rows"] if not each["legal"]]
    legal = [each for each in TABLE["rows"] if each["legal"]]

    assert [each["name"] for each in defects if not each["suite"]["by"]] == []
    assert [each["name"] for each in legal if each["suite"]["by"]] == []
    assert {each["name"] for each in defects if "schemathesis" not in each["peers"]} == set()


def test_the_page_is_that_of_the_same_run() -> None:
    text = (ROOT / "contract_tests" / "TEETH.md").read_text("utf-8")

    assert {name for name in (*all_defects(), *all_variations()) if f"`{name}`" not in text} == set(), AGAIN
    assert all(f"{name} {number}" in text for name, number in TABLE["versions"].items())
    assert f"| {TABLE['minutes']} |" in text


def test_no_law_is_spare() -> None:
    assert AGAINST.keys() == {*SOUND, *all_defects(), *all_variations()}, AGAIN
    assert {rule for rules in AGAINST.values() for rule in rules} <= set(rules()), AGAIN
    assert Laws.of(AGAINST).spare == [], "a law needs a defect that only it catches, then: " + AGAIN


def test_a_record_is_read_as_it_was_written() -> None:
    assert json.loads(json.dumps(matrix_from(TABLE).as_dict())) == TABLE


# What counts


def test_a_trial_that_fails_is_a_row_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(the_command, "tried", lambda *_: 1 / 0)
    failed = the_command._tried(DEFECT, Manner())

    assert failed.suite.closing == "could not be tried: ZeroDivisionError: division by zero"
    assert Matrix([failed], 1, 2, 3).survivors == [failed]


def test_a_violation_of_an_operation_that_is_not_touched_does_not_count() -> None:
    findings = [
        {"rule": "one", "kind": "violation", "operation": "listDeals"},
        {"rule": "two", "kind": "violation", "operation": "getDeal"},
        {"rule": "three", "kind": "drift", "operation": "listDeals"},
    ]
    report: dict[str, Any] = {"findings": findings, "first_violation_after": 0.5, "closing": ""}

    assert caught(report, ("listDeals",), 1.0).by == ("one",)
    assert caught(report, ("listDeals",), 1.0).drift == ("three",)
    assert caught(report, (), 1.0).by == ("one", "two")


def test_what_only_drifts_survives() -> None:
    matrix = Matrix([row(DEFECT, FIRST), row(OTHER, drift=(FIRST,))], 1, 2, 3)

    assert [each.name for each in matrix.survivors] == [OTHER]
    assert "1 of 2 (50 %)" in figures(matrix)


def test_a_legal_server_may_drift_and_may_not_be_accused() -> None:
    fine, accused = row("a", drift=(FIRST,), legal=True), row("b", FIRST, legal=True)
    unjudged = Row("c", "", (), Caught(closing="could not run"), legal=True)

    assert Matrix([fine, accused, unjudged], 1, 2, 3).false_alarms == [accused, unjudged]


def test_a_peer_is_counted_where_it_was_tried() -> None:
    found, nothing = Found(("Server error",), 3.0), Found((), 3.0)
    matrix = Matrix(
        [row(DEFECT, FIRST, schemathesis=found), row(OTHER, FIRST, schemathesis=nothing)], 1, 2, 3
    )

    assert [each.name for each in matrix.caught_by("schemathesis")] == [DEFECT]
    assert matrix.minutes_of("schemathesis") == pytest.approx(0.05)
    assert "| Server error |" in page(matrix, "the command")


def test_a_complaint_of_specmatic_is_told_by_its_route(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said = ["Scenario: GET /deals/(id:number) -> 200 with …", "Scenario: GET /deals -> 200", "Scenario: x"]
    specmatic = Specmatic(tmp_path, "9.9", 3, frozenset(["Scenario: x"]))
    monkeypatch.setattr(Specmatic, "_run", lambda *_: (said, 3))

    assert specmatic.on("", "", ["GET /deals/{id}"]).complaints == (said[0],)
    assert specmatic.used_to("", "").usual == set(said)


def test_a_defect_on_which_a_peer_was_not_tried_says_so() -> None:
    specmatic = Specmatic(Path(), "9.9", 10)
    matrix = Matrix([row(DEFECT, FIRST, specmatic=Found((), 3.0)), row(OTHER, FIRST)], 1, 2, 3, specmatic)

    assert "Defects caught by plain Specmatic 9.9: 0 of 1 (0 %)" in figures(matrix)
    assert "| not tried |" in page(matrix, "the command")


def test_a_law_is_needed_for_what_it_catches_alone() -> None:
    laws = Laws.of({"a": [FIRST, SECOND], "b": [SECOND], "c": []})

    assert laws.catches[FIRST] == ("a",)
    assert laws.alone[FIRST] == ()
    assert laws.alone[SECOND] == ("b",)
    assert FIRST in laws.spare
    assert SECOND not in laws.spare
    assert f"| `{FIRST}` | 1 | **nothing** |" in laws_page(laws, "the command")


def test_against_a_legal_server_speaks_its_drift() -> None:
    assert against(row("a", FIRST, drift=(SECOND,))) == (FIRST,)
    assert against(row("b", drift=(SECOND,), legal=True)) == (SECOND,)


def test_a_row_that_was_tried_again_replaces_the_old_one() -> None:
    matrix = Matrix([row(DEFECT, FIRST), row("gone", FIRST)], 14.0, 2, 3)
    new = Matrix([row(DEFECT, SECOND), row(OTHER, SECOND)], 1.0, 2, 3)
    again = matrix.with_new(new, [DEFECT, OTHER])

    assert [(each.name, each.suite.by) for each in again.rows] == [(DEFECT, (SECOND,)), (OTHER, (SECOND,))]
    assert again.minutes == 14.0


# The command


def test_a_trial_runs_and_says_what_it_found() -> None:
    ended = teeth("--only", "page-is-ignored", "--without-schemathesis")

    assert ended.returncode == 0, ended.stderr
    assert "✓ 1/1 page-is-ignored: " in ended.stdout
    assert "Defects caught by `deals-contract`: 1 of 1 (100 %)" in ended.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--only", "no-such-defect"], "there is no no-such-defect"),
        (["--part", "4/3"], "'4/3' is not like 1/3"),
    ],
)
def test_a_wrong_option_is_one_clear_line(arguments: list[str], said: str) -> None:
    ended = teeth(*arguments)

    assert ended.returncode == 2
    assert said in ended.stderr.splitlines()[-1]
    assert "Traceback" not in ended.stderr


def test_without_java_or_its_jar_specmatic_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SpecmaticMissingError, match="is not there"):
        Specmatic.at(tmp_path / "specmatic.jar")
    (tmp_path / "specmatic.jar").touch()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SpecmaticMissingError, match="Java is not installed"):
        Specmatic.at(tmp_path / "specmatic.jar")
