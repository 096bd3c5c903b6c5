"""How findings are told, wherever they are told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from contract_tests.verdict.findings import Finding
from contract_tests.verdict.judging import CHECKS, GUESS


@dataclass(frozen=True)
class Block:
    """Findings that are told together: one, or all that a check found in one answer."""

    findings: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        """The one that stands for all."""
        return self.findings[0]

    def title(self, times: dict[str, int], *, most: int = 3) -> str:
        """The claims on one line."""
        more = len(self.findings) - most
        claims = [finding.claim for finding in self.findings[: most if more > 1 else None]]
        text = "; ".join(claims) + (f"; and {more} more" if more > 1 else "")
        return text + seen(times[self.first.id])

    def details(self) -> Iterator[tuple[str, str]]:
        """What stands below the claims: name and text, only what there is to say."""
        if len(self.findings) == 1:
            yield from ((name, text) for name, text in details(self.first) if text != GUESS)
            return
        found_by = f"{self.first.rule}, seed {self.first.seed}"
        told = {"documented": self.first.basis, "received": self.first.received, "reason": self.first.reason}
        yield from ((name, text) for name, text in told.items() if text not in ("", GUESS))
        yield from (("again", self.first.curl), ("found by", found_by))


def blocks(findings: Iterable[Finding]) -> list[Block]:
    """Findings, those together that one answer shows."""
    found: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        together = finding.rule in CHECKS and finding.curl
        found.setdefault((finding.rule, finding.curl if together else finding.id), []).append(finding)
    return [Block(tuple(each)) for each in found.values()]


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


def unjudged(findings: Iterable[Finding]) -> dict[str, list[str]]:
    """Why something was not judged → what it was, a rule once with all its operations."""
    reasons: dict[str, dict[str, dict[str, None]]] = {}
    for finding in findings:
        rules = reasons.setdefault(finding.reason, {})
        rules.setdefault(finding.rule, {})[finding.operation] = None
    return {reason: [_on(*each) for each in rules.items()] for reason, rules in reasons.items()}


def _on(rule: str, operations: dict[str, None]) -> str:
    named = [each for each in operations if each]
    return f"{rule} on {named[0] if len(named) == 1 else f'{len(named)} operations'}" if named else rule


def seen(times: int) -> str:
    """How often, if more than once."""
    return f" (seen {times} times)" if times > 1 else ""


def share(parts: tuple[tuple[str, ...], tuple[str, ...]]) -> str:
    """How many of how many; nothing where there is nothing to exercise."""
    exercised, missing = parts
    return f"{len(exercised)}/{len(exercised) + len(missing)}" if exercised or missing else ""
