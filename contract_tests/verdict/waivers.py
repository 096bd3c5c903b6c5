"""Waivers: known mismatches, accepted until a date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from contract_tests.verdict.findings import Finding, Kind
from contract_tests.verdict.waiver_file import Names, Waiver, WaiverError, read_waivers

__all__ = ["RULE", "TO_DO", "Names", "Waiver", "WaiverError", "Waivers", "is_about"]

WAIVABLE: Final = frozenset({Kind.VIOLATION, Kind.DRIFT})
RULE: Final = "waivers"  # the rule of findings about the waivers themselves
TO_DO: Final = "TODO: say why this is accepted"  # a reason that nobody has filled in yet


def is_about(waiver: Waiver, finding: Finding) -> bool:
    """Whether a waiver names this finding on its one operation; what it does not give matches everything."""
    asked = (
        (waiver.id, finding.id),
        (waiver.rule, finding.rule),
        (waiver.claim, " ".join(finding.claim.split())),
    )
    named = not waiver.operations or finding.operation in waiver.operations
    return named and all(wanted in (None, given) for wanted, given in asked)


@dataclass
class Waivers:
    """The waivers of a run, and which of them were used."""

    waivers: tuple[Waiver, ...] = ()
    today: dt.date = field(default_factory=dt.date.today)
    used: set[Waiver] = field(default_factory=set)

    @classmethod
    def load(cls, path: Path, today: dt.date | None = None, *, names: Names | None = None) -> Waivers:
        """Read the file; raises WaiverError with one line on any mistake."""
        return cls(read_waivers(path, names), today or dt.date.today())

    def apply(self, finding: Finding) -> Finding:
        """The finding, waived if a waiver that has not expired covers it."""
        for waiver in self.waivers:
            if finding.kind in WAIVABLE and is_about(waiver, finding):
                self.used.add(waiver)
                if waiver.expires >= self.today:
                    return finding.waived(f"{waiver.reason} (until {waiver.expires})")
        return finding

    def judge(
        self, seed: int, *, complete: bool, selected: Callable[[Waiver], bool] = lambda _: True
    ) -> list[Finding]:
        """Findings about the waivers themselves: expired, not needed, or without a reason.

        A partial run cannot know that a waiver is not needed, and mentions only what it selects.
        """
        found = []
        for waiver in self.waivers:
            if waiver.expires < self.today:
                what = "has expired and has no effect: remove or renew it"
                found.append(_finding(waiver, what, f"expires: {waiver.expires}", seed))
                continue
            if waiver.reason == TO_DO:
                what = "has no reason yet: say why it is accepted"
                found.append(_finding(waiver, what, f"reason: {waiver.reason}", seed))
            if waiver not in self.used and (complete or selected(waiver)):
                kind = Kind.DRIFT if complete else Kind.NOT_JUDGED
                what = "is not needed: remove it"
                found.append(_finding(waiver, what, "no finding matches it", seed, kind))
        return found


def _finding(waiver: Waiver, what: str, received: str, seed: int, kind: Kind = Kind.DRIFT) -> Finding:
    partial = "the run was partial" if kind is Kind.NOT_JUDGED else ""
    return Finding(
        kind=kind,
        rule=RULE,
        operation="",
        claim=f"the waiver for {waiver.name} {what}",
        basis=f"the waivers file: {waiver.reason}",
        expected="a waiver that is valid and needed",
        received=received,
        curl="",
        seed=seed,
        reason=partial,
    )
