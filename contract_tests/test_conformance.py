"""Every operation, held to both views of the contract under many requests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from contract_tests.fuzzing.asking import asking, operations_of
from contract_tests.fuzzing.crew import Crew
from contract_tests.pytest_side import suite_of
from contract_tests.suite import Suite
from contract_tests.verdict.checks import CONFORMANCE, OF_OPERATIONS


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each operation that the run is about."""
    metafunc.parametrize("operation", operations_of(suite_of(metafunc.config)))


@pytest.fixture(scope="module")
def crew(request: pytest.FixtureRequest, suite: Suite) -> Iterator[Crew]:
    """The workers, on what is about to be tested."""
    callspecs = (getattr(item, "callspec", None) for item in request.session.items)
    params = (callspec.params for callspec in callspecs if callspec is not None)
    crew = Crew(suite, [each["operation"] for each in params if "operation" in each])
    yield crew
    crew.stop()


def test_conformance(operation: str, suite: Suite, crew: Crew) -> None:
    """The operation answers as the contract says, whatever it is asked."""
    with asking(suite, CONFORMANCE, operation):
        crew.judge(operation)
        suite.recorder.judged.update(OF_OPERATIONS)
