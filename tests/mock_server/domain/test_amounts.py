"""Numbers and percentages: read as they are meant, told if they are written otherwise, refused if unclear."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.domain.amounts import number, percentage
from mock_server.domain.notation import Notation
from mock_server.domain.readings import Unclear


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    "text", ["0", "50000", "50000.5", "50000.50", "-1", "+7", "0.125", "1234.567", "007"]
)
def test_a_plain_number_is_taken_as_it_is(text: str, delimiter: str) -> None:
    reading = number(text, Notation(delimiter))
    assert (reading.text, reading.remark) == (text, "")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("50000,50", "50000.50"),
        ("0,5", "0.5"),
        ("-1,5", "-1.5"),
        ("1.234,50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1.234.567", "1234567"),
        ("1,234,567", "1234567"),
        ("1.234.567,891", "1234567.891"),
        ("1,234.567", "1234.567"),
        ("50 000", "50000"),
        ("1\u202f234\u202f567,89", "1234567.89"),
        ("1\xa0234,5", "1234.5"),
        ("1'234.50", "1234.50"),
        ("12’345", "12345"),
    ],
)
def test_what_can_mean_only_one_number_is_read_and_told(text: str, result: str, delimiter: str) -> None:
    reading = number(text, Notation(delimiter))
    assert (reading.text, reading.remark) == (result, f"was read as {result}")


@pytest.mark.parametrize(("text", "delimiter"), [("50.000", ";"), ("50,000", ",")])
def test_three_digits_are_thousands_where_the_other_sign_is_the_decimal_one(
    text: str, delimiter: str
) -> None:
    assert number(text, Notation(delimiter)).text == "50000"


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("-50.000", ","),
        ("+50.000", ","),
        ("50.000", ","),
        ("50,000", ";"),
        ("50.000", "\t"),
        ("50,000", "\t"),
        ("1.234", "|"),
    ],
)
def test_three_digits_are_refused_where_they_could_be_either(text: str, delimiter: str) -> None:
    with pytest.raises(Unclear, match=r"can mean .* or .*; write "):
        number(text, Notation(delimiter))


def test_a_number_that_could_be_either_keeps_its_sign() -> None:
    with pytest.raises(Unclear, match=r"can mean -50000 or -50\.000; write -50000 or -50\.00"):
        number("-50.000", Notation(","))


@pytest.mark.parametrize("text", ["$5", "5 €", "EUR 5", "5 USD", "£1,000.00"])
def test_an_amount_with_a_currency_is_refused_since_a_deal_has_none(text: str) -> None:
    with pytest.raises(Unclear, match="without a currency"):
        number(text, Notation(","))


def test_a_number_with_an_exponent_may_be_rounded() -> None:
    reading = number("1.23457E+11", Notation(","))
    assert (reading.text, reading.remark) == ("1.23457E+11", "may have been rounded by a spreadsheet program")


@pytest.mark.parametrize(
    "text", ["12 boxes", "5 0", "1.23.456", "1,2,3", "NaN", "5.", ",5", "(5)", "0x10", "٥"]
)
def test_anything_else_is_left_to_the_schema(text: str) -> None:
    assert number(text, Notation(",")).text == text


@given(
    st.integers(1, 10**12),
    st.sampled_from([(",", ".", ";"), (".", ",", ","), (" ", ",", ";"), ("'", ".", ",")]),
)
def test_a_grouped_number_with_cents_is_read_whole(cents: int, signs: tuple[str, str, str]) -> None:
    group, decimal, delimiter = signs
    text = f"{cents // 100:,}".replace(",", group) + f"{decimal}{cents % 100:02}"
    assert float(number(text, Notation(delimiter)).text) == cents / 100


@pytest.mark.parametrize(
    ("text", "result", "remark"),
    [
        ("60", "60", ""),
        ("60.0", "60", ""),
        ("60,00", "60", ""),
        ("0.0", "0", ""),
        ("60%", "60", "was read as 60"),
        ("60 %", "60", "was read as 60"),
        ("1.0%", "1", "was read as 1"),
        ("-5", "-5", ""),
        ("60.5", "60.5", ""),
        ("60.5%", "60.5%", ""),
        ("likely", "likely", ""),
    ],
)
def test_a_percentage_is_a_whole_number(text: str, result: str, remark: str) -> None:
    reading = percentage(text, Notation(","))
    assert (reading.text, reading.remark) == (result, remark)


@pytest.mark.parametrize("text", ["0.6", "0,6", "1.0", "1,00", "0.05"])
def test_a_share_of_one_is_refused(text: str) -> None:
    with pytest.raises(Unclear, match="such as 60 for 60 %"):
        percentage(text, Notation(","))
