"""What each request costs with 200 deals, and with 100,000; also right after a write."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from statistics import median

from benchmarks.robustness.wire import Answer, Connection
from benchmarks.speed.contenders import Running, SpeedError, mock, running
from benchmarks.speed.load import NEW_DEAL

SIZES = (200, 1000, 10_000, 100_000)
PAGES = {
    "page, default order": "/deals",
    "page, by value": "/deals?sort_by=value&sort_dir=DESC",
    "page of a stage": "/deals?stage_id=2",
    "third page of a search": "/deals?search=er&page=3",
    "page of a date range": "/deals?date_from=2025-10-01&date_to=2026-03-31",
}
WHOLES = {"statistics": "/deals/stats", "board": "/deals/pipeline", "export": "/deals/export"}
READS = {**PAGES, "one deal": "/deals/10", **WHOLES}
CREATE = "create"
MOST = 100  # requests for one figure


@dataclass
class Point:
    """What was measured with one number of deals, in milliseconds; the rest describes the process."""

    deals: int
    ready_after: float
    resident_mb: float
    first: dict[str, float] = field(default_factory=dict)
    alone: dict[str, float] = field(default_factory=dict)
    after_a_write: dict[str, float] = field(default_factory=dict)


def measure(sizes: Sequence[int], seconds: float) -> list[Point]:
    """One point for each number of deals; at most about `seconds` for each figure."""
    points = []
    for deals in sizes:
        print(f"{deals:,} deals …", file=sys.stderr, flush=True)
        with running(mock("--deals", str(deals))) as server:
            points.append(_point(server, deals, seconds))
    return points


def bytes_per_deal(points: Sequence[Point]) -> float:
    """How much memory a further deal needs, by the smallest and the largest world."""
    first, last = points[0], points[-1]
    return (last.resident_mb - first.resident_mb) * 2**20 / max(1, last.deals - first.deals)


def _point(server: Running, deals: int, seconds: float) -> Point:
    point = Point(deals, server.ready_after, server.resident_mb())
    connection = Connection(server.url)

    def read(path: str) -> float:
        return _checked(connection.ask("GET", path, server.token), path)

    def create() -> float:
        return _checked(connection.ask("POST", "/deals", server.token, NEW_DEAL), "POST /deals")

    values = count(10_000_000)

    def read_after_a_write(path: str) -> float:
        # Deal 10 is then the first of the list, of its stage and by value.
        changed = {"name": "0", "stage_id": 2, "value": next(values)}
        _checked(connection.ask("PUT", "/deals/10", server.token, changed), "PUT /deals/10")
        return read(path)

    for name, path in READS.items():
        point.first[name] = 1000 * read(path)  # it may make what the others find
        point.alone[name] = _median_ms(partial(read, path), seconds)
    for name, path in READS.items():
        point.after_a_write[name] = _median_ms(partial(read_after_a_write, path), seconds)
    point.alone[CREATE] = point.after_a_write[CREATE] = _median_ms(create, seconds)
    connection.close()
    return point


def _median_ms(ask: Callable[[], float], seconds: float) -> float:
    """The median of up to a hundred requests."""
    end = time.monotonic() + seconds
    taken: list[float] = []
    while not taken or (len(taken) < MOST and time.monotonic() < end):
        taken.append(ask())
    return 1000 * median(taken)


def _checked(answer: Answer, path: str) -> float:
    """The seconds of a good answer."""
    if answer.status not in (200, 201):
        raise SpeedError(f"{path} returned {answer.status}")
    return answer.seconds
