"""How much a mock for a whole company can do: nginx as in deploy/, and 1, 2 and 4 processes behind it.

    python -m benchmarks.company [--seconds 5] [--worlds 50]

It needs nginx and wrk, and Linux. Proxy, clients and processes share this machine: if its cores are busy,
more processes cannot do more. What a request costs should not depend on their number: that is measured, too.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.machine import ROOT, free_port, processor_seconds, resident_mb

KEY = "a-key-of-the-company"
CONFIG = ROOT / "deploy" / "nginx"
# As Debian's own file does it, but in the foreground, with everything in one folder.
WHOLE = """
{user}
pid nginx.pid;
error_log stderr warn;
events {{}}
http {{
    access_log off;
    {temporary}
    include conf.d/*.conf;
}}
"""
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
CALL = """\
local n = 0
function request()
  n = n + 1
  local headers = {{["Authorization"] = "Bearer {token}", ["X-Mock-World"] = "w" .. n % {worlds}}}
  return wrk.format("GET", "/api/deals", headers)
end
"""
ROW = "| {} | {} | {} | {} | {} |"


def nginx_path() -> str | None:
    """The program, which is not on everybody's path."""
    return shutil.which("nginx", path=f"{os.environ['PATH']}{os.pathsep}/usr/sbin")


@dataclass
class MockBehind:
    """One process behind the proxy, which can be killed and started again at the same port."""

    options: list[str]
    port: int = 0
    process: subprocess.Popen[str] | None = None
    told: dict[str, Any] = field(default_factory=dict)

    def start(self) -> None:
        """Start it; `wait` waits until it is ready."""
        command = [sys.executable, "-m", "mock_server", "--json", "--port", str(self.port), *self.options]
        environment = {**os.environ, "DEALS_MOCK_ADMIN_KEY": KEY}
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)

    def wait(self) -> None:
        """Wait until it is ready."""
        line = self.process.stdout.readline() if self.process and self.process.stdout else ""
        if not line:
            raise SystemExit("A mock did not start")
        self.told = json.loads(line)
        self.port = int(self.told["address"].rpartition(":")[2])

    def kill(self) -> None:
        """End it at once, with no time to save anything."""
        if self.process:
            self.process.kill()
            self.process.communicate()


@dataclass
class Company:
    """A proxy, and what is behind it."""

    url: str
    mocks: list[MockBehind]

    @property
    def token(self) -> str:
        """An admin's, good for every process: all mocks sign with the same key."""
        return str(self.mocks[0].told["tokens"]["admin"])


@contextmanager
def company(*options: list[str]) -> Iterator[Company]:
    """As many mocks as there are lists of options, behind nginx with the files of deploy/."""
    mocks = [MockBehind(each) for each in options]
    with tempfile.TemporaryDirectory() as folder:
        try:
            for mock in mocks:
                mock.start()
            for mock in mocks:
                mock.wait()
            with _proxy(Path(folder), [mock.port for mock in mocks]) as port:
                yield Company(f"http://127.0.0.1:{port}", mocks)
        finally:
            for mock in mocks:
                mock.kill()


@contextmanager
def _proxy(folder: Path, ports: list[int]) -> Iterator[int]:
    """Nginx with the two files of deploy/, in which only the ports are others."""
    port = free_port()
    (folder / "conf.d").mkdir()
    server, mocks = ((CONFIG / name).read_text("utf-8") for name in ("deals-mock.conf", "mocks.conf"))
    server = server.replace("listen 4010;", f"listen 127.0.0.1:{port};")
    shown = re.findall(r"    server .*\n", mocks)
    (line,) = {re.sub(r":401\d", ":PORT", each) for each in shown}
    mocks = mocks.replace("".join(shown), "".join(line.replace("PORT", str(each)) for each in ports))
    (folder / "conf.d" / "deals-mock.conf").write_text(server, "utf-8")
    (folder / "conf.d" / "mocks.conf").write_text(mocks, "utf-8")
    is_root = hasattr(os, "getuid") and os.getuid() == 0
    whole = WHOLE.format(
        user="user root;" if is_root else "",
        temporary=" ".join(f"{name}_temp_path {name};" for name in TEMPORARY),
    )
    (folder / "nginx.conf").write_text(whole, "utf-8")
    options = ["-p", f"{folder}/", "-e", "stderr", "-c", "nginx.conf", "-g", "daemon off;"]
    nginx = subprocess.Popen([nginx_path() or "nginx", *options])
    try:
        while not _answers(port):
            if nginx.poll() is not None:
                raise SystemExit("nginx did not start")
            time.sleep(0.02)
        yield port
    finally:
        nginx.terminate()
        nginx.wait(timeout=10)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def measured(processes: int, worlds: int, seconds: int) -> str:
    """A row of the table: lists of 25 deals, asked for over 16 connections."""
    with company(*[["--deals", "200"]] * processes) as running, tempfile.NamedTemporaryFile("w") as script:
        script.write(CALL.format(token=running.token, worlds=worlds))
        script.flush()
        pids = [mock.told["pid"] for mock in running.mocks]
        load = ["wrk", "--threads", "1", "--connections", "16", "--script", script.name, running.url]

        def asked(duration: int) -> str:
            command = [*load, "--duration", f"{duration}s"]
            return subprocess.run(command, capture_output=True, text=True, check=True).stdout

        asked(1)  # every world is made
        begun = processor_seconds(pids)
        done = asked(seconds)
        used = processor_seconds(pids) - begun
        if "Non-2xx" in done:
            raise SystemExit(done)
        requests = int(re.findall(r"(\d+) requests in", done)[0])
        memory = resident_mb(pids) / processes
        return ROW.format(
            processes,
            f"{requests / seconds:.0f}",
            f"{used / seconds:.1f}",
            f"{1000 * used / requests:.2f}",
            f"{memory:.0f}",
        )


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--seconds", type=int, default=5, help="seconds for each figure (%(default)s)")
    options.add_argument("--worlds", type=int, default=50, help="worlds that are asked in turn (%(default)s)")
    given = options.parse_args()
    if not (nginx_path() and shutil.which("wrk")):
        sys.exit("nginx or wrk is not installed")
    print(f"{os.cpu_count()} cores, {given.worlds} worlds\n")
    print(ROW.format("processes", "requests/s", "cores used by them", "ms of a core/request", "MB each"))
    print(ROW.format(*["---"] * 5))
    for processes in (1, 2, 4):
        print(measured(processes, given.worlds, given.seconds), flush=True)


if __name__ == "__main__":
    main()
