"""Many clients at once: each has its own deals, and in the end all of them are there and nothing else."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from threading import Thread
from typing import Any

from benchmarks.robustness.client import VOLATILE, Client
from benchmarks.robustness.server import ROLES, Server
from benchmarks.robustness.whole import all_deals, faults_of_the_world
from benchmarks.robustness.wire import Connection


@dataclass(frozen=True, slots=True)
class ClientsOutcome:
    """What many clients found."""

    clients: int
    requests: int
    seconds: float
    deals: int
    failures: list[str]

    def table(self) -> str:
        """The figures, for people."""
        return "\n".join(
            (
                f"clients      {self.clients}",
                f"requests     {self.requests}, {self.requests / self.seconds:.0f} per second",
                f"deals kept   {self.deals}",
                f"failures     {len(self.failures)}",
            )
        )


def run_clients(server: Server, clients: int, requests: int, seed: int) -> ClientsOutcome:
    """Let the clients work at the same time, each sending this many requests; then compare everything."""
    connection, token = Connection(server.url), server.tokens["admin"]
    before = _by_id(connection, token)
    connection.close()  # a mock closes one that is idle for long
    workers = [
        Client(server.url, server.tokens[ROLES[number % 3]], f"zq{number:03}qz", Random(f"{seed}:{number}"))
        for number in range(clients)
    ]
    begun = time.perf_counter()
    threads = [Thread(target=worker.work, args=[requests]) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - begun
    own = {id_: deal.record for worker in workers for id_, deal in worker.deals.items()}
    failures = [failure for worker in workers for failure in worker.failures]
    failures += _differences({**before, **own}, _by_id(connection, token))
    failures += faults_of_the_world(connection, token)
    connection.close()
    return ClientsOutcome(clients, sum(worker.sent for worker in workers), seconds, len(own), failures)


def _by_id(connection: Connection, token: str) -> dict[int, dict[str, Any]]:
    return {deal["id"]: deal for deal in all_deals(connection, token)}


def _differences(
    expected: Mapping[int, Mapping[str, Any]], found: Mapping[int, Mapping[str, Any]]
) -> list[str]:
    """One sentence for deals that are lost, foreign or changed."""
    both = expected.keys() & found.keys()
    kinds = {
        "lost": expected.keys() - found.keys(),
        "foreign": found.keys() - expected.keys(),
        "changed": {id_ for id_ in both if _settled(expected[id_]) != _settled(found[id_])},
    }
    return [f"{len(ids)} deals are {kind}: {sorted(ids)[:10]}" for kind, ids in kinds.items() if ids]


def _settled(deal: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in deal.items() if name not in VOLATILE}
