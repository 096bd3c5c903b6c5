"""Mocks in processes of their own, and requests to them."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

MOCK = [sys.executable, "-m", "mock_server"]
NOW = "2026-02-09T12:00:00Z"


@contextmanager
def process(command: list[str], **options: Any) -> Iterator[Any]:
    """A process that is killed in the end."""
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **options}
    with subprocess.Popen(command, **options) as started:
        try:
            yield started
        finally:
            started.kill()


def line_with(started: Any, word: str) -> str:
    """The first line of its output with this word."""
    for line in started.stdout:
        if word in line:
            return str(line)
    raise AssertionError(started.stderr.read())


@dataclass
class MockProcess:
    """A mock that is ready."""

    process: Any
    greeting: str

    @property
    def url(self) -> str:
        return re.findall(r"API\s+(\S+)/api", self.greeting)[0]

    @property
    def token(self) -> str:
        """The first token that it printed: the admin's."""
        return re.findall(r"token\s+(\S+)", self.greeting)[0]

    def send(
        self, method: str, path: str, *, world: str = "", token: str = "", **more: Any
    ) -> httpx.Response:
        """Any request, as an admin, in any world."""
        headers = {"Authorization": f"Bearer {token or self.token}"}
        prefix = f"/worlds/{world}" if world else ""
        return httpx.request(method, f"{self.url}{prefix}{path}", headers=headers, timeout=30, **more)

    def end(self) -> int:
        """End it by a signal; its status."""
        self.process.terminate()
        status: int = self.process.wait(timeout=10)
        return status


@contextmanager
def mock_process(*options: str, now: str = NOW) -> Iterator[MockProcess]:
    """A mock on a free port with a fixed clock."""
    with process([*MOCK, "--port", "0", *(["--now", now] if now else []), *options]) as started:
        lines = []
        while not any("rep:" in line for line in lines):
            line = started.stdout.readline()
            assert line, started.stderr.read()
            lines.append(line)
        yield MockProcess(started, "".join(lines))
