"""Every operation, held to both views of the contract under many requests."""

from __future__ import annotations

import pytest

from contract_tests.fuzzing.asking import asking, operations_of
from contract_tests.fuzzing.conformance import Conformance
from contract_tests.pytest_side import suite_of
from contract_tests.suite import Suite
from contract_tests.verdict.checks import CONFORMANCE, OF_OPERATIONS


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each operation that the run is about."""
    metafunc.parametrize("operation", operations_of(suite_of(metafunc.config)))


def test_conformance(operation: str, suite: Suite) -> None:
    """The operation answers as the contract says, whatever it is asked."""
    with asking(suite, CONFORMANCE, operation):
        Conformance(suite.scene, suite.recorder).judge(operation)
        suite.recorder.judged.update(OF_OPERATIONS)
