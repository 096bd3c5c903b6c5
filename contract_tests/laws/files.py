"""Export and template: CSV files whose columns the documentation does not tell."""

from __future__ import annotations

import csv
import io
import re
from typing import Final

from contract_tests.law import NotJudged, expect, granted, law
from contract_tests.scene.digging import Record, as_number, lost_fields, same
from contract_tests.scene.scene import Scene
from contract_tests.target.exchange import Exchange

DELIMITERS: Final = ",;\t"
DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
COLUMNS: Final = {  # field of a deal → the headers under which it may stand
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
    """The rows of a CSV file, header first; None if the answer is none that is recognised."""
    found = _table(exchange)
    return found[0] if found else None


def _table(exchange: Exchange) -> tuple[Rows, str] | None:
    try:
        text = exchange.body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    header = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=header.count)
    if exchange.json is not None or not text.strip() or not header.count(delimiter):
        return None
    return [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row], delimiter


def csv_file(s: Scene, operation: str) -> tuple[Rows, str, Exchange]:
    """The rows of a file that is downloaded, header first, its delimiter, and the request."""
    exchange = granted(s.call(operation))
    found = _table(exchange)
    if found is None:
        raise NotJudged(f"the answer of {operation} is not recognised as CSV")
    return *found, exchange


def plain_header(text: str) -> str:
    """The name of a column without its spelling: “Close date” is close_date."""
    return re.sub(r"[^a-z0-9]+", "_", text.strip().lower()).strip("_")


def places_of(header: list[str]) -> dict[str, int]:
    """Where the fields of a deal stand in a row."""
    names = [plain_header(cell) for cell in header]
    found = {}
    for field, known in COLUMNS.items():
        place = next((names.index(name) for name in known if name in names), None)
        if place is not None:
            found[field] = place
    return found


def _of_deal(row: list[str], places: dict[str, int]) -> dict[str, str]:
    """A row as the fields of a deal."""
    return {field: row[place] for field, place in places.items() if place < len(row)}


@law("exportDeals", "listDeals", of_all=True)
def the_export_has_one_row_for_every_deal(s: Scene) -> None:
    """“Import and export deal data”: as many rows as there are deals, each deal's name in one."""
    herd = s.herd.records
    least = s.total()
    rows, _, exchange = csv_file(s, "exportDeals")
    most = s.total()
    count = len(rows) - 1
    low, high = min(least, most), max(least, most)
    expect(low <= count <= high, f"{least} rows, as there are deals", f"{count}", exchange)
    places = places_of(rows[0])
    if "name" not in places:
        raise NotJudged("no column of the export is recognised as the deal's name")
    names = [_of_deal(row, places).get("name") for row in rows[1:]]
    wrong = [record["name"] for record in herd.values() if s.herd.made and names.count(record["name"]) != 1]
    expect(not wrong, "each deal's name in one row", f"not so: {wrong[:3]}", exchange)


@law("exportDeals")
def the_export_tells_of_a_deal_what_the_api_tells(s: Scene) -> None:
    """“Import and export deal data”: the cells of a row are the fields of its deal."""
    herd = s.herd.records  # there before the export is read
    rows, _, exchange = csv_file(s, "exportDeals")
    places = places_of(rows[0])
    if "name" not in places or len(places) < 2:
        raise NotJudged("the columns of the export are not recognised")
    widths = {len(row) for row in rows}
    expect(len(widths) == 1, "as many cells in every row as in the header", f"{sorted(widths)}", exchange)
    exported = [_of_deal(row, places) for row in rows[1:]]
    for record in list(herd.values())[:50]:
        mine = [cells for cells in exported if cells["name"] == record["name"]]
        if len(mine) == 1:  # names may stand twice among deals that were there
            wrong = _departing(record, mine[0])
            expect(not wrong, f"deal {record['id']} as in its details", "; ".join(wrong), exchange)


@law("exportDeals", needs=("writes",))
def the_export_knows_all_letters(s: Scene) -> None:
    """“Import and export deal data”: the name of a deal is in the export as it is, whatever its letters."""
    word = s.word()
    name = f"Žluť Ω 株式会社 {word}"
    made = s.call("createDeal", json={"name": name, "stage_id": s.stage_like()["id"]})
    if not made.ok:
        raise NotJudged("a name with such letters is refused")
    cells, exchange = s.eventually(lambda: _cells_with(s, word), lambda found: bool(found[0]))
    expect(name in cells, f"“{name}” in a cell", cells, exchange)


def _cells_with(s: Scene, word: str) -> tuple[list[str], Exchange]:
    rows, _, exchange = csv_file(s, "exportDeals")
    return [cell for row in rows for cell in row if word in cell], exchange


def _departing(record: Record, cells: dict[str, str]) -> list[str]:
    """Where cells differ from a deal; a number or a date in a spelling of its own is let be."""
    told = {field: text for field, text in cells.items() if field in record and _plain(field, text)}
    # A spreadsheet might compute a text: so it may stand behind an apostrophe.
    plain = {field: text.removeprefix("'") for field, text in told.items()}
    told = {field: plain[field] if same(record[field], plain[field]) else told[field] for field in told}
    return lost_fields({field: record[field] for field in told}, told)


def _plain(field: str, text: str) -> bool:
    if field in ("value", "probability", "stage_id"):
        return not text or as_number(text) is not None
    if field == "expected_close_date":
        return not text or DAY.match(text) is not None
    return field in ("name", "stage_name")


@law("downloadDealTemplate", "exportDeals", drift=True)
def the_template_has_the_columns_of_the_export(s: Scene) -> None:
    """“Import and export deal data”: what an import takes, an export gives."""
    template, _, exchange = csv_file(s, "downloadDealTemplate")
    export, _, other = csv_file(s, "exportDeals")
    known = [plain_header(cell) for cell in export[0]]
    wrong = [cell for cell in template[0] if plain_header(cell) not in known]
    expect(not wrong, f"columns of the export: {export[0]}", f"also {wrong}", exchange, other)
