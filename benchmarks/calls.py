"""How many function calls the mock makes for one request: a figure that no other load of the machine changes.

    python -m benchmarks.calls              counts, and compares with benchmarks/calls.json
    python -m benchmarks.calls --renew      writes the figures there, after a change that is worth its price

A test fails if a request needs more than a tenth more than that; fewer are always welcome. Both Python
functions and those of C count, in the thread of the event loop.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from mock_server.testing import build_mock

TABLE = Path(__file__).with_suffix(".json")
NOW = "2026-02-09T12:00:00Z"
DEALS = 200
SLACK = 0.1  # of the figure in the table
WARM = 3  # requests before the one that counts: caches are full, and code is loaded
Request = tuple[str, str, dict[str, Any] | None]


def _changed(value: int) -> Request:
    """A write that changes deal 10, whose name puts it on the first page."""
    return ("PUT", "/deals/10", {"name": "0", "stage_id": 1, "value": value})


LIST: Request = ("GET", "/deals", None)
DETAIL: Request = ("GET", "/deals/10", None)
CREATE: Request = ("POST", "/deals", {"name": "New", "stage_id": 1, "value": 10})
WRITES = (_changed(1), _changed(2))  # two, so that the second changes something in every round
# What is counted is the last request of each row.
ROWS: dict[str, tuple[Request, ...]] = {
    "list": (LIST,),
    "list, right after a write": (*WRITES, LIST),
    "detail": (DETAIL,),
    "detail, right after a write": (*WRITES, DETAIL),
    "create": (CREATE,),
}
HOW_TO_RENEW = "If that is worth its price: python -m benchmarks.calls --renew"


def counted() -> dict[str, Counter[str]]:
    """For each row the calls of one request, by the file that they are in."""
    return {name: asyncio.run(_count(requests)) for name, requests in ROWS.items()}


def grown(now: dict[str, Counter[str]], before: dict[str, int]) -> list[str]:
    """A sentence for each request that needs more calls than the table allows."""
    return [
        f"{name}: {calls.total()} calls, but {before[name]} in {TABLE.name}; "
        f"most of them in {', '.join(f'{place} ({times})' for place, times in calls.most_common(8))}"
        for name, calls in now.items()
        if calls.total() > before[name] * (1 + SLACK)
    ]


def table() -> dict[str, int]:
    """The figures that were written last."""
    figures: dict[str, int] = json.loads(TABLE.read_text("utf-8"))
    return figures


async def _count(requests: tuple[Request, ...]) -> Counter[str]:
    mock = build_mock(deals=DEALS, now=NOW)
    headers = [(name.lower().encode(), value.encode()) for name, value in mock.headers().items()]
    calls: Counter[str] = Counter()
    for _ in range(WARM):
        for request in requests:
            await _ask(mock.app, _scope(request, mock.contract.base_path, headers), request)
    for request in requests:
        calls.clear()
        scope = _scope(request, mock.contract.base_path, headers)
        sys.setprofile(_counting(calls))
        try:
            await _ask(mock.app, scope, request)
        finally:
            sys.setprofile(None)
    return calls


def _counting(calls: Counter[str]) -> Callable[[FrameType, str, Any], None]:
    """A profile function that counts calls by the file of the called function, or of the caller of C."""

    def profile(frame: FrameType, event: str, _argument: Any) -> None:
        if event in ("call", "c_call"):
            calls[frame.f_code.co_filename] += 1

    return profile


def _scope(request: Request, base: str, headers: list[tuple[bytes, bytes]]) -> dict[str, Any]:
    method, path, body = request
    typed = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(_bytes(body)))]
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": base + path,
        "raw_path": (base + path).encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"127.0.0.1"), *headers, *(typed if body else [])],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 4010),
        "state": {},
    }


def _bytes(body: dict[str, Any] | None) -> bytes:
    return json.dumps(body).encode() if body else b""


async def _ask(app: Any, scope: dict[str, Any], request: Request) -> None:
    """One request, as a server makes it; it must be answered well."""
    statuses = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": _bytes(request[2]), "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await app(scope, receive, send)
    if statuses not in ([200], [201]):
        raise AssertionError(f"{request[:2]} gave {statuses}")


def main(argv: list[str] | None = None) -> int:
    """Count and compare, or renew the table; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.calls",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--renew", action="store_true", help="write the figures to the table")
    renew = parser.parse_args(argv).renew
    now = counted()
    before = table() if TABLE.exists() else {}
    for name, calls in now.items():
        print(f"{name:30} {calls.total():6}   in the table: {before.get(name, '-')}")
    if renew:
        figures = {name: calls.total() for name, calls in now.items()}
        TABLE.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
        return 0
    found = grown(now, before)
    print(*found, *([HOW_TO_RENEW] if found else []), sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
