"""Export, template and import: CSV files whose columns the documentation does not tell."""

from __future__ import annotations

import csv
import io
import re
from typing import Any, Final

from contract_tests.law import NotJudged, answered, expect, granted, law
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


def _file(s: Scene, operation: str) -> tuple[Rows, str, Exchange]:
    exchange = granted(s.call(operation))
    found = _table(exchange)
    if found is None:
        raise NotJudged(f"the answer of {operation} is not recognised as CSV")
    return *found, exchange


def _header(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.strip().lower()).strip("_")


def _places(header: list[str]) -> dict[str, int]:
    """Where the fields of a deal stand in a row."""
    names = [_header(cell) for cell in header]
    found = {}
    for field, known in COLUMNS.items():
        place = next((names.index(name) for name in known if name in names), None)
        if place is not None:
            found[field] = place
    return found


def _of_deal(row: list[str], places: dict[str, int]) -> dict[str, str]:
    """A row as the fields of a deal."""
    return {field: row[place] for field, place in places.items() if place < len(row)}


@law("exportDeals", "listDeals")
def the_export_has_one_row_for_every_deal(s: Scene) -> None:
    """“Import and export deal data”: as many rows as there are deals, each deal's name in one."""
    herd = s.herd.records
    least = s.total()
    rows, _, exchange = _file(s, "exportDeals")
    most = s.total()
    count = len(rows) - 1
    low, high = min(least, most), max(least, most)
    expect(low <= count <= high, f"{least} rows, as there are deals", f"{count}", exchange)
    places = _places(rows[0])
    if "name" not in places:
        raise NotJudged("no column of the export is recognised as the deal's name")
    names = [_of_deal(row, places).get("name") for row in rows[1:]]
    wrong = [record["name"] for record in herd.values() if s.herd.made and names.count(record["name"]) != 1]
    expect(not wrong, "each deal's name in one row", f"not so: {wrong[:3]}", exchange)


@law("exportDeals")
def the_export_tells_of_a_deal_what_the_api_tells(s: Scene) -> None:
    """“Import and export deal data”: the cells of a row are the fields of its deal."""
    herd = s.herd.records  # there before the export is read
    rows, _, exchange = _file(s, "exportDeals")
    places = _places(rows[0])
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
    rows, _, exchange = _file(s, "exportDeals")
    cells = [cell for row in rows for cell in row if word in cell]
    expect(name in cells, f"“{name}” in a cell", cells, exchange)


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
    template, _, exchange = _file(s, "downloadDealTemplate")
    export, _, other = _file(s, "exportDeals")
    known = [_header(cell) for cell in export[0]]
    wrong = [cell for cell in template[0] if _header(cell) not in known]
    expect(not wrong, f"columns of the export: {export[0]}", f"also {wrong}", exchange, other)


class _Import:
    """A file of four deals under the template's header, and what must come of it."""

    def __init__(self, s: Scene) -> None:
        rows, self._delimiter, _ = _file(s, "downloadDealTemplate")
        self._header = rows[0]
        self._places = _places(rows[0])
        if "name" not in self._places or not self._places.keys() & {"stage_name", "stage_id"}:
            raise NotJudged("the template has no columns recognised as a deal's name and stage")
        self.word = s.word()
        here, there = s.stage_like(), s.stage_like(place=1)
        self.deals: list[Record] = [
            self._deal("one", here, value=100.5, notes="Plain", tags="red", probability=40),
            self._deal('"two", quoted', there, value=2000, notes="Commas, here; and there", probability=0),
            self._deal(
                "three", here, value=7, notes="First line\nsecond line", expected_close_date="2031-05-06"
            ),
            self._deal("the last, Ünïcode", there, value=99.99, tags="a,b", expected_close_date="2032-02-29"),
        ]

    def _deal(self, name: str, stage: Record, **fields: Any) -> Record:
        known = {"name": f"Import {self.word} {name}", "stage_id": stage["id"], "stage_name": stage["name"]}
        return {**known, **fields}

    def content(self) -> bytes:
        """The file: no line end after the last row."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=self._delimiter, lineterminator="\r\n")
        writer.writerow(self._header)
        for deal in self.deals:
            row = [""] * len(self._header)
            for field, place in self._places.items():
                row[place] = str(deal.get(field, ""))
            writer.writerow(row)
        return text.getvalue().removesuffix("\r\n").encode("utf-8")

    def wanted(self, deal: Record) -> Record:
        """What the deal must show: what has a column."""
        told = {field: deal[field] for field in self._places if field in deal}
        return {**told, "stage_id": deal["stage_id"], "notes": str(told.get("notes", "")).replace("\n", "")}


def _import(s: Scene, content: bytes) -> Exchange:
    return s.call("importDeals", files={"file": ("deals.csv", content, "text/csv")})


@law("importDeals", "listDeals", needs=("writes",))
def an_import_adds_exactly_its_rows(s: Scene) -> None:
    """“Import and export deal data”: each row of the file is a deal then, once, with what the row says."""
    file = _Import(s)
    exchange = granted(_import(s, file.content()))
    query = {"search": file.word}
    found = s.eventually(lambda: s.read(query), lambda reading: reading.total >= len(file.deals))
    for id in found.ids:
        s.target.made("deal", id)
    names = sorted(str(record.get("name")) for record in found.records)
    wanted = sorted(deal["name"] for deal in file.deals)
    expect(names == wanted, f"the deals {wanted}", names, exchange, found.exchange)
    by_name = {record["name"]: record for record in found.records}
    for deal in file.deals:
        got = s.deal(by_name[deal["name"]]["id"])
        text = str(got.get("notes") or "").replace("\r", "").replace("\n", "")
        lost = lost_fields(file.wanted(deal), {**got, "notes": text})
        expect(not lost, f"“{deal['name']}” as in its row", "; ".join(lost), exchange)


@law("importDeals", "listDeals", needs=("writes",))
def what_is_no_table_of_deals_adds_nothing(s: Scene) -> None:
    """“file” of the import: from what is no table of deals no deal is made."""
    before, word = s.total(), s.word()
    for content in (b"", f"{word}\n{word}\n".encode(), f"colour,weight\nred,{word}\n".encode()):
        exchange = _import(s, content)
        if exchange.status in (401, 403):
            raise NotJudged(f"importDeals answered {exchange.status}")
        expect(exchange.status < 500, "a refusal, or nothing done", answered(exchange), exchange)
        after = s.page({"search": word})
        expect(after.total == 0, "no deals", f"{after.total} deals", exchange, after.exchange)
    expect(s.total() <= before, f"{before} deals as before", "more", exchange)


@law("exportDeals", "importDeals", needs=("writes",))
def an_export_may_be_imported_again(s: Scene) -> None:
    """“Import and export deal data”: a row of an export, given to the import, makes the same deal again."""
    word = s.word()
    name = f'Round "trip", {word}'
    id = s.new_deal(
        name=name, value=1250.75, notes="With, comma", tags="x,y", expected_close_date="2031-09-09"
    )
    before = s.deal(id)
    rows, delimiter, exchange = _file(s, "exportDeals")
    template, _, _ = _file(s, "downloadDealTemplate")
    if [_header(c) for c in template[0]] != [_header(c) for c in rows[0]]:
        raise NotJudged("the export has other columns than the import takes")
    mine = [row for row in rows[1:] if name in row]
    if not mine:
        raise NotJudged("the deal's row is not found in the export")
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows([rows[0], mine[0]])
    granted(_import(s, text.getvalue().encode("utf-8")))
    found = s.eventually(lambda: s.read({"search": word}), lambda reading: reading.total >= 2)
    for each in found.ids:
        s.target.made("deal", each)
    expect(
        found.total == 2,
        "two deals then",
        f"{found.total}",
        exchange,
        found.exchange,
        operation="importDeals",
    )
    other = next(each for each in found.ids if each != id)
    fields = ("name", "value", "stage_id", "notes", "tags", "expected_close_date")
    lost = lost_fields({field: before.get(field) for field in fields}, s.deal(other))
    expect(not lost, "the same deal again", "; ".join(lost), exchange, operation="importDeals")
