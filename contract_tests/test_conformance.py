"""Sends many random requests to every operation and judges the responses by both views of the contract."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from contract_tests.fuzzing.selected import recording_interruptions, selected_operations
from contract_tests.fuzzing.worker_pool import WorkerPool
from contract_tests.run.pytest_options import suite_of
from contract_tests.run.suite import Suite
from contract_tests.verdict.checks import CONFORMANCE, OF_OPERATIONS


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each selected operation."""
    metafunc.parametrize("operation", selected_operations(suite_of(metafunc.config)))


@pytest.fixture(scope="module")
def pool(request: pytest.FixtureRequest, suite: Suite) -> Iterator[WorkerPool]:
    """The workers that judge the selected operations."""
    callspecs = (getattr(item, "callspec", None) for item in request.session.items)
    params = (callspec.params for callspec in callspecs if callspec is not None)
    pool = WorkerPool(suite, [each["operation"] for each in params if "operation" in each])
    yield pool
    pool.stop()


def test_conformance(operation: str, suite: Suite, pool: WorkerPool) -> None:
    """Every response of the operation matches the contract."""
    with recording_interruptions(suite, CONFORMANCE, operation):
        pool.judge(operation)
        suite.recorder.judged.update(OF_OPERATIONS)
