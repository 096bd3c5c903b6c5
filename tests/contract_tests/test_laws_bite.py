"""No law without a fault that breaks it: each is shown one, and must say so."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from contract_tests.holding import hold
from contract_tests.laws import LAWS
from contract_tests.suite import Suite
from contract_tests.verdict.findings import Kind
from tests.contract_tests.faults import Fault, Faulty, sound
from tests.contract_tests.file_faults import ACCESS, FILES
from tests.contract_tests.list_faults import BOARD, LIST
from tests.contract_tests.mock_target import mock_app, mock_people, primary_quote
from tests.contract_tests.runs import run_against, violations
from tests.contract_tests.servers import serving
from tests.contract_tests.write_faults import HANGING, STAGES, WRITES

FAULTS: dict[str, Fault] = LIST | BOARD | WRITES | STAGES | HANGING | FILES | ACCESS
BREAKS = {  # law → a fault that breaks it
    "pages_partition_the_list": "pages-overlap",
    "total_counts_every_deal_that_matches": "search-ignored",
    "last_page_is_the_number_of_pages": "last-page-one-more",
    "a_page_says_which_page_it_is": "current-page-always-1",
    "every_page_but_the_last_is_full": "per-page-ignored",
    "the_size_of_the_pages_does_not_change_the_order": "last-page-rounded-down",
    "a_page_past_the_end_is_empty": "past-the-end-repeats",
    "the_first_page_of_25_is_the_default": "default-of-20",
    "never_more_than_100_deals_on_a_page": "per-page-any",
    "a_page_may_have_100_deals": "per-page-50-at-most",
    "a_filter_that_nothing_passes_leaves_an_empty_page": "total-one-more",
    "the_whole_list_is_as_long_as_it_says": "total-one-more",
    "stage_id_keeps_the_deals_of_that_stage": "search-prefix",
    "stage_ids_keeps_the_deals_of_all_these_stages": "stages-first-only",
    "assigned_to_keeps_the_deals_of_that_person": "assignee-ignored",
    "won_1_keeps_the_won_deals": "won-ignored",
    "won_0_keeps_the_lost_deals_and_never_the_won": "won-0-is-all",
    "filters_keep_what_passes_all_of_them": "filters-or",
    "a_filtered_list_is_paged_like_any_other": "pages-overlap",
    "an_id_that_nobody_has_matches_nothing": "stages-ignored",
    "the_stages_partition_the_list": "stage-ignored",
    "search_finds_the_deals_whose_name_has_the_term": "search-prefix",
    "search_keeps_only_deals_that_have_the_term": "search-ignored",
    "search_does_not_mind_the_case": "search-case",
    "search_takes_its_term_as_it_is": "search-wildcard",
    "search_finds_the_deals_of_a_company_or_contact": "search-names-only",
    "date_from_keeps_that_day_and_later": "date-default-created",
    "date_to_keeps_that_day_and_earlier": "date-default-created",
    "a_range_keeps_both_its_ends": "from-exclusive",
    "a_range_that_ends_before_it_begins_is_empty": "from-ignored",
    "a_day_splits_the_list_in_two": "from-exclusive",
    "a_range_counts_the_deals_that_show_a_date_in_it": "date-field-ignored",
    "every_deal_was_created_on_one_day": "date-field-created-is-closed",
    "a_closed_deal_was_closed_on_one_day_and_an_open_one_never": "date-field-closed-is-created",
    "a_wider_range_loses_nothing": "long-ranges-empty",
    "scopes_are_nested": "scope-team-is-company-and-company-is-me",
    "scope_me_keeps_my_deals": "scope-me-is-team",
    "scope_company_leaves_nothing_out": "scope-company-is-team",
    "two_people_have_no_deal_in_common": "scope-ignored",
    "sort_by_orders_the_list": "sort-company-by-contact",
    "sorting_neither_loses_nor_adds": "sort-by-company-joins",
    "the_order_goes_on_from_page_to_page": "direction-ignored",
    "by_title_ascending_is_the_default": "sort-default-created",
    "the_sorted_list_ends_with_the_extreme": "sort-closed-by-value",
    "every_open_deal_of_the_list_has_its_risk": "list-without-risk",
    "the_details_of_an_open_deal_tell_its_risk": "details-without-risk",
    "every_open_deal_of_the_board_has_its_risk": "board-without-risk",
    "list_and_details_tell_the_same_risk": "details-of-another-risk",
    "a_higher_risk_score_is_no_lower_risk_level": "levels-upside-down",
    "the_board_has_every_deal_once": "board-deal-twice",
    "a_column_has_the_deals_of_its_stage": "board-wrong-column",
    "a_column_counts_and_adds_up_its_deals": "board-count-wrong",
    "the_board_tells_of_a_deal_what_the_list_tells": "board-value-rounded",
    "the_board_can_be_narrowed_to_an_assignee": "board-assignee-ignored",
    "the_board_can_be_narrowed_to_a_date_range": "board-to-exclusive",
    "the_board_and_the_list_mean_the_same_date_field": "board-date-field-ignored",
    "the_board_can_be_narrowed_to_my_deals": "board-scope-ignored",
    "a_new_deal_has_no_emails": "timeline-of-another-deal",
    "the_timeline_has_all_linked_emails": "timeline-one-short",
    "an_email_is_linked_to_the_deal_that_lists_it": "emails-twice",
    "the_timeline_is_in_order_of_time": "timeline-shuffled",
    "a_created_deal_reads_back_as_it_was_sent": "create-without-assignee",
    "a_deal_needs_only_a_name_and_a_stage": "create-pretended",
    "a_create_adds_one_deal_of_its_own": "create-pretended",
    "list_and_details_tell_the_same_of_a_deal": "details-another-company",
    "a_deal_is_in_a_stage_of_the_pipeline": "list-name-of-another-stage",
    "an_id_goes_with_one_name": "list-company-with-number",
    "a_deal_has_the_name_of_its_company_and_people": "details-another-company",
    "a_deal_without_a_required_field_is_refused": "create-accepts-anything",
    "an_update_changes_what_it_names": "update-resets-assignee",
    "an_update_leaves_what_it_does_not_change": "create-without-reseller",
    "what_an_update_does_not_name_is_kept_or_cleared": "update-without-tags",
    "the_same_update_twice_is_once": "update-accumulates",
    "an_update_touches_only_its_deal": "update-also-the-one-before",
    "a_nullable_field_can_be_emptied": "update-keeps-null",
    "an_update_with_another_stage_moves_the_deal": "update-stage-ignored",
    "a_moved_deal_is_in_its_new_stage": "move-of-the-one-before",
    "a_won_or_lost_stage_closes_the_deal_and_an_open_one_opens_it": "never-won",
    "a_move_changes_nothing_but_the_stage": "move-resets-value",
    "a_move_twice_is_once": "move-again-moves-on",
    "a_move_touches_only_its_deal": "move-also-the-one-before",
    "a_deal_cannot_move_to_a_stage_that_is_not_there": "move-accepts-anything",
    "a_deleted_deal_is_not_found": "delete-again-is-fine",
    "a_deleted_deal_is_gone_from": "delete-of-the-one-before",
    "nothing_is_left_of_a_deleted_deal": "unknown-tasks-are-none",
    "a_deletion_takes_only_its_deal": "delete-also-the-one-before",
    "a_created_task_is_in_the_list_as_it_was_sent": "task-without-description",
    "a_task_needs_only_a_title": "task-accepts-anything",
    "a_deal_lists_its_own_tasks_only": "task-list-first-only",
    "an_update_of_a_task_changes_what_it_names": "task-day-shifted",
    "an_update_of_a_task_touches_nothing_else": "task-update-of-the-one-before",
    "a_deleted_task_is_gone_and_its_neighbours_stay": "task-delete-also-the-one-before",
    "a_task_belongs_to_its_deal_only": "task-delete-again-is-fine",
    "a_note_is_on_its_deal_as_it_was_written": "note-cut",
    "a_note_changes_nothing_else_of_the_deal": "note-over-the-deals-text",
    "a_deleted_note_is_gone_and_its_neighbours_stay": "note-delete-also-the-one-before",
    "a_note_belongs_to_its_deal_only": "note-delete-again-is-fine",
    "the_statistics_count_a_new_deal_and_forget_a_deleted_one": "stats-frozen",
    "a_deal_won_raises_the_win_rate_and_a_deal_lost_lowers_it": "stats-win-rate-of-the-lost",
    "the_statistics_agree_with_the_list": "stats-total-of-won",
    "the_export_has_one_row_for_every_deal": "export-a-page",
    "the_export_tells_of_a_deal_what_the_api_tells": "export-no-values",
    "the_template_has_the_columns_of_the_export": "export-other-header",
    "an_import_adds_exactly_its_rows": "import-without-the-last",
    "what_is_no_table_of_deals_adds_nothing": "import-of-anything",
    "an_export_may_be_imported_again": "import-twice",
    "a_created_stage_is_in_the_list_as_it_was_sent": "stage-never-won",
    "a_stage_needs_only_a_name": "stage-without-name",
    "an_update_of_a_stage_changes_what_it_names": "stage-color-lost",
    "a_renamed_stage_has_its_new_name_on_its_deals": "stage-rename-lost",
    "a_stage_that_becomes_won_or_lost_takes_its_deals_along": "stage-won-lost",
    "stages_stand_in_the_order_that_was_asked_for": "reorder-backwards",
    "a_deleted_stage_is_gone_and_its_neighbours_stay": "stage-delete-again-is-fine",
    "no_deal_is_left_in_a_deleted_stage": "stage-delete-orphans",
    "a_read_changes_nothing": "reads-change",
    "a_refused_update_changes_nothing": "update-clamps-probability",
    "a_refused_create_makes_nothing": "create-clamps-probability",
    "a_deal_cannot_be_in_a_stage_that_is_not_there": "update-accepts-anything",
    "a_refused_update_of_a_task_changes_nothing": "task-accepts-anything",
    "a_refused_task_or_note_is_not_kept": "note-accepts-anything",
    "a_quote_that_is_not_there_cannot_be_primary": "quote-accepts-anything",
    "the_primary_quote_is_the_one_that_was_set": "quote-clears",
    "an_unknown_deal_is_not_found": "delete-again-is-fine",
    "an_unknown_task_or_note_is_not_found": "note-delete-again-is-fine",
    "an_unknown_stage_is_not_found": "stage-delete-again-is-fine",
    "nothing_is_answered_without_a_token": "open-delete",
    "nothing_is_answered_to_a_forged_token": "open-delete",
    "nothing_is_answered_to_an_expired_token": "open-delete",
    "a_token_is_looked_at_before_it_is_believed": "open-list",
    "the_token_of_a_sign_in_opens_the_door": "dead-token",
    "nobody_signs_in_without_the_right_password": "any-password",
}


BROKEN_BY_DEFECTS = {  # law → a defect of the mock's catalogue that breaks it
    "deals_that_are_equal_stand_on_one_page_only": "ties-are-shuffled-between-pages",
    "the_whole_list_is_sorted_by_name": "assigned-to-name-sorts-by-id",
    "search_takes_any_term": "a-quote-in-the-search-crashes-it",
    "a_name_is_refused_or_kept_as_it_is": "name-is-cut-at-50-characters",
    "nothing_is_a_number_too": "update-takes-0-for-nothing",
    "deals_with_much_in_common_do_not_change_together": "update-spills-over-the-stage",
    "the_list_shows_a_deal_as_it_is_now": "list-shows-deals-as-first-seen",
    "a_change_has_its_time": "update-leaves-updated-at",
    "a_note_that_was_made_can_be_deleted": "new-note-is-not-saved",
    "a_valid_token_is_not_called_invalid": "forbidden-is-answered-with-401",
    "an_id_that_no_deal_can_have_is_not_found": "a-huge-id-crashes-it",
    "the_export_knows_all_letters": "export-knows-western-letters-only",
}


@pytest.fixture(scope="module")
def server() -> Iterator[SimpleNamespace]:
    app = Faulty(mock_app(deals=60))
    with serving(app) as root:
        yield SimpleNamespace(app=app, url=f"{root}/api", people=mock_people(quote_id=primary_quote()))


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """This server shows at once whatever it will show."""
    monkeypatch.setattr("contract_tests.scene.scene.PAUSES", (0.01, 0.01))


@pytest.fixture
def suite(server: SimpleNamespace) -> Iterator[Suite]:
    with run_against(server.url, **server.people) as suite:
        yield suite
        server.app.fault = sound


@pytest.mark.parametrize(("name", "fault"), BREAKS.items(), ids=BREAKS)
def test_a_law_is_broken_by_a_fault(name: str, fault: str, server: SimpleNamespace, suite: Suite) -> None:
    server.app.fault = FAULTS[fault]
    for law in (each for each in LAWS if each.name == name):
        hold(law, suite)
    departures = (each for each in suite.recorder.findings if each.kind in (Kind.VIOLATION, Kind.DRIFT))
    assert name in {finding.rule for finding in departures}


@pytest.mark.parametrize(("name", "defect"), BROKEN_BY_DEFECTS.items(), ids=BROKEN_BY_DEFECTS)
def test_a_law_is_broken_by_a_defect(name: str, defect: str) -> None:
    with serving(mock_app(defect=defect)) as root, run_against(f"{root}/api", **mock_people()) as suite:
        for law in (each for each in LAWS if each.name == name):
            hold(law, suite)
        assert name in {finding.rule for finding in violations(suite)}


def test_every_law_but_that_of_the_roles_has_its_fault() -> None:
    assert {law.name for law in LAWS} - {
        "an_administrators_work_is_not_everybodys"
    } == BREAKS.keys() | BROKEN_BY_DEFECTS


def test_every_fault_is_there_for_a_law() -> None:
    assert set(BREAKS.values()) <= set(FAULTS)
