"""Several runs on one sound server at the same time: none of them accuses it, and nothing is left."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from contract_tests.fuzzing.jobs import law_job
from contract_tests.fuzzing.worker_pool import WorkerPool
from contract_tests.run.law_runner import judge_law, selected_laws
from contract_tests.run.suite import Suite
from contract_tests.verdict.findings import Kind
from tests.contract_tests.mock_target import mock_app, mock_people
from tests.contract_tests.runs import conformance, lifecycle, run_against, violations
from tests.contract_tests.servers import serving

STAGE_LAWS = ("Stages", "a_read_changes_nothing", "stage_id_means_the_id_of_a_stage_not_its_position")
STAGE_OPERATIONS = (
    "createPipelineStage",
    "reorderPipelineStages",
    "updatePipelineStage",
    "deletePipelineStage",
)
OF_ALL = (
    "the_statistics_follow_changes_to_deals",
    "the_statistics_agree_with_the_list",
    "stage_totals_add_up_to_the_whole_list",
    "a_page_can_hold_the_maximum_per_page",
    "the_export_has_one_row_for_every_deal",
    "importing_an_invalid_file_creates_no_deals",
    "an_imported_deal_appears_in_every_view",
)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving(mock_app(deals=40)) as root:
        yield f"{root}/api"


def laws(suite: Suite) -> None:
    for each in selected_laws(suite):
        judge_law(each, suite)


def at_once(url: str, count: int, work: Any = laws, **settings: Any) -> list[Suite]:
    """So many runs at the same time; each begins its work when all have begun."""
    together = threading.Barrier(count)

    def run(_: int) -> Suite:
        with run_against(url, **mock_people(email=None), **settings) as suite:
            together.wait(60)
            work(suite)
        return suite

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def assert_sound(suites: list[Suite]) -> None:
    for suite in suites:
        assert violations(suite) == []
        assert suite.recorder.of(Kind.DRIFT) == []
        assert suite.left == []


@pytest.mark.parametrize(("count", "attempt"), [(2, 1), (2, 2), (3, 1)])
def test_runs_that_judge_the_stages_at_once_accuse_nobody(url: str, count: int, attempt: int) -> None:
    suites = at_once(url, count, only=STAGE_LAWS, seed=attempt)
    assert_sound(suites)
    for suite in suites:  # they took turns: nothing was left unjudged
        reasons = [finding.reason for finding in suite.recorder.of(Kind.NOT_JUDGED)]
        assert not [reason for reason in reasons if "run dc-" in reason]


def test_runs_that_judge_the_whole_list_at_once_accuse_nobody(url: str) -> None:
    assert_sound(at_once(url, 2, only=OF_ALL))


def test_runs_that_send_random_requests_to_the_stages_at_once_accuse_nobody(url: str) -> None:
    def work(suite: Suite) -> None:
        conformance(suite, *STAGE_OPERATIONS, examples=2)
        lifecycle(suite, sequences=4)

    assert_sound(at_once(url, 2, work))


def test_a_run_with_workers_and_one_without_accuse_nobody(url: str) -> None:
    def work(suite: Suite) -> None:
        jobs = [law_job(each, suite) for each in selected_laws(suite)]
        pool = WorkerPool(suite, jobs)
        for job in jobs:
            pool.do(job)

    with ThreadPoolExecutor(2) as pool:
        alone = pool.submit(at_once, url, 1, only=STAGE_LAWS)
        workers = pool.submit(at_once, url, 1, work, only=(*STAGE_LAWS, *OF_ALL), workers=4)
        assert_sound([*alone.result(), *workers.result()])


def test_a_colleague_who_renames_a_stage_now_and_then_accuses_nobody(url: str) -> None:
    with run_against(url, **mock_people(email=None)) as colleague:
        stage, quiet = colleague.scene.api.stages()[1], colleague.client.quiet()
        quiet.ownership.allow("stage", stage["id"])
        ended = threading.Event()

        def work() -> None:
            turn = 0
            while not ended.wait(0.7):
                turn += 1
                quiet.call("updatePipelineStage", id=stage["id"], json={"name": f"Qualified {turn}"})

        thread = threading.Thread(target=work)
        thread.start()
        try:
            assert_sound(at_once(url, 1, only=STAGE_LAWS))
        finally:
            ended.set()
            thread.join(10)
            quiet.call("updatePipelineStage", id=stage["id"], json={"name": stage["name"]})
