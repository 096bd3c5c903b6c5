"""Many clients at once: nothing is lost on a sound mock, and what a mock loses is found."""

from __future__ import annotations

import pytest

from benchmarks.robustness.clients import run_clients
from benchmarks.robustness.server import started_mock


def test_nothing_is_lost_while_many_clients_work() -> None:
    with started_mock("--deals", "20") as server:
        outcome = run_clients(server, clients=6, requests=120, seed=1)

    assert outcome.failures == []
    assert outcome.requests >= 6 * 120
    assert outcome.deals > 0
    assert outcome.table().endswith("failures     0")


@pytest.mark.parametrize(
    "defect",
    ["updates-answer-202", "new-deal-loses-notes-and-tags", "delete-includes-all-deals-of-the-company"],
)
def test_a_defect_of_writes_or_reads_is_found(defect: str) -> None:
    with started_mock("--deals", "20", "--defect", defect) as server:
        assert run_clients(server, clients=2, requests=150, seed=1).failures
