"""CSV as programs write it: its encoding, its separator, and the line in which the table begins."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from io import StringIO
from itertools import islice

from mock_server.domain.columns import MOST, known_names, squeezed
from mock_server.domain.readings import unreadable

AT_ONCE = 50_000  # characters
DELIMITERS = ",;\t|"
HEADER_WITHIN = 20  # lines: a title may stand above the header
SEPARATOR_LINE = re.compile(r'"?sep=.?"?[,;|\s]*', re.IGNORECASE)  # for a spreadsheet program; not a row
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
OTHER_FILES = {
    b"PK\x03\x04": "an Excel or OpenDocument workbook (or another ZIP archive)",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF",
    b"\x89PNG": "an image",
}
ADVICE = "save it as CSV in UTF-8"
NO_HEADER = "The first line must be a header with column names, separated by commas, semicolons, tabs or bars"

Record = tuple[int, list[str]]  # the number of its first line, and its cells


@dataclass(frozen=True, slots=True)
class Table:
    """A header with its line, and the lines above it that are not empty."""

    text: str = field(repr=False)
    delimiter: str
    line: int
    names: list[str]
    above: list[int]

    def records(self) -> Iterator[Record]:
        """The records below the header, read anew each time; raises Invalid at one that is not valid CSV."""
        below = _records(self.text, self.delimiter, self.line)
        next(below)
        return below


def decoded(data: bytes) -> str:
    """The text of a file in UTF-8, or in UTF-16 with a byte order mark; raises Invalid."""
    if kind := next((kind for begins, kind in OTHER_FILES.items() if data.startswith(begins)), None):
        raise unreadable(f"The file is {kind}, not CSV: {ADVICE}")
    wide = data.startswith(UTF_16)
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        encoding = "UTF-16" if wide else "UTF-8"
        raise unreadable(f"The file is not {encoding} text (see line {line}): {ADVICE}") from None
    if not text or text.isspace():
        raise unreadable("The file is empty")
    return text


def table_in(text: str, columns: Collection[str], required: Collection[str]) -> Table:
    """The table in a text; raises Invalid if no line near the top names columns.

    The header is the line, split at the separator, that has all required columns and most of the others.
    """
    known = known_names(columns)
    best, found = (False, 0), None
    for delimiter in DELIMITERS:
        for line, cells in _first_records(text, delimiter):
            there = {known[name] for name in map(squeezed, cells[:MOST]) if name in known}
            likeness = (there >= set(required), len(there))
            if likeness > best:
                best, found = likeness, (delimiter, line, cells)
    if found is None:
        encoding = f" (the file has NUL characters: {ADVICE})" if "\0" in text else ""
        raise unreadable(NO_HEADER + encoding)
    delimiter, line, names = found
    return Table(text, delimiter, line, names, list(_lines_above(text, line)))


def _first_records(text: str, delimiter: str) -> Iterator[Record]:
    """The records that begin within the first lines, as far as they are readable."""
    reader = csv.reader(_lines(text), delimiter=delimiter, skipinitialspace=True)
    begins = 1
    with suppress(csv.Error):
        while begins <= HEADER_WITHIN and (cells := next(reader, None)) is not None:
            yield begins, cells
            begins = reader.line_num + 1


def _records(text: str, delimiter: str, begins: int) -> Iterator[Record]:
    """The records from this line on; raises Invalid at one that is not valid CSV."""
    lines = islice(_lines(text), begins - 1, None)
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)
    above = begins - 1
    try:
        for cells in reader:
            yield begins, cells
            begins = above + reader.line_num + 1
    except csv.Error as error:
        raise unreadable(f"Line {begins} is not valid CSV: {_said(error)}") from None


def _lines(text: str) -> Iterator[str]:
    """The lines of a text, each with its end; only so much of the text is copied at once."""
    begin = 0
    while begin < len(text):
        end = text.find("\n", begin + AT_ONCE) + 1 or len(text)
        yield from StringIO(text[begin:end], newline="")
        begin = end


def _said(error: csv.Error) -> str:
    """What is wrong, in our words where Python's are about its own settings."""
    text = str(error)
    if "unexpected end of data" in text:
        return "a quotation mark is never closed"
    if "field larger" in text:
        return f"a cell has more than {csv.field_size_limit()} characters"
    return text


def _lines_above(text: str, header: int) -> Iterator[int]:
    """The lines above the header that say something."""
    for number, line in enumerate(islice(_lines(text), header - 1), 1):
        if line.strip(" \t\r\n,;|") and not SEPARATOR_LINE.fullmatch(line):
            yield number
