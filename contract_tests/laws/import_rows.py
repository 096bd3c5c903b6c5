"""The rows of an import: every column of a good one arrives, and a bad one leaves nothing invented."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any, Final

from contract_tests.client.exchange import Exchange
from contract_tests.laws.law import law
from contract_tests.scene.csv_files import csv_file, places_of, plain_header
from contract_tests.scene.expectations import UNREADABLE_INPUT, NotJudged, expect, granted
from contract_tests.scene.field_writes import answered, in_short, is_whole
from contract_tests.scene.importing import details_for, found_by_importer, importer
from contract_tests.scene.json_search import Record
from contract_tests.scene.listing import distinct
from contract_tests.scene.scene import Scene

TEMPLATE: Final = "downloadDealTemplate"
# Columns that are recognised only under the documented name of a field of a deal.
RELATED: Final = ("company_name", "contact_name", "reseller_name", "reseller_contact_name")
LONG: Final = 3_000  # characters of a text with lines
NEWEST: Final = 20  # deals among which a deal without a name is looked for

# What makes a row bad: the values of some columns, and what the deal may show of them, if there is one.
BAD: Final[Mapping[str, tuple[Record, tuple[Any, ...]]]] = {
    "Impossible": ({"expected_close_date": "2031-02-30"}, (None, "")),
    "Undated": ({"expected_close_date": "tomorrow"}, (None, "")),
    "Unnumbered": ({"value": "12 boxes"}, (None, "", 0)),
    "Long": ({"notes": "long " * 20_000}, ()),  # only whole
}


class _Sheet:
    """The import template, to be filled in."""

    def __init__(self, s: Scene) -> None:
        rows, self._delimiter, _ = s.api.once("template", lambda: csv_file(s, TEMPLATE))
        self._header = rows[0]
        named = {plain_header(cell): place for place, cell in enumerate(rows[0])}
        related = {name: named[name] for name in RELATED if name in named}
        self.places = places_of(rows[0]) | related
        if "name" not in self.places or not self.places.keys() & {"stage_name", "stage_id"}:
            raise NotJudged("no columns of the template are recognised as a deal's name and stage")

    def filled_in(self, rows: list[Record]) -> bytes:
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=self._delimiter, lineterminator="\r\n")
        writer.writerow(self._header)
        for row in rows:
            cells = [""] * len(self._header)
            for field, place in self.places.items():
                cells[place] = str(row.get(field, ""))
            writer.writerow(cells)
        return text.getvalue().encode("utf-8")


def _import(s: Scene, sheet: _Sheet, rows: list[Record]) -> Exchange:
    file = ("deals.csv", sheet.filled_in(rows), "text/csv")
    return answered(s.call("importDeals", files={"file": file}))


def _stage(s: Scene) -> Record:
    stage = s.make.stage_like()
    return {"stage_id": stage["id"], "stage_name": stage["name"]}


def _found(s: Scene, word: str, least: int) -> list[Record]:
    """The imported deals with this word in their names, once there are enough; the run deletes them."""
    return found_by_importer(s, word, least).deals


@law("importDeals", TEMPLATE, "listDeals", needs=("writes",))
def every_column_of_an_imported_row_is_saved(s: Scene) -> None:
    """“Import and export deal data”: each column of the template is saved, alone and with the others."""
    sheet, word = _Sheet(s), s.word()
    values = {field: value for field, value in _values(s).items() if field in sheet.places}
    alone = {f"Only {field} {word}": {field: value} for field, value in values.items()}
    rows = {f"Everything {word}": values} | alone
    exchange = _import(s, sheet, [{"name": name, **_stage(s), **fields} for name, fields in rows.items()])
    if exchange.status in UNREADABLE_INPUT:
        raise NotJudged("the rows were refused")
    granted(exchange)
    for deal in _found(s, word, len(rows)):
        wrong = _wrong(rows.get(deal["name"], {}), deal)
        if wrong:  # the list may show too little
            wrong = _wrong(rows[deal["name"]], details_for(s, deal["id"], importer(s)))
        expect(not wrong, f"“{deal['name']}” with the values of its row", "; ".join(wrong), exchange)


def _values(s: Scene) -> Record:
    """A value for every column; names are those of existing records."""
    text = "Line one, with “quotes”;\nline two. " + "And so on. " * (LONG // 11)
    values = {
        "value": 1234.5,
        "probability": 35,
        "expected_close_date": "2031-04-05",
        "notes": text.strip(),
        "tags": "one",
    }
    there = s.api.all_deals().records
    names = {field: next(distinct(there, field), (None,))[0] for field in RELATED}
    return values | {field: name for field, name in names.items() if name is not None}


def _wrong(sent: Record, deal: Record) -> list[str]:
    return [
        f"{field} is {in_short(deal[field])}, not {in_short(value)}"
        for field, value in sent.items()
        if field in deal and not is_whole(value, deal[field])
    ]


@law("importDeals", TEMPLATE, "listDeals", needs=("writes",))
def a_bad_import_row_is_refused_or_saved_without_the_bad_value(s: Scene) -> None:
    """“Import and export deal data”, “422 validation error”: no value is made up; a refusal saves nothing."""
    sheet, word = _Sheet(s), s.word()
    bad = {f"{what} {word}": row for what, row in BAD.items() if row[0].keys() <= sheet.places.keys()}
    rows = [{"name": name, **_stage(s), **fields} for name, (fields, _) in bad.items()]
    exchange = _import(s, sheet, [{"name": f"Good {word}", **_stage(s)}, *rows])
    deals = _found(s, word, 1 if exchange.ok else 0)
    if exchange.status in UNREADABLE_INPUT:
        expect(not deals, "nothing imported by a refused import", f"{len(deals)} deals", exchange)
        return
    granted(exchange)
    for deal in deals:
        fields, allowed = bad.get(deal["name"], ({}, ()))
        wrong = _wrong({name: sent for name, sent in fields.items() if deal.get(name) not in allowed}, deal)
        expect(not wrong, "no other value than in the row", "; ".join(wrong), exchange)


@law("importDeals", TEMPLATE, "listDeals", needs=("writes",))
def an_import_row_without_a_name_creates_no_deal(s: Scene) -> None:
    """“name Required: Deal name/title”: a row without a name is no deal."""
    sheet, word = _Sheet(s), s.word()
    if "notes" not in sheet.places:
        raise NotJudged("no column of the template is recognised as notes")
    rows = [{"name": f"Named {word}", **_stage(s)}, {"name": "", **_stage(s), "notes": f"Nameless {word}"}]
    exchange = _import(s, sheet, rows)
    if exchange.status not in UNREADABLE_INPUT:
        granted(exchange)
    _found(s, word, 1 if exchange.ok else 0)
    query = {**s.limits.widest_scope, "sort_by": "created_at", "sort_dir": "DESC", "per_page": NEWEST}
    newest = s.api.page(query, as_=importer(s))
    made = [record for record in newest.records if str(record.get("notes") or "").endswith(word)]
    for record in made:
        s.client.made("deal", record["id"])
    expect(not made, "no deal", [f"deal {each['id']} “{each['name']}”" for each in made], exchange)
