"""Export and template: CSV files whose columns are not documented."""

from __future__ import annotations

import re
from typing import Final

from contract_tests.client.exchange import Exchange
from contract_tests.laws.law import law
from contract_tests.scene.csv_files import csv_file, places_of, plain_header
from contract_tests.scene.expectations import NotJudged, expect
from contract_tests.scene.json_search import Record, as_number, composed, lost_fields, same
from contract_tests.scene.scene import Scene

THOUSANDS: Final = re.compile(r"-?\d{1,3}(\.\d{3})+")
FRACTION: Final = re.compile(r"[01]?\.\d+")
DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")


def _of_deal(row: list[str], places: dict[str, int]) -> dict[str, str]:
    """A row as the fields of a deal."""
    return {field: row[place] for field, place in places.items() if place < len(row)}


@law("exportDeals", "listDeals", of_all=True)
def the_export_has_one_row_for_every_deal(s: Scene) -> None:
    """“Import and export deal data”: one row for every deal."""
    samples = s.samples.records
    before = _totals(s)
    rows, _, exchange = csv_file(s, "exportDeals")
    spans = [sorted(pair) for pair in zip(before, _totals(s), strict=True)]
    count = len(rows) - 1
    whole = any(low <= count <= high for low, high in spans)
    expect(whole, f"{before[0]} rows, one for every deal", f"{count} rows", exchange)
    places = places_of(rows[0])
    if "name" not in places:
        raise NotJudged("no column of the export is recognised as the deal's name")
    names = [_of_deal(row, places).get("name") for row in rows[1:]]
    wrong = [
        record["name"] for record in samples.values() if s.samples.made and names.count(record["name"]) != 1
    ]
    expect(not wrong, "each deal's name in exactly one row", f"missing or repeated: {wrong[:3]}", exchange)


def _totals(s: Scene) -> list[int]:
    """How many deals the default scope has, and the widest: which is exported is not documented."""
    wide = s.limits.widest_scope
    allowed = s.call("listDeals", query={**wide, "per_page": 1}).ok
    return [s.api.total(), s.api.total(**wide) if allowed else s.api.total()]


@law("exportDeals")
def export_rows_match_the_deals(s: Scene) -> None:
    """“Import and export deal data”: each row holds the values of its deal."""
    samples = s.samples.records  # made before the export is read
    rows, _, exchange = csv_file(s, "exportDeals")
    places = places_of(rows[0])
    if "name" not in places or len(places) < 2:
        raise NotJudged("the columns of the export are not recognised")
    widths = {len(row) for row in rows}
    expect(
        len(widths) == 1,
        "the same number of cells in every row",
        f"rows with {sorted(widths)} cells",
        exchange,
    )
    exported = [_of_deal(row, places) for row in rows[1:]]
    for record in list(samples.values())[:50]:
        mine = [cells for cells in exported if cells["name"] == record["name"]]
        if len(mine) == 1:  # existing deals may share a name
            wrong = _wrong_cells(record, mine[0])
            expect(
                not wrong, f"deal {record['id']} with the values of its details", "; ".join(wrong), exchange
            )


@law("exportDeals", needs=("writes",))
def the_export_keeps_non_ascii_letters(s: Scene) -> None:
    """“Import and export deal data”: names keep all their letters."""
    word = s.word()
    name = f"Žluť Ω 株式会社 {word}"
    made = s.call("createDeal", json={"name": name, "stage_id": s.make.stage_like()["id"]})
    if not made.ok:
        raise NotJudged("a name with such letters is refused")
    cells, exchange = s.api.eventually(lambda: _cells_with(s, word), lambda found: bool(found[0]))
    expect(name in map(composed, cells), f"“{name}” in a cell", cells, exchange)


def _cells_with(s: Scene, word: str) -> tuple[list[str], Exchange]:
    rows, _, exchange = csv_file(s, "exportDeals")
    return [cell for row in rows for cell in row if word in cell], exchange


def _wrong_cells(record: Record, cells: dict[str, str]) -> list[str]:
    """Where cells differ from a deal; numbers and dates in another notation are ignored."""
    shown = {field: text for field, text in cells.items() if field in record and _plain(field, text)}
    # An apostrophe may precede a text, so that a spreadsheet does not evaluate it.
    plain = {field: text.removeprefix("'") for field, text in shown.items()}
    shown = {field: plain[field] if same(record[field], plain[field]) else shown[field] for field in shown}
    return lost_fields({field: record[field] for field in shown}, shown)


def _plain(field: str, text: str) -> bool:
    if field in ("value", "probability", "stage_id"):
        # 6.000 may be six thousand, and 0.6 may be 60 %.
        odd = THOUSANDS.fullmatch(text) or (field == "probability" and FRACTION.fullmatch(text))
        return not text or (as_number(text) is not None and not odd)
    if field == "expected_close_date":
        return not text or DAY.match(text) is not None
    return field in ("name", "stage_name")


@law("downloadDealTemplate", "exportDeals", drift=True)
def every_template_column_is_in_the_export(s: Scene) -> None:
    """“Import and export deal data”: the export has every column of the import template."""
    template, _, exchange = csv_file(s, "downloadDealTemplate")
    export, _, other = csv_file(s, "exportDeals")
    known = [plain_header(cell) for cell in export[0]]
    wrong = [cell for cell in template[0] if plain_header(cell) not in known]
    expect(not wrong, f"only columns of the export: {export[0]}", f"also {wrong}", exchange, other)
