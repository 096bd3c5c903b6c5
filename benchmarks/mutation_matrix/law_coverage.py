"""What each law catches, and which defects only it catches: a law without one is redundant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from contract_tests.laws import all_laws, law_names
from deals_spec import Contract

EXPLANATION = """\
A law is needed if it alone catches some defect: no other law and no check of Schemathesis does, so without
the law that defect would survive. A law marked “drift” tests a guess, not documented words; it is needed if
it alone reports drift for some legal variation."""


@dataclass(frozen=True, slots=True)
class LawCoverage:
    """For each law the mutations that it catches, and those that only it catches."""

    catches: Mapping[str, tuple[str, ...]]
    only: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, rules: Mapping[str, Iterable[str]]) -> LawCoverage:
        """The coverage of every law, from mutation → the rules that catch it."""
        names = law_names()
        by_mutation = {mutation: set(its_rules) for mutation, its_rules in rules.items()}
        catches = {name: tuple(m for m, found in by_mutation.items() if name in found) for name in names}
        only = {name: tuple(m for m, found in by_mutation.items() if found == {name}) for name in names}
        return cls(catches, only)

    @property
    def redundant(self) -> list[str]:
        """The laws without which no defect would survive."""
        return [name for name, mutations in self.only.items() if not mutations]

    def as_markdown(self) -> str:
        """The coverage as a page."""
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        needed = len(self.only) - len(self.redundant)
        yield from ("# What each law catches", "", *EXPLANATION.splitlines(), "")
        yield from (f"{needed} of {len(self.only)} laws are needed.", "")
        yield from ("| law | catches | only this law catches |", "|---|---|---|")
        drift = {law.name for law in all_laws(Contract.load()) if law.drift}
        for name, mutations in self.only.items():
            mark = " (drift)" if name in drift else ""
            alone = ", ".join(f"`{mutation}`" for mutation in mutations) or "**nothing**"
            yield f"| `{name}`{mark} | {len(self.catches[name])} | {alone} |"
