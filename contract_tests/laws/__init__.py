"""The laws: what the API must do beyond the shapes of its responses; one file per subject."""

from __future__ import annotations

from typing import Final

from contract_tests.laws import (
    access,
    after_deletion,
    changes,
    closed_deals,
    current_views,
    dates,
    deals,
    deletions,
    downloads,
    emails,
    extremes,
    fidelity,
    figures,
    files,
    filters,
    freshness,
    import_rows,
    imports,
    integrity,
    moves,
    notes,
    others,
    paging,
    pipeline,
    presence,
    risk,
    scopes,
    searching,
    sorting,
    stages,
    stats,
    tasks,
    write_responses,
)
from contract_tests.laws.law import Law, law, law_names_in, laws_in
from contract_tests.scene.expectations import Broken, NotJudged, expect
from contract_tests.scene.limits import ContractLimits
from deals_spec import Contract

__all__ = ["Broken", "Law", "NotJudged", "all_laws", "expect", "law", "law_names"]

# Laws that only read come first: nothing has been changed yet.
MODULES: Final = (
    paging, filters, searching, dates, scopes, sorting, risk, pipeline, emails, deals, presence, changes,
    moves, freshness, deletions, tasks, notes, stats, files, imports, stages, fidelity, integrity, access,
    others, downloads, import_rows, current_views, closed_deals, write_responses, extremes, after_deletion,
    figures,
)  # fmt: skip


def all_laws(contract: Contract) -> tuple[Law, ...]:
    """Every law, for every case that this contract gives it."""
    limits = ContractLimits(contract)
    return tuple(each for module in MODULES for each in laws_in(module, limits))


def law_names() -> tuple[str, ...]:
    """The name of every law, whatever the contract."""
    return tuple(name for module in MODULES for name in law_names_in(module))
