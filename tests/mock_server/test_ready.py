"""How programs learn that a mock is ready, and where: `--json` and `--ready-file`."""

from __future__ import annotations

import json
import os
import re
import shlex
import stat
import subprocess
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from mock_server import __version__, cli
from tests.mock_server.processes import MOCK, mock_process, process

SMALL = ["--port", "0", "--deals", "20"]


def ready(file: Path, mock: Any) -> Any:
    """What the file says, as soon as it is there."""
    while not file.exists():
        assert mock.poll() is None, mock.stderr.read()
        time.sleep(0.02)
    return json.loads(file.read_text("utf-8"))


def test_a_program_reads_one_line_and_calls_what_it_names() -> None:
    with process([*MOCK, *SMALL, "--json"]) as mock:
        told = json.loads(mock.stdout.readline())
        assert (told["pid"], told["version"], told["deals"]) == (mock.pid, __version__, 20)
        assert told["started_with"] == {"fixture": "default", "deals": 20}
        for page in ("docs", "contract", "console", "health"):
            assert httpx.get(told[page]).status_code == 200, page
        assert set(told["tokens"]) == {"admin", "manager", "rep"}
        for token in told["tokens"].values():
            answer = httpx.get(f"{told['api']}/deals", headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code == 200


@pytest.mark.parametrize("options", [[], ["--require-world"]])
def test_the_lines_that_the_greeting_shows_work(options: list[str]) -> None:
    with mock_process("--deals", "20", *options) as mock:
        commands = [shlex.split(line) for line in mock.greeting.splitlines() if line.startswith("  curl ")]
        assert [command[:2] for command in commands] == [["curl", "-H"]] * 2  # and a third one after these
        for _, _, header, url in commands:
            answer = httpx.get(url, headers=[tuple(header.split(": "))])
            assert (answer.status_code, answer.json()["total"]) == (200, 20)
        (docs,) = re.findall(r"Docs +(\S+)", mock.greeting)
        assert httpx.get(docs).status_code == 200
        (contract,) = re.findall(r"Contract +(\S+)", mock.greeting)
        server = httpx.get(contract).json()["servers"][0]["url"]
        answer = httpx.get(f"{server}/deals", headers={"Authorization": f"Bearer {mock.token}"})
        assert answer.status_code == 200


def test_the_file_is_there_while_the_mock_is_ready(tmp_path: Path) -> None:
    file = tmp_path / "ready.json"
    file.write_text("what a killed mock has left", "utf-8")
    options = [*SMALL, "--ready-file", file.name, "--json"]
    with process([*MOCK, *options], cwd=tmp_path) as mock:
        printed = mock.stdout.readline()
        told = ready(file, mock)
        assert told == json.loads(printed)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600 or os.name == "nt"
        assert httpx.get(told["health"]).json()["status"] == "ok"
        mock.terminate()
        assert mock.wait(timeout=10) == 0
    assert list(tmp_path.iterdir()) == []


def test_a_mock_does_not_remove_the_file_of_another(tmp_path: Path) -> None:
    file = tmp_path / "ready.json"
    with process([*MOCK, *SMALL, "--ready-file", str(file)]) as mock:
        ready(file, mock)
        file.write_text("another's", "utf-8")
        mock.terminate()
        assert mock.wait(timeout=10) == 0
    assert file.read_text("utf-8") == "another's"


def test_the_admin_key_that_the_mock_has_made_is_told_to_programs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "serve", lambda _app, _socket, on_ready, **_: on_ready())
    everywhere = ["--host", "0.0.0.0", "--port", "0", "--fixture", "empty", "--json"]
    assert cli.main(everywhere) == 0
    told, warned = capsys.readouterr()
    assert json.loads(told)["admin_key"] in warned
    assert cli.main([*everywhere, "--admin-key", "known-to-me"]) == 0
    assert "admin_key" not in json.loads(capsys.readouterr().out)


def test_a_folder_that_is_not_there_is_one_line_and_status_2(tmp_path: Path) -> None:
    file = tmp_path / "none" / "ready.json"
    done = subprocess.run(
        [*MOCK, *SMALL, "--ready-file", str(file)], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"deals-mock: {file}: cannot be written: no such file or directory\n"
