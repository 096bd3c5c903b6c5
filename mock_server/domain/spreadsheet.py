"""Deals as a spreadsheet: CSV (RFC 4180) that no spreadsheet program treats as formulas.

A text that a spreadsheet would evaluate gets a leading apostrophe, and loses exactly that one
on import. So does a text that already looks escaped: what was exported is imported unchanged.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import chain, repeat
from typing import Any, Protocol

from mock_server.domain.refusals import Invalid
from mock_server.domain.values import to_json

DELIMITERS = ",;"
# Full-width signs too: spreadsheets in some languages evaluate them as well.
FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
ESCAPED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")
WHOLE = 2**53  # the largest number up to which a float is exact


class Form(Protocol):
    """Parses the texts of a row by column, and reports errors; the contract provides one."""

    @property
    def properties(self) -> Mapping[str, Any]: ...

    def read(self, texts: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]: ...


@dataclass(frozen=True, slots=True)
class Row:
    """One row as values by column (an empty cell is None), with its errors."""

    number: int
    values: dict[str, Any]
    errors: dict[str, str]


def export(rows: Iterable[Mapping[str, Any]], columns: Iterable[str]) -> str:
    """The rows as CSV, with a header."""
    names = list(columns)
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows([_cell(row.get(name)) for name in names] for row in rows)
    return text.getvalue()


def template(columns: Iterable[str], example: Mapping[str, Any]) -> str:
    """A file to fill in: the header and one example row."""
    return export([example], columns)


def read(data: bytes, form: Form) -> list[Row]:
    """The rows of a CSV file as values by column; raises Invalid if the whole file is unreadable."""
    text = _decoded(data)
    records = _records(text, _delimiter(text, form.properties))
    names = [name.strip() for name in records[0][1]]
    _, required = form.read({})  # the errors of an empty row: the required columns
    _check_header(names, required)
    return [_row(number, names, cells, form) for number, cells in records[1:] if any(map(str.strip, cells))]


def _cell(value: Any) -> Any:
    value = to_json(value)
    if isinstance(value, str):
        return f"'{value}" if FORMULA.match(value) else value
    if isinstance(value, float) and value.is_integer() and abs(value) <= WHOLE:
        return int(value)
    return value


def _decoded(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _unreadable("The file is not UTF-8 text") from None
    if not text.strip():
        raise _unreadable("The file is empty")
    return text


def _delimiter(text: str, columns: Collection[str]) -> str:
    """The delimiter with which the header has the most known columns."""

    def known(delimiter: str) -> int:
        return sum(name.strip() in columns for name in _header(text, delimiter))

    best = max(DELIMITERS, key=known)
    if not known(best):
        raise _unreadable(
            "The first line must be a header with column names, separated by commas or semicolons"
        )
    return best


def _header(text: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader(StringIO(text, newline=""), delimiter=delimiter), [])
    except csv.Error:
        return []


def _records(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """The records, each with the number of its first line."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    records = []
    begins = 1
    try:
        for cells in reader:
            records.append((begins, cells))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise _unreadable(f"Line {begins} is not valid CSV: {error}") from None
    return records


def _check_header(names: Sequence[str], required: Collection[str]) -> None:
    if missing := [name for name in required if name not in names]:
        raise _unreadable(f"The header is missing columns: {', '.join(missing)}")
    if twice := [name for name, times in Counter(names).items() if name and times > 1]:
        raise _unreadable(f"The header has duplicate columns: {', '.join(twice)}")


def _row(number: int, names: Sequence[str], cells: Sequence[str], form: Form) -> Row:
    """An empty cell is not passed to the form: in a required column it counts as missing."""
    pairs = zip(names, chain(cells, repeat("")), strict=False)  # a short row ends in empty cells
    texts = {name: _text(cell) for name, cell in pairs if name in form.properties}
    values, errors = form.read({name: text for name, text in texts.items() if text})
    if any(cells[len(names) :]):
        errors = {**errors, "row": f"The row has {len(cells)} cells, but the header has {len(names)}"}
    return Row(number, {**dict.fromkeys(texts), **values}, errors)


def _text(text: str) -> str:
    return text[1:] if ESCAPED.match(text) else text


def _unreadable(message: str) -> Invalid:
    return Invalid({"file": message})
