"""How fast the mock responds, in comparison with Prism on the same contract.

    python -m benchmarks.mock_speed [--prism "npx --yes @stoplight/prism-cli"] [--requests 300]

Each server runs on this machine and gets one request after another over one kept-alive connection. Compare
the ratios of the medians: the milliseconds depend on the machine.
"""

from __future__ import annotations

import argparse
import http.client
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
REQUESTS = {
    "a page of 25 deals": "/deals",
    "a page of 25, by value, descending": "/deals?sort_by=value&sort_dir=DESC",
    "a page of 25 far into the list": "/deals?page=6",
    "one deal": "/deals/10",
    "the stages": "/deals/stages",
    "the statistics": "/deals/stats",
}


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its base URL, a token, and how long it took to start."""

    base: str
    token: str
    ready_after: float


def free_port() -> int:
    """A free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str], base: str) -> Iterator[Server]:
    """The server that this command starts, until the block ends."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True, cwd=ROOT
    )
    try:
        printed = ""
        while not re.search(r"token +\S+|is listening", printed):
            line = process.stdout.readline() if process.stdout else ""
            if not line:
                raise SystemExit(f"{shlex.join(command)} did not start:\n{printed}")
            printed += line
        token = re.search(r"token +(\S+)", printed)
        yield Server(base, token[1] if token else "any", time.perf_counter() - begun)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=20)


def median_ms(server: Server, path: str, requests: int) -> float:
    """The median response time in milliseconds, over one connection."""
    address = urlsplit(server.base)
    connection = http.client.HTTPConnection(str(address.hostname), address.port or 80)
    headers = {"Authorization": f"Bearer {server.token}"}
    times = []
    for _ in range(requests + requests // 10):
        begun = time.perf_counter()
        connection.request("GET", address.path + path, headers=headers)
        response = connection.getresponse()
        response.read()
        times.append(time.perf_counter() - begun)
        if response.status != 200:
            raise SystemExit(f"{server.base}{path} returned {response.status}")
    return 1000 * median(times[requests // 10 :])  # the first tenth warms up


def medians(server: Server, requests: int) -> list[float]:
    """The median of each request."""
    return [median_ms(server, path, requests) for path in REQUESTS.values()]


def mock(deals: int) -> tuple[list[str], str]:
    """The command that starts the mock, and its base URL."""
    port = free_port()
    command = [sys.executable, "-m", "mock_server", "--port", str(port), "--deals", str(deals)]
    return command, f"http://127.0.0.1:{port}/api"


def prism(command: str) -> tuple[list[str], str]:
    """The command that starts Prism in its static mode, and its base URL."""
    port = free_port()
    options = ["mock", "openapi/deals.yaml", "--host", "127.0.0.1", "--port", str(port)]
    return [*shlex.split(command), *options], f"http://127.0.0.1:{port}"


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument(
        "--prism", default="npx --yes @stoplight/prism-cli", help="command that starts Prism (%(default)s)"
    )
    options.add_argument("--requests", type=int, default=300, help="requests per figure (%(default)s)")
    options.add_argument("--large", type=int, default=100_000, help="deals in the large world (%(default)s)")
    given = options.parse_args()
    columns = {
        "deals-mock": mock(200),
        f"deals-mock, {given.large:,} deals": mock(given.large),
        "Prism": prism(given.prism),
    }
    results, ready = {}, {}
    for name, (command, base) in columns.items():
        print(f"{name} …", file=sys.stderr, flush=True)
        with running(command, base) as server:
            ready[name], results[name] = server.ready_after, medians(server, given.requests)
    own = results["deals-mock"]
    print("| request | " + " | ".join(columns) + " |")
    print("|---|" + "---|" * len(columns))
    for row, request in enumerate(REQUESTS):
        cells = [f"{column[row]:.2f} ms ({column[row] / own[row]:.1f}×)" for column in results.values()]
        print(f"| {request} | " + " | ".join(cells) + " |")
    print("| ready after | " + " | ".join(f"{seconds:.1f} s" for seconds in ready.values()) + " |")


if __name__ == "__main__":
    main()
