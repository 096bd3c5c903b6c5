"""How a finding is told, wherever it is told."""

from __future__ import annotations

from collections.abc import Iterator

from contract_tests.verdict.findings import Finding


def details(finding: Finding) -> Iterator[tuple[str, str]]:
    """What stands below the claim: name and text, only what there is to say."""
    told = {
        "documented": finding.basis,
        "expected": finding.expected,
        "received": finding.received,
        "reason": finding.reason,
        "again": finding.curl,
        "found by": f"{finding.rule}, id {finding.id}, seed {finding.seed}",
    }
    yield from ((name, text) for name, text in told.items() if text)


def share(parts: tuple[tuple[str, ...], tuple[str, ...]]) -> str:
    """How many of how many; nothing where there is nothing to exercise."""
    exercised, missing = parts
    return f"{len(exercised)}/{len(exercised) + len(missing)}" if exercised or missing else ""
