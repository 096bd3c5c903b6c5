"""The names of everything that judges, for `--only` and `--skip`."""

from __future__ import annotations

from contract_tests.checks import EVERY
from contract_tests.judging import CHECKS
from contract_tests.laws import LAWS

OWN = ("coverage", "sign-in")


def rules() -> tuple[str, ...]:
    """Every law and check."""
    return (*dict.fromkeys(law.name for law in LAWS), *CHECKS, *EVERY, *OWN)
