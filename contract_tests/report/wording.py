"""How findings are worded in every report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from contract_tests.verdict.findings import Finding, Kind
from contract_tests.verdict.judging import CHECKS, GUESS

T = TypeVar("T")

TITLES: Final = {
    Kind.VIOLATION: "Violations",
    Kind.DRIFT: "Drift",
    Kind.WAIVED: "Waived",
    Kind.NOT_JUDGED: "Not judged",
}
EXPLANATIONS: Final = {
    Kind.VIOLATION: (
        "Each statement should be true according to the documentation, but the server contradicts it."
    ),
    Kind.DRIFT: (
        "The documentation is silent here, and the server differs from our assumption. "
        "Drift fails a run only with --strict."
    ),
    Kind.WAIVED: "Known findings, accepted until their waivers expire.",
    Kind.NOT_JUDGED: "These rules were skipped or inconclusive. They do not affect the verdict.",
}
COVERED: Final = "A parameter, enum value or body field is exercised once a request that uses it succeeds."
DETAILED: Final = (Kind.VIOLATION, Kind.DRIFT, Kind.WAIVED)  # kinds whose findings are shown one by one
REPRODUCE: Final = "reproduce"  # the detail that holds curl commands, one a line
NOT_CALLED: Final = "not called"
FEW: Final = 6  # claims about one response, or rules for one reason, that are shown at once


@dataclass(frozen=True)
class Block:
    """Findings shown together: a single one, or all those of one check in one response."""

    findings: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        """The finding that stands for all."""
        return self.findings[0]

    def title(self, times: dict[str, int]) -> str:
        """The claims on one line."""
        shown, more = first_few(self.findings, 3)
        text = "; ".join(finding.claim for finding in shown) + (f"; and {more} more" if more else "")
        return text + seen(times[self.first.id])

    def details(self) -> Iterator[tuple[str, str]]:
        """Name and text of each detail below the claims; empty ones are left out."""
        if len(self.findings) == 1:
            yield from ((name, text) for name, text in details(self.first) if text != GUESS)
            return
        first = self.first
        shared = {"documented": first.basis, "received": first.received, "reason": first.reason}
        yield from ((name, text) for name, text in shared.items() if text not in ("", GUESS))
        yield REPRODUCE, first.curl
        yield "rule", f"{first.rule}, seed {first.seed}"


def blocks(findings: Iterable[Finding]) -> list[Block]:
    """Group the findings that one response shows."""
    found: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        together = finding.rule in CHECKS and finding.curl
        found.setdefault((finding.rule, finding.curl if together else finding.id), []).append(finding)
    return [Block(tuple(each)) for each in found.values()]


def details(finding: Finding) -> Iterator[tuple[str, str]]:
    """Name and text of each detail below the claim; empty ones are left out."""
    texts = {
        "documented": finding.basis,
        "expected": finding.expected,
        "received": finding.received,
        "reason": finding.reason,
        REPRODUCE: finding.curl,
        "rule": f"{finding.rule}, id {finding.id}, seed {finding.seed}",
    }
    yield from ((name, text) for name, text in texts.items() if text)


def unjudged(findings: Iterable[Finding]) -> dict[str, list[str]]:
    """Each reason with the rules that it kept from being judged; a rule is named once per reason."""
    reasons: dict[str, dict[str, dict[str, None]]] = {}
    for finding in findings:
        rules = reasons.setdefault(finding.reason, {})
        rules.setdefault(finding.rule, {})[finding.operation] = None
    return {reason: [_on(*each) for each in rules.items()] for reason, rules in reasons.items()}


def _on(rule: str, operations: dict[str, None]) -> str:
    named = [each for each in operations if each]
    return f"{rule} on {named[0] if len(named) == 1 else f'{len(named)} operations'}" if named else rule


def first_few(items: Sequence[T], most: int) -> tuple[Sequence[T], int]:
    """The items to show and how many are left out; never just one."""
    more = len(items) - most
    return (items[:most], more) if more > 1 else (items, 0)


def counted(number: int, noun: str) -> str:
    """A number with its noun: 1 violation, 2 violations."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def seen(times: int) -> str:
    """How often a finding was seen, if more than once."""
    return f" (seen {times} times)" if times > 1 else ""


def share(parts: tuple[tuple[str, ...], tuple[str, ...]]) -> str:
    """How many of how many were exercised; empty where the contract has none."""
    exercised, missing = parts
    return f"{len(exercised)}/{len(exercised) + len(missing)}" if exercised or missing else ""


def visible(text: str, keep: str = "") -> str:
    """The text with every character escaped that is not printable, so that none takes effect.

    Line breaks and tabs become spaces unless they are to be kept.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in keep else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    return " " if character in "\r\n\t" else character.encode("unicode_escape").decode("ascii")
