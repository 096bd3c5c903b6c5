"""Is the server's world in one piece: do list, board, export and statistics tell of the same deals?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks.robustness.judge import rows_of
from benchmarks.robustness.wire import Answer, Connection, NoAnswerError

PAGE = 100


class BrokenWorldError(Exception):
    """A read that must succeed failed."""


# What reading may raise if the server is broken: no answer, no JSON, or other JSON than the contract says.
UNREADABLE = (BrokenWorldError, NoAnswerError, KeyError, TypeError, ValueError)


def read(connection: Connection, path: str, token: str) -> Answer:
    """The answer to a GET that must succeed."""
    answer = connection.ask("GET", path, token)
    if answer.status != 200:
        raise BrokenWorldError(f"GET {path} gave {answer.status}: {answer.body[:200]!r}")
    return answer


def all_deals(connection: Connection, token: str, search: str = "") -> Iterator[dict[str, Any]]:
    """Every deal, page by page, by the order in which they were created."""
    page, last = 1, 1
    while page <= last:
        query = f"page={page}&per_page={PAGE}&sort_by=created_at&search={search}"
        found = read(connection, f"/deals?{query}", token).json()
        yield from found["data"]
        page, last = page + 1, found["last_page"]


def faults_of_the_world(connection: Connection, token: str) -> list[str]:
    """One sentence for each contradiction."""
    try:
        return _faults(connection, token)
    except UNREADABLE as error:
        return [f"the world cannot be read: {error!r}"]


def _faults(connection: Connection, token: str) -> list[str]:
    listed = {deal["id"]: deal for deal in all_deals(connection, token)}
    board = read(connection, "/deals/pipeline", token).json()["data"]
    on_board = {deal["id"]: deal for column in board for deal in column["deals"]}
    total = read(connection, "/deals?per_page=1", token).json()["total"]
    stats = read(connection, "/deals/stats", token).json()["data"]
    counts = {
        "deals in the list": len(listed),
        "its total": total,
        "rows of the export": len(rows_of(read(connection, "/deals/export", token).body)) - 1,
        "deals on the board": len(on_board),
        "the board's counts": sum(column["deals_count"] for column in board),
        "the statistics' count": stats["total_deals"],
    }
    found = []
    if len(set(counts.values())) > 1:
        found.append("; ".join(f"{name}: {count}" for name, count in counts.items()))
    found += [
        f"deal {id_} differs between list and board"
        for id_, deal in listed.items()
        if on_board.get(id_) != deal
    ]
    for id_, deal in listed.items():
        alone = read(connection, f"/deals/{id_}", token).json()["data"]
        if {**alone, **deal} != alone:
            found.append(f"deal {id_} differs between list and details")
    return found
