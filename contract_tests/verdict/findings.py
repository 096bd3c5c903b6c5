"""Findings: what the suite reports, be it a mismatch or something that it could not judge."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from contract_tests.client.exchange import Exchange


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

    @property
    def id(self) -> str:
        """A short name that stays the same from run to run, fit for a waiver."""
        text = "\0".join((self.rule, self.operation, self.claim))
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
    """Findings sorted by kind (violations first), then operation and rule."""
    return sorted(findings, key=lambda f: (ORDER.index(f.kind), f.operation, f.rule, f.claim))
