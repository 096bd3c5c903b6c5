"""`python -m benchmarks.robustness`: the commands and their exit status."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

import pytest

from benchmarks.robustness.__main__ import main
from benchmarks.robustness.server import started_mock


def test_a_small_run_of_each_command_holds(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fuzz", "--requests", "40", "--seed", "5"]) == 0
    assert main(["clients", "--clients", "2", "--requests", "20"]) == 0
    assert main(["memory", "--rounds", "20"]) == 0
    assert capsys.readouterr().out.count("The mock holds.") == 3


def test_a_mock_that_is_already_running_is_fuzzed_too(capsys: pytest.CaptureFixture[str]) -> None:
    with started_mock("--deals", "10") as server:
        assert main(["fuzz", "--requests", "40", "--url", server.url + "/"]) == 0
    assert "failures     0" in capsys.readouterr().out


def test_what_does_not_hold_is_told_by_the_exit_status(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fuzz", "--requests", "300", "--defect", "json-is-sent-as-html"]) == 1
    assert "✗ seed 1, request " in capsys.readouterr().out


def test_a_mock_that_does_not_start_is_told_in_short(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fuzz", "--requests", "1", "--defect", "no-such-defect"]) == 1
    assert "the mock did not start" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["0", "-1", "x", "1.5"])
def test_a_number_of_requests_is_positive(text: str) -> None:
    with pytest.raises(SystemExit):
        main(["fuzz", "--requests", text])


def test_a_server_that_does_not_answer_is_a_verdict_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:  # and nobody accepts
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/api"
        threading.Thread(target=_hang_up, args=(listening,), daemon=True).start()
        assert main(["clients", "--clients", "1", "--requests", "1", "--url", address]) == 1
    assert "The mock does not hold." in capsys.readouterr().out


def _hang_up(listening: socket.socket) -> None:
    listening.settimeout(20)
    with suppress(OSError):
        while True:
            listening.accept()[0].close()


def test_a_defect_is_not_for_a_server_that_is_already_running(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["fuzz", "--url", "http://127.0.0.1:1/api", "--defect", "page-is-ignored"])
    assert "cannot be combined with --url" in capsys.readouterr().err
