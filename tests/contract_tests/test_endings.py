"""What a run leaves behind, however it ends: reports, renewed waivers, and what GitHub and pytest show."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from contract_tests.report import Summary
from contract_tests.report.ending import end
from contract_tests.reproduce import FOLDER
from contract_tests.run.law_runner import rule_names
from contract_tests.run.suite import Suite
from contract_tests.settings.settings import Settings
from contract_tests.verdict.waivers import TO_DO
from tests.contract_tests.builders import TOKEN
from tests.contract_tests.command import ROOT, run
from tests.contract_tests.little_server import LittleServer, Reply

NOWHERE = ("--base-url", "http://127.0.0.1:9/api", "--token", TOKEN)
REPORTS = ["junit.xml", "report.html", "report.json", "report.md"]
PYTEST = ("-m", "pytest", "contract_tests", "-p", "no:cacheprovider")
HAS = "--only", "listDealStages"  # the little server's stages lack most of their fields


def report_in(directory: Path) -> dict[str, Any]:
    """The report.json of a run, which wrote all others, too."""
    assert sorted(path.name for path in directory.iterdir() if path.name != FOLDER) == REPORTS
    found: dict[str, Any] = json.loads((directory / "report.json").read_text("utf-8"))
    return found


def test_a_run_that_cannot_reach_the_server_writes_its_reports(tmp_path: Path) -> None:
    code, _, err = run(*NOWHERE, "--report-dir", "out", directory=tmp_path)
    found = report_in(tmp_path / "out")

    assert (code, found["exit_status"], found["verdict"]) == (2, 2, "could-not-run")
    assert "cannot reach the server" in found["closing"]
    assert err.count("\n") == 1


def test_a_run_with_a_wrong_waivers_file_writes_its_reports(tmp_path: Path) -> None:
    (tmp_path / "w.yaml").write_text("- {law: no_such_law, reason: x, expires: 2026-03-01}", "utf-8")
    code, out, err = run(*NOWHERE, "--report-dir", "out", "--waivers", "w.yaml", directory=tmp_path)
    found = report_in(tmp_path / "out")

    assert (code, out, found["run_id"]) == (2, "", "")
    assert "there is no law named 'no_such_law'" in found["closing"]
    assert err.count("\n") == 1


def test_a_bug_of_the_suite_is_no_verdict_and_still_writes_its_reports(
    server: LittleServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(base_url=server.url, token=TOKEN, report_dir=tmp_path / "out")
    monkeypatch.setattr(Summary, "of", lambda suite, **_: 1 / 0)
    ending = end(Suite(settings, rules=rule_names()))

    assert ending.exit_status == 2
    assert "internal error: ZeroDivisionError" in report_in(tmp_path / "out")["closing"]


def test_a_report_that_cannot_be_written_is_one_line_and_2(server: LittleServer, tmp_path: Path) -> None:
    (tmp_path / "out" / "report.md").mkdir(parents=True)
    arguments = ["--base-url", server.url, "--token", TOKEN, *HAS, "--report-dir", "out"]
    code, _, err = run(*arguments, directory=tmp_path)

    assert (code, err) == (2, "deals-contract: cannot write to out: report.md: Is a directory\n")
    assert report_in(tmp_path / "out")["exit_status"] == 1


def test_every_report_and_the_terminal_name_the_scripts_of_a_finding(
    server: LittleServer, tmp_path: Path
) -> None:
    arguments = ["--base-url", server.url, "--token", TOKEN, *HAS]
    without = run(*arguments, directory=tmp_path)
    with_them = run(*arguments, "--report-dir", "out", directory=tmp_path)
    found = [each for each in report_in(tmp_path / "out")["findings"] if each["kind"] == "violation"]
    told = [with_them[1], *((tmp_path / "out" / name).read_text("utf-8") for name in REPORTS)]

    assert (without[0], with_them[0]) == (1, 1)
    assert f"{FOLDER}/" not in without[1]
    assert found
    assert {each["script"] for each in found} == {f"{FOLDER}/{each['id']}.sh" for each in found}
    assert all(f"{FOLDER}/{found[0]['id']}.sh" in text for text in told)
    assert all((tmp_path / "out" / FOLDER / f"{each['id']}.py").is_file() for each in found)


def test_scripts_that_cannot_be_written_change_no_verdict(server: LittleServer, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / FOLDER).write_text("in the way", "utf-8")
    arguments = ["--base-url", server.url, "--token", TOKEN, *HAS, "--report-dir", "out"]
    code, out, _ = run(*arguments, directory=tmp_path)

    assert code == 1
    assert "the scripts cannot be written: File exists" in out
    assert {each["script"] for each in report_in(tmp_path / "out")["findings"]} == {None}


def test_waivers_of_what_was_found_make_the_next_run_green(server: LittleServer, tmp_path: Path) -> None:
    arguments = ["--base-url", server.url, "--token", TOKEN, *HAS, "--min-judged", "0"]
    first = run(*arguments, "--update-waivers", "w.yaml", "--report-dir", "a", directory=tmp_path)
    written = (tmp_path / "w.yaml").read_text("utf-8")
    again = run(*arguments, "--update-waivers", "w.yaml", "--waivers", "w.yaml", "--compare",
                "a/report.json", "--report-dir", "b", directory=tmp_path)  # fmt: skip
    found = report_in(tmp_path / "b")

    assert (first[0], again[0]) == (1, 0), again
    assert TO_DO in written
    assert "say in each new one why it is accepted" in first[1]
    assert (tmp_path / "w.yaml").read_text("utf-8") == written
    assert found["counts"]["waivers"] == written.count("- check")  # nobody has filled in the reasons yet
    assert (found["comparison"]["new"], found["comparison"]["gone"]) == ([], [])


def test_on_github_the_verdict_is_shown_there(server: LittleServer, tmp_path: Path) -> None:
    arguments = ["--base-url", server.url, "--token", TOKEN, *HAS]
    on_github = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(tmp_path / "step.md")}
    code, out, _ = run(*arguments, directory=tmp_path, **on_github)

    assert code == 1
    assert "\n::notice title=deals-contract::Does not conform" in out
    assert "\n::error title=deals-contract%3A listDealStages::Stage." in out
    assert (tmp_path / "step.md").read_text("utf-8").startswith("## ❌ Deals API contract")


def test_on_github_a_run_that_could_not_begin_is_an_error(tmp_path: Path) -> None:
    _, out, _ = run(*NOWHERE, directory=tmp_path, GITHUB_ACTIONS="true")

    assert "\n::error title=deals-contract could not run::cannot reach the server" in out


# The same from pytest


def test_pytest_gives_the_same_verdict(server: LittleServer, tmp_path: Path) -> None:
    arguments = ["--base-url", server.url, "--token", TOKEN, *HAS, "--report-dir", str(tmp_path / "out")]
    code, out, err = run(*arguments, directory=ROOT, program=PYTEST)

    assert code == 1, out + err
    assert "listDealStages: Stage.is_lost and is_won are present" in out
    assert report_in(tmp_path / "out")["closing"] in out


def test_pytest_shows_what_was_not_judged_as_skipped(server: LittleServer) -> None:
    only = "requests_with_an_expired_token_are_refused,listDealTasks"
    arguments = ["--base-url", server.url, "--token", TOKEN, "--read-only", "--only", only, "-rs"]
    _, out, err = run(*arguments, directory=ROOT, program=PYTEST)

    assert "SKIPPED" in out, out + err
    assert "requires --expired-token" in out


def test_pytest_ends_as_the_command_does_where_it_cannot_run(tmp_path: Path) -> None:
    arguments = [*NOWHERE, "--report-dir", str(tmp_path / "out")]
    code, out, _ = run(*arguments, directory=ROOT, program=PYTEST)

    assert code == 2
    assert "cannot reach the server" in out
    assert report_in(tmp_path / "out")["verdict"] == "could-not-run"


def test_what_a_server_sends_does_not_steer_pytest_either(server: LittleServer) -> None:
    server.answer = lambda request: Reply(404, b"\x1b[2J\x9b", content_type="text/\x1b[2Jhtml")
    _, out, err = run("--base-url", server.url, "--token", TOKEN, directory=ROOT, program=PYTEST)

    assert not {"\x1b", "\x9b"} & set(out + err)
