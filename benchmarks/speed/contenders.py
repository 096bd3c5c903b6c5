"""Who is compared, and how each is started."""

from __future__ import annotations

import compileall
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import IO

from benchmarks.machine import ROOT, free_port, processes_of, processor_seconds, resident_mb
from benchmarks.robustness.wire import Connection, NoAnswerError
from benchmarks.speed.bare_flask import BODIES
from mock_server import __version__

INSTALLED = ROOT / "build" / "peers"  # by install.sh
CONTRACT = "openapi/deals.yaml"
NOW = "2026-02-09T12:00:00Z"
START_WITHIN = 120  # seconds
PACKAGES = ("benchmarks", "deals_spec", "mock_server")  # of the checkout, from which contenders start
NO_CACHES = ("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX")  # keep Python from using its caches
ANY_TOKEN = "any"


class SpeedError(Exception):
    """Something did not start, or did not answer as it should; no figure would be honest."""


@dataclass(frozen=True)
class Contender:
    """One server: the command that starts it at a port, and what it does for its answers."""

    name: str
    does: str
    command: Callable[[str], list[str]]
    base: str = "/api"
    version: Callable[[], str] = lambda: __version__
    tells_token: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def program(self) -> Path:
        """The program that has to be installed."""
        return Path(self.command("0")[0])


@dataclass(frozen=True, slots=True)
class Running:
    """A server that has answered well: its URL, a token, its processes, and when it did so."""

    name: str
    url: str
    token: str
    group: int
    ready_after: float

    def resident_mb(self) -> float:
        """The memory of all its processes."""
        return resident_mb(processes_of(self.group))

    def processor_seconds(self) -> float:
        """The processor time of all its processes."""
        return processor_seconds(processes_of(self.group))


def mock(*options: str) -> Contender:
    """The mock, as its users start it, with a fixed time."""
    command = [sys.executable, "-m", "mock_server", "--json", "--now", NOW, *options]
    return Contender(
        "deals-mock",
        "a world of 200 deals; tokens, roles, validation of requests and of every answer",
        lambda port: [*command, "--port", port],
        tells_token=True,
    )


def peers(installed: Path, bodies: Path) -> list[Contender]:
    """What the mock is compared with; `bodies` has the bytes of its answers."""
    node, scripts = installed / "node_modules" / ".bin", installed / "venv" / "bin"
    granian = [str(scripts / "granian"), "--interface", "wsgi", "--workers", "1", "--log-level", "warning"]
    recorded = {BODIES: str(bodies)}
    return [
        Contender(
            "bare Flask, granian",
            "the same bytes, no checks",
            lambda port: [*granian, "--port", port, "--factory", "benchmarks.speed.bare_flask:create_app"],
            version=lambda: _python_versions(str(scripts / "python"), "Flask", "granian"),
            environment=recorded,
        ),
        Contender(
            "bare Flask, our server",
            "the same bytes, no checks, under the server that the mock runs on",
            lambda port: [sys.executable, "-m", "benchmarks.speed.bare_flask", port],
            version=lambda: _python_versions(sys.executable, "Flask", "uvicorn"),
            environment=recorded,
        ),
        Contender(
            "Prism, static",
            "the contract's example, a list of one deal; validation of requests, any token",
            lambda port: [str(node / "prism"), "mock", CONTRACT, "--host", "127.0.0.1", "--port", port],
            base="",
            version=lambda: _node_version(installed, "@stoplight/prism-cli"),
        ),
        Contender(
            "Mockoon",
            "one deal made of the schema by templates, a list of one deal; no checks, no tokens",
            lambda port: [
                *(str(node / "mockoon-cli"), "start", "--data", CONTRACT, "--port", port),
                "--disable-log-to-file",
            ],
            version=lambda: _node_version(installed, "@mockoon/cli"),
        ),
    ]


def _python_versions(python: str, *packages: str) -> str:
    code = "import sys; from importlib.metadata import version; print(*map(version, sys.argv[1:]))"
    command = [python, "-c", code, *packages]
    versions = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return ", ".join(" ".join(pair) for pair in zip(packages, versions, strict=True))


def _node_version(installed: Path, package: str) -> str:
    description = (installed / "node_modules" / package / "package.json").read_text("utf-8")
    return str(json.loads(description)["version"])


@contextmanager
def running(contender: Contender) -> Iterator[Running]:
    """The server, from its first good answer until the block ends."""
    port = str(free_port())
    command = contender.command(port)
    environment = _environment(contender)
    _compile_checkout()
    with tempfile.TemporaryFile("w+") as log:
        begun = time.perf_counter()
        process = subprocess.Popen(
            command, stdout=log, stderr=subprocess.STDOUT, start_new_session=True, cwd=ROOT, env=environment
        )
        try:
            url = f"http://127.0.0.1:{port}{contender.base}"
            token = _first_good_answer(contender, url, process, log)
            yield Running(contender.name, url, token, process.pid, time.perf_counter() - begun)
        finally:
            with suppress(ProcessLookupError):  # it has ended by itself
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _environment(contender: Contender) -> dict[str, str]:
    """The environment of a start, in which Python uses its caches of compiled modules, as a user's does."""
    given = {name: value for name, value in os.environ.items() if name not in NO_CACHES}
    return {**given, "PYTHONPATH": str(ROOT), **contender.environment}


@cache  # once for all contenders
def _compile_checkout() -> None:
    """Compile the project as pip compiles what it installs, so that no start that is measured has to."""
    for package in PACKAGES:
        compileall.compile_dir(ROOT / package, quiet=1)


def _first_good_answer(contender: Contender, url: str, process: subprocess.Popen[bytes], log: IO[str]) -> str:
    """Ask until a list is answered well; the token that it needed."""
    end = time.monotonic() + START_WITHIN
    while time.monotonic() < end and process.poll() is None:
        printed = os.pread(log.fileno(), 100_000, 0).decode()
        token = _told_token(printed) if contender.tells_token else ANY_TOKEN
        if token and _answers(url, token):
            return token
        time.sleep(0.005)
    printed = os.pread(log.fileno(), 2000, 0).decode()
    raise SpeedError(f"{contender.name} did not start:\n{printed}")


def _told_token(printed: str) -> str | None:
    """The admin's token in the line that the mock prints when it is ready."""
    for line in printed.splitlines(keepends=True):
        if line.startswith("{") and line.endswith("\n"):
            return str(json.loads(line)["tokens"]["admin"])
    return None


def _answers(url: str, token: str) -> bool:
    connection = Connection(url)
    try:
        return connection.ask("GET", "/deals", token).status == 200
    except NoAnswerError:
        return False
    finally:
        connection.close()
