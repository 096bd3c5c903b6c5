"""Import: names are found or created, valid rows are imported, others are explained field by field."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.domain.contact_keys import spreadsheet_rows
from mock_server.domain.importing import Imported, import_deals
from mock_server.domain.names import ROLES
from mock_server.domain.reports import Problem
from mock_server.domain.spreadsheet import Row, Sheet, export, read
from mock_server.domain.world import Company, Contact, World
from tests.mock_server.conftest import contract
from tests.mock_server.domain.builders import (
    ANN,
    BOB,
    LEAD,
    LOST,
    NOW,
    PROPOSAL,
    WON,
    ago,
    contents,
    deal,
    stage,
    world,
)

COLUMNS = (
    *("name", "value", "stage_name", "probability", "expected_close_date", "company_name", "contact_name"),
    *("bill_to_contact_name", "partner_name", "reseller_name", "reseller_contact_name"),
    *("contact_email", "bill_to_contact_email", "reseller_contact_email"),
    *("assigned_to_email", "notes", "tags", "loss_reason", "closed_at"),
)
REPORTED = 100
NO_STAGE = "stage_name Nowhere does not exist; the stages are Lead, Proposal, Won, Lost"


def taken_in(whole: World, *rows: dict[str, Any], errors: dict[str, str] | None = None) -> Imported:
    made = [
        Row(at, {"name": "A", "stage_name": "Lead"} | row, errors or {}) for at, row in enumerate(rows, 2)
    ]
    return import_deals(whole, Sheet([], iter(made)), NOW, ANN, REPORTED)


def problems(whole: World, row: dict[str, Any], errors: dict[str, str] | None = None) -> dict[str, str]:
    answer = taken_in(whole, row, errors=errors)
    assert answer.deals == []
    assert answer.failed == 1
    assert answer.world is whole
    return {problem.field: problem.message for problem in answer.errors.problems}


def told(answer: Imported) -> dict[str, str]:
    assert answer.errors.problems == []
    return {problem.field: problem.message for problem in answer.warnings.problems}


def exported(whole: World) -> list[dict[str, Any]]:
    return list(spreadsheet_rows(whole, COLUMNS, NOW))


def test_a_row_becomes_a_deal_with_new_people() -> None:
    row = {
        "company_name": "New Ltd",
        "contact_name": "Ada King Lovelace",
        "partner_name": "Payer AG",
        "bill_to_contact_name": "Max",
        "reseller_name": "Channel Partners Inc",
        "reseller_contact_name": "Bob Wilson",
        "assigned_to_email": "BOB@example.com",
        "stage_name": " proposal ",
    }
    answer = taken_in(world(), row)
    made = answer.world.deals[1]
    assert answer.deals == [made]
    people = answer.world.contacts
    assert people[3] == Contact(
        id=3, first_name="Ada", last_name="King Lovelace", email="", company_id=made.company_id
    )
    assert people[4].company_id == made.partner_id == 4
    assert (made.reseller_id, made.reseller_contact_id) == (2, 2)
    assert (made.assigned_to, made.stage_id, made.probability) == (BOB, PROPOSAL, 60)
    assert (made.created_at, made.updated_at, made.stage_entered_at) == (NOW, NOW, NOW)


def test_two_rows_with_one_new_name_share_it() -> None:
    row = {"company_name": "New Ltd", "contact_name": "Ada King"}
    answer = taken_in(world(), row, row)
    assert len(answer.world.companies) == len(answer.world.contacts) == 3
    assert {each.contact_id for each in answer.deals} == {3}


def test_a_bill_to_contact_without_a_partner_is_of_the_company() -> None:
    answer = taken_in(world(), {"company_name": "Acme Corp", "bill_to_contact_name": "Jane Smith"})
    assert answer.deals[0].bill_to_contact_id == 1


def test_a_missing_column_takes_the_default_and_an_empty_cell_takes_nothing() -> None:
    without, empty = taken_in(world(), {}, {"assigned_to_email": None, "probability": None}).deals
    assert (without.assigned_to, without.probability) == (ANN, 10)
    assert (empty.assigned_to, empty.probability) == (None, None)


def test_a_closed_row_is_closed_when_it_says_or_now() -> None:
    when, now = taken_in(
        world(),
        {"stage_name": "Lost", "closed_at": "2026-01-15T09:30:00.000000Z", "loss_reason": "Price"},
        {"stage_name": "Won"},
    ).deals
    assert (when.closed_at, when.probability, when.loss_reason) == (ago(25), 0, "Price")
    assert (now.closed_at, now.probability, now.stage_entered_at) == (NOW, 100, NOW)


@pytest.mark.parametrize(
    ("row", "errors", "expected"),
    [
        ({"stage_name": "Nowhere"}, {}, {"stage_name": NO_STAGE}),
        (
            {"assigned_to_email": "x@example.com"},
            {},
            {
                "assigned_to_email": "assigned_to_email x@example.com does not exist; "
                "it must be the email address of a user"
            },
        ),
        (
            {"loss_reason": "Price", "closed_at": "2026-01-15T09:30:00.000000Z"},
            {},
            {
                "loss_reason": "loss_reason is allowed only for won or lost deals; Lead is an open stage",
                "closed_at": "closed_at is allowed only for won or lost deals; Lead is an open stage",
            },
        ),
        ({"name": None}, {}, {"name": "name is required"}),
        (
            {"expected_close_date": "soon", "stage_name": "Won", "closed_at": "late"},
            {},
            {
                "expected_close_date": "expected_close_date must be a date (YYYY-MM-DD)",
                "closed_at": "closed_at must be a timestamp such as 2026-01-15T09:30:00Z",
            },
        ),
        (
            {"value": "much", "stage_name": "Nowhere"},
            {"value": "value must be a number"},
            {"value": "value must be a number", "stage_name": NO_STAGE},
        ),
    ],
)
def test_a_bad_row_is_explained_field_by_field(
    row: dict[str, Any], errors: dict[str, str], expected: dict[str, str]
) -> None:
    assert problems(world(), row, errors) == expected


def test_good_rows_go_in_beside_bad_ones_which_leave_nothing() -> None:
    answer = taken_in(
        world(deal(7)),
        {"name": "Good"},
        {"stage_name": "Nowhere", "company_name": "Never Ltd"},
        {"name": "Also good"},
    )
    assert [(each.id, each.name) for each in answer.world.deals][1:] == [(8, "Good"), (9, "Also good")]
    assert answer.failed == 1
    assert answer.errors.problems == [Problem(3, "stage_name", NO_STAGE)]
    assert "Never Ltd" not in {company.name for company in answer.world.companies}


def test_no_rows_change_nothing() -> None:
    whole = world()
    assert taken_in(whole).world is whole


def test_an_exact_stage_name_wins_over_another_case_and_nothing_is_chosen_between_two() -> None:
    whole = world(stages=(stage(1, "won", 10), stage(2, "Won", 100, is_won=True)))
    first, second = taken_in(whole, {"stage_name": "Won"}, {"stage_name": "won"}).deals
    assert [first.stage_id, second.stage_id] == [2, 1]
    assert problems(whole, {"stage_name": "WON"}) == {"stage_name": "stage_name WON can mean any of 2 stages"}


def test_what_a_deal_has_otherwise_than_its_row_is_told() -> None:
    row = {"stage_name": "Won", "probability": 60, "closed_at": "2999-01-01T00:00:00.000000Z"}
    assert told(taken_in(world(), row)) == {
        "probability": "probability 60 became 100: Won is a closed stage",
        "closed_at": "closed_at is in the future",
    }


def test_only_the_first_problems_are_reported_and_all_are_counted() -> None:
    rows: list[dict[str, Any]] = [{"stage_name": "Nowhere", "name": None}] * (REPORTED * 3)
    answer = taken_in(world(), *rows)
    assert (answer.failed, len(answer.errors.problems), answer.errors.omitted) == (300, 100, 500)


ids = st.none() | st.integers(1, 4)
texts = st.none() | st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5)
names = st.sampled_from(["Acme", "ACME", " Acme", "Zoë 李", "a  b", "=x"])


@st.composite
def closings(draw: st.DrawFn) -> dict[str, Any]:
    stage_id = draw(st.sampled_from([LEAD, PROPOSAL, WON, LOST]))
    if stage_id in (LEAD, PROPOSAL):
        return {"stage_id": stage_id, "probability": draw(st.none() | st.integers(0, 100))}
    closed_at = ago(draw(st.integers(0, 99)), microseconds=draw(st.integers(0, 9)))
    probability = 100 if stage_id == WON else 0
    return {
        "stage_id": stage_id,
        "closed_at": closed_at,
        "probability": probability,
        "loss_reason": draw(texts),
    }


@st.composite
def full_deals(draw: st.DrawFn, id_: int) -> Any:
    fields = {
        name: draw(ids)
        for name in ("contact_id", "bill_to_contact_id", "company_id", "partner_id", "reseller_id")
    }
    return deal(
        id_,
        **fields,
        **draw(closings()),
        name=draw(st.text(min_size=1, max_size=5)),
        reseller_contact_id=draw(ids),
        assigned_to=draw(st.none() | st.sampled_from([ANN, BOB])),
        expected_close_date=draw(st.none() | st.dates()),
        notes=draw(texts),
        tags=draw(texts),
    )


@st.composite
def worlds(draw: st.DrawFn, companies: st.SearchStrategy[str]) -> World:
    """Deals with people who often have the same name, or the same address, or none."""
    made = [Company(id=n, name=draw(companies)) for n in range(1, 5)]
    contacts = tuple(
        Contact(
            id=n,
            first_name=draw(names),
            last_name=draw(st.sampled_from(["", "Li", "Li <li@x>"])),
            email=draw(st.sampled_from(["", "a@x.example", "A@x.example", " b@x.example", "#1"])),
            company_id=draw(ids),
        )
        for n in range(1, 5)
    )
    many = [draw(full_deals(n)) for n in range(1, draw(st.integers(1, 4)) + 1)]
    return world(*many, companies=tuple(made), contacts=contacts)


def people_of(whole: World) -> list[int | None]:
    """The contacts of all deals, one after the other."""
    return [getattr(each, role.field) for each in whole.deals for role in ROLES]


def imported_into(target: World, source: World) -> Imported:
    """The export of one world, imported into another."""
    text = export(spreadsheet_rows(source, COLUMNS, NOW), COLUMNS)
    return import_deals(target, read(text.encode(), contract().csv_row), NOW, ANN, REPORTED)


@given(worlds(names))
def test_export_then_import_into_an_empty_world_gives_the_same_rows_and_keeps_people_apart(
    whole: World,
) -> None:
    answer = imported_into(world(companies=(), contacts=()), whole)
    assert answer.errors.problems == []
    no_keys = {role.email for role in ROLES}
    before, after = (
        [{name: text for name, text in row.items() if name not in no_keys} for row in exported(each)]
        for each in (whole, answer.world)
    )
    assert after == before
    pairs = set(zip(people_of(whole), people_of(answer.world), strict=True))
    assert len(pairs) == len({old for old, _ in pairs}) == len({new for _, new in pairs})


@given(worlds(st.uuids().map(str)))
def test_export_then_import_into_the_same_world_gives_nobody_another_contact(whole: World) -> None:
    answer = imported_into(whole, whole)
    assert answer.errors.problems == []
    assert people_of(answer.world) == people_of(whole) * 2
    assert (answer.world.contacts, answer.world.companies) == (whole.contacts, whole.companies)


def test_an_import_leaves_the_old_world_whole() -> None:
    whole = world(deal())
    before = contents(whole)
    taken_in(whole, {"company_name": "New Ltd"})
    assert contents(whole) == before
