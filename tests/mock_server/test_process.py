"""The mock as a process: nobody sees a traceback, and it ends when it is told to, whatever it does."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.mock_server.processes import MOCK, line_with, process

SMALL = [*MOCK, "--port", "0", "--deals", "3"]
IMPORTING = """
import sys, time

class Slow:
    def find_spec(self, name, *_):
        if name == "mock_server.cli":
            print("importing", flush=True)
            time.sleep(60)

sys.meta_path.insert(0, Slow())
from mock_server.__main__ import main
main()
"""
BUSY = """
from mock_server.server import listen, serve

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        for phase in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{phase}.complete"})
        return
    print("busy", flush=True)
    while True:
        pass

listening = listen("127.0.0.1", 0)
serve(app, listening, lambda: print("port", listening.getsockname()[1], flush=True))
"""


def shell(line: str) -> tuple[int, str]:
    """The status and the errors of a shell command; `$MOCK` starts a small mock."""
    words = " ".join(f"'{word}'" for word in SMALL)
    done = subprocess.run(
        ["bash", "-c", f'set -o pipefail; mock() {{ {words} "$@"; }}; {line}'],
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stderr


# Output


@pytest.mark.parametrize(
    "line", ["mock | true", "mock --list-defects | head -1", "mock --help | true", "mock 2>&1 | true"]
)
def test_a_reader_who_has_had_enough_is_no_error(line: str) -> None:
    assert shell(line) == (0, "")


@pytest.mark.parametrize("line", ["mock > /dev/full", "mock --list-variations > /dev/full"])
def test_output_that_cannot_be_written_is_one_line_and_status_2(line: str) -> None:
    assert shell(line) == (2, "deals-mock: cannot write its output: No space left on device\n")


def test_errors_that_cannot_be_written_still_have_their_status() -> None:
    assert shell("mock --fixture nowhere 2> /dev/full") == (2, "")


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437", "utf-8", "utf-16"])
@pytest.mark.parametrize("option", ["--help", "--list-defects", "--list-variations", "--version"])
def test_any_console_shows_the_help_and_the_lists(encoding: str, option: str) -> None:
    env = {**os.environ, "PYTHONIOENCODING": encoding}
    done = subprocess.run([*MOCK, option], capture_output=True, env=env, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
    assert len(done.stdout.decode(encoding).split()) > 1


def test_any_console_shows_the_greeting(tmp_path: Path) -> None:
    world = tmp_path / "world.yaml"
    user = "{id: 1, first_name: 明, last_name: 王, email: a@b.example, role: rep, team: x}"
    world.write_text(f"users: [{user}]", "utf-8")
    command = [*MOCK, "--port", "0", "--fixture", str(world)]
    with process(command, env={**os.environ, "PYTHONIOENCODING": "ascii"}) as started:
        assert "rep: ? ?, a@b.example" in line_with(started, "rep:")


# Signals


def test_an_interrupt_during_the_imports_shows_nothing() -> None:
    with process([sys.executable, "-c", IMPORTING]) as started:
        line_with(started, "importing")
        started.send_signal(signal.SIGINT)
        assert started.wait(timeout=10) == -signal.SIGINT
        assert started.stderr.read() == ""


def test_an_interrupt_while_data_is_generated_shows_nothing() -> None:
    with process([*MOCK, "--port", "0", "--deals", "1000000"]) as started:
        time.sleep(4)
        started.send_signal(signal.SIGINT)
        assert started.wait(timeout=10) == -signal.SIGINT
        assert started.stderr.read() == ""


@pytest.fixture
def busy() -> Iterator[Any]:
    """A process that answers a request without end."""
    with process([sys.executable, "-c", BUSY]) as started:
        port = int(line_with(started, "port").split()[1])
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            line_with(started, "busy")
            yield started


@pytest.mark.parametrize("first", [signal.SIGINT, signal.SIGTERM])
def test_one_signal_ends_it_within_seconds_whatever_it_does(busy: Any, first: signal.Signals) -> None:
    busy.send_signal(first)
    assert busy.wait(timeout=10) == 0
    assert busy.stderr.read() == ""


@pytest.mark.parametrize("first", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("second", [signal.SIGINT, signal.SIGTERM])
def test_a_second_signal_ends_it_at_once(busy: Any, first: signal.Signals, second: signal.Signals) -> None:
    busy.send_signal(first)
    time.sleep(0.5)
    busy.send_signal(second)
    assert busy.wait(timeout=10) == -second  # the signal itself, not the end that the first one began
    assert busy.stderr.read() == ""


# File descriptors


def test_more_connections_than_files_are_one_line_and_others_are_served() -> None:
    with process(["bash", "-c", 'ulimit -n 64; exec "$@"', "bash", *SMALL]) as started, ExitStack() as open_:
        port = int(re.findall(r":(\d+)/api", line_with(started, "API"))[0])
        for _ in range(150):
            open_.enter_context(socket.create_connection(("127.0.0.1", port), timeout=30))
        for _ in range(3):
            with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
                connection.sendall(b"GET /__admin/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
                assert connection.recv(100).startswith(b"HTTP/1.1 200")
        started.send_signal(signal.SIGTERM)
        assert started.wait(timeout=10) == 0
        lines = started.stderr.read().splitlines()
    assert len(lines) == 1
    assert "Too many connections" in lines[0]
