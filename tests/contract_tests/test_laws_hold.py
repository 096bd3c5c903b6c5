"""The laws hold where the documentation is kept, whatever the reading of its silence."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest

from contract_tests.laws import all_laws
from contract_tests.laws.law import Law, law, laws_in
from contract_tests.run.attempts import OTHERS_AT_WORK
from contract_tests.run.law_runner import NEEDS, judge_law, selected_laws
from contract_tests.run.suite import Suite
from contract_tests.scene.expectations import Broken, NotJudged, expect
from contract_tests.scene.listing import Listing, Page
from contract_tests.scene.small_whole import TOO_LONG
from contract_tests.verdict.findings import Finding, Kind
from mock_server.testing import build_mock
from tests.contract_tests.builders import CONTRACT, LIMITS, exchange
from tests.contract_tests.mock_target import SEED, mock_app, mock_people, primary_quote
from tests.contract_tests.runs import run_against, run_against_app, violations
from tests.contract_tests.second_implementation import second_implementation
from tests.contract_tests.servers import recording_proxy, serving

MANY = 50
NOT_SHOWN = {  # what the second implementation shows too little of, or in a shape that nobody could know
    "counts_before_and_from_a_date_add_up_to_the_total",
    "a_date_range_counts_the_deals_dated_within_it",
    "the_sorted_list_starts_with_the_smallest_or_largest_value",
    "a_higher_risk_score_never_has_a_lower_risk_level",
    "the_timeline_is_sorted_by_time",
    "the_timeline_contains_exactly_the_linked_emails",
    "a_note_is_saved_as_written_on_its_own_deal",
    "the_statistics_agree_with_the_list",
    "statistics_named_after_deals_agree_with_the_list",
    "an_import_row_without_a_name_creates_no_deal",
    "an_exported_deal_can_be_imported_again",
    "the_primary_quote_is_the_one_that_was_set",
    "signing_in_returns_a_working_token",
    "signing_in_with_wrong_credentials_is_refused",
}


def hold_all(suite: Suite) -> None:
    for each in selected_laws(suite):
        judge_law(each, suite)


def unjudged(suite: Suite) -> set[str]:
    return {finding.rule for finding in suite.recorder.of(Kind.NOT_JUDGED)}


@pytest.fixture(scope="module")
def mock() -> Iterator[Suite]:
    with (
        serving(mock_app(deals=60)) as root,
        run_against(f"{root}/api", **mock_people(), quote_id=primary_quote()) as suite,
    ):
        hold_all(suite)
        yield suite


@pytest.fixture(scope="module")
def other_readings() -> Iterator[Suite]:
    with run_against_app(quote_id=501) as suite:
        hold_all(suite)
        yield suite


def test_the_mock_keeps_every_law(mock: Suite) -> None:
    assert mock.recorder.findings == []


def test_no_law_is_broken_once_and_held_the_next_time(mock: Suite) -> None:
    assert mock.recorder.remarks == []


def test_all_laws_together_are_cheap(mock: Suite) -> None:
    assert mock.client.sent < 1900


def test_a_terse_server_breaks_no_law() -> None:
    with run_against_app(second_implementation(terse=True), quote_id=501) as suite:
        hold_all(suite)
    assert violations(suite) == []


def test_another_reading_breaks_no_law(other_readings: Suite) -> None:
    assert violations(other_readings) == []


def test_what_another_reading_hides_is_said_not_to_be_judged(other_readings: Suite) -> None:
    assert unjudged(other_readings) <= NOT_SHOWN


def test_laws_hold_on_an_empty_server() -> None:
    with serving(mock_app(deals=0)) as root, run_against(f"{root}/api", **mock_people()) as suite:
        hold_all(suite)
    assert violations(suite) == []


def test_laws_that_only_read_are_judged_on_a_read_only_target() -> None:
    with serving(mock_app(deals=120)) as root, recording_proxy(f"{root}/api") as proxy:
        with run_against(proxy.url, **mock_people(email=None), read_only=True) as suite:
            hold_all(suite)
        assert proxy.methods == {"GET"}
    assert violations(suite) == []
    assert {
        "pages_partition_the_list",
        "stage_id_returns_exactly_the_deals_in_that_stage",
    } <= suite.recorder.judged


WHOLE = (
    "per_page_does_not_change_the_order",
    "total_and_pages_match_the_filtered_list",
    "scope_company_returns_every_listed_deal",
    "a_wider_date_range_includes_every_narrower_one",
    "a_date_range_counts_the_deals_dated_within_it",
    "the_sorted_list_starts_with_the_smallest_or_largest_value",
)


@pytest.mark.parametrize("deals", [1150, 5000])
def test_of_a_long_list_a_part_is_read_whole(deals: int) -> None:
    with (
        serving(mock_app(deals=deals)) as root,
        run_against(f"{root}/api", **mock_people(), read_only=True, only=WHOLE) as suite,
    ):
        hold_all(suite)
    assert violations(suite) == []
    assert suite.recorder.judged == set(WHOLE)


def test_a_list_of_which_no_part_can_be_read_whole_is_not_judged() -> None:
    with (
        serving(mock_app(deals=1500, mutation="search-is-ignored")) as root,
        run_against(f"{root}/api", **mock_people(), read_only=True, only=WHOLE) as suite,
    ):
        hold_all(suite)
    assert not suite.recorder.judged
    assert {finding.reason for finding in suite.recorder.findings} == {TOO_LONG}


def test_only_a_whole_reading_can_be_compared() -> None:
    page = Page(exchange(), [], 7, 1, 2, 3)
    assert Listing([page], complete=True).whole().total == 7
    with pytest.raises(NotJudged, match="too long to be read whole"):
        Listing([page], complete=False).whole()


def held_under(mutation: str, name: str) -> list[Finding]:
    """What comes of one law on a mock with this mutation."""
    with serving(mock_app(mutation=mutation)) as root, run_against(f"{root}/api", **mock_people()) as suite:
        for each in (each for each in all_laws(CONTRACT) if each.name == name):
            judge_law(each, suite)
        return list(suite.recorder.findings)


def test_what_others_do_meanwhile_is_not_held_against_the_target() -> None:
    name = "stage_totals_add_up_to_the_whole_list"
    (finding,) = held_under("colleagues-add-deals", name)
    assert (finding.kind, finding.rule, finding.reason) == (Kind.NOT_JUDGED, name, OTHERS_AT_WORK)


def test_a_list_that_cannot_be_read_is_a_violation_whoever_else_is_at_work() -> None:
    name = "stage_totals_add_up_to_the_whole_list"
    findings = held_under("list-has-an-extra-envelope", name)
    assert Kind.VIOLATION in {each.kind for each in findings}
    assert OTHERS_AT_WORK not in {each.reason for each in findings}


def test_there_are_laws_for_every_operation() -> None:
    assert {name for each in all_laws(CONTRACT) for name in each.operations} == set(CONTRACT.operations)
    assert len({each.name for each in all_laws(CONTRACT)}) >= MANY


@pytest.mark.parametrize("each", all_laws(CONTRACT), ids=lambda each: each.id)
def test_a_law_says_what_it_rests_on(each: Law) -> None:
    assert each.basis
    assert each.operations
    assert set(each.needs) <= set(NEEDS)


def test_ids_of_laws_are_unique() -> None:
    assert len({each.id for each in all_laws(CONTRACT)}) == len(all_laws(CONTRACT))


@law("listDeals", cases=("a", "b"))
def a_case_is_told(_: object, case: str) -> None:
    """Words."""
    expect(case == "a", "a", case)


@law("listDeals")
def nothing_is_read(_: object) -> None:
    """Words."""
    int("no number")


def how(each: Law) -> str:
    with pytest.raises((Broken, NotJudged)) as found:
        each.judge(cast(Any, None))
    return found.type.__name__


def test_a_law_is_held_for_each_of_its_cases() -> None:
    first, second = laws_in(SimpleNamespace(a_case_is_told=a_case_is_told), LIMITS)
    first.judge(cast(Any, None))
    assert how(second) == "Broken"
    assert second.id == "a_case_is_told[b]"


def test_a_law_that_cannot_read_an_answer_is_not_judged() -> None:
    (unreadable,) = laws_in(SimpleNamespace(nothing_is_read=nothing_is_read), LIMITS)
    assert how(unreadable) == "NotJudged"


IMPORTS = ("importDeals",)


@pytest.mark.parametrize("person", ["rep", "manager"])
def test_what_an_import_made_is_looked_for_as_the_user_who_imported_it(person: str) -> None:
    token = build_mock(deals=1, seed=SEED).token(person)
    people = mock_people(token=token, email=None)
    app = mock_app(mutation="the-default-scope-is-me")
    with serving(app) as root, run_against(f"{root}/api", **people, only=IMPORTS) as suite:
        hold_all(suite)
    assert suite.recorder.findings == []


SILENT = (  # mutation, law, why it is not judged
    (
        "search-splits-at-punctuation",
        "search_treats_percent_and_underscore_literally",
        "the search takes any punctuation for a space between words",
    ),
    (
        "deal-names-are-unique",
        "each_create_adds_exactly_one_deal",
        "a second deal of the same name is refused",
    ),
)


@pytest.mark.parametrize(("mutation", "name", "reason"), SILENT)
def test_another_reading_is_told_apart_from_a_defect(mutation: str, name: str, reason: str) -> None:
    (finding,) = held_under(mutation, name)
    assert (finding.kind, finding.reason) == (Kind.NOT_JUDGED, reason)
