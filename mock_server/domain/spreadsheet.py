"""Deals as a spreadsheet: CSV (RFC 4180) that no spreadsheet program takes for formulas.

A text that a spreadsheet would compute gets an apostrophe in front, and loses exactly that one
on the way back. So does a text that looks as if it had one already: what was exported reads
back as it was.
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
# Full-width signs too: spreadsheets of some languages compute them as well.
FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
ESCAPED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")
WHOLE = 2**53  # beyond it a float has no digits of its own


class Form(Protocol):
    """How texts by column are read as values, and what is wrong with them (the contract knows)."""

    @property
    def properties(self) -> Mapping[str, Any]: ...

    def read(self, texts: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]: ...


@dataclass(frozen=True, slots=True)
class Row:
    """One row as values by column (an empty cell is None), and what is wrong with them."""

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
    """The rows of a CSV file as values by column; a file that cannot be read at all is Invalid."""
    text = _decoded(data)
    records = _records(text, _delimiter(text, form.properties))
    names = [name.strip() for name in records[0][1]]
    _, required = form.read({})  # what a row without any cells lacks
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
    """The delimiter by which the header makes most sense."""

    def known(delimiter: str) -> int:
        return sum(name.strip() in columns for name in _header(text, delimiter))

    best = max(DELIMITERS, key=known)
    if not known(best):
        raise _unreadable("The first line must name the columns, separated by commas or semicolons")
    return best


def _header(text: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader(StringIO(text, newline=""), delimiter=delimiter), [])
    except csv.Error:
        return []


def _records(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """The records, each with the number of the line where it begins."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    records = []
    begins = 1
    try:
        for cells in reader:
            records.append((begins, cells))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise _unreadable(f"The file is not CSV: {error}, in line {begins}") from None
    return records


def _check_header(names: Sequence[str], required: Collection[str]) -> None:
    if lacking := [name for name in required if name not in names]:
        raise _unreadable(f"The header lacks: {', '.join(lacking)}")
    if twice := [name for name, times in Counter(names).items() if name and times > 1]:
        raise _unreadable(f"The header has more than once: {', '.join(twice)}")


def _row(number: int, names: Sequence[str], cells: Sequence[str], form: Form) -> Row:
    """An empty cell is not handed to the form: to a required column, it is as good as missing."""
    pairs = zip(names, chain(cells, repeat("")), strict=False)  # a short row ends in empty cells
    texts = {name: _text(cell) for name, cell in pairs if name in form.properties}
    values, errors = form.read({name: text for name, text in texts.items() if text})
    if any(cells[len(names) :]):
        errors = {**errors, "row": f"The row has {len(cells)} cells, the header {len(names)}"}
    return Row(number, {**dict.fromkeys(texts), **values}, errors)


def _text(text: str) -> str:
    return text[1:] if ESCAPED.match(text) else text


def _unreadable(message: str) -> Invalid:
    return Invalid({"file": message})
