"""`--update-waivers`: adds waivers for what a run found to a file, and renews expired ones.

The file is edited as text, so that its comments and its order stay.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import yaml

from contract_tests.settings.files import write_whole
from contract_tests.verdict.checks import RULES_OF_FUZZING, RUN_RULES
from contract_tests.verdict.findings import Finding, Kind
from contract_tests.verdict.judging import CHECKS
from contract_tests.verdict.waiver_file import Names, Waiver, WaiverError, parsed, read_text
from contract_tests.verdict.waivers import RULE, TO_DO, is_about

ACCEPTED: Final = dt.timedelta(days=90)
HEADER: Final = (
    "# Known mismatches, accepted until a date. Written by `deals-contract --update-waivers`:\n"
    "# say in each `reason` why the mismatch is accepted, and choose the date.\n"
)


@dataclass(frozen=True)
class Update:
    """The new text of a waivers file, and what changed in it."""

    text: str
    added: int
    renewed: int
    unused: int  # waivers that match nothing in this run; they are kept

    def __str__(self) -> str:
        unused = f", {self.unused} kept that match nothing in this run" if self.unused else ""
        to_do = "; say in each new one why it is accepted" if self.added else ""
        return f"waivers: {self.added} added, {self.renewed} renewed{unused}{to_do}"


def update_file(
    path: Path, findings: Iterable[Finding], *, strict: bool, names: Names, today: dt.date | None = None
) -> Update:
    """Write waivers of the findings into the file; it is left alone if nothing changes."""
    before = text_of(path)
    update = updated(before, findings, strict=strict, names=names, today=today or dt.date.today(), path=path)
    if update.text != before:
        write_whole(path, update.text.encode("utf-8"))
    return update


def check(path: Path, names: Names | None) -> None:
    """Raise WaiverError if the file cannot be updated, before a run is wasted on it."""
    parsed(text_of(path), str(path), names)


def text_of(path: Path) -> str:
    """The text of a waivers file; empty if there is none yet."""
    return read_text(path) if path.exists() else ""


def updated(
    text: str, findings: Iterable[Finding], *, strict: bool, names: Names, today: dt.date, path: Path
) -> Update:
    """The text with a waiver for each finding that none covers, and with a new date on expired ones.

    Only what fails the run is waived: violations, and drift if the run is strict.
    """
    found = [each for finding in findings if finding.rule != RULE for each in _on_each_operation(finding)]
    failing = [each for each in found if each.kind is Kind.VIOLATION or (strict and each.kind is Kind.DRIFT)]
    old, until = parsed(text, str(path), names), today + ACCEPTED
    expired = {n for n, waiver in enumerate(old) if waiver.expires < today and _matches_any(waiver, failing)}
    new = _new_waivers([each for each in failing if not any(is_about(waiver, each) for waiver in old)], until)
    edited = _extended(_with_date(text, expired, until), new)
    wanted = [replace(waiver, expires=until) if n in expired else waiver for n, waiver in enumerate(old)]
    if _read(edited) != (*wanted, *new):
        raise WaiverError(f"cannot update {path} without losing something: begin each waiver with “- ”")
    unused = sum(not _matches_any(waiver, found) for waiver in old)
    return Update(edited, len(new), len(expired), unused)


def _on_each_operation(finding: Finding) -> list[Finding]:
    """The finding once for each of its operations, for a waiver may cover some of them."""
    operations = () if finding.kind is Kind.NOT_JUDGED else finding.operations or ("",)
    return [replace(finding, operation=operation) for operation in operations]


def _matches_any(waiver: Waiver, findings: Iterable[Finding]) -> bool:
    return any(is_about(waiver, finding) for finding in findings)


def _new_waivers(findings: Iterable[Finding], until: dt.date) -> list[Waiver]:
    """One waiver for each claim, with its operations."""
    operations: dict[tuple[str, str], list[str]] = {}
    for finding in findings:
        named = operations.setdefault((finding.rule, " ".join(finding.claim.split())), [])
        named += [finding.operation] if finding.operation and finding.operation not in named else []
    return [
        Waiver(reason=TO_DO, expires=until, rule=rule, claim=claim, operations=tuple(named))
        for (rule, claim), named in operations.items()
    ]


def _read(text: str) -> tuple[Waiver, ...]:
    try:
        return parsed(text, "")
    except WaiverError:
        return ()


def _entries(text: str) -> Any:
    """The YAML node of the list, with the place of each part in the text; None in an empty file."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if isinstance(root, yaml.MappingNode):
        root = next(value for key, value in root.value if key.value == "waivers")
    return root if isinstance(root, yaml.SequenceNode) else None


def _with_date(text: str, expired: Collection[int], until: dt.date) -> str:
    """The text with this date in the given entries."""
    entries = _entries(text)
    keys = [entries.value[n].value for n in sorted(expired, reverse=True)]
    for date in [value for pairs in keys for key, value in pairs if key.value == "expires"]:
        text = text[: date.start_mark.index] + until.isoformat() + text[date.end_mark.index :]
    return text


def _extended(text: str, new: Iterable[Waiver]) -> str:
    """The text with these waivers at its end, indented as the others are."""
    entries, indent = _entries(text), ""
    if entries is not None and entries.value:
        indent = " " * entries.start_mark.column
    elif entries is not None:  # `[]`
        text = text[: entries.start_mark.index] + text[entries.end_mark.index :]
    end_of_line = "\r\n" if "\r\n" in text else "\n"
    for waiver in new:
        lines = (indent + line for line in _lines(waiver))
        text = "\n".join((text.rstrip() or HEADER.rstrip(), "", *lines, ""))
        text = text.replace("\r\n", "\n").replace("\n", end_of_line)
    return text


def _lines(waiver: Waiver) -> Iterator[str]:
    checks = {*CHECKS, *RULES_OF_FUZZING, *RUN_RULES}
    yield f"- {'check' if waiver.rule in checks else 'law'}: {_scalar(waiver.rule)}"
    yield f"  claim: {_scalar(waiver.claim)}"
    if waiver.operations:
        one = len(waiver.operations) == 1
        yield f"  operation: {_scalar(waiver.operations[0] if one else list(waiver.operations))}"
    yield f"  reason: {_scalar(waiver.reason)}"
    yield f"  expires: {waiver.expires.isoformat()}"


def _scalar(value: object) -> str:
    """A value on one line of YAML, quoted if it has to be."""
    written: str = yaml.safe_dump(value, default_flow_style=True, width=float("inf"), allow_unicode=True)
    return written.removesuffix("\n").removesuffix("\n...")
