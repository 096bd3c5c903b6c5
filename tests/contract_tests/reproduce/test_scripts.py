"""What the scripts of findings contain, and that nothing that fails with them concerns the run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
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
from tests.contract_tests.builders import CONTRACT, TOKEN, exchange, finding, target

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
        assert "bearer $TOKEN" in text or """bearer '"$TOKEN"'""" in text
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


def test_a_create_that_breaks_a_check_may_be_refused_elsewhere(tmp_path: Path) -> None:
    client = target("http://there/api")
    sent = {"method": "POST", "request_body": b"{}", "path": "/deals", "url": "http://there/api/deals"}
    shown = exchange(201, MADE, operation_id="createDeal", **sent)
    client.created.learn_from(shown)
    rule = {"rule": "status_code_conformance", "claim": "a documented status"}
    found = texts(client, tmp_path, finding(**rule, operation="createDeal", exchanges=(shown,)))

    assert "api.send('POST', '/deals'" in found[".py"]


def test_an_id_is_replaced_only_where_it_means_that_record(tmp_path: Path) -> None:
    client = target("http://there/api")
    made = b'{"success": true, "data": {"id": 1, "content": "Note dc-abc123t1e"}}'
    there = {"path": "/deals/1/notes", "url": "http://there/api/deals/1/notes"}
    note = exchange(201, made, operation_id="createDealNote", method="POST", request_body=b"{}", **there)
    client.created.learn_from(note)
    path = "/deals/1/notes/1"
    sent = {"path": path, "url": f"http://there/api{path}", "operation_id": "deleteDealNote"}
    gone = exchange(500, b"{}", method="DELETE", **sent)
    client.created.learn_from(gone)
    rule = {"rule": "not_a_server_error", "claim": "never a server error"}
    found = texts(client, tmp_path, finding(**rule, operation="deleteDealNote", exchanges=(gone,)))

    assert "DELETE /deals/1/notes/$note1" in found[".sh"].replace('"', "")


@pytest.mark.parametrize("suffix", [".sh", ".py"])
def test_a_server_that_is_gone_shows_nothing(suffix: str, client: Client, tmp_path: Path) -> None:
    (tmp_path / f"it{suffix}").write_text(texts(client, tmp_path / "all", read(client))[suffix])
    ran = run_script(tmp_path / f"it{suffix}", BASE_URL="http://127.0.0.1:9/api")

    assert (ran.returncode, "could not run" in ran.stderr) == (2, True)


def test_a_script_for_python_says_what_to_install(client: Client, tmp_path: Path) -> None:
    (tmp_path / "it.py").write_text(texts(client, tmp_path / "all", read(client))[".py"])
    ran = subprocess.run([sys.executable, "-I", "-S", tmp_path / "it.py"], capture_output=True, text=True)

    assert (ran.returncode, "install deals-contract" in ran.stderr) == (2, True)


def test_whatever_a_password_or_a_path_contains_stays_one_value(tmp_path: Path) -> None:
    harm = tmp_path / "harm"
    settings = Settings(
        base_url="http://127.0.0.1:9/api",
        email="me@crm.example",
        password=f"""a"b\\ 'c' $(touch {harm}) * -o {harm}""",
        ca_file=tmp_path / f"it's $(touch {harm}).pem",
    )
    client = Client(settings, CONTRACT, "dc-abc123")
    body = json.dumps({"email": settings.email, "password": settings.password}).encode()
    sent = {"method": "POST", "path": "/auth/login", "url": "http://127.0.0.1:9/api/auth/login"}
    login = exchange(500, b"{}", operation_id="login", as_="nobody", request_body=body, **sent)
    client.created.learn_from(login)
    rule = {"rule": "not_a_server_error", "claim": "never a server error"}
    script = texts(client, tmp_path / "all", finding(**rule, operation="login", exchanges=(login,)))[".sh"]
    curl = tmp_path / "curl"
    curl.write_text(f'#!/bin/sh\nfor a; do case $a in @*/sent) cp "${{a#@}}" {tmp_path}/body ;; esac; done\n')
    curl.chmod(0o755)
    (tmp_path / "it.sh").write_text(script)
    given = {"EMAIL": settings.email, "PASSWORD": settings.password}
    run_script(tmp_path / "it.sh", **given, PATH=f"{tmp_path}:{os.environ['PATH']}")

    assert json.loads((tmp_path / "body").read_bytes()) == json.loads(body)
    assert not harm.exists()


def run_script(script: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a script with a token and a key, as a user would."""
    command = ["sh", str(script)] if script.suffix == ".sh" else [sys.executable, str(script)]
    environment = {**os.environ, "TOKEN": TOKEN, "X_API_KEY": "a-key-that-is-secret", **variables}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
