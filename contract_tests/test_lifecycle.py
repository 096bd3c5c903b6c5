"""Sends sequences of requests along the contract's links, on resources that the run created itself."""

from __future__ import annotations

import pytest

from contract_tests.fuzzing.lifecycle import Lifecycle
from contract_tests.fuzzing.selected import lifecycle_selected, recording_interruptions
from contract_tests.run.pytest_options import suite_of
from contract_tests.run.suite import Suite
from contract_tests.verdict.checks import OF_LIFECYCLE


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test, if the lifecycle is selected."""
    metafunc.parametrize("part", lifecycle_selected(suite_of(metafunc.config)))


def test_lifecycle(part: str, suite: Suite) -> None:
    """What was created can be read, changed and deleted, and then it is gone."""
    with recording_interruptions(suite, part, "createDeal"):
        Lifecycle(suite.scene, suite.recorder).judge()
        suite.recorder.judged.update(OF_LIFECYCLE)
