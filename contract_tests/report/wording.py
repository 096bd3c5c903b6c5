"""How findings are worded in every report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeVar

from contract_tests.report.plain_text import visible
from contract_tests.verdict.findings import Finding, Kind
from contract_tests.verdict.judging import CHECKS, GUESS
from contract_tests.verdict.waivers import RULE as ABOUT_WAIVERS

__all__ = ["visible"]  # the templates find it here

T = TypeVar("T")
Extras = Callable[[Finding], Mapping[str, str]]  # details that the run adds to a finding
NOTHING: Final[Mapping[str, str]] = MappingProxyType({})

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
    Kind.NOT_JUDGED: "These rules were skipped or inconclusive. They say nothing about the server.",
}
TO_REVIEW: Final = "Waivers to review"
WHY_REVIEW: Final = (
    "This is about the waivers file, not about the server. It fails a run only with --strict, as drift does."
)
COVERED: Final = "A parameter, enum value or body field is exercised once a request that uses it succeeds."
REPRODUCE: Final = "reproduce"  # the detail that holds curl commands, one a line
SCRIPT: Final = "script"  # the detail that names a script that shows the finding again
REQUEST_ID: Final = "request id"
NOT_CALLED: Final = "not called"
FEW: Final = 6  # claims about one response, or rules for one reason, that are shown at once
COVERAGE: Final = "coverage"


@dataclass(frozen=True)
class Section:
    """Findings under one heading; those that were not judged have a section of another form."""

    name: str  # in links and styles
    title: str
    explanation: str
    findings: tuple[Finding, ...]

    @property
    def kind(self) -> Kind:
        """The kind of all its findings."""
        return self.findings[0].kind

    def groups(self) -> Iterator[tuple[str, list[Finding]]]:
        """The findings with the operations that they are about, in their order."""
        groups: list[tuple[str, list[Finding]]] = []
        for finding in self.findings:
            heading = operations_named(finding)
            if not groups or groups[-1][0] != heading:
                groups.append((heading, []))
            groups[-1][1].append(finding)
        yield from groups


def about_waivers(finding: Finding) -> bool:
    """Whether a finding is about the waivers file; what a partial run cannot know is just not judged."""
    return finding.rule == ABOUT_WAIVERS and finding.kind is Kind.DRIFT


def sections(findings: Sequence[Finding]) -> list[Section]:
    """The sections of a report, without empty ones."""
    found = [_section(kind, findings) for kind in (Kind.VIOLATION, Kind.DRIFT)]
    found.append(Section("waivers", TO_REVIEW, WHY_REVIEW, tuple(filter(about_waivers, findings))))
    found.append(_section(Kind.WAIVED, findings))
    return [section for section in found if section.findings]


def _section(kind: Kind, findings: Iterable[Finding]) -> Section:
    found = tuple(f for f in findings if f.kind is kind and not about_waivers(f))
    return Section(kind.value, TITLES[kind], EXPLANATIONS[kind], found)


@dataclass(frozen=True)
class Block:
    """Findings shown together: a single one, or all those of one check in one response."""

    findings: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        """The finding that stands for all."""
        return self.findings[0]

    def title(self, times: Mapping[str, int]) -> str:
        """The claims on one line."""
        shown, more = first_few(self.findings, 3)
        text = "; ".join(stated(finding) for finding in shown) + (f"; and {more} more" if more else "")
        return text + seen(times[self.first.id])

    def details(self, extras: Extras = lambda _: NOTHING) -> Iterator[tuple[str, str]]:
        """Name and text of each detail below the claims; empty ones are left out."""
        first = self.first
        if len(self.findings) == 1:
            yield from ((name, text) for name, text in details(first, extras(first)) if text != GUESS)
            return
        shared = {"documented": first.basis, "received": first.received, "reason": first.reason}
        yield from ((name, text) for name, text in shared.items() if text not in ("", GUESS))
        yield REPRODUCE, first.curl
        yield from extras(first).items()
        yield "rule", f"{first.rule}, seed {first.seed}"


def blocks(findings: Iterable[Finding]) -> list[Block]:
    """Group the findings that one response shows."""
    found: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        together = finding.rule in CHECKS and finding.curl
        found.setdefault((finding.rule, finding.curl if together else finding.id), []).append(finding)
    return [Block(tuple(each)) for each in found.values()]


def details(finding: Finding, extras: Mapping[str, str] = NOTHING) -> Iterator[tuple[str, str]]:
    """Name and text of each detail below the claim; empty ones are left out."""
    operations = operations_of(finding)
    texts = {
        "operations": ", ".join(operations) if len(operations) > 2 else "",
        "cases": ", ".join(finding.cases) if len(finding.cases) > FEW else "",
        "documented": finding.basis,
        "expected": finding.expected,
        "received": finding.received,
        "reason": finding.reason,
        REPRODUCE: finding.curl,
        **extras,
        "rule": f"{finding.rule}, id {finding.id}, seed {finding.seed}",
    }
    yield from ((name, text) for name, text in texts.items() if text)


def stated(finding: Finding) -> str:
    """The claim, with the cases of the law for which it is not true."""
    shown, more = first_few(finding.cases, FEW)
    cases = ", ".join(shown) + (f" and {more} more" if more else "")
    return f"{finding.claim} ({cases})" if cases else finding.claim


def operations_of(finding: Finding) -> tuple[str, ...]:
    """The operations that a finding is about; none if it is about the whole run."""
    return tuple(filter(None, finding.operations))


def operations_named(finding: Finding) -> str:
    """The operations of a finding in a heading: two, and how many more."""
    operations = operations_of(finding)
    shown, more = first_few(operations, 2)
    return ", ".join(shown) + (f" and {more} more" if more else "")


@dataclass(frozen=True)
class Silent:
    """A rule that was not judged, and where."""

    name: str  # empty if the text says it all
    where: str

    def __str__(self) -> str:
        return f"{self.name} {self.where}".strip()


def unjudged(findings: Iterable[Finding]) -> dict[str, list[Silent]]:
    """Each reason with the rules that it kept from being judged; a rule is named once per reason."""
    reasons: dict[str, dict[str, dict[str, None]]] = {}
    for finding in findings:
        rules = reasons.setdefault(finding.reason, {})
        rule = finding.claim if finding.rule == ABOUT_WAIVERS else finding.rule
        rules.setdefault(rule, {}).update(dict.fromkeys(operations_of(finding)))
    return {reason: [_on(*each) for each in rules.items()] for reason, rules in reasons.items()}


def _on(rule: str, operations: Mapping[str, None]) -> Silent:
    named = [*operations]
    if rule == COVERAGE:  # no rule that anybody could select: the operation itself was never used
        return Silent("", f"the operation{'s' if len(named) > 1 else ''} {', '.join(named)}")
    if not named:
        return Silent(rule, "") if " " not in rule else Silent("", rule)
    return Silent(rule, f"on {named[0] if len(named) == 1 else f'{len(named)} operations'}")


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
