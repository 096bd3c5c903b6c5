"""The laws of the contract suite, each with the words of the documentation on which it rests."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from contract_tests.laws import Law
from contract_tests.report.catalogue import OF_REQUESTS
from contract_tests.verdict.judging import CHECKS


@dataclass(frozen=True, slots=True)
class Rule:
    """A law whatever its cases, or a check of every response."""

    name: str
    claim: str
    basis: str
    operations: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    is_guess: bool = False  # breaking it contradicts only our guess


@dataclass(frozen=True, slots=True)
class Subject:
    """Rules that belong together."""

    name: str
    about: str
    rules: tuple[Rule, ...]


def subjects(laws: Iterable[Law]) -> list[Subject]:
    """All rules of the suite by subject."""
    by_name: dict[str, list[Law]] = {}
    for law in laws:
        by_name.setdefault(law.name, []).append(law)
    by_module: dict[str, list[Rule]] = {}
    for cases in by_name.values():
        by_module.setdefault(cases[0].body.__module__, []).append(_rule(cases))
    return [
        Subject("Every response", "Checked in each response that the suite receives.", _checks(CHECKS)),
        Subject("Random requests", "Checked with requests that a fuzzer makes.", _checks(OF_REQUESTS)),
        *(_subject(module, rules) for module, rules in sorted(by_module.items())),
    ]


def _rule(cases: list[Law]) -> Rule:
    first = cases[0]
    operations = dict.fromkeys(operation for law in cases for operation in law.operations)
    shown = tuple(law.case for law in cases if law.case and law.case not in operations)
    claim = first.name.replace("_", " ")
    return Rule(first.name, claim, first.basis, tuple(operations), shown, first.drift)


def _subject(module: str, rules: list[Rule]) -> Subject:
    name = module.rpartition(".")[2].replace("_", " ").capitalize()
    about = (sys.modules[module].__doc__ or "").split("\n")[0]
    return Subject(name, about, tuple(rules))


def _checks(checks: Mapping[str, str]) -> tuple[Rule, ...]:
    return tuple(Rule(name, name.replace("_", " "), basis) for name, basis in checks.items())
