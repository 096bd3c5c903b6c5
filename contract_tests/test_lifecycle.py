"""Sends sequences of requests along the contract's links, on resources that the run created itself."""

from __future__ import annotations

import pytest

from contract_tests.fuzzing.jobs import lifecycle_job
from contract_tests.fuzzing.selected import lifecycle_selected
from contract_tests.fuzzing.worker_pool import WorkerPool
from contract_tests.run.pytest_options import suite_of
from contract_tests.run.suite import Suite


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test, if the lifecycle is selected."""
    metafunc.parametrize("part", lifecycle_selected(suite_of(metafunc.config)))


def test_lifecycle(part: str, suite: Suite, pool: WorkerPool) -> None:
    """What was created can be read, changed and deleted, and then it is gone."""
    pool.do(lifecycle_job(suite))
