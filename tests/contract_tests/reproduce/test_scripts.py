"""What the scripts of findings contain, and that nothing that fails with them concerns the run."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from contract_tests.client.client import Client
from contract_tests.report.ending import write_scripts
from contract_tests.reproduce import Scripts
from contract_tests.reproduce.plan import Planner
from contract_tests.run.rehearsal import Outcome
from contract_tests.run.suite import Suite
from contract_tests.settings.settings import Settings
from contract_tests.verdict.findings import Finding, Kind
from tests.contract_tests.builders import TOKEN, exchange, finding, target

MADE = b'{"success": true, "data": {"id": 61, "name": "Deal dc-abc123t1e"}}'


@pytest.fixture
def client() -> Client:
    """A client that has made a deal."""
    client = target("http://there/api", headers=(("X-Api-Key", "a-key-that-is-secret"),))
    request = b'{"name": "Deal dc-abc123t1e", "stage_id": 3}'
    sent = {"Content-Type": "application/json"}
    how = {"method": "POST", "request_body": request, "request_headers": sent}
    client.created.learn_from(exchange(201, MADE, operation_id="createDeal", **how))
    return client


def read(client: Client, **fields: Any) -> Finding:
    """A finding of a check: the deal is read, and its value is a text."""
    there = "http://there/api/deals/61"
    body = b'{"success": true, "data": {"id": 61, "value": "12"}}'
    shown = exchange(body=body, path="/deals/61", url=there, operation_id="getDeal", **fields)
    client.created.learn_from(shown)
    return finding(
        rule="response_schema_conformance",
        operation="getDeal",
        claim="Deal.value is of type number",
        expected="number",
        received='body.data.value = "12"',
        subject="Deal.value",
        exchanges=(shown,),
    )


def texts(client: Client, folder: Path, *findings: Finding) -> dict[str, str]:
    """The scripts of the findings, by suffix."""
    scripts = Scripts(client, folder)
    scripts.write(findings)
    assert scripts.problems == []
    return {path.suffix: path.read_text("utf-8") for path in folder.iterdir()}


def test_a_script_makes_what_its_requests_need(client: Client, tmp_path: Path) -> None:
    found = texts(client, tmp_path, read(client))

    assert """make deal1 POST /deals '{"name": "Deal '$run't1e", "stage_id": 3}'""" in found[".sh"]
    assert 'send GET "/deals/$deal1"' in found[".sh"]
    assert "some '^data\\.value\t\"'" in found[".sh"]
    made = """'{"name": "Deal ${run}t1e", "stage_id": 3}'"""
    assert f"api.make('deal1', 'POST', '/deals', {made})" in found[".py"]
    assert "api.send('GET', '/deals/$deal1')" in found[".py"]


def test_scripts_are_valid_programs(client: Client, tmp_path: Path) -> None:
    found = texts(client, tmp_path, read(client))
    checked = subprocess.run(["sh", "-n"], input=found[".sh"], text=True, capture_output=True)

    compile(found[".py"], "script.py", "exec")
    assert (checked.returncode, checked.stderr) == (0, "")


def test_no_script_contains_a_secret(client: Client, tmp_path: Path) -> None:
    sent = {"Authorization": f"bearer {TOKEN}", "X-Api-Key": "a-key-that-is-secret"}
    found = texts(client, tmp_path, read(client, request_headers=sent))

    for text in found.values():
        assert TOKEN not in text
        assert "a-key-that-is-secret" not in text
        assert "bearer $TOKEN" in text or "bearer '$TOKEN'" in text
        assert "X_API_KEY" in text or "headers=['X-Api-Key']" in text


def test_what_is_not_judged_or_has_no_proof_has_no_script(client: Client, tmp_path: Path) -> None:
    scripts = Scripts(client, tmp_path / "reproduce")
    scripts.write([finding(), finding(Kind.NOT_JUDGED, exchanges=(exchange(),))])

    assert (scripts.names, scripts.problems) == ({}, [])
    assert not (tmp_path / "reproduce").exists()


def test_a_bug_in_one_script_keeps_no_other_from_being_written(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, bad, good = Planner.plan, read(client), finding(exchanges=(exchange(),))
    monkeypatch.setattr(Planner, "plan", lambda self: 1 / 0 if self._finding is bad else plan(self))
    scripts = Scripts(client, tmp_path)
    scripts.write([bad, good])

    assert scripts.names == {good.id: f"{tmp_path.name}/{good.id}.sh"}
    assert scripts.problems == [f"no script for {bad.id}: ZeroDivisionError: division by zero"]


def test_when_the_time_is_over_nothing_is_searched_and_the_shell_does_not_judge(
    client: Client, tmp_path: Path
) -> None:
    class Law:
        law_id = "pages_partition_the_list"

        def __call__(self, _: object) -> None:
            raise AssertionError("searched")

    shown = exchange()
    found = finding(exchanges=(shown,), trace=(shown,), rejudge=Law())
    scripts = Scripts(client, tmp_path, seconds=0)
    scripts.write([found])

    assert scripts.problems == []
    assert "cannot judge" in (tmp_path / f"{found.id}.sh").read_text("utf-8")
    assert "show_law('pages_partition_the_list'" in (tmp_path / f"{found.id}.py").read_text("utf-8")


def test_what_should_be_elsewhere_in_the_response_is_looked_for_where_it_should_be(
    client: Client, tmp_path: Path
) -> None:
    found = replace(
        read(client),
        subject="body.data",
        expected="body.data in its documented place",
        received="found at body",
    )

    assert "is data ''" in texts(client, tmp_path, found)[".sh"]


def test_a_law_about_a_file_is_left_to_python(client: Client, tmp_path: Path) -> None:
    file = exchange(body=b"name,value,stage_name\r\n", headers={}, path="/deals/export", number=90)
    broken = Outcome(1, "a row", "none")
    found = finding(exchanges=(file,), trace=(file,), rejudge=lambda _: broken, rule="the_export_has_rows")

    assert "cannot judge" in texts(client, tmp_path, found)[".sh"]


def test_recorded_traffic_has_no_scripts_since_nobody_may_send_anything(tmp_path: Path) -> None:
    recorded = tmp_path / "traffic.har"
    recorded.write_text("{}", "utf-8")
    suite = Suite(Settings(base_url="", har=recorded, report_dir=tmp_path / "out"))
    suite.recorder.add(finding(exchanges=(exchange(),)))

    assert write_scripts(suite) == {}
    assert not (tmp_path / "out").exists()
