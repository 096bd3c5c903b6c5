"""The names of everything that judges, for `--only` and `--skip`."""

from __future__ import annotations

from contract_tests.laws import LAWS
from contract_tests.verdict.checks import EVERY, OWN, PARTS
from contract_tests.verdict.judging import CHECKS


def rules() -> tuple[str, ...]:
    """Every part, law and check."""
    return (*PARTS, *dict.fromkeys(law.name for law in LAWS), *CHECKS, *EVERY, *OWN)
