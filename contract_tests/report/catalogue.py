"""`--list`: the laws, checks and operations, each with what it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from contract_tests.laws import all_laws
from contract_tests.verdict.checks import CREATED, DELETED, PAGE_SIZE, REQUIRED, TYPED, VALUES
from contract_tests.verdict.judging import CHECKS
from deals_spec import Contract

OF_REQUESTS: Final = {  # rules of random requests and of sequences of requests
    REQUIRED: "A body without a required field is refused.",
    TYPED: "A body with a value of another type than the documented one is refused.",
    VALUES: "A value that is not among the documented ones is refused or corrected, but not saved.",
    PAGE_SIZE: "A page has at most as many deals as the documented maximum of `per_page`.",
    CREATED: "A deal that was created can be read.",
    DELETED: "A deal that was deleted is not found.",
}


def catalogue(what: str, contract: Contract) -> Iterator[str]:
    """The lines that `--list laws`, `--list checks` or `--list operations` prints."""
    if what == "operations":
        yield from _operations(contract)
        return
    found = _laws(contract) if what == "laws" else {**CHECKS, **OF_REQUESTS}
    for name, basis in found.items():
        yield name
        yield f"    {basis}"


def _laws(contract: Contract) -> dict[str, str]:
    """Each law once, whatever its cases, with all its operations."""
    operations: dict[str, dict[str, None]] = {}
    bases: dict[str, str] = {}
    for law in all_laws(contract):
        operations.setdefault(law.name, {}).update(dict.fromkeys(law.operations))
        bases[law.name] = law.basis
    return {name: f"{', '.join(operations[name])}: {basis}" for name, basis in bases.items()}


def _operations(contract: Contract) -> Iterator[str]:
    rows = [(o.id, f"{o.method} {o.path}", o.tag, o.summary) for o in contract.operations.values()]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for *columns, summary in rows:
        cells = [f"{cell:{width}}" for cell, width in zip(columns, widths, strict=True)]
        yield "  ".join((*cells, summary)).rstrip()
