"""Sends many random requests to every operation and judges the responses by both views of the contract."""

from __future__ import annotations

import pytest

from contract_tests.fuzzing.jobs import operation_job
from contract_tests.fuzzing.selected import selected_operations
from contract_tests.fuzzing.worker_pool import WorkerPool
from contract_tests.run.pytest_options import suite_of
from contract_tests.run.suite import Suite


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each selected operation."""
    metafunc.parametrize("operation", selected_operations(suite_of(metafunc.config)))


def test_conformance(operation: str, suite: Suite, pool: WorkerPool) -> None:
    """Every response of the operation matches the contract."""
    pool.do(operation_job(operation, suite))
