"""Memory over many writes: how it is measured, and what counts as flat."""

from __future__ import annotations

import sys

import pytest

from benchmarks.robustness.memory import Memory, measure
from benchmarks.robustness.server import started_mock


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_the_memory_of_the_process_is_measured_twice() -> None:
    with started_mock("--deals", "10") as server:
        memory = measure(server, rounds=60)

    assert memory.settled_after == 30
    assert 10_000 < memory.settled_kb < 10_000_000
    assert memory.table().startswith("after     30 deals created and deleted")


@pytest.mark.parametrize(
    ("end", "flat"), [(100_000, True), (104_900, True), (105_000, False), (90_000, True)]
)
def test_growth_below_five_percent_is_flat(end: int, flat: bool) -> None:
    assert Memory(30_000, 5000, 100_000, end).flat is flat
