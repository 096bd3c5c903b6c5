"""Every law bites: each is shown the departure that only it catches, and must say so."""

from __future__ import annotations

import json

import pytest

from benchmarks.teeth.laws import Laws
from benchmarks.teeth.peers import ROOT
from contract_tests.holding import hold
from contract_tests.laws import LAWS
from contract_tests.verdict.findings import Kind
from tests.contract_tests.mock_target import mock_app, mock_people, primary_quote
from tests.contract_tests.runs import run_against
from tests.contract_tests.servers import serving

AGAINST = json.loads((ROOT / "contract_tests" / "TEETH-LAWS.json").read_text("utf-8"))
ALONE = {name: alone for name, alone in Laws.of(AGAINST).alone.items() if alone}


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """This server shows at once whatever it will show."""
    monkeypatch.setattr("contract_tests.scene.ground.PAUSES", (0.01, 0.01))


@pytest.mark.parametrize(("name", "alone"), ALONE.items(), ids=ALONE)
def test_a_law_catches_what_only_it_catches(name: str, alone: tuple[str, ...]) -> None:
    assert any(bites(name, departure) for departure in alone)


def bites(name: str, departure: str) -> bool:
    """Whether a law, all by itself, says that this departs; one may need what a whole run has read before."""
    cases = [law for law in LAWS if law.name == name]
    people = mock_people(quote_id=primary_quote(), email="manager@revorbit.example")
    with serving(mock_app(mutation=departure)) as root, run_against(f"{root}/api", **people) as suite:
        for law in cases:
            hold(law, suite)

        kind = Kind.DRIFT if cases[0].drift else Kind.VIOLATION
        return name in {finding.rule for finding in suite.recorder.of(kind)}
