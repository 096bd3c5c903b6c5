"""The command line: errors in one line, a clean start and a clean shutdown."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from deals_spec.document import CHECKOUT
from mock_server import cli
from mock_server.server import address_of, is_local, listen
from tests.mock_server.conftest import Api


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--port", "x"], "must be an integer from 0 to 65535, not 'x'"),
        (["--port", "65536"], "must be an integer from 0 to 65535, not '65536'"),
        (["--port", "9" * 5000], "must be an integer from 0 to 65535"),
        (["--port", "00000000099999"], "must be an integer from 0 to 65535"),
        (["--seed", "1000000000"], "must be an integer from 0 to 999999999"),
        (["--deals", "0000000009999999999"], "must be an integer from 0 to 1000000"),
        (["--deals", "-1"], "--deals"),
        (
            ["--now", "tomorrow"],
            "'tomorrow' is not a valid time; expected a form such as 2026-01-15T09:30:00Z",
        ),
        (["--now", "9999-12-31"], "'9999-12-31' is out of range; the year must be from 1971 to 2999"),
        (["--now", "1970-12-31T23:59:59Z"], "is out of range; the year must be from 1971 to 2999"),
        (["--now", "2026-13-01"], "'2026-13-01' is not a valid time: month must be in 1..12"),
        (["--now", "2026-02-30"], "'2026-02-30' is not a valid time: day is out of range for month"),
        (["--now", ""], "'' is not a valid time; expected a form such as 2026-01-15T09:30:00Z"),
        (["--port", "000000000070000"], "must be an integer from 0 to 65535, not '000000000070000'"),
        (["--port", "70000"], "must be an integer from 0 to 65535, not '70000'"),
        (["--port", "4010 "], "must be an integer from 0 to 65535, not '4010 '"),
        (["--port", "٤٠١٠"], "must be an integer from 0 to 65535"),
        (["--allow-host", "http://mock"], "must be a host name without a scheme or port, not 'http://mock'"),
        (["--allow-host", "mock:80"], "must be a host name without a scheme or port, not 'mock:80'"),
        (["--admin-key", "short"], "must be 8 to 200 letters, digits or any of . _ ~ -"),
        (["--allow-host", ""], "must be a host name without a scheme or port, not ''"),
        (
            ["--defect", "creates-answer-200"],
            "'creates-answer-200' is a variation, not a defect; use --variation creates-answer-200",
        ),
        (
            ["--variation", "page-is-ignored"],
            "'page-is-ignored' is a defect, not a variation; use --defect page-is-ignored",
        ),
        (["--log-level", "loud"], "invalid choice: 'loud'"),
        (["--nope"], "unrecognized arguments: --nope"),
        (["--por", "1"], "unrecognized arguments"),
    ],
)
def test_a_bad_option_is_one_line_and_status_2(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(arguments)
    stderr = capsys.readouterr().err
    assert end.value.code == 2
    assert said in stderr
    assert stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--port", "0", "--fixture", "no-such-world"], "no-such-world"),
        (["--port", "0", "--contract", "no-such.yaml"], "no-such.yaml: cannot be read: No such file"),
        (["--port", "0", "--host", "999.1.1.1"], "Cannot listen on 999.1.1.1"),
        (["--port", "0", "--host", ""], "Cannot listen on "),
        (
            ["--port", "4010", "--host", "192.0.2.1"],  # an address for documentation, which no machine has
            "Cannot listen on 192.0.2.1 port 4010: this machine does not have this address\n",
        ),
    ],
)
def test_what_cannot_be_used_is_one_line_and_status_2(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(arguments) == 2
    stderr = capsys.readouterr().err
    assert said in stderr
    assert stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("servers:", "serverz:", "serverz"),
        (
            "operationId: listDeals",
            "operationId: listOffers",
            ":83: no handler in mock_server/handlers: listOffers",
        ),
        ("    DealsCsv:", "    DealsTsv:", "DealsCsv is not there"),
        ("    Role:", "    Rolle:", "#/components/schemas/Role is not there"),
        ("paths:", "paths: 7\nothers:", "7 is not"),
        ("info:", "info: \x00", "mine.yaml: cannot be read: unacceptable character"),
    ],
)
def test_a_contract_that_cannot_be_used_is_one_line_and_status_2(
    old: str, new: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    contract = tmp_path / "mine.yaml"
    contract.write_text(CHECKOUT.read_text("utf-8").replace(old, new, 1), "utf-8")
    assert cli.main(["--port", "0", "--contract", str(contract)]) == 2
    stderr = capsys.readouterr().err
    assert stderr.startswith(f"deals-mock: {contract}")
    assert said in stderr
    assert stderr.count("\n") == 1


def test_a_taken_port_is_one_line_and_status_2(capsys: pytest.CaptureFixture[str]) -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        assert cli.main(["--port", str(port)]) == 2
    stderr = capsys.readouterr().err
    assert f"Cannot listen on 127.0.0.1 port {port}: address already in use" in stderr
    assert stderr.count("\n") == 1


def test_help_tells_a_newcomer_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(["--help"])
    told = capsys.readouterr().out
    assert end.value.code == 0
    for word in (
        "--host",
        "4010",
        "--seed",
        "42",
        "--deals",
        "200",
        "--fixture",
        "nasty",
        "--now",
        "examples:",
        "--allow-host",
        "--no-admin",
        "--admin-key",
        'Every user has the password "password"',
        "any web page that you open can call the API",
    ):
        assert word in told


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-15T09:30:00Z", datetime(2026, 1, 15, 9, 30, tzinfo=UTC)),
        ("2026-01-15T09:30:00+02:00", datetime(2026, 1, 15, 7, 30, tzinfo=UTC)),
        ("2026-01-15", datetime(2026, 1, 15, tzinfo=UTC)),
    ],
)
def test_the_clock_is_held_in_utc(text: str, moment: datetime) -> None:
    assert cli.parser().parse_args(["--now", text]).now == moment


def test_an_address_is_one_that_a_client_can_call() -> None:
    with listen("0.0.0.0", 0) as everywhere:
        assert address_of(everywhere) == f"http://127.0.0.1:{everywhere.getsockname()[1]}"


@pytest.mark.skipif(not socket.has_ipv6, reason="needs IPv6")
def test_an_address_of_ipv6_stands_in_brackets() -> None:
    with listen("::1", 0) as here:
        assert address_of(here).startswith("http://[::1]:")


@pytest.mark.parametrize(
    ("host", "local"), [("127.0.0.1", True), ("localhost", True), ("127.9.9.9", True), ("0.0.0.0", False)]
)
def test_whether_other_machines_can_connect_is_known(host: str, local: bool) -> None:
    with listen(host, 0) as listening:
        assert is_local(listening) is local


def test_an_open_address_is_warned_of(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "serve", lambda *_, **__: None)
    assert cli.main(["--host", "0.0.0.0", "--port", "0", "--fixture", "empty"]) == 0
    told = capsys.readouterr().err
    assert "other machines can reach 0.0.0.0" in told
    assert re.search(r"X-Mock-Admin-Key: [\w-]{20,}\n", told)
    assert cli.main(["--port", "0", "--fixture", "empty"]) == 0
    assert capsys.readouterr().err == ""


@pytest.fixture
def mock() -> Iterator[tuple[Any, str]]:
    """A mock in its own process, and what it printed when it was ready."""
    command = [sys.executable, "-m", "mock_server", "--port", "0", "--deals", "20", "--now", "2026-01-15"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        lines: list[str] = []
        while len([line for line in lines if "curl" in line]) < 3:
            line = process.stdout.readline() if process.stdout else ""
            assert line, process.stderr.read() if process.stderr else ""
            lines.append(line)
        yield process, "".join(lines)
        process.kill()


def fetched(url: str, token: str = "") -> Any:
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"} if token else {})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def test_what_it_prints_works_at_once(mock: tuple[Any, str]) -> None:
    _, printed = mock
    health = re.findall(r"Health\s+(\S+)", printed)[0]
    assert fetched(health)["started_with"]["fixture"] == "default"
    assert fetched(health) | {"status": "ok", "deals": 20} == fetched(health)
    calls = re.findall(r'curl -H "Authorization: Bearer (\S+)" "(\S+)"', printed)
    assert len(calls) == 3
    for token, url in calls:
        assert len(fetched(url, token)["data"]) == 5
    assert [line.split(":")[0] for line in printed.splitlines() if "@" in line] == ["admin", "manager", "rep"]


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_with_connections_open(mock: tuple[Any, str], ending: signal.Signals) -> None:
    process, printed = mock
    host, port = re.findall(r"API\s+http://([^:]+):(\d+)", printed)[0]
    with (
        socket.create_connection((host, int(port))) as idle,
        socket.create_connection((host, int(port))) as half,
    ):
        idle.sendall(b"GET /__admin/health HTTP/1.1\r\nHost: x\r\n\r\n")
        assert idle.recv(100)
        half.sendall(b"POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{")
        process.send_signal(ending)
        assert process.wait(timeout=5) == 0
    assert process.stderr.read() == ""


def test_an_expired_token_is_printed_alone(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--print-expired-token"]) == 0
    token = capsys.readouterr().out.strip()
    answer = api.send("GET", "/api/deals", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["message"]) == (401, "The token has expired")


def test_a_strict_mock_says_what_it_does_not_understand() -> None:
    command = [sys.executable, "-m", "mock_server", "--port", "0", "--deals", "1", "--strict-requests"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            curl = next(line for line in process.stdout if "curl" in line)
            token, url = re.findall(r'Bearer (\S+)" "(\S+)\?', curl)[0]
            request = urllib.request.Request(f"{url}?perPage=5", headers={"Authorization": f"Bearer {token}"})
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(request)
            assert "did you mean per_page?" in refused.value.read().decode()
        finally:
            process.terminate()
