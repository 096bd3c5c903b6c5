"""Walks over the contract's links, on things that the run made itself."""

from __future__ import annotations

import pytest

from contract_tests.fuzzing.asking import asking, walks_asked_for
from contract_tests.fuzzing.lifecycle import Lifecycle
from contract_tests.pytest_side import suite_of
from contract_tests.suite import Suite
from contract_tests.verdict.checks import OF_WALKS


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test, if the run is about it."""
    metafunc.parametrize("walks", walks_asked_for(suite_of(metafunc.config)))


def test_lifecycle(walks: str, suite: Suite) -> None:
    """What was made can be read, changed and deleted, and then it is gone."""
    with asking(suite, walks, "createDeal"):
        Lifecycle(suite.scene, suite.recorder).judge()
        suite.recorder.judged.update(OF_WALKS)
