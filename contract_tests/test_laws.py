"""Every law, held against the target."""

from __future__ import annotations

import pytest

from contract_tests.holding import chosen, hold
from contract_tests.law import Law
from contract_tests.laws import LAWS
from contract_tests.pytest_side import suite_of
from contract_tests.suite import Suite


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each law that the run is about."""
    laws = chosen(list(LAWS), suite_of(metafunc.config))
    metafunc.parametrize("law", laws, ids=[law.id for law in laws])


def test_law(law: Law, suite: Suite) -> None:
    """The law holds."""
    hold(law, suite)
