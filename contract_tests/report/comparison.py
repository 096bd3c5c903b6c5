"""`--compare`: what is new since an earlier run, what is gone, and what is still there."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from contract_tests.report.wording import operations_of
from contract_tests.settings.options import SettingsError
from contract_tests.verdict.findings import Finding, Kind
from contract_tests.verdict.waivers import RULE as ABOUT_WAIVERS

READABLE: Final = (2, 3)  # formats of report.json
COMPARED: Final = frozenset({Kind.VIOLATION, Kind.DRIFT, Kind.WAIVED})
Key = tuple[str, str]  # rule and claim: an id depends on the version that made it


@dataclass(frozen=True)
class Known:
    """A finding of the earlier run."""

    kind: Kind
    rule: str
    claim: str
    operations: tuple[str, ...]

    @property
    def key(self) -> Key:
        """What makes it the same finding as one of another run."""
        return self.rule, self.claim


@dataclass(frozen=True)
class Earlier:
    """The report of an earlier run."""

    file: str
    run_id: str
    started: str  # empty if the report does not say
    findings: tuple[Known, ...]

    @property
    def title(self) -> str:
        """Which run it was."""
        when = f", {self.started}" if self.started else ""
        return f"{self.file} (run {self.run_id}{when})"


@dataclass(frozen=True)
class Comparison:
    """The findings of two runs side by side; what only the earlier one had may just not be judged again."""

    earlier: Earlier
    new: tuple[Finding, ...]
    still: tuple[Finding, ...]
    gone: tuple[Known, ...]
    unknown: tuple[Known, ...]

    @classmethod
    def of(
        cls, earlier: Earlier, findings: Collection[Finding], judged: Collection[str], *, complete: bool
    ) -> Comparison:
        """Compare the findings of a run with those of an earlier one."""
        now = [each for each in findings if each.kind in COMPARED and each.rule != ABOUT_WAIVERS]
        before = {each.key for each in earlier.findings}
        keys = {(each.rule, each.claim) for each in now}
        missing = [each for each in earlier.findings if each.key not in keys]
        silent = {each.rule for each in findings if each.kind is Kind.NOT_JUDGED}
        gone = [each for each in missing if each.rule not in silent and (complete or each.rule in judged)]
        return cls(
            earlier=earlier,
            new=tuple(each for each in now if (each.rule, each.claim) not in before),
            still=tuple(each for each in now if (each.rule, each.claim) in before),
            gone=tuple(gone),
            unknown=tuple(each for each in missing if each not in gone),
        )

    def is_new(self, finding: Finding) -> bool:
        """Whether the earlier run did not have the finding."""
        return finding in self.new

    @property
    def tally(self) -> str:
        """How many findings are new, gone and still there."""
        counts = f"{len(self.new)} new, {len(self.gone)} gone, {len(self.still)} still there"
        return counts + (f", {len(self.unknown)} not judged again" if self.unknown else "")

    @property
    def lines(self) -> list[tuple[str, str]]:
        """Every finding that is not in both runs, with what happened to it."""
        now = [("new", each.claim, operations_of(each), each.kind) for each in self.new]
        then = [("gone", each.claim, each.operations, each.kind) for each in self.gone]
        then += [("not judged again", each.claim, each.operations, each.kind) for each in self.unknown]
        return [(what, _told(claim, operations, kind)) for what, claim, operations, kind in now + then]


def _told(claim: str, operations: tuple[str, ...], kind: Kind) -> str:
    named = f"{', '.join(operations)}: " if any(operations) else ""
    return f"{named}{claim}" + ("" if kind is Kind.VIOLATION else f" ({kind.value})")


def read_report(path: Path) -> Earlier:
    """The report of an earlier run; raises SettingsError with one line if it is none."""
    try:
        document = json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise _unreadable(path, f"it cannot be read: {' '.join(str(error).split())}") from error
    if not isinstance(document, Mapping) or "format" not in document:
        raise _unreadable(path, "it has no `format`")
    if document["format"] not in READABLE:
        formats = " and ".join(map(str, READABLE))
        raise _unreadable(path, f"its format is {document['format']!r}; this version reads {formats}")
    try:
        found = tuple(_merged(map(_known, document["findings"])))
        return Earlier(str(path), str(document["run_id"]), str(document.get("started", "")), found)
    except (KeyError, TypeError, ValueError) as error:
        raise _unreadable(path, f"something is missing or wrong: {error}") from error


def _unreadable(path: Path, why: str) -> SettingsError:
    return SettingsError(f"--compare: {path} is not a report.json of deals-contract: {why}")


def _known(entry: Any) -> Known:
    operations = entry["operations"] if "operations" in entry else [entry["operation"]]
    rule, claim = str(entry["rule"]), str(entry["claim"])
    of_law = rule.replace("_", " ")
    if claim.startswith(f"{of_law} ("):  # format 2 had one finding for each case of a law
        claim = of_law
    return Known(Kind(entry["kind"]), rule, claim, tuple(map(str, operations)))


def _merged(found: Iterable[Known]) -> Iterable[Known]:
    """One finding for each claim: format 2 had one for each of its operations."""
    by_key: dict[Key, Known] = {}
    for each in found:
        if each.kind not in COMPARED or each.rule == ABOUT_WAIVERS:
            continue
        known = by_key.get(each.key, each)
        operations = tuple(dict.fromkeys((*known.operations, *each.operations)))
        by_key[each.key] = Known(known.kind, each.rule, each.claim, operations)
    return by_key.values()
