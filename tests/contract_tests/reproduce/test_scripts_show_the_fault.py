"""The scripts of a finding show the fault on a fresh defective server, and do not on a sound one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from contract_tests.laws import all_laws
from contract_tests.reproduce import Scripts
from contract_tests.run.law_runner import judge_law
from contract_tests.run.suite import Suite
from contract_tests.verdict.findings import Finding, Kind
from mock_server.testing import Mock, build_mock
from tests.contract_tests.builders import CONTRACT
from tests.contract_tests.mock_target import SEED, mock_app, mock_people, primary_quote
from tests.contract_tests.runs import conformance, run_against
from tests.contract_tests.servers import serving

SHOWS, DOES_NOT_SHOW, CANNOT_JUDGE = 1, 0, 2
PEOPLE: Final = mock_people()
SECRETS: Final = {name: PEOPLE[name] for name in ("token", "admin_token", "other_token", "expired_token")}
ENVIRONMENT: Final = {name.upper(): value for name, value in SECRETS.items()} | {
    "EMAIL": PEOPLE["email"],
    "PASSWORD": PEOPLE["password"],
}
# defect, and a law that catches it: each shows it in another way
BY_LAW: Final = {
    "search-finds-whole-names-only": "search_returns_the_deals_that_contain_the_term",  # which are listed
    "value-loses-its-cents": "a_created_deal_reads_back_as_sent",  # a value in a record
    "any-text-is-accepted-as-a-token": "a_forged_or_malformed_token_is_refused",  # a status
    "import-garbles-non-ascii-letters": "an_import_creates_exactly_the_deals_in_the_file",  # a file
    "new-stage-is-never-won-or-lost": "a_created_stage_is_listed_as_sent",  # stages
    "an-empty-list-has-the-last-page-of-all-deals": (  # any number but two
        "a_search_without_matches_returns_an_empty_page"
    ),
    "new-note-loses-its-line-breaks": "a_note_is_saved_as_written_on_its_own_deal",  # one of several records
    "a-rejected-task-update-is-partly-saved": (  # a value that is not as it was
        "an_invalid_task_update_is_refused_and_changes_nothing"
    ),
}
BY_CHECK: Final = {
    "list-lacks-last-page": "listDeals",
    "value-is-text": "getDeal",
    "board-has-no-envelope": "getDealPipeline",  # there is no object
    "page-0-crashes-the-server": "listDeals",
}
BY_THE_LAW_ONLY: Final = {
    "board-totals-leave-out-the-cents": "board_column_counts_and_sums_match_their_deals",  # everybody's deals
    "export-is-outdated-after-an-update": "the_export_reflects_the_latest_write",  # what a file says
    "won-deals-are-not-won": "won_separates_won_deals_from_lost_deals",  # what was read earlier
    "tasks-of-the-contact-are-listed-too": "a_deal_lists_only_its_own_tasks",  # everybody's tasks
}
SHOWN: Final = (Kind.VIOLATION, Kind.DRIFT)
TELLS: Final = (SHOWS, DOES_NOT_SHOW)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contract_tests.scene.api_reader.PAUSES", (0.01, 0.01))


@pytest.mark.parametrize(("defect", "law"), BY_LAW.items(), ids=BY_LAW)
def test_the_scripts_of_a_law_tell_a_defective_server_from_a_sound_one(
    defect: str, law: str, tmp_path: Path
) -> None:
    _write_scripts_of(defect, law, tmp_path)

    assert _outcomes(tmp_path, defect) == {".sh": TELLS, ".py": TELLS}


@pytest.mark.parametrize(("defect", "operation"), BY_CHECK.items(), ids=BY_CHECK)
def test_the_scripts_of_a_check_tell_a_defective_server_from_a_sound_one(
    defect: str, operation: str, tmp_path: Path
) -> None:
    with _run_against(defect) as suite:
        conformance(suite, operation, examples=3)
    _write_first([each for each in suite.recorder.findings if each.kind in SHOWN], suite, tmp_path)

    assert _outcomes(tmp_path, defect) == {".sh": TELLS, ".py": TELLS}


@pytest.mark.parametrize(("defect", "law"), BY_THE_LAW_ONLY.items(), ids=BY_THE_LAW_ONLY)
def test_where_the_shell_cannot_decide_it_asks_python_and_says_so_where_there_is_none(
    defect: str, law: str, tmp_path: Path
) -> None:
    _write_scripts_of(defect, law, tmp_path)

    assert _outcomes(tmp_path, defect) == {".sh": TELLS, ".py": TELLS}
    assert _outcomes(tmp_path, defect, PYTHON="no-python") == {
        ".sh": (CANNOT_JUDGE, CANNOT_JUDGE),
        ".py": TELLS,
    }


def test_a_law_that_holds_by_itself_is_judged_after_the_writes_that_were_before_it(tmp_path: Path) -> None:
    law, before = "the_statistics_agree_with_the_list", "an_import_creates_exactly_the_deals_in_the_file"
    _write_scripts_of("stats-ignore-imported-deals", law, tmp_path, before)

    assert _outcomes(tmp_path, "stats-ignore-imported-deals")[".py"] == TELLS


def test_a_script_without_its_token_says_what_to_set(tmp_path: Path) -> None:
    _write_scripts_of("value-loses-its-cents", "a_created_deal_reads_back_as_sent", tmp_path)

    for script in tmp_path.iterdir():
        ran = _run(script, "http://127.0.0.1:9/api", ADMIN_TOKEN="", TOKEN="", EMAIL="", PASSWORD="")
        assert (ran.returncode, "TOKEN" in ran.stderr) == (CANNOT_JUDGE, True), script.suffix


def test_a_script_deletes_nothing_of_others_even_if_the_server_ignores_the_search(tmp_path: Path) -> None:
    _write_scripts_of(
        "import-garbles-non-ascii-letters", BY_LAW["import-garbles-non-ascii-letters"], tmp_path
    )
    mock = build_mock(deals=60, seed=SEED, mutation="search-is-ignored")
    before = _left(mock)
    with serving(mock.app) as root:
        for script in tmp_path.iterdir():
            _run(script, f"{root}/api")

    assert _left(mock)[0] >= before[0]


def _write_scripts_of(defect: str, law: str, folder: Path, *before: str) -> None:
    """Judge all cases of the laws on a defective server, and write the scripts of what the last finds."""
    with _run_against(defect) as suite:
        for name in (*before, law):
            for each in all_laws(CONTRACT):
                if each.name == name:
                    judge_law(each, suite)
    _write_first([each for each in suite.recorder.findings if each.rule == law], suite, folder)


def _write_first(findings: list[Finding], suite: Suite, folder: Path) -> None:
    scripts = Scripts(suite.client, folder)
    scripts.write(findings[:1])
    assert (len(scripts.names), scripts.problems) == (1, [])


@contextmanager
def _run_against(defect: str) -> Iterator[Suite]:
    people = {**PEOPLE, "quote_id": primary_quote()}
    with serving(mock_app(mutation=defect)) as root, run_against(f"{root}/api", **people) as suite:
        yield suite


def _outcomes(folder: Path, defect: str, **environment: str) -> dict[str, tuple[int, int]]:
    """For each kind of script its status on a defective and a sound server, on which it leaves nothing."""
    scripts = sorted(folder.iterdir())
    texts = "".join(script.read_text() for script in scripts)
    assert [name for name, secret in SECRETS.items() if secret in texts] == []
    statuses = []
    for mutation in (defect, None):
        mock = build_mock(deals=60, seed=SEED, mutation=mutation)
        with serving(mock.app) as root:
            before = _left(mock)
            statuses.append([_run(script, f"{root}/api", **environment).returncode for script in scripts])
            assert _left(mock) == before
    return {
        script.suffix: (defective, sound) for script, defective, sound in zip(scripts, *statuses, strict=True)
    }


def _left(mock: Mock) -> tuple[set[int], set[int]]:
    """The ids of the deals and of the stages."""
    return {deal.id for deal in mock.world.deals}, {stage.id for stage in mock.world.stages}


def _run(script: Path, url: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = ["sh", str(script)] if script.suffix == ".sh" else [sys.executable, str(script)]
    environment = {**os.environ, **ENVIRONMENT, "PYTHON": sys.executable, "BASE_URL": url, **variables}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
