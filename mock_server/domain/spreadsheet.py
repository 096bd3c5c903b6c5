"""Deals as a spreadsheet: CSV (RFC 4180) that no spreadsheet program treats as formulas."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from itertools import chain, islice
from typing import Any, Protocol

from mock_server.domain.cells import meaning
from mock_server.domain.columns import Header, check_required, ignored_columns, read_header
from mock_server.domain.csv_files import Table, decoded, table_in
from mock_server.domain.formulas import protected, unprotected
from mock_server.domain.notation import Notation, notation
from mock_server.domain.readings import shown
from mock_server.domain.reports import Problem
from mock_server.domain.values import to_json

AT_ONCE = 1000  # lines
QUOTE = '"'
QUOTED = re.compile(r'[,;|\t\r\n"]|\A\s|\s\Z')  # more than a comma needs, for readers that split elsewhere


class Form(Protocol):
    """The columns of a file: parses the texts of a row, and reports errors; the contract provides one."""

    @property
    def properties(self) -> Mapping[str, Any]: ...

    @property
    def kinds(self) -> Mapping[str, str]:
        """The format of each column, or else its type."""
        ...

    def read(self, texts: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]: ...


@dataclass(frozen=True, slots=True)
class Row:
    """One row as values by column (an empty cell is None), its errors, and how unusual texts were read."""

    number: int
    values: dict[str, Any]
    errors: dict[str, str] = field(default_factory=dict)
    warnings: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file: what its header leaves out, and its rows, read one by one as they are asked for."""

    warnings: Sequence[Problem]
    rows: Iterator[Row]


def export(rows: Iterable[Mapping[str, Any]], columns: Iterable[str]) -> str:
    """The rows as CSV, with a header."""
    return "".join(exported(rows, columns))


def exported(rows: Iterable[Mapping[str, Any]], columns: Iterable[str]) -> Iterator[str]:
    """The same in pieces of many lines: to copy all of them at once would keep others waiting."""
    names = list(columns)
    text_cell = cache(_text_cell)  # most texts are names and days, and come up again and again
    cells = chain([names], ([_cell(row.get(name), text_cell) for name in names] for row in rows))
    lines = (",".join(line) + "\r\n" for line in cells)
    while piece := "".join(islice(lines, AT_ONCE)):
        yield piece


def template(columns: Iterable[str], example: Mapping[str, Any]) -> str:
    """A file to fill in: the header and one example row."""
    return export([example], columns)


def read(data: bytes, form: Form) -> Sheet:
    """The rows of a CSV file as values by column; raises Invalid if the whole file is unreadable.

    A row that is not valid CSV raises Invalid before the first row.
    """
    _, required = form.read({})  # the errors of an empty row: the required columns
    table = table_in(decoded(data), form.properties, required)
    header = read_header(table.names, table.line, form.properties)
    check_required(header, required)
    above = [Problem(line, "file", f"Line {line} is above the header: ignored") for line in table.above]
    return Sheet([*above, *ignored_columns(header, form.properties)], _rows(table, header, form))


def _cell(value: Any, text_cell: Callable[[str], str]) -> str:
    if value is None:
        return ""
    value = to_json(value)
    return text_cell(value) if isinstance(value, str) else _number(value)


def _text_cell(text: str) -> str:
    text = protected(text)
    return f'"{text.replace(QUOTE, QUOTE * 2)}"' if QUOTED.search(text) else text


def _number(value: float) -> str:
    """Without an exponent, and never with three decimals: 1.234 may be read as a thousand."""
    if type(value) is int:
        return str(value)
    text = format(Decimal(repr(value)), "f")
    whole, _, decimals = text.partition(".")
    if not decimals.strip("0"):
        return whole
    return f"{text}0" if len(decimals) == 3 else text


def _rows(table: Table, header: Header, form: Form) -> Iterator[Row]:
    written = _notation(table, header, form)
    for number, cells in table.records():
        if any(map(str.strip, cells)):
            yield _row(number, cells, header, form, written)


def _notation(table: Table, header: Header, form: Form) -> Notation:
    """How the file writes numbers and dates, by all its cells of these kinds."""
    numbers: set[str] = set()
    dates: set[str] = set()
    sets = {"number": numbers, "date": dates, "date-time": dates}
    places = [(at, sets[form.kinds[name]]) for name, at in header.places.items() if form.kinds[name] in sets]
    for _, cells in table.records():
        for place, texts in places:
            if place < len(cells):
                texts.add(cells[place])
    return notation(table.delimiter, numbers, dates)


def _row(number: int, cells: Sequence[str], header: Header, form: Form, written: Notation) -> Row:
    """An empty cell is not passed to the form: in a required column it counts as missing."""
    texts = {
        name: unprotected(cells[place]) if place < len(cells) else ""  # a short row ends in empty cells
        for name, place in header.places.items()
    }
    meant = meaning({name: text for name, text in texts.items() if text}, form.kinds, written)
    values, errors = form.read(meant.texts)
    return Row(
        number,
        {**dict.fromkeys(texts), **values},
        {**errors, **meant.errors, **_too_many(cells, header)},
        {**meant.warnings, **_nameless(cells, header)},
    )


def _too_many(cells: Sequence[str], header: Header) -> dict[str, str]:
    if not any(map(str.strip, cells[header.width :])):
        return {}
    return {"row": f"The row has {len(cells)} cells, but the header has {header.width}"}


def _nameless(cells: Sequence[str], header: Header) -> dict[str, str]:
    """Cells that are lost because the header does not name their columns."""
    lost = [place for place in header.nameless if place < len(cells) and cells[place].strip()]
    return {
        f"column {place + 1}": f"{shown(cells[place])} was ignored: its column has no name in the header"
        for place in lost
    }
