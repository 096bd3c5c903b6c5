"""The names of everything that judges, for `--only` and `--skip`."""

from __future__ import annotations

from contract_tests.laws import LAWS
from contract_tests.verdict.checks import EVERY
from contract_tests.verdict.judging import CHECKS

OWN = ("coverage", "sign-in")


def rules() -> tuple[str, ...]:
    """Every law and check."""
    return (*dict.fromkeys(law.name for law in LAWS), *CHECKS, *EVERY, *OWN)
