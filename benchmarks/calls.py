"""How many function calls the mock makes for one request: a figure that no other load of the machine changes.

    python -m benchmarks.calls              counts, and compares with benchmarks/calls.json
    python -m benchmarks.calls --renew      writes the figures there, after a change that is worth its price

A test fails if a request needs over a tenth more than that; fewer are always welcome. Functions in Python and
in C count, in the thread of the event loop. The versions of Python and of the packages matter little.
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

from mock_server.garbage import nothing_to_collect
from mock_server.testing import build_mock

TABLE = Path(__file__).with_suffix(".json")
NOW = "2026-02-09T12:00:00Z"
DEALS = 200
OURS = ("mock_server", "deals_spec")
SLACK = 0.1  # of the figure in the table
WARM = 3  # requests before the one that counts: caches are full, and code is loaded
Table = dict[str, Counter[str]]
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


def counted() -> Table:
    """For each row the calls of one request, by the part of the code that they are in."""
    return {name: asyncio.run(_count(requests)) for name, requests in ROWS.items()}


def grown(now: Table, before: Table) -> list[str]:
    """A sentence for each request that needs more calls than the table allows."""
    found = []
    for name, calls in now.items():
        allowed = before.get(name, Counter())
        if calls.total() > allowed.total() * (1 + SLACK):
            more = ", ".join(f"{part} +{times}" for part, times in (calls - allowed).most_common(8))
            found.append(f"{name}: {calls.total()} calls, but {allowed.total()} in {TABLE.name}: {more}")
    return found


def table() -> Table:
    """The figures that were written last."""
    return {name: Counter(parts) for name, parts in json.loads(TABLE.read_text("utf-8")).items()}


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
        with nothing_to_collect():  # which happens now and then, and calls whoever has asked for it
            sys.setprofile(_counting(calls))
            try:
                await _ask(mock.app, scope, request)
            finally:
                sys.setprofile(None)
    return calls


def _counting(calls: Counter[str]) -> Callable[[FrameType, str, Any], None]:
    """A profile function that counts calls by package, ours by module; those of C count for their caller."""

    def profile(frame: FrameType, event: str, _argument: Any) -> None:
        if event in ("call", "c_call"):
            package, _, module = str(frame.f_globals.get("__name__", "?")).partition(".")
            calls[f"{package}.{module.partition('.')[0]}" if package in OURS else package] += 1

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
        print(
            f"{name:30} {calls.total():6}   in the table: {before[name].total() if name in before else '-'}"
        )
    if renew:
        TABLE.write_text(json.dumps(now, indent=1, sort_keys=True) + "\n", "utf-8")
        return 0
    found = grown(now, before)
    print(*found, *([HOW_TO_RENEW] if found else []), sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
