"""Several workers: the same verdicts, in less time, and nothing left behind."""

from __future__ import annotations

import asyncio
import copy
import threading
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from contract_tests.fuzzing.jobs import operation_job
from contract_tests.fuzzing.worker_pool import WorkerPool
from contract_tests.run.suite import Suite
from tests.contract_tests.runs import run_against, verdicts
from tests.contract_tests.second_implementation import second_implementation
from tests.contract_tests.servers import serving

OPERATIONS = ("getDeal", "createDealNote", "listDealTasks", "deleteDealNote", "reorderPipelineStages")


class Slow:
    """Takes a moment for each answer, and counts how many it owes at once."""

    def __init__(self, app: Starlette) -> None:
        self.app, self.most, self._now = app, 0, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._now += 1
        self.most = max(self.most, self._now)
        await asyncio.sleep(0.005)
        try:
            await self.app(scope, receive, send)
        finally:
            self._now -= 1

    def contents(self) -> dict[str, Any]:
        world = self.app.state.world
        return copy.deepcopy({name: getattr(world, name) for name in ("stages", "deals", "tasks", "notes")})


@pytest.fixture
def slow() -> Slow:
    return Slow(second_implementation())


def judged(suite: Suite) -> None:
    jobs = [operation_job(name, suite) for name in OPERATIONS]
    pool = WorkerPool(suite, jobs)
    for job in jobs:
        pool.do(job)


def test_the_number_of_workers_changes_no_verdict_and_leaves_nothing() -> None:
    found = {}
    for workers in (1, 2, 4):
        slow = Slow(second_implementation())
        before = slow.contents()
        with serving(slow) as root, run_against(f"{root}/v2", workers=workers) as suite:
            judged(suite)
        assert slow.contents() == before
        assert suite.left == []
        assert (slow.most > 1) == (workers > 1)
        found[workers] = verdicts(suite)
    assert found[1] == found[2] == found[4] != set()


def test_interrupted_workers_leave_everything_as_it_was(slow: Slow) -> None:
    before = slow.contents()
    with serving(slow) as root, pytest.raises(KeyboardInterrupt):
        _interrupted(f"{root}/v2")
    assert slow.contents() == before


def _interrupted(url: str) -> None:
    with run_against(url, workers=3) as suite:
        made = threading.Event()
        suite.client.observers.append(lambda exchange: made.set() if exchange.method == "POST" else None)
        WorkerPool(suite, [operation_job(name, suite) for name in OPERATIONS])
        assert made.wait(30)
        raise KeyboardInterrupt
