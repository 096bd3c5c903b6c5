"""Dates and times: read as they are meant, told if they are written otherwise, refused if unclear."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.domain.days import day, moment
from mock_server.domain.readings import Reading, Unclear
from mock_server.domain.values import to_json


def test_a_date_as_the_contract_writes_it_is_taken_as_it_is() -> None:
    reading = day("2026-03-15")
    assert (reading.text, reading.remark) == ("2026-03-15", "")


@pytest.mark.parametrize(
    "text",
    [
        "15.03.2026",
        "15.3.2026",
        "15. 3. 2026",
        "2026/03/15",
        "2026.3.15",
        "2026-3-15",
        "20260315",
        "2026-03-15 00:00:00",
        "2026-03-15T00:00:00.000Z",
        "2026-03-15T00:00:00+02:00",
        "15.03.2026 00:00",
    ],
)
def test_a_date_in_another_notation_is_read_and_told(text: str) -> None:
    reading = day(text)
    assert (reading.text, reading.remark) == ("2026-03-15", "was read as 2026-03-15")


@pytest.mark.parametrize("text", ["46096", "46096.0"])
def test_the_day_number_of_a_spreadsheet_is_read(text: str) -> None:
    reading = day(text)
    assert (reading.text, "day number" in reading.remark) == ("2026-03-15", True)


@pytest.mark.parametrize(
    "text",
    ["15/03/2026", "3/15/2026", "03-04-2026", "1/2/26", "15.03.26", "3/15/2026 0:00", "15/03/2026, 09:30"],
)
@pytest.mark.parametrize("reader", [day, moment])
def test_an_order_that_depends_on_the_country_is_refused(reader: Callable[[str], Reading], text: str) -> None:
    with pytest.raises(Unclear, match="write YYYY-MM-DD"):
        reader(text)


@pytest.mark.parametrize("text", ["2026-03-15 09:30", "2026-03-14T23:00:00Z", "46096.5"])
def test_a_date_with_a_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(Unclear, match="must be a date without a time of day"):
        day(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-29",
        "2026-13-01",
        "31.02.2026",
        "soon",
        "March 15",
        "2026",
        "460",
        "",
        "2026-03-15 25:00",
        "2026-3/15",
    ],
)
@pytest.mark.parametrize("reader", [day, moment])
def test_what_is_no_date_is_left_to_the_schema(reader: Callable[[str], Reading], text: str) -> None:
    reading = reader(text)
    assert (reading.text, reading.remark) == (text, "")


HALF_PAST_NINE = "2026-01-15T09:30:00.000000Z"


@pytest.mark.parametrize(
    "text",
    [
        HALF_PAST_NINE,
        "2026-01-15T09:30:00Z",
        "2026-01-15t09:30:00z",
        "2026-01-15 09:30:00Z",
        "2026-01-15T11:30:00+02:00",
        "2026-01-15T04:00:00.000-05:30",
    ],
)
def test_a_timestamp_with_an_offset_is_taken_without_a_word(text: str) -> None:
    reading = moment(text)
    assert (reading.text, reading.remark) == (HALF_PAST_NINE, "")


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-15T09:30:00",
        "2026-01-15 09:30",
        "2026-01-15 9:30",
        "2026-01-15 09:30:00 UTC",
        "2026-01-15T09:30:00.0000000Z",
        "2026-01-15T11:30+02",
        "15.01.2026 09:30",
        "15.01.2026, 09:30:00",
        "2026/01/15 09:30",
        "46037.3958333333",
    ],
)
def test_a_timestamp_in_another_notation_is_read_in_utc_and_told(text: str) -> None:
    reading = moment(text)
    assert (reading.text, reading.remark.startswith(f"was read as {HALF_PAST_NINE}")) == (
        HALF_PAST_NINE,
        True,
    )


def test_a_day_alone_begins_at_midnight() -> None:
    assert moment("2026-01-15").text == "2026-01-15T00:00:00.000000Z"


def test_a_time_beyond_the_calendar_is_left_to_the_schema() -> None:
    assert moment("0001-01-01T00:00:00+02:00").text == "0001-01-01T00:00:00+02:00"
    assert moment("2026-01-15T00:00:00+99:00").text == "2026-01-15T00:00:00+99:00"


@given(st.datetimes(timezones=st.just(UTC)))
def test_every_timestamp_of_an_export_is_read_as_it_was(when: datetime) -> None:
    text = to_json(when)
    assert (moment(text).text, moment(text).remark) == (text, "")
