"""How a file writes numbers and dates: what some cells show decides what others mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.domain.notation import Notation, notation
from mock_server.domain.spreadsheet import read
from tests.mock_server.conftest import contract


def values(cells: list[str], delimiter: str = ",", column: str = "value") -> list[object]:
    """What a file with these cells has in this column: values, or the messages about them."""
    quoted = "".join(f'D{delimiter}Lead{delimiter}"{cell}"\r\n' for cell in cells)
    text = f"name{delimiter}stage_name{delimiter}{column}\r\n{quoted}"
    rows = read(text.encode(), contract().csv_row).rows
    return [row.errors.get(column, row.values[column]) for row in rows]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_other_numbers_of_the_file_show_what_three_digits_are(delimiter: str) -> None:
    assert values(["2,75", "3.000", "12,5"], delimiter) == [2.75, 3000, 12.5]
    assert values(["2.75", "3,000"], delimiter) == [2.75, 3000]
    assert values(["3.000", "1.234.567"], delimiter) == [3000, 1234567]
    assert values(["1,234.50", "3,000"], delimiter) == [1234.5, 3000]


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_decimal_sign_that_others_show_is_never_read_as_thousands(delimiter: str) -> None:
    sign = "." if delimiter == ";" else ","
    shown = values([f"1{sign}50", f"3{sign}125"], delimiter)
    assert shown[0] == 1.5
    assert shown[1] != 3125


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_where_the_numbers_contradict_each_other_three_digits_are_refused(delimiter: str) -> None:
    refused = values(["1.50", "1,50", "3.000"], delimiter)[2]
    assert "can mean 3000 or 3.000" in str(refused)


@pytest.mark.parametrize(
    ("cells", "days"),
    [
        (["11/23/2026", "3/4/2026"], ["2026-11-23", "2026-03-04"]),
        (["3/4/2026", "23/11/2026"], ["2026-04-03", "2026-11-23"]),
        (["3-4-2026", "23-11-2026"], ["2026-04-03", "2026-11-23"]),
        (["3/3/2026"], ["2026-03-03"]),
        (["11/23/2026 0:00", "3/4/2026 00:00:00"], ["2026-11-23", "2026-03-04"]),
    ],
)
def test_other_dates_of_the_file_show_which_is_the_month(cells: list[str], days: list[str]) -> None:
    assert values(cells, column="expected_close_date") == days


@pytest.mark.parametrize(
    "cells", [["3/4/2026"], ["3/4/2026", "23/11/2026", "11/23/2026"], ["3/4/26", "23/11/26"]]
)
def test_where_nothing_shows_it_a_date_is_refused(cells: list[str]) -> None:
    assert "depends on the country" in str(values(cells, column="expected_close_date")[0])


def test_a_date_that_there_is_not_is_no_date() -> None:
    assert "must be" in str(values(["31/31/2026"], column="expected_close_date")[0])


@given(st.lists(st.text("0123456789.,/- ", max_size=12), max_size=5))
def test_any_cells_show_something_or_nothing(cells: list[str]) -> None:
    found = notation(",", cells, cells)
    assert found.decimals <= {".", ","}
    assert found == notation(",", [*cells, "x"], [*cells, "x"])
    assert Notation() == notation(",", [], [])
