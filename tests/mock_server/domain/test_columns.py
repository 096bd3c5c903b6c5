"""The header: names in any spelling, and what unknown ones probably mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.domain.columns import known_names, read_header, squeezed
from tests.mock_server.conftest import contract

COLUMNS = tuple(contract().csv_row.properties)


@pytest.mark.parametrize(
    "cell",
    [
        "expected_close_date",
        "Expected Close Date",
        "EXPECTED-CLOSE-DATE",
        "expectedCloseDate",
        "\texpected \xa0 close\tdate ",
        "\ufeffExpected_Close_Date*",
        "expected close\ndate:",
    ],
)
def test_a_name_is_known_in_any_spelling(cell: str) -> None:
    header = read_header(["name", cell], 1, COLUMNS)
    assert (header.places, header.unknown) == ({"name": 0, "expected_close_date": 1}, [])


def test_no_two_columns_look_alike_in_a_header() -> None:
    assert len(known_names(COLUMNS)) == len(COLUMNS)


@given(st.text())
def test_what_does_not_matter_in_a_name_is_left_out_at_once(name: str) -> None:
    assert squeezed(squeezed(name)) == squeezed(name)
