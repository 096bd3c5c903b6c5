"""A record's properties by their contract names."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from mock_server.domain.fields import deal_field, deal_record, record
from mock_server.domain.values import cents, counted, to_date, to_json, to_timestamp, total
from mock_server.domain.world import Deal
from tests.mock_server.domain.builders import ANN, NOW, WON, deal, note, world

FULL = deal(
    company_id=1,
    bill_to_contact_id=2,
    partner_id=2,
    reseller_id=2,
    reseller_contact_id=2,
    assigned_to=ANN,
    expected_close_date=date(2026, 3, 15),
)
EMPTY = deal(contact_id=None)


@pytest.mark.parametrize(
    ("one", "name", "value"),
    [
        (FULL, "name", "Deal 10"),
        (FULL, "stage_name", "Proposal"),
        (FULL, "is_won", False),
        (deal(stage_id=WON), "is_won", True),
        (deal(stage_id=WON), "is_lost", False),
        (FULL, "contact_name", "Jane Smith"),
        (FULL, "company_name", "Acme Corp"),
        (FULL, "bill_to_contact_name", "Bob Wilson"),
        (FULL, "partner_name", "Channel Partners Inc"),
        (FULL, "reseller_name", "Channel Partners Inc"),
        (FULL, "reseller_contact_name", "Bob Wilson"),
        (FULL, "assigned_name", "Ann Miller"),
        (FULL, "assigned_to_email", "ann@example.com"),
        (EMPTY, "contact_name", None),
        (EMPTY, "company_name", None),
        (EMPTY, "assigned_name", None),
    ],
)
def test_a_deal_has_its_own_and_its_joined_properties(one: Deal, name: str, value: Any) -> None:
    assert deal_field(world(one), one, name) == value


def test_a_deal_reads_as_json_has_it() -> None:
    names = ("id", "stage_name", "expected_close_date", "closed_at", "created_at", "value")
    assert deal_record(world(FULL), FULL, names, NOW) == {
        "id": 10,
        "stage_name": "Proposal",
        "expected_close_date": "2026-03-15",
        "closed_at": None,
        "created_at": "2026-02-09T09:30:00.000000Z",
        "value": 50000,
    }


def test_risk_is_a_property_of_open_deals() -> None:
    won = deal(11, stage_id=WON)
    whole = world(FULL, won)
    assert deal_record(whole, FULL, ["risk"], NOW)["risk"]["risk_level"] == "low"
    assert deal_record(whole, won, ["risk"], NOW) == {"risk": None}


def test_a_record_takes_what_it_lacks_from_beside() -> None:
    names = ("id", "content", "created_at", "created_by_name")
    assert record(note(), names, {"created_by_name": "Ann Miller"}) == {
        "id": 1,
        "content": "Called.",
        "created_at": "2026-02-09T09:30:00.000000Z",
        "created_by_name": "Ann Miller",
    }


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 1, 15, 9, 30, 0, 7, tzinfo=UTC), "2026-01-15T09:30:00.000007Z"),
        (datetime(2026, 1, 15, 9, 30, tzinfo=timezone(timedelta(hours=2))), "2026-01-15T07:30:00.000000Z"),
        (datetime(33, 1, 1, tzinfo=UTC), "0033-01-01T00:00:00.000000Z"),
    ],
)
def test_a_timestamp_is_utc_with_microseconds(moment: datetime, text: str) -> None:
    assert to_json(moment) == text
    assert to_timestamp(text) == moment


def test_a_time_without_zone_is_utc() -> None:
    assert to_timestamp("2026-01-15T09:30:00") == datetime(2026, 1, 15, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "soon", "2026-02-30", "0001-01-01T00:00:00+14:00"])
def test_what_names_no_moment_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        to_timestamp(text)
    with pytest.raises(ValueError, match=r"."):
        to_date(text)


def test_nothing_reads_as_nothing() -> None:
    assert to_date(None) is to_timestamp(None) is to_json(None) is None


@pytest.mark.parametrize(
    ("values", "sum_"), [([], 0), ([None], 0), ([1, None, 2], 3), ([0.1, 0.2], 0.3), ([0.5, 0.5], 1)]
)
def test_money_adds_up_in_cents(values: list[Any], sum_: float) -> None:
    assert total(values) == sum_
    assert type(total(values)) is type(sum_)


@pytest.mark.parametrize(("number", "text"), [(0, "0 days"), (1, "1 day"), (2, "2 days")])
def test_counts_read_as_people_say_them(number: int, text: str) -> None:
    assert counted(number, "day") == text
    assert cents(number) == number
