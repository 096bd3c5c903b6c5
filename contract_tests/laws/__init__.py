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


# Judged before all others, which build on what they claim; in this order.
BASIC: Final = (
    "page_and_per_page_default_as_documented",
    "a_created_deal_reads_back_as_sent",
    "search_returns_the_deals_that_contain_the_term",
    "total_counts_every_matching_deal",
    "pages_partition_the_list",
    "an_update_saves_every_field_sent",
    "a_moved_deal_is_in_its_new_stage",
    "a_deleted_deal_is_not_found",
    "the_board_shows_every_deal_once",
    "a_created_task_is_listed_as_sent",
    "a_task_update_saves_every_field_sent",
    "a_created_stage_is_listed_as_sent",
    "the_export_has_one_row_for_every_deal",
    "an_import_creates_exactly_the_deals_in_the_file",
)


def all_laws(contract: Contract) -> tuple[Law, ...]:
    """Every law, for every case that this contract gives it, the basic ones first."""
    limits = ContractLimits(contract)
    found = [each for module in MODULES for each in laws_in(module, limits)]
    place = {name: number for number, name in enumerate(BASIC)}
    return tuple(sorted(found, key=lambda law: place.get(law.name, len(BASIC))))


def law_names() -> tuple[str, ...]:
    """The name of every law, whatever the contract."""
    return tuple(name for module in MODULES for name in law_names_in(module))
