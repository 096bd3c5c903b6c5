"""Import: names are found or created, valid rows are imported, others are explained field by field."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.domain.fields import deal_record
from mock_server.domain.importing import Imported, Problem, import_deals
from mock_server.domain.spreadsheet import Row
from mock_server.domain.world import Company, Contact, World
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
    *("assigned_to_email", "notes", "tags", "loss_reason", "closed_at"),
)


def taken_in(whole: World, *rows: dict[str, Any], errors: dict[str, str] | None = None) -> Imported:
    made = [
        Row(at, {"name": "A", "stage_name": "Lead"} | row, errors or {}) for at, row in enumerate(rows, 2)
    ]
    return import_deals(whole, made, NOW, ANN)


def problems(whole: World, row: dict[str, Any], errors: dict[str, str] | None = None) -> dict[str, str]:
    answer = taken_in(whole, row, errors=errors)
    assert answer.deals == []
    assert answer.failed == 1
    assert answer.world is whole
    return {problem.field: problem.message for problem in answer.problems}


def exported(whole: World) -> list[dict[str, Any]]:
    return [deal_record(whole, each, COLUMNS, NOW) for each in whole.deals]


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
        ({"stage_name": "Nowhere"}, {}, {"stage_name": "stage_name Nowhere does not exist"}),
        (
            {"assigned_to_email": "x@example.com"},
            {},
            {"assigned_to_email": "assigned_to_email x@example.com does not exist"},
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
            {"value": "value must be a number", "stage_name": "stage_name Nowhere does not exist"},
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
    assert answer.problems == [Problem(3, "stage_name", "stage_name Nowhere does not exist")]
    assert "Never Ltd" not in {company.name for company in answer.world.companies}


def test_no_rows_change_nothing() -> None:
    whole = world()
    assert taken_in(whole).world is whole


def test_an_exact_stage_name_wins_over_another_case() -> None:
    whole = world(stages=(stage(1, "won", 10), stage(2, "Won", 100, is_won=True)))
    first, second, third = taken_in(
        whole, {"stage_name": "Won"}, {"stage_name": "won"}, {"stage_name": "WON"}
    ).deals
    assert [first.stage_id, second.stage_id, third.stage_id] == [2, 1, 1]


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


@given(st.data())
def test_export_then_import_into_an_empty_world_gives_the_same_rows(data: st.DataObject) -> None:
    companies = tuple(Company(id=n, name=data.draw(names)) for n in range(1, 5))
    contacts = tuple(
        Contact(
            id=n, first_name=data.draw(names), last_name=data.draw(names), email="", company_id=data.draw(ids)
        )
        for n in range(1, 5)
    )
    many = [data.draw(full_deals(n)) for n in range(1, data.draw(st.integers(1, 4)) + 1)]
    whole = world(*many, companies=companies, contacts=contacts)
    rows = [Row(at, row, {}) for at, row in enumerate(exported(whole), 2)]
    answer = import_deals(world(companies=(), contacts=()), rows, NOW, ANN)
    assert answer.problems == []
    assert exported(answer.world) == exported(whole)


def test_an_import_leaves_the_old_world_whole() -> None:
    whole = world(deal())
    before = contents(whole)
    taken_in(whole, {"company_name": "New Ltd"})
    assert contents(whole) == before
