"""One cause, one finding: what shows the same claim, or the same cause, becomes a single finding."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from contract_tests.verdict.findings import ORDER, Finding, Kind

Key = tuple[str, ...]
PLURAL: Final = {"is": "are", "has": "have", "satisfies": "satisfy"}


def key_of(finding: Finding) -> Key:
    """What findings that become one have in common; what was not judged stays by itself."""
    if finding.kind is Kind.NOT_JUDGED:
        return finding.kind, finding.rule, finding.operation, finding.claim
    return finding.rule, finding.cause or finding.claim


@dataclass
class Group:
    """Findings of one cause."""

    count: int = 0  # how often the cause was seen
    members: dict[Key, Finding] = field(default_factory=dict)  # in the order in which they were found

    @property
    def rank(self) -> int:
        """How deep it lies."""
        return min((each.rank for each in self.members.values()), default=0)

    @property
    def kind(self) -> Kind | None:
        """The most serious kind of its members."""
        return min((each.kind for each in self.members.values()), key=ORDER.index, default=None)

    def add(self, finding: Finding) -> None:
        """Add a finding; of equal ones the one with the shortest proof is kept."""
        key = (finding.claim, finding.operation, *finding.cases)
        known = self.members.get(key)
        if known is None or _better(finding, known):
            self.members[key] = finding

    def merged(self) -> Finding:
        """All members of the most serious kind as one finding, with the shortest proof."""
        members = [each for each in self.members.values() if each.kind is self.kind]
        best = min(members, key=lambda each: (not each.curl, len(each.curl)))
        return replace(
            best,
            claim=_claim(members),
            operations=tuple(dict.fromkeys([best.operation, *(each.operation for each in members)])),
            cases=tuple(dict.fromkeys(case for each in members for case in each.cases)),
        )


def split_by_waivers(finding: Finding, waived: Callable[[Finding], Finding]) -> Finding:
    """The finding on those operations on which it is not waived; on all of them if it is waived on each."""
    parts = [waived(replace(finding, operation=name, operations=(name,))) for name in finding.operations]
    left = [part.operation for part in parts if part.kind is finding.kind]
    if not left:
        return finding.waived(parts[0].reason)
    first = finding.operation if finding.operation in left else left[0]
    return replace(finding, operation=first, operations=tuple(dict.fromkeys([first, *left])))


def _better(new: Finding, known: Finding) -> bool:
    """Whether a finding replaces an equal one: it is more serious, or its proof is shorter."""
    if new.kind is not known.kind:
        return ORDER.index(new.kind) < ORDER.index(known.kind)
    return 0 < len(new.curl) < len(known.curl)


def _claim(members: Iterable[Finding]) -> str:
    """The claim of all members: `Deal.is_lost and is_won are of type boolean`."""
    claims = {each.subject: each.claim for each in members}
    if len(claims) == 1:
        return next(iter(claims.values()))
    subject, claim = next(iter(claims.items()))
    verb, _, rest = claim.removeprefix(f"{subject} ").partition(" ")
    return f"{_names(sorted(claims))} {PLURAL.get(verb, verb)} {rest}"


def _names(subjects: list[str]) -> str:
    """`Deal.is_lost and is_won`; if they are not of one object, each with its object."""
    objects = {each.rpartition(".")[0] for each in subjects}
    *first, last = (
        subjects if len(objects) > 1 else [subjects[0], *(s.rpartition(".")[2] for s in subjects[1:])]
    )
    return f"{', '.join(first)} and {last}"
