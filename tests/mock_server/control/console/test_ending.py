"""The mock ends when it is told to, although somebody watches; what watches finds out at once."""

from __future__ import annotations

import signal
import subprocess
import sys

import httpx
import pytest


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_the_mock_ends_although_somebody_watches(ending: signal.Signals) -> None:
    command = [sys.executable, "-m", "mock_server", "--port", "0", "--deals", "3"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            console = next(line.split()[1] for line in process.stdout if "Console" in line)
            with httpx.stream("GET", f"{console}events", timeout=30) as answer:
                lines = answer.iter_lines()
                assert next(lines) == "retry: 1000"
                process.send_signal(ending)
                with pytest.raises(httpx.RemoteProtocolError):  # it is cut off
                    list(lines)
            _, errors = process.communicate(timeout=30)
            assert (process.returncode, errors) == (0, "")
        finally:
            process.kill()
