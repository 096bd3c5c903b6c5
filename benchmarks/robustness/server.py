"""The server under test: a mock in a process of its own, or any server that is already running."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.robustness.wire import Connection

ROOT = Path(__file__).resolve().parents[2]
ROLES = ("admin", "manager", "rep")
NOW = "2026-02-09T12:00:00Z"  # a fixed clock, so that the same requests have the same answers
END_WITHIN = 20  # seconds


class ServerError(Exception):
    """The server did not start, or did not end well."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where a server is, a token for each role, and its process if it is ours."""

    url: str
    tokens: dict[str, str]
    pid: int | None = None

    def resident_kb(self) -> int:
        """The resident memory of the process (Linux)."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        if found is None:
            raise ServerError("the mock has ended")
        return int(found[1])


@contextmanager
def started_mock(*options: str) -> Iterator[Server]:
    """A mock on a free port, until the block ends; then it must end cleanly, without a traceback."""
    command = [sys.executable, "-m", "mock_server", "--port", "0", "--now", NOW, *options]
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, cwd=ROOT)
        try:
            url = _address_of(process, log.fileno())
            yield Server(url, signed_in(url), process.pid)
            if process.poll() is not None:
                raise ServerError(f"the mock ended with status {process.returncode}")
        finally:
            ended = _ended(process)
            if process.stdout:
                process.stdout.close()
        log.seek(0)
        text = log.read()
    if ended != 0:
        raise ServerError(f"the mock ended with status {ended}")
    if "Traceback" in text:
        raise ServerError(f"the mock logged a traceback:\n{_first_traceback(text)}")


def _ended(process: subprocess.Popen[str]) -> int:
    """Ask the mock to end; its exit status."""
    process.send_signal(signal.SIGTERM)
    try:
        return process.wait(timeout=END_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def _first_traceback(log: str) -> str:
    """The first traceback in a log, shortened to its end."""
    found = re.search(r"Traceback.*?\n(?=\S)[^\n]*", log, re.DOTALL)
    return "  …" + found[0][-1500:] if found else log[-1500:]


def _address_of(process: subprocess.Popen[str], log: int) -> str:
    for line in process.stdout or ():
        if found := re.search(r"API +(\S+)", line):
            return found[1]
    raise ServerError(f"the mock did not start:\n{os.pread(log, 2000, 0).decode()}")


@contextmanager
def server_at(url: str | None, options: Sequence[str] = ()) -> Iterator[Server]:
    """The server at this URL, or a mock of our own with these options."""
    if url is None:
        with started_mock(*options) as server:
            yield server
    else:
        yield Server(url.rstrip("/"), signed_in(url.rstrip("/")))


def signed_in(url: str) -> dict[str, str]:
    """A token for each role, by signing in."""
    connection = Connection(url)
    tokens = {}
    for role in ROLES:
        body = {"email": f"{role}@revorbit.example", "password": "password"}
        answer = connection.ask("POST", "/auth/login", "", body)
        if answer.status != 200:
            raise ServerError(f"signing in as {role} at {url} gave {answer.status}")
        tokens[role] = str(answer.json()["token"])
    connection.close()
    return tokens


def expired_token() -> str:
    """A token that every mock takes for its own, but expired."""
    command = [sys.executable, "-m", "mock_server", "--now", NOW, "--print-expired-token"]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout.strip()
