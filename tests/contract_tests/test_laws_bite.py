"""Every law bites: each is shown the departure that only it catches, and must say so."""

from __future__ import annotations

import pytest

from benchmarks.mutation_matrix.law_coverage import LawCoverage
from benchmarks.mutation_matrix.results import Results
from contract_tests.holding import hold
from contract_tests.laws import LAWS
from contract_tests.verdict.findings import Kind
from tests.contract_tests.mock_target import mock_app, mock_people, primary_quote
from tests.contract_tests.runs import run_against
from tests.contract_tests.servers import serving

ONLY = {law: only for law, only in LawCoverage.of(Results.load().by_mutation).only.items() if only}


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """This server shows at once whatever it will show."""
    monkeypatch.setattr("contract_tests.scene.ground.PAUSES", (0.01, 0.01))


@pytest.mark.parametrize(("name", "only"), ONLY.items(), ids=ONLY)
def test_a_law_catches_what_only_it_catches(name: str, only: tuple[str, ...]) -> None:
    assert any(bites(name, departure) for departure in only)


def bites(name: str, departure: str) -> bool:
    """Whether a law, all by itself, says that this departs; one may need what a whole run has read before."""
    cases = [law for law in LAWS if law.name == name]
    people = mock_people(quote_id=primary_quote(), email="manager@revorbit.example")
    with serving(mock_app(departure=departure)) as root, run_against(f"{root}/api", **people) as suite:
        for law in cases:
            hold(law, suite)

        kind = Kind.DRIFT if cases[0].drift else Kind.VIOLATION
        return name in {finding.rule for finding in suite.recorder.of(kind)}
