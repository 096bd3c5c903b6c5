"""Findings: what the suite reports, be it a mismatch or something that it could not judge."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from contract_tests.client.exchange import Exchange

# Judges a law again on recorded responses; returns how it is broken, or None.
Rejudge = Callable[[Iterable[Exchange]], Any]


class Kind(StrEnum):
    """What a finding means for the verdict, in the order in which findings are shown."""

    VIOLATION = "violation"  # the server contradicts the documentation
    DRIFT = "drift"  # the server contradicts only our guess
    WAIVED = "waived"  # known and accepted for now
    NOT_JUDGED = "not-judged"  # not checked, with the reason


ORDER = tuple(Kind)


@dataclass(frozen=True)
class Finding:
    """One mismatch of the server, with its proof."""

    kind: Kind
    rule: str  # the name of a law or of a check
    operation: str  # operationId
    claim: str  # what should be true, in words that are the same in every run
    basis: str  # the documented words
    expected: str
    received: str
    curl: str
    seed: int
    reason: str = ""  # why it is waived, or was not judged
    exchanges: tuple[Exchange, ...] = field(default=(), repr=False, compare=False)  # that show it
    trace: tuple[Exchange, ...] = field(default=(), repr=False, compare=False)  # all of the judgement
    rejudge: Rejudge | None = field(default=None, repr=False, compare=False)  # the law, on another trace
    operations: tuple[str, ...] = ()  # all on which it was found, this one first
    cases: tuple[str, ...] = ()  # the cases of the law that are broken
    subject: str = field(
        default="", repr=False
    )  # the response property that the claim is about: `Deal.value`
    cause: str = field(default="", repr=False)  # findings of a rule with the same cause become one

    basic: bool = field(default=False, repr=False)  # a law on which the others build
    rank: int = field(default=0, repr=False)  # the lower, the deeper it lies

    def __post_init__(self) -> None:
        if not self.operations and self.operation:
            object.__setattr__(self, "operations", (self.operation,))

    @property
    def id(self) -> str:
        """A short name that stays the same from run to run, fit for a waiver."""
        place = (self.operation,) if self.kind is Kind.NOT_JUDGED else ()
        text = "\0".join((self.rule, self.claim, *place))
        return "f" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:9]

    def waived(self, reason: str) -> Finding:
        """The same finding, accepted for this reason."""
        return replace(self, kind=Kind.WAIVED, reason=reason)


def not_judged(rule: str, operation: str, reason: str, *, claim: str = "", seed: int = 0) -> Finding:
    """A finding for something that was not checked: silence must never look like success."""
    return Finding(
        kind=Kind.NOT_JUDGED,
        rule=rule,
        operation=operation,
        claim=claim,
        basis="",
        expected="",
        received="",
        curl="",
        seed=seed,
        reason=reason,
    )


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Findings by kind (violations first), what lies deepest first, otherwise as they were found."""
    return sorted(findings, key=lambda finding: (ORDER.index(finding.kind), finding.rank))
