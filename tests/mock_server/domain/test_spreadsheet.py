"""CSV: an export can be imported, no cell is a formula, and an invalid file is explained."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import UTC, date, datetime
from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.domain.refusals import Invalid
from mock_server.domain.spreadsheet import Row, export, read, template

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
RISKY = st.text(st.sampled_from("'=+-@\t\r\n＝＋－＠\",;ab 1"))


class Form:
    """A form of two texts and a number, the first required."""

    properties: Mapping[str, Any] = {"name": str, "notes": str, "value": float}

    def read(self, texts: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
        errors = {} if "name" in texts else {"name": "name is required"}
        values: dict[str, Any] = dict(texts)
        if "value" in texts:
            try:
                values["value"] = float(texts["value"])
            except ValueError:
                errors["value"] = "value must be a number"
        return values, errors


def rows(text: str) -> list[Row]:
    return read(text.encode(), Form())


def refusal(data: bytes) -> str:
    with pytest.raises(Invalid) as caught:
        read(data, Form())
    return caught.value.errors["file"]


@given(st.lists(st.tuples(TEXT | RISKY, TEXT | RISKY, st.none() | st.floats(0, 1e12)), max_size=5))
def test_what_is_exported_reads_back_as_it_was(table: list[tuple[str, str, float | None]]) -> None:
    lines = [{"name": f"x{name}", "notes": notes, "value": value} for name, notes, value in table]
    read_back = [row.values for row in rows(export(lines, Form.properties))]
    assert read_back == [{**line, "notes": line["notes"] or None} for line in lines]


@given(st.lists(RISKY.filter(str.strip), min_size=1, max_size=5))
def test_no_text_begins_like_a_formula(texts: list[str]) -> None:
    exported = export([{"name": text} for text in texts], ["name"])
    cells = [record[0] for record in csv.reader(StringIO(exported, newline=""))][1:]
    assert not any(cell.startswith(tuple("=+-@\t\r\n＝＋－＠")) for cell in cells)
    assert [row.values["name"] for row in rows(exported)] == texts


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        (-5, "-5"),
        (50000.0, "50000"),
        (1234.5, "1234.5"),
        ("=1+1", "'=1+1"),
        ("'=1", "''=1"),
        ("'quoted'", "'quoted'"),
        ("a;b", "a;b"),
        ('say "a, b"', '"say ""a, b"""'),
        ("two\nlines", '"two\nlines"'),
        (date(2026, 3, 15), "2026-03-15"),
        (datetime(2026, 1, 15, 9, 30, tzinfo=UTC), "2026-01-15T09:30:00.000000Z"),
    ],
)
def test_a_cell_is_written_as_rfc_4180_has_it(value: Any, cell: str) -> None:
    assert export([{"name": "a", "value": value}], ["name", "value"]) == f"name,value\r\na,{cell}\r\n"


def test_the_template_is_the_header_and_one_row() -> None:
    assert template(["name", "value"], {"name": "Acme", "value": 1}) == "name,value\r\nAcme,1\r\n"


@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_any_usual_csv_is_read(bom: str, delimiter: str, newline: str) -> None:
    lines = ["name,value", '"two\nlines, and ; more",1', "plain,2", ""]
    text = bom + newline.join(line if '"' in line else line.replace(",", delimiter) for line in lines)
    text = text.replace('",1', f'"{delimiter}1')
    assert rows(text) == [
        Row(2, {"name": "two\nlines, and ; more", "value": 1.0}, {}),
        Row(4, {"name": "plain", "value": 2.0}, {}),
    ]


def test_an_empty_cell_is_none_and_a_missing_column_is_not_there() -> None:
    assert rows("notes,name\n,a\nb\n") == [
        Row(2, {"notes": None, "name": "a"}, {}),
        Row(3, {"notes": "b", "name": None}, {"name": "name is required"}),
    ]


def test_blank_lines_and_unknown_columns_are_passed_over() -> None:
    assert rows("name,colour,\n\n,,\na,red,\n") == [Row(4, {"name": "a"}, {})]


def test_a_row_that_is_too_long_says_so() -> None:
    assert rows("name,value\na,1,extra\n")[0].errors == {"row": "The row has 3 cells, but the header has 2"}


def test_a_bad_value_is_an_error_of_its_row() -> None:
    assert rows("name,value\na,much\n")[0].errors == {"value": "value must be a number"}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "The file is empty"),
        (b"\xef\xbb\xbf \r\n", "The file is empty"),
        (b"name\n\xff\xfe", "The file is not UTF-8 text"),
        ("name,value\na,1\n".encode("utf-16"), "The file is not UTF-8 text"),
        (b"value\n1\n", "The header is missing columns: name"),
        (b"name,name\na,b\n", "The header has duplicate columns: name"),
        (
            b"name|value\na|1\n",
            "The first line must be a header with column names, separated by commas or semicolons",
        ),
        (
            b"\nname\na\n",
            "The first line must be a header with column names, separated by commas or semicolons",
        ),
        (b"{}", "The first line must be a header with column names, separated by commas or semicolons"),
        (b'name,value\na,1\n"b,2\n', "Line 3 is not valid CSV: unexpected end of data"),
        (b'name\n"a"b\n', "Line 2 is not valid CSV: ',' expected after '\"'"),
        (
            b'"' + b"x" * 200_000,
            "The first line must be a header with column names, separated by commas or semicolons",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_explained(data: bytes, message: str) -> None:
    assert refusal(data) == message
