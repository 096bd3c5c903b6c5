"""A habit in the form of the responses is one finding, and no law is broken by it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from contract_tests.run.law_runner import judge_law, selected_laws
from contract_tests.run.suite import Suite
from contract_tests.verdict.findings import Kind
from contract_tests.verdict.judging import CHECKS
from tests.contract_tests import habits
from tests.contract_tests.habits import Change, Habit, each
from tests.contract_tests.mock_target import mock_app, mock_people
from tests.contract_tests.runs import conformance, run_against, violations
from tests.contract_tests.servers import serving

NUMBERS = "body.current_page, last_page, per_page and total"
FLAGS = "Deal.is_lost, Deal.is_won, Stage.is_lost and Stage.is_won are of type boolean"
ONE_FINDING = [  # the habit → the only violation
    (each(habits.amounts_as_text), "Deal.value is of type number"),
    (each(habits.flags_as_numbers), FLAGS),
    (each(habits.totals_as_text), f"{NUMBERS} are of type integer"),
    (habits.errors_as_lists, "body.errors.* is of type string"),
    (each(habits.tags_as_a_list), "Deal.tags is of type string"),
    (habits.numbers_under_meta, f"{NUMBERS} are present"),
    (habits.records_under_their_kind, "body.data is the documented object itself"),
]
HARMLESS = [  # of which the documentation says nothing
    habits.errors_always,
    habits.errors_as_records,
    each(habits.without_nulls),
]
FEW_FINDINGS = [  # habits that concern several kinds of records
    each(habits.ids_as_text),
    each(habits.in_camel_case),
    habits.one_envelope_more,
    habits.without_envelope,
]
FEW = 6


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """This server shows at once whatever it will show."""
    monkeypatch.setattr("contract_tests.scene.api_reader.PAUSES", (0.01, 0.01))


@contextmanager
def run_with(change: Change, **how: Any) -> Iterator[Suite]:
    """A run against a server with this habit."""
    with (
        serving(Habit(mock_app(deals=60), change, **how)) as root,
        run_against(f"{root}/api", **mock_people()) as suite,
    ):
        for law in selected_laws(suite):
            judge_law(law, suite)
        conformance(suite, "listDeals", "createDeal", "updateDeal", examples=2)
        yield suite


def name_of(habit: object) -> str:
    return getattr(habit, "__name__", "")


@pytest.mark.parametrize(("habit", "claim"), ONE_FINDING, ids=[claim for _, claim in ONE_FINDING])
def test_a_habit_is_one_finding(habit: Change, claim: str) -> None:
    with run_with(habit) as suite:
        assert [finding.claim for finding in violations(suite)] == [claim]
        assert len(suite.recorder.of(Kind.DRIFT)) <= 1


@pytest.mark.parametrize("habit", HARMLESS, ids=name_of)
def test_a_habit_of_which_the_documentation_says_nothing_is_no_violation(habit: Change) -> None:
    with run_with(habit) as suite:
        assert violations(suite) == []


@pytest.mark.parametrize("habit", FEW_FINDINGS)
def test_no_habit_breaks_a_law(habit: Change) -> None:
    with run_with(habit) as suite:
        found = violations(suite)
        assert {finding.rule for finding in found} <= set(CHECKS)
        assert 0 < len(found) <= FEW


def test_a_warning_before_the_json_is_one_finding() -> None:
    warning = b"<b>Warning</b>: Undefined [variable]\n"
    with run_with(lambda body, _: body, before=warning) as suite:
        assert [finding.claim for finding in violations(suite)] == ["the response body is valid JSON"]
