"""What an unknown name probably means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.domain.nearest import nearest
from tests.mock_server.conftest import contract

COLUMNS = tuple(contract().csv_row.properties)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("amount", "value"),
        ("Deal Value", "value"),
        ("Amount (EUR)", "value"),
        ("expected revenue", "value"),
        ("close_date", "expected_close_date"),
        ("Closing date", "expected_close_date"),
        ("Due", "expected_close_date"),
        ("expectd_close_date", "expected_close_date"),
        ("deal", "name"),
        ("Deal Name", "name"),
        ("title", "name"),
        ("nmae", "name"),
        ("stage", "stage_name"),
        ("Pipeline Stage", "stage_name"),
        ("status", "stage_name"),
        ("probabilty", "probability"),
        ("Chance", "probability"),
        ("account", "company_name"),
        ("compnay_name", "company_name"),
        ("contact", "contact_name"),
        ("E-mail of contact", "contact_email"),
        ("Deal Owner", "assigned_to_email"),
        ("assigned_name", "assigned_to_email"),
        ("comments", "notes"),
        ("Tag", "tags"),
        ("lost reason", "loss_reason"),
        ("date closed", "closed_at"),
        ("closedDate", "closed_at"),
        ("Bill To", "bill_to_contact_name"),
    ],
)
def test_an_unknown_name_is_understood(name: str, meant: str) -> None:
    assert nearest(name, COLUMNS) == meant


@pytest.mark.parametrize("name", ["colour", "id", "created_at", "product_name", "Spalte 7", "数", "  ", "!"])
def test_a_name_that_is_like_no_other_means_none(name: str) -> None:
    assert nearest(name, COLUMNS) is None


@given(st.text())
def test_any_name_can_be_looked_for(name: str) -> None:
    assert nearest(name, COLUMNS) in (None, *COLUMNS)
