"""Every law bites: each is shown the defect that only it catches, and must say so."""

from __future__ import annotations

import pytest

from benchmarks.mutation_matrix.law_coverage import LawCoverage
from benchmarks.mutation_matrix.results import Results
from contract_tests.laws import all_laws
from contract_tests.run.law_runner import judge_law
from contract_tests.verdict.findings import Kind
from tests.contract_tests.builders import CONTRACT
from tests.contract_tests.mock_target import mock_app, mock_people, primary_quote
from tests.contract_tests.runs import run_against
from tests.contract_tests.servers import serving

ONLY = {law: only for law, only in LawCoverage.of(Results.load().by_mutation).only.items() if only}


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """This server shows at once whatever it will show."""
    monkeypatch.setattr("contract_tests.scene.api_reader.PAUSES", (0.01, 0.01))


@pytest.mark.parametrize(("name", "only"), ONLY.items(), ids=ONLY)
def test_a_law_catches_what_only_it_catches(name: str, only: tuple[str, ...]) -> None:
    assert any(bites(name, mutation) for mutation in only)


def bites(name: str, mutation: str) -> bool:
    """Whether a law, all by itself, speaks up; one may need what a whole run has read before."""
    cases = [law for law in all_laws(CONTRACT) if law.name == name]
    people = mock_people(quote_id=primary_quote(), email="manager@revorbit.example")
    with serving(mock_app(mutation=mutation)) as root, run_against(f"{root}/api", **people) as suite:
        for law in cases:
            judge_law(law, suite)

        kind = Kind.DRIFT if cases[0].drift else Kind.VIOLATION
        return name in {finding.rule for finding in suite.recorder.of(kind)}
