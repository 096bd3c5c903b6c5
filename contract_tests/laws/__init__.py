"""The laws: what the API must obey beyond shapes, one subject to a file."""

from __future__ import annotations

from typing import Final

from contract_tests.law import Broken, Law, NotJudged, expect, law, laws_of
from contract_tests.laws import (
    access,
    changes,
    dates,
    deals,
    deletions,
    emails,
    fidelity,
    files,
    filters,
    freshness,
    imports,
    integrity,
    moves,
    notes,
    others,
    paging,
    pipeline,
    risk,
    scopes,
    searching,
    sorting,
    stages,
    stats,
    tasks,
)

__all__ = ["LAWS", "Broken", "Law", "NotJudged", "expect", "law"]

# Those that only read come first: what they read is as it was.
MODULES: Final = (
    paging, filters, searching, dates, scopes, sorting, risk, pipeline, emails, deals, changes, moves,
    freshness, deletions, tasks, notes, stats, files, imports, stages, fidelity, integrity, access, others,
)  # fmt: skip
LAWS: Final[tuple[Law, ...]] = tuple(each for module in MODULES for each in laws_of(module))
