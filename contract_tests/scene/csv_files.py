"""CSV files of the server, whose columns are not documented."""

from __future__ import annotations

import codecs
import csv
import io
import re
from typing import Final

from contract_tests.client.exchange import Exchange
from contract_tests.scene.expectations import NotJudged, granted
from contract_tests.scene.scene import Scene

DELIMITERS: Final = ",;\t|"
UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
SEPARATOR_LINE: Final = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)  # a hint for a spreadsheet, not a row

COLUMNS: Final = {  # field of a deal → the headers that its column may have
    "name": ("name", "deal_name", "title", "deal_title", "deal"),
    "value": ("value", "amount", "deal_value"),
    "stage_name": ("stage_name", "stage", "pipeline_stage"),
    "stage_id": ("stage_id",),
    "expected_close_date": ("expected_close_date", "close_date", "expected_close"),
    "probability": ("probability",),
    "notes": ("notes",),
    "tags": ("tags",),
}

Rows = list[list[str]]


def csv_rows(exchange: Exchange) -> Rows | None:
    """The rows of a CSV file, header first; None if the response is not recognised as CSV."""
    found = _table(exchange)
    return found[0] if found else None


def _table(exchange: Exchange) -> tuple[Rows, str] | None:
    try:
        text = exchange.body.decode("utf-16" if exchange.body.startswith(UTF_16) else "utf-8-sig")
    except UnicodeDecodeError:
        return None
    if hint := SEPARATOR_LINE.match(text):
        text = text[hint.end() :]
    header = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=header.count)
    if exchange.json is not None or not text.strip() or not header.count(delimiter):
        return None
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return [row for row in rows if any(row)], delimiter


def csv_file(s: Scene, operation: str) -> tuple[Rows, str, Exchange]:
    """The rows of a downloaded file, header first, its delimiter, and the request."""
    exchange = granted(s.call(operation))
    found = _table(exchange)
    if found is None:
        raise NotJudged(f"the response of {operation} is not recognised as CSV")
    return *found, exchange


def plain_header(text: str) -> str:
    """The name of a column in a uniform spelling: “Close date” becomes close_date."""
    return re.sub(r"[^a-z0-9]+", "_", text.strip().lower()).strip("_")


def places_of(header: list[str]) -> dict[str, int]:
    """The column of each field of a deal."""
    names = [plain_header(cell) for cell in header]
    found = {}
    for field, known in COLUMNS.items():
        place = next((names.index(name) for name in known if name in names), None)
        if place is not None:
            found[field] = place
    return found
