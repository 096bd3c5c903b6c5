"""Deals are created, updated and deleted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from mock_server.domain.deals import create_deal, delete_deal, set_primary_quote, update_deal
from mock_server.domain.refusals import Invalid, Missing
from mock_server.domain.world import Deal
from tests.mock_server.domain.builders import (
    ANN,
    BOB,
    DEAL,
    LEAD,
    LOST,
    NOW,
    PROPOSAL,
    WON,
    ago,
    contents,
    deal,
    email,
    note,
    quote,
    task,
    world,
)

OLD = deal(created_at=ago(9), updated_at=ago(9), stage_entered_at=ago(9), notes="Keep", assigned_to=BOB)
BODY = {"name": "New", "stage_id": PROPOSAL}


def created(**body: Any) -> Deal:
    return create_deal(world(), BODY | body, ANN, NOW)[1]


def updated(old: Deal = OLD, **body: Any) -> Deal:
    new, changed = update_deal(world(old), DEAL, {"name": "New", "stage_id": old.stage_id} | body, NOW)
    assert new.deals[DEAL] == changed
    return changed


def test_a_new_deal_takes_the_defaults() -> None:
    new, made = create_deal(world(deal(7)), BODY, ANN, NOW)
    assert made == new.deals[8]
    assert made == Deal(
        id=8,
        name="New",
        stage_id=PROPOSAL,
        probability=60,
        assigned_to=ANN,
        stage_entered_at=NOW,
        created_at=NOW,
        updated_at=NOW,
    )


def test_a_new_deal_keeps_all_that_is_said() -> None:
    body = {
        "value": 12.5,
        "contact_id": 1,
        "bill_to_contact_id": 2,
        "company_id": 1,
        "partner_id": 2,
        "reseller_id": 2,
        "reseller_contact_id": 2,
        "probability": 0,
        "assigned_to": BOB,
        "notes": "",
        "tags": "a,b",
    }
    made = created(**body, expected_close_date="2026-03-15")
    assert {name: getattr(made, name) for name in body} == body
    assert made.expected_close_date == date(2026, 3, 15)
    assert (made.id, made.closed_at) == (1, None)


@pytest.mark.parametrize(("stage_id", "probability"), [(WON, 100), (LOST, 0)])
def test_a_deal_made_in_a_closing_stage_is_closed(stage_id: int, probability: int) -> None:
    made = created(stage_id=stage_id, probability=50)
    assert (made.closed_at, made.probability) == (NOW, probability)


def test_null_is_no_probability_and_no_owner() -> None:
    made = created(probability=None, assigned_to=None)
    assert (made.probability, made.assigned_to) == (None, None)


def test_every_id_of_a_missing_record_is_named() -> None:
    references = {
        "stage_id": "Stage",
        "contact_id": "Contact",
        "bill_to_contact_id": "Contact",
        "company_id": "Company",
        "partner_id": "Company",
        "reseller_id": "Company",
        "reseller_contact_id": "Contact",
        "assigned_to": "User",
    }
    body = BODY | dict.fromkeys(references, 99)
    expected = {name: f"{kind} 99 does not exist" for name, kind in references.items()}
    with pytest.raises(Invalid) as caught:
        create_deal(world(), body, ANN, NOW)
    assert caught.value.errors == expected
    with pytest.raises(Invalid) as caught:
        update_deal(world(OLD), DEAL, body, NOW)
    assert caught.value.errors == expected


def test_an_update_keeps_what_is_not_named() -> None:
    assert updated(value=3) == replace(OLD, name="New", value=3, updated_at=NOW)


def test_an_update_can_empty_a_field() -> None:
    changed = updated(notes=None, expected_close_date=None, reseller_id=None)
    assert (changed.notes, changed.expected_close_date, changed.reseller_id) == (None, None, None)


def test_an_update_with_another_stage_is_a_move() -> None:
    assert updated(stage_id=WON) == replace(
        OLD,
        name="New",
        stage_id=WON,
        probability=100,
        closed_at=NOW,
        stage_entered_at=NOW,
        updated_at=NOW,
    )
    assert updated(stage_id=LEAD).probability == 10


def test_a_probability_that_is_asked_for_wins_in_an_open_stage_only() -> None:
    won = deal(stage_id=WON, probability=100, closed_at=ago(3))
    assert updated(stage_id=LEAD, probability=33).probability == 33
    assert updated(probability=33).probability == 33
    assert updated(stage_id=LOST, probability=33).probability == 0
    assert updated(won, probability=33) == replace(won, name="New", updated_at=NOW)


def test_deleting_a_deal_removes_its_tasks_and_notes_and_nothing_else() -> None:
    other = {"deal_id": 11}
    whole = world(
        OLD,
        deal(11),
        tasks=(task(1), task(2, **other)),
        notes=(note(1), note(2), note(3, **other)),
        emails=(email(1),),
        quotes=(quote(1),),
    )
    before = contents(whole)
    after = contents(delete_deal(whole, DEAL))
    assert after == before | {"deals": [deal(11)], "tasks": [task(2, **other)], "notes": [note(3, **other)]}
    assert contents(whole) == before


def test_a_quote_of_the_deal_becomes_its_primary_one() -> None:
    new, changed = set_primary_quote(world(OLD, quotes=(quote(4),)), DEAL, 4, NOW)
    assert new.deals[DEAL] == changed == replace(OLD, primary_quote_id=4, updated_at=NOW)


@pytest.mark.parametrize(
    ("quote_id", "message"), [(5, "Quote 5 does not belong to deal 10"), (9, "Quote 9 does not exist")]
)
def test_another_quote_is_refused(quote_id: int, message: str) -> None:
    whole = world(OLD, deal(11), quotes=(quote(4), quote(5, deal_id=11)))
    with pytest.raises(Invalid) as caught:
        set_primary_quote(whole, DEAL, quote_id, NOW)
    assert caught.value.errors == {"quote_id": message}


def test_an_unknown_deal_is_missing() -> None:
    for write in (
        lambda: update_deal(world(), 99, BODY, NOW),
        lambda: delete_deal(world(), 99),
        lambda: set_primary_quote(world(), 99, 1, NOW),
    ):
        with pytest.raises(Missing, match="Deal 99 not found"):
            write()
