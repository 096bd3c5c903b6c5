"""CSV: an export can be imported, no cell is a formula, and an invalid file is explained."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime
from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.domain import csv_files
from mock_server.domain.refusals import Invalid
from mock_server.domain.spreadsheet import Row, export, read, template

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
RISKY = st.text(st.sampled_from("'=+-@\t\r\n＝＋－＠\",;ab 1"))


class Form:
    """A form of two texts and a number, the first required."""

    properties: Mapping[str, Any] = {"name": str, "notes": str, "value": float}
    kinds: Mapping[str, str] = {"name": "string", "notes": "string", "value": "number"}

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
    return list(read(text.encode(), Form()).rows)


def warnings(text: str) -> list[tuple[int, str, str]]:
    return [(problem.row, problem.field, problem.message) for problem in read(text.encode(), Form()).warnings]


def refusal(data: bytes) -> str:
    with pytest.raises(Invalid) as caught:
        list(read(data, Form()).rows)
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
        ("a;b", '"a;b"'),
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
    assert rows("name,colour,\n\n,,\na,red,\n") == [Row(4, {"name": "a"})]


def test_a_row_that_is_too_long_says_so() -> None:
    assert rows("name,value\na,1,extra\n")[0].errors == {"row": "The row has 3 cells, but the header has 2"}


def test_a_bad_value_is_an_error_of_its_row() -> None:
    assert rows("name,value\na,much\n")[0].errors == {"value": "value must be a number"}


HEADERS = "The first line must be a header with column names, separated by commas, semicolons, tabs or bars"
ADVICE = "save it as CSV in UTF-8"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "The file is empty"),
        (b"\xef\xbb\xbf \r\n", "The file is empty"),
        (b"name\nM\xfcller\n", f"The file is not UTF-8 text (see line 2): {ADVICE}"),
        (b"\xff\xfea", f"The file is not UTF-16 text (see line 1): {ADVICE}"),
        ("name,value".encode("utf-16-le"), f"{HEADERS} (the file has NUL characters: {ADVICE})"),
        (
            b"PK\x03\x04...",
            f"The file is an Excel or OpenDocument workbook (or another ZIP archive), not CSV: {ADVICE}",
        ),
        (b"\xd0\xcf\x11\xe0...", f"The file is an old Excel workbook, not CSV: {ADVICE}"),
        (b"value\n1\n", "The header is missing columns: name"),
        (b"value;Title\n1;a\n", "The header is missing columns: name; it has Title (did you mean name?)"),
        (b"name,Name \na,b\n", "The header has duplicate columns: name"),
        (b"name" + b"," * 300, "The header has 301 columns; at most 256 are allowed"),
        (b"{}", HEADERS),
        (b'name,value\na,1\n"b,2\n', "Line 3 is not valid CSV: a quotation mark is never closed"),
        (b'name\n"a"b\n', "Line 2 is not valid CSV: ',' expected after '\"'"),
        (b'A title\n\nname\n"a"b\n', "Line 4 is not valid CSV: ',' expected after '\"'"),
        (b'"' + b"x" * 200_000, HEADERS),
    ],
)
def test_a_file_that_cannot_be_read_is_explained(data: bytes, message: str) -> None:
    assert refusal(data) == message


@pytest.mark.parametrize(
    "text",
    [
        "NAME,Value \na,1\n",
        " name\t; Value\na;1\n",
        "name\tvalue\na\t1\n",
        "name|value\na|1\n",
        "sep=;\nname;value\na;1\n",
        "\ufeffsep=\t\r\nname\tvalue\r\na\t1\r\n",
        '"name","value"\n"a","1"\n',
        "name, value\n  a , 1 \n",
        'name, value\n "a", "1"\n',
        "name,value,\na,1,\n",
        "name,value,,\n\n,,,\na,1,,\n,,,\n",
        "\u200bname,Value (%)\na,1\n",
    ],
)
def test_what_other_programs_write_is_read_without_a_word(text: str) -> None:
    assert [(row.values, row.errors, row.warnings) for row in rows(text)] == [
        ({"name": "a", "value": 1.0}, {}, {})
    ]
    assert warnings(text) == []


def test_a_file_in_utf_16_is_read() -> None:
    assert list(read("name\tvalue\r\nMüller\t1\r\n".encode("utf-16"), Form()).rows) == [
        Row(2, {"name": "Müller", "value": 1.0})
    ]


def test_the_header_is_found_below_a_title_and_lines_are_counted_from_the_top() -> None:
    text = "Deals of the quarter,,\n,,\nname,notes\na,x\nb\n"
    assert [row.number for row in rows(text)] == [4, 5]
    assert warnings(text) == [(1, "file", "Line 1 is above the header: ignored")]


def test_an_unknown_column_is_named_with_the_one_that_is_probably_meant() -> None:
    assert warnings("name,Amount,colour\na,1,red\n") == [
        (1, "Amount", "The column Amount is not known and was ignored; did you mean value?"),
        (1, "colour", "The column colour is not known and was ignored; the columns are name, notes, value"),
    ]


def test_a_cell_below_no_name_is_told_if_it_says_something() -> None:
    nothing, something = rows("name,,value\na,,1\nb,lost,2\n")
    assert nothing.warnings == {}
    assert something.warnings == {"column 2": "lost was ignored: its column has no name in the header"}


def test_a_number_that_is_written_otherwise_is_told() -> None:
    assert [row.warnings for row in rows("name;value\na;50000,50\nb;50000.50\n")] == [
        {"value": "value 50000,50 was read as 50000.50"},
        {},
    ]


def test_a_number_that_can_mean_two_things_is_an_error() -> None:
    message = "value 50.000 can mean 50000 or 50.000; write 50000 or 50.00"
    assert rows("name,value\na,50.000\n")[0].errors == {"value": message}


def test_a_long_text_is_cut_in_a_message() -> None:
    (row,) = rows(f"name,value\na,{'1' * 1000}.\n")
    assert len(str(row.errors)) < 100


@pytest.mark.parametrize(
    ("value", "cell"),
    [(1.234, "1.2340"), (1e-7, "0.0000001"), (0.5, "0.5"), (2.0**60, "1152921504606847000")],
)
def test_a_number_is_exported_so_that_it_can_mean_only_one_thing(value: float, cell: str) -> None:
    assert export([{"value": value}], ["value"]) == f"value\r\n{cell}\r\n"
    assert rows(f"name,value\na,{cell}\n") == [Row(2, {"name": "a", "value": value})]


@given(st.binary() | st.text().map(str.encode) | RISKY.map(lambda text: f"name,value\n{text}".encode()))
def test_any_file_is_read_or_refused(data: bytes) -> None:
    with suppress(Invalid):
        assert all(row.number > 1 for row in read(data, Form()).rows)


def test_a_record_that_is_not_csv_refuses_the_file_before_its_first_row() -> None:
    rows_so_far = read(b'name\na\n"b', Form()).rows
    with pytest.raises(Invalid, match="Validation failed"):
        next(rows_so_far)


@given(st.lists(RISKY).map("\n".join), st.integers(1, 9))
def test_a_long_file_is_read_as_a_short_one(text: str, at_once: int) -> None:
    """Only a part of it is copied at once, which ends where a line does."""

    def found() -> Any:
        try:
            return rows(f"name,notes\r\n{text}")
        except Invalid as invalid:
            return invalid.errors

    whole = found()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_files, "AT_ONCE", at_once)
        assert found() == whole
