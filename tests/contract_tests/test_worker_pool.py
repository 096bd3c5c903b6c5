"""Several workers: the same verdicts, in less time, and nothing left behind."""

from __future__ import annotations

import asyncio
import copy
import threading
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from contract_tests.fuzzing.jobs import Job, Kind, law_job, operation_job
from contract_tests.fuzzing.worker_pool import Plan, WorkerPool
from contract_tests.run.law_runner import selected_laws
from contract_tests.run.suite import Suite
from tests.contract_tests.mock_target import mock_app, mock_people
from tests.contract_tests.runs import run_against, run_against_app, verdicts
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


# Which jobs may be done at the same time


def begun(plan: Plan, *done: Job) -> list[str]:
    """The jobs that may be begun after these are done, without waiting."""
    for job in done:
        plan.done(job)
    found = []
    while (job := plan.ready()) is not None:
        found.append(job.key[1])
    return found


def job(name: str, kind: Kind, weight: int = 0) -> Job:
    return Job(("", name), lambda scene: None, kind, weight)


def test_what_judges_the_whole_list_is_undisturbed_and_the_heaviest_comes_first() -> None:
    shared, changes = job("samples", Kind.SHARED), job("changes", Kind.CHANGES_ALL)
    readers = [job(f"reads {number}", Kind.READS_ALL) for number in (1, 2)]
    others = [job("light", Kind.OTHER, 1), job("heavy", Kind.OTHER, 9)]
    plan = Plan([*others, changes, *readers, shared])
    assert begun(plan) == ["samples"]
    assert begun(plan, shared) == ["reads 1", "reads 2"]
    assert begun(plan, readers[0]) == []
    assert begun(plan, readers[1]) == ["changes"]
    assert begun(plan, changes) == ["heavy", "light"]


def test_nobody_changes_stages_while_their_order_is_judged() -> None:
    order, which = job("order", Kind.ORDER), job("set", Kind.STAGE_SET)
    odd, own, other = job("odd", Kind.ODD_STAGES), job("own", Kind.OWN_STAGES), job("other", Kind.OTHER)
    plan = Plan([odd, own, other, which, order])
    assert begun(plan) == ["order", "other"]
    assert begun(plan, order) == ["set", "own"]
    assert begun(plan, which) == ["odd"]


def test_laws_that_judge_the_whole_list_at_the_same_time_only_read() -> None:
    with serving(mock_app(deals=40)) as root, run_against(f"{root}/api", **mock_people(email=None)) as suite:
        _ = suite.scene.samples
        together = [law_job(each, suite) for each in selected_laws(suite)]
        writes: list[str] = []
        suite.client.observers.append(lambda e: writes.append(e.path) if e.method != "GET" else None)
        judged = [each for each in together if each.kind is Kind.READS_ALL]
        for each in judged:
            each.judge(suite.scene)
            assert writes == [], each.key
    assert len(judged) > 20


def test_a_job_that_fails_is_told_to_whoever_waits_for_it() -> None:
    def fails(_: object) -> None:
        raise RuntimeError("a bug")

    with run_against_app(workers=2) as suite:
        broken = Job(("", "broken"), fails)
        with pytest.raises(RuntimeError, match="a bug"):
            WorkerPool(suite, [broken]).do(broken)


LAWS = (
    "pages_partition_the_list",
    "the_statistics_follow_changes_to_deals",
    "stages_are_listed_in_the_requested_order",
    "a_created_stage_is_listed_as_sent",
    "a_moved_deal_is_in_its_new_stage",
    "a_read_changes_nothing",
    "combined_filters_return_exactly_the_deals_that_match_all",
)


@pytest.mark.parametrize("mutation", [None, "page-is-ignored"])
def test_laws_side_by_side_have_the_same_verdicts_and_leave_nothing(mutation: str | None) -> None:
    found = {}
    for workers in (1, 4):
        app = mock_app(deals=40, mutation=mutation)
        with (
            serving(app) as root,
            run_against(f"{root}/api", **mock_people(), only=LAWS, workers=workers) as suite,
        ):
            jobs = [law_job(each, suite) for each in selected_laws(suite)]
            pool = WorkerPool(suite, jobs)
            for each in jobs:
                pool.do(each)
        assert suite.left == []
        found[workers] = [(finding.kind, finding.id) for finding in suite.recorder.findings]
    assert found[1] == found[4]
    assert bool(found[1]) == (mutation is not None)
