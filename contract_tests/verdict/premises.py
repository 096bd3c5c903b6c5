"""Premises: which broken rules are only a consequence of another finding.

A rule builds on the responses that it cites: if one cannot be read, it says nothing about the rule. It also
builds on the laws before it that are about what its requests use: a filter that is judged on the results
of a search builds on the law about searching.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from contract_tests.client.created import MAKERS
from contract_tests.client.exchange import Exchange, Flaw
from contract_tests.verdict.checks import SUCCESS
from contract_tests.verdict.findings import ORDER, Finding, Kind, not_judged
from contract_tests.verdict.judging import CHECKS
from contract_tests.verdict.merging import Group, key_of
from deals_spec import Contract

QUOTED: Final = re.compile(r"“(\w+)")  # a name at the beginning of a quotation from the documentation
NAMED: Final = re.compile(r"(?<![\w'\"])([a-z]\w*)(?= is\b|:| \d)")  # `total 7`, `value: 1 became 2`
NOT_FOUND: Final = 404
STRANGERS: Final = frozenset({"nobody", "bad", "expired"})


class Premises:
    """What the broken rules of a run build on."""

    def __init__(self, contract: Contract) -> None:
        schemas = contract.document["components"]["schemas"]
        self._contract = contract
        self._properties = frozenset(name for each in schemas for name in contract.properties(each))
        self._known: dict[int, _Broken] = {}  # by the id of its finding, which it keeps

    def standing(self, groups: Iterable[Group]) -> Iterator[tuple[Group, list[Finding]]]:
        """Each group without what is a consequence of one before it, and findings that say so."""
        causes: list[Group] = []
        for group in groups:
            reasons = {key: self._cause(member, causes) for key, member in group.members.items()}
            left = {key: member for key, member in group.members.items() if reasons[key] is None}
            if left and group.kind is not Kind.NOT_JUDGED:
                causes.append(Group(group.count, left))
            consequences: dict[str, Group] = {}
            for key, cause in reasons.items():
                if cause is not None:
                    reason = f"see {cause.id}: {cause.claim}"
                    consequences.setdefault(reason, Group()).members[key] = group.members[key]
            found = [_not_judged(each.merged(), reason) for reason, each in consequences.items()]
            yield Group(group.count, left), found

    def follows(self, finding: Finding, groups: Iterable[Group]) -> bool:
        """Whether a broken rule is a consequence of what has been found so far."""
        deeper = (group for group in groups if group.rank < finding.rank)
        causes = [left for left, _ in self.standing(deeper) if left.kind not in (None, Kind.NOT_JUDGED)]
        return self._cause(finding, causes) is not None

    def _cause(self, member: Finding, causes: Iterable[Group]) -> Finding | None:
        """The finding that a broken rule is a consequence of, if any."""
        if member.rule in CHECKS or member.kind is Kind.NOT_JUDGED:
            return None
        effect = self._broken(member)
        for group in causes:
            if ORDER.index(group.kind or Kind.NOT_JUDGED) > ORDER.index(member.kind):
                continue
            if any(self._explains(each, effect) for each in group.members.values()):
                return group.merged()
        return None

    def _explains(self, cause: Finding, effect: _Broken) -> bool:
        if cause.rule in CHECKS:
            flaws = (flaw for each in effect.cited for flaw in each.flaws)
            return any(effect.suffers_from(flaw) for flaw in flaws if flaw.key == key_of(cause))
        return effect.builds_on(self._broken(cause))

    def _broken(self, finding: Finding) -> _Broken:
        known = self._known.get(id(finding))
        if known is None:
            sendable = frozenset(self._contract.fields(finding.operation))
            known = self._known[id(finding)] = _Broken(finding, sendable, self._properties)
        return known


def _not_judged(finding: Finding, reason: str) -> Finding:
    found = not_judged(finding.rule, finding.operation, reason, claim=finding.claim, seed=finding.seed)
    return replace(found, operations=finding.operations, cases=finding.cases, rank=finding.rank)


@dataclass(frozen=True, eq=False)
class _Broken:
    """A broken rule, with what it is about and what its requests used."""

    finding: Finding
    sendable: frozenset[str]  # the parameters and body fields of its operation
    properties: frozenset[str]  # all response properties of the contract

    @cached_property
    def cited(self) -> list[Exchange]:
        """The exchanges that show it, on the operation to blame if there are any."""
        shown = self.finding.exchanges
        return [each for each in shown if each.operation_id == self.finding.operation] or list(shown)

    @cached_property
    def quoted(self) -> frozenset[str]:
        """The names that its basis quotes from the documentation."""
        return frozenset(QUOTED.findall(self.finding.basis))

    @cached_property
    def about(self) -> frozenset[str]:
        """The parameters and body fields that it is about."""
        return self.quoted & self.sendable

    @cached_property
    def shown(self) -> frozenset[str]:
        """The response properties that it is about."""
        return (self.quoted & self.properties) - self.sendable

    @cached_property
    def named(self) -> frozenset[str]:
        """The response properties in which it shows a difference."""
        words = NAMED.findall(f"{self.finding.expected}\n{self.finding.received}")
        return frozenset(words) & self.properties

    @cached_property
    def used(self) -> frozenset[str]:
        """The parameters and body fields that its requests used."""
        return frozenset().union(*map(_named_in, self.finding.exchanges))

    @cached_property
    def performed(self) -> frozenset[str | None]:
        """The operations that were used to judge it."""
        return frozenset(each.operation_id for each in (*self.finding.exchanges, *self.finding.trace))

    @cached_property
    def always(self) -> frozenset[str]:
        """The parameters that all of its requests used."""
        each = [frozenset(name for name, _ in exchange.query) for exchange in self.cited]
        return frozenset.intersection(*each) if each else frozenset()

    @cached_property
    def lost_as_a_whole(self) -> bool:
        """Whether most of what a write sent is not what is shown."""
        sent = self.used & self.properties
        return len(self.named & sent) > len(sent) / 2

    @cached_property
    def vanished(self) -> str:
        """The kind of record that should be there, and is not found: the first part of its path."""
        found = self.finding.exchanges[-1:] if self.finding.expected == SUCCESS else ()
        return next((_kind(each) for each in found if each.status == NOT_FOUND), "")

    @cached_property
    def made(self) -> frozenset[str]:
        """The kinds of records that were made to judge it."""
        made = (each for each in self.finding.trace if each.operation_id in MAKERS and each.ok)
        return frozenset(map(_kind, made))

    @cached_property
    def by_strangers(self) -> bool:
        """Whether its requests came from nobody whom the server should know."""
        return any(each.as_ in STRANGERS for each in self.cited)

    def suffers_from(self, flaw: Flaw) -> bool:
        """Whether a flaw in a response that it cites may have broken it."""
        name = re.escape(flaw.subject.rpartition(".")[2])
        text = f"{self.finding.expected}\n{self.finding.received}"
        return flaw.wide or re.search(rf"(?<![\w'\"]){name}(?![\w'\"])", text) is not None

    def cited_of(self, operation: str) -> list[Exchange]:
        """The exchanges that show it, as far as they are of an operation; all if it is the one to blame."""
        own = operation == self.finding.operation
        return self.cited if own else [e for e in self.finding.exchanges if e.operation_id == operation]

    def builds_on(self, cause: _Broken) -> bool:
        """Whether it takes for granted what a law that was broken before it is about."""
        if self.by_strangers != cause.by_strangers:
            return False
        if cause.vanished and cause.vanished in (self.vanished, *self.made):
            return True
        basic, operation = cause.finding.basic, cause.finding.operation
        if basic and cause.lost_as_a_whole and operation in self.performed:
            return True
        cited = self.cited_of(operation)
        used = frozenset().union(*map(_named_in, cited))
        if cause.about or cause.shown:
            same = not cause.shown or bool(cause.shown & self.named)
            return bool(cited) and same and cause.about <= used
        if not basic or not cited or not cause.always <= used:
            return False
        return not cause.named or not self.named or bool(cause.named & self.named)


def _kind(exchange: Exchange) -> str:
    return exchange.path.strip("/").split("/")[0]


def _named_in(exchange: Exchange) -> frozenset[str]:
    body = exchange.request_json
    return frozenset(name for name, _ in exchange.query) | frozenset(body if isinstance(body, dict) else ())
