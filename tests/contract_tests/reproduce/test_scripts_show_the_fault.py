"""The scripts of a finding show the fault on a fresh defective server, and do not on a sound one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from contract_tests.laws import all_laws
from contract_tests.reproduce import write_scripts
from contract_tests.run.law_runner import judge_law
from contract_tests.verdict.findings import Finding, Kind
from tests.contract_tests.builders import CONTRACT
from tests.contract_tests.mock_target import mock_app, mock_people, primary_quote
from tests.contract_tests.runs import conformance, run_against
from tests.contract_tests.servers import serving

SHOWS, DOES_NOT_SHOW, CANNOT_JUDGE = 1, 0, 2
PEOPLE = mock_people()
ENVIRONMENT = {
    "TOKEN": PEOPLE["token"],
    "OTHER_TOKEN": PEOPLE["other_token"],
    "EXPIRED_TOKEN": PEOPLE["expired_token"],
    "EMAIL": PEOPLE["email"],
    "PASSWORD": PEOPLE["password"],
}
# defect, and a law that catches it: each shows it in another way
BY_LAW = {
    "pages-are-one-short": "pages_partition_the_list",  # which records a list has
    "value-loses-its-cents": "a_created_deal_reads_back_as_sent",  # a value in a record
    "name-is-called-title": "a_deal_needs_only_a_name_and_a_stage",  # a field that is missing
    "any-text-is-accepted-as-a-token": "a_forged_or_malformed_token_is_refused",  # a status
    "update-changes-created-at": "an_update_changes_only_the_values_that_differ",  # a time that changes
    "stats-count-the-first-page-only": "the_statistics_follow_changes_to_deals",  # numbers about everybody
    "a-page-holds-at-most-25": "a_page_can_hold_the_maximum_per_page",  # two numbers that should be equal
    "import-garbles-non-ascii-letters": "an_import_creates_exactly_the_deals_in_the_file",  # a file
    "new-stage-is-never-won-or-lost": "a_created_stage_is_listed_as_sent",  # stages
}
BY_CHECK = {
    "list-lacks-last-page": "listDeals",
    "value-is-text": "getDeal",
    "risk-factors-are-an-object": "listDeals",
}


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contract_tests.scene.api_reader.PAUSES", (0.01, 0.01))


@pytest.mark.parametrize(("defect", "law"), BY_LAW.items(), ids=BY_LAW)
def test_the_scripts_of_a_law_tell_a_defective_server_from_a_sound_one(
    defect: str, law: str, tmp_path: Path
) -> None:
    with _run_against_defect(defect) as suite:
        for each in all_laws(CONTRACT):
            if each.name == law:
                judge_law(each, suite)
    found = [each for each in suite.recorder.findings if each.rule == law and each.kind in _SHOWN]

    assert _exit_statuses(found, suite, tmp_path, defect) == {".sh": _TELLS, ".py": _TELLS}


@pytest.mark.parametrize(("defect", "operation"), BY_CHECK.items(), ids=BY_CHECK)
def test_the_scripts_of_a_check_tell_a_defective_server_from_a_sound_one(
    defect: str, operation: str, tmp_path: Path
) -> None:
    with _run_against_defect(defect) as suite:
        conformance(suite, operation, examples=3)
    found = [each for each in suite.recorder.findings if each.kind in _SHOWN]

    assert _exit_statuses(found, suite, tmp_path, defect) == {".sh": _TELLS, ".py": _TELLS}


def test_where_a_sum_over_everybodys_deals_decides_the_shell_says_so_and_python_asks_the_law(
    tmp_path: Path,
) -> None:
    law, defect = "board_column_counts_and_sums_match_their_deals", "board-totals-leave-out-the-cents"
    with _run_against_defect(defect) as suite:
        for each in all_laws(CONTRACT):
            if each.name == law:
                judge_law(each, suite)
    found = [each for each in suite.recorder.findings if each.rule == law and each.kind in _SHOWN]

    statuses = _exit_statuses(found, suite, tmp_path, defect)

    assert statuses == {".sh": {(CANNOT_JUDGE, CANNOT_JUDGE)}, ".py": _TELLS}


_SHOWN = (Kind.VIOLATION, Kind.DRIFT)
_TELLS = {(SHOWS, DOES_NOT_SHOW)}


@contextmanager
def _run_against_defect(defect: str) -> Iterator[object]:
    people = {**PEOPLE, "quote_id": primary_quote()}
    with serving(mock_app(mutation=defect)) as root, run_against(f"{root}/api", **people) as suite:
        yield suite


def _exit_statuses(
    found: list[Finding], suite: object, folder: Path, defect: str
) -> dict[str, set[tuple[int, int]]]:
    """For each kind of script what it says of the defective and of the sound server."""
    assert found
    write_scripts(found, folder, suite.client)  # type: ignore[attr-defined]
    with serving(mock_app(mutation=defect)) as root:
        defective = {script.name: _run(script, f"{root}/api") for script in sorted(folder.iterdir())}
    with serving(mock_app()) as root:
        sound = {script.name: _run(script, f"{root}/api") for script in sorted(folder.iterdir())}
    statuses: dict[str, set[tuple[int, int]]] = {}
    for name, status in defective.items():
        statuses.setdefault(Path(name).suffix, set()).add((status, sound[name]))
    return statuses


def _run(script: Path, url: str) -> int:
    command = ["sh", script] if script.suffix == ".sh" else [sys.executable, script]
    environment = {**os.environ, **ENVIRONMENT, "BASE_URL": url}
    return subprocess.run(command, env=environment, capture_output=True, timeout=300).returncode
