"""Whether a law is needed: what would survive without it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from benchmarks.mutation_matrix.trials import Row
from contract_tests.laws import LAWS

EXPLANATION = """\
Each run went on to its end, so that everything which catches a defect is known. A law is needed if some
defect is caught by it alone, by no other law and no check of Schemathesis: without the law that defect would
survive. A law marked “drift” judges a guess of ours; it is needed if a legal variation drifts by it alone."""


@dataclass(frozen=True, slots=True)
class Laws:
    """Of each law: what it catches, and what it catches alone."""

    catches: Mapping[str, tuple[str, ...]]
    alone: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, against: Mapping[str, Iterable[str]]) -> Laws:
        """What it tells of the laws, which rules speak against which departure."""
        names = dict.fromkeys(law.name for law in LAWS)
        told = {departure: set(rules) for departure, rules in against.items()}
        catches = {name: tuple(d for d, rules in told.items() if name in rules) for name in names}
        alone = {name: tuple(d for d, rules in told.items() if rules == {name}) for name in names}
        return cls(catches, alone)

    @property
    def spare(self) -> list[str]:
        """The laws without which nothing would survive."""
        return [name for name, alone in self.alone.items() if not alone]


def against(row: Row) -> tuple[str, ...]:
    """The rules that speak against a departure: its violations; of a legal one, which has none, its drift."""
    return row.suite.drift if row.legal else row.suite.by


def laws_page(laws: Laws, command: str) -> str:
    """The page, in Markdown."""
    return "\n".join(_lines(laws, command)) + "\n"


def _lines(laws: Laws, command: str) -> Iterator[str]:
    yield from ("# No law without a defect", "", f"Written by `{command}`; do not edit.", "")
    needed = len(laws.alone) - len(laws.spare)
    yield from (*EXPLANATION.splitlines(), "", f"{needed} of {len(laws.alone)} laws are needed.", "")
    yield from ("| law | catches | alone |", "|---|---|---|")
    drift = {law.name for law in LAWS if law.drift}
    for name, alone in laws.alone.items():
        mark = " (drift)" if name in drift else ""
        only = ", ".join(f"`{defect}`" for defect in alone) or "**nothing**"
        yield f"| `{name}`{mark} | {len(laws.catches[name])} | {only} |"
