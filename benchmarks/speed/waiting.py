"""How long one deal takes for somebody, while somebody else imports, exports or reads the board."""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from benchmarks.robustness.wire import Connection, Request
from benchmarks.speed.contenders import Running, SpeedError, mock, running
from deals_spec.document import contract_path, read_document

INTERVAL = 0.01  # seconds between two requests for one deal
WORKS = ("nothing", "an export", "the board", "an import")  # the import comes last: it adds deals
BOUNDARY = "benchmark"


@dataclass(frozen=True, slots=True)
class Waited:
    """The latencies of one deal in milliseconds, and how long the other requests took in seconds."""

    meanwhile: str
    requests: int
    median_ms: float
    p99_ms: float
    longest_ms: float
    works: list[float]


def measure(deals: int, seconds: float) -> list[Waited]:
    """What a request for one deal waits for, in a world of this size."""
    spawn = multiprocessing.get_context("spawn")
    with running(mock("--deals", str(deals))) as server, ProcessPoolExecutor(1, mp_context=spawn) as other:
        file = import_file(server)
        found = []
        for work in WORKS:
            print(f"one deal, during {work} …", file=sys.stderr, flush=True)
            other.submit(time.sleep, 0).result()  # its process has started
            found.append(_beside(server, other, work, file, seconds))
    return found


def _beside(server: Running, other: ProcessPoolExecutor, work: str, file: bytes, seconds: float) -> Waited:
    latencies: list[float] = []
    works: list[float] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        done = other.submit(do, work, server.url, server.token, file if work == "an import" else b"")
        latencies += _probe(server, done.done)
        if work != "nothing":
            works.append(done.result())
    latencies.sort()
    number = len(latencies)
    return Waited(
        work,
        number,
        1000 * latencies[number // 2],
        1000 * latencies[min(number - 1, number * 99 // 100)],
        1000 * latencies[-1],
        works,
    )


def _probe(server: Running, is_over: Callable[[], bool]) -> list[float]:
    """Latencies of one deal, asked for every ten milliseconds.

    Each is counted from when the request was due: a wait of half a second is a wait for fifty requests.
    """
    connection = Connection(server.url)
    latencies: list[float] = []
    due = time.perf_counter()
    while not (latencies and is_over()):
        time.sleep(max(0.0, due - time.perf_counter()))
        if (answer := connection.ask("GET", "/deals/10", server.token)).status != 200:
            raise SpeedError(f"one deal returned {answer.status}")
        latencies.append(time.perf_counter() - due)
        due += INTERVAL
    connection.close()
    return latencies


def do(work: str, url: str, token: str, file: bytes) -> float:
    """Do it once, in a process of its own, which reads the answer; the seconds that it took."""
    if work == "nothing":
        time.sleep(1)
        return 1.0
    connection = Connection(url)
    if work == "an import":
        headers = (
            ("Authorization", f"Bearer {token}"),
            ("Content-Type", f"multipart/form-data; boundary={BOUNDARY}"),
        )
        answer = connection.send(Request("POST", f"{connection.base}/deals/import", headers, file))
    else:
        path = "/deals/export" if work == "an export" else "/deals/pipeline"
        answer = connection.ask("GET", path, token)
    connection.close()
    if answer.status != 200:
        raise SpeedError(f"{work} returned {answer.status}: {answer.body[:200]!r}")
    return answer.seconds


def import_file(server: Running) -> bytes:
    """As much of the mock's own export as an import may have, as a form."""
    connection = Connection(server.url)
    export = connection.ask("GET", "/deals/export", server.token).body
    connection.close()
    most = int(read_document(contract_path())[1]["x-max-body-bytes"]) - 1000  # the form around it
    if len(export) > most:
        export = export[: export.rindex(b"\n", 0, most) + 1]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="deals.csv"\r\n'
    return f"{head}Content-Type: text/csv\r\n\r\n".encode() + export + f"\r\n--{BOUNDARY}--\r\n".encode()
