"""Judges every selected law on the server."""

from __future__ import annotations

import pytest

from contract_tests.fuzzing.jobs import law_job
from contract_tests.fuzzing.worker_pool import WorkerPool
from contract_tests.laws.law import Law
from contract_tests.run.law_runner import selected_laws
from contract_tests.run.pytest_options import suite_of
from contract_tests.run.suite import Suite


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each selected law."""
    laws = selected_laws(suite_of(metafunc.config))
    metafunc.parametrize("law", laws, ids=[law.id for law in laws])


def test_law(law: Law, suite: Suite, pool: WorkerPool) -> None:
    """The law holds."""
    pool.do(law_job(law, suite))
