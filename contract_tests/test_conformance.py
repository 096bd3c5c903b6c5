"""Every operation, held to both views of the contract under many requests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from contract_tests.fuzzing.selected import recording_interruptions, selected_operations
from contract_tests.fuzzing.worker_pool import WorkerPool
from contract_tests.run.pytest_options import suite_of
from contract_tests.run.suite import Suite
from contract_tests.verdict.checks import CONFORMANCE, OF_OPERATIONS


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each operation that the run is about."""
    metafunc.parametrize("operation", selected_operations(suite_of(metafunc.config)))


@pytest.fixture(scope="module")
def pool(request: pytest.FixtureRequest, suite: Suite) -> Iterator[WorkerPool]:
    """The workers, on what is about to be tested."""
    callspecs = (getattr(item, "callspec", None) for item in request.session.items)
    params = (callspec.params for callspec in callspecs if callspec is not None)
    pool = WorkerPool(suite, [each["operation"] for each in params if "operation" in each])
    yield pool
    pool.stop()


def test_conformance(operation: str, suite: Suite, pool: WorkerPool) -> None:
    """The operation answers as the contract says, whatever it is asked."""
    with recording_interruptions(suite, CONFORMANCE, operation):
        pool.judge(operation)
        suite.recorder.judged.update(OF_OPERATIONS)
