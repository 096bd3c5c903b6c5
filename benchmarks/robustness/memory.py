"""Memory over many writes: what has been deleted is not kept."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.robustness.server import Server, ServerError
from benchmarks.robustness.wire import Connection

SETTLED_AFTER = 5000  # rounds: caches are full, and the allocator has what it needs
GROWTH = 0.05  # of the memory at that time


@dataclass(frozen=True, slots=True)
class Memory:
    """The resident memory of the mock's process, after it has settled and at the end."""

    rounds: int
    settled_after: int
    settled_kb: int
    end_kb: int

    @property
    def growth(self) -> float:
        """How much memory has grown, as a part of what it was."""
        return self.end_kb / self.settled_kb - 1

    @property
    def flat(self) -> bool:
        """Whether it has grown too little to matter."""
        return self.growth < GROWTH

    def table(self) -> str:
        """The figures, for people."""
        return "\n".join(
            (
                f"after {self.settled_after:>6} deals created and deleted    {self.settled_kb / 1024:.1f} MB",
                f"after {self.rounds:>6} deals created and deleted    {self.end_kb / 1024:.1f} MB",
                f"growth {self.growth:+.1%}, less than {GROWTH:.0%} is flat",
            )
        )


def measure(server: Server, rounds: int) -> Memory:
    """Create and delete this many deals, one after another."""
    settled_after = min(SETTLED_AFTER, (rounds + 1) // 2)
    connection, token = Connection(server.url), server.tokens["admin"]
    settled = 0
    for number in range(1, rounds + 1):
        _create_and_delete(connection, token, number)
        if number == settled_after:
            settled = server.resident_kb()
    connection.close()
    return Memory(rounds, settled_after, settled, server.resident_kb())


def _create_and_delete(connection: Connection, token: str, number: int) -> None:
    body = {"name": f"Round {number}", "stage_id": 1, "value": number, "notes": "n" * 500}
    made = connection.ask("POST", "/deals", token, body)
    if made.status != 201:
        raise ServerError(f"POST /deals gave {made.status}: {made.body[:300]!r}")
    path = f"/deals/{made.json()['data']['id']}"
    gone = connection.ask("DELETE", path, token)
    if gone.status != 200:
        raise ServerError(f"DELETE {path} gave {gone.status}: {gone.body[:300]!r}")
