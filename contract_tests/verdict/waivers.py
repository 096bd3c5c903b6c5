"""Waivers: known mismatches, accepted until a date, in a small YAML file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from contract_tests.verdict.findings import Finding, Kind

KEYS = frozenset({"id", "law", "check", "operation", "reason", "expires"})
WAIVABLE = frozenset({Kind.VIOLATION, Kind.DRIFT})
HOW = "a waiver needs `id` (or `law`/`check` with `operation`), `reason` and `expires: YYYY-MM-DD`"


class WaiverError(Exception):
    """The waivers file is invalid; the message says why in one line."""


@dataclass(frozen=True)
class Waiver:
    """One mismatch that is accepted until a date."""

    reason: str
    expires: dt.date
    id: str | None = None
    rule: str | None = None
    operation: str | None = None

    def covers(self, finding: Finding) -> bool:
        """Whether the waiver applies to the finding."""
        if finding.kind not in WAIVABLE:
            return False
        if self.id is not None:
            return finding.id == self.id
        return (finding.rule, finding.operation) == (self.rule, self.operation)

    @property
    def name(self) -> str:
        """What is waived, in words."""
        return self.id or f"{self.rule} on {self.operation}"


@dataclass
class Waivers:
    """The waivers of a run, and which of them were used."""

    waivers: tuple[Waiver, ...] = ()
    today: dt.date = field(default_factory=dt.date.today)
    used: set[Waiver] = field(default_factory=set)

    @classmethod
    def load(cls, path: Path, today: dt.date | None = None) -> Waivers:
        """Read the file; raises WaiverError with one line on any mistake."""
        try:
            document = yaml.safe_load(path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            text = " ".join(str(error).split())
            raise WaiverError(f"cannot read the waivers file {path}: {text}") from error
        entries = document.get("waivers") if isinstance(document, Mapping) else document
        if not isinstance(entries, list):
            raise WaiverError(f"the waivers file {path} must contain a list; {HOW}")
        found = tuple(_waiver(entry, f"{path}, waiver {n}") for n, entry in enumerate(entries, 1))
        return cls(found, today or dt.date.today())

    def apply(self, finding: Finding) -> Finding:
        """The finding, waived if a waiver that has not expired covers it."""
        for waiver in self.waivers:
            if waiver.covers(finding):
                self.used.add(waiver)
                if waiver.expires >= self.today:
                    return finding.waived(f"{waiver.reason} (until {waiver.expires})")
        return finding

    def judge(self, seed: int, *, complete: bool) -> list[Finding]:
        """Findings about the waivers themselves: expired, or not needed.

        A partial run cannot know that a waiver is not needed.
        """
        found = []
        for waiver in self.waivers:
            if waiver.expires < self.today:
                found.append(
                    _report(
                        waiver,
                        "has expired and has no effect: remove or renew it",
                        f"expires: {waiver.expires}",
                        seed,
                        Kind.DRIFT,
                    )
                )
            elif waiver not in self.used:
                kind = Kind.DRIFT if complete else Kind.NOT_JUDGED
                found.append(_report(waiver, "is not needed: remove it", "no finding matches it", seed, kind))
        return found


def _report(waiver: Waiver, what: str, received: str, seed: int, kind: Kind) -> Finding:
    partial = "the run was partial" if kind is Kind.NOT_JUDGED else ""
    return Finding(
        kind=kind,
        rule="waivers",
        operation=waiver.operation or "",
        claim=f"the waiver for {waiver.name} {what}",
        basis=f"the waivers file: {waiver.reason}",
        expected="a waiver that is valid and needed",
        received=received,
        curl="",
        seed=seed,
        reason=partial,
    )


def _waiver(entry: Any, where: str) -> Waiver:
    if not isinstance(entry, Mapping):
        raise WaiverError(f"{where}: {HOW}")
    if unknown := sorted(set(map(str, entry)) - KEYS):
        raise WaiverError(f"{where}: unknown key {', '.join(unknown)}; {HOW}")
    rule = entry.get("law") or entry.get("check")
    if not entry.get("id") and not (rule and entry.get("operation")):
        raise WaiverError(f"{where}: {HOW}")
    if not entry.get("reason"):
        raise WaiverError(f"{where}: `reason` is missing; {HOW}")
    return Waiver(
        reason=str(entry["reason"]),
        expires=_date(entry.get("expires"), where),
        id=str(entry["id"]) if entry.get("id") else None,
        rule=rule,
        operation=entry.get("operation"),
    )


def _date(value: Any, where: str) -> dt.date:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        raise WaiverError(f"{where}: `expires` must be a date; {HOW}") from None
