"""Importing deals: files filled in with deals, and what an import made, as its user finds it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any, Final

from contract_tests.client.exchange import Exchange
from contract_tests.scene.csv_files import csv_file, places_of
from contract_tests.scene.expectations import NotJudged, expect, granted, response_of
from contract_tests.scene.json_search import Record
from contract_tests.scene.listing import Listing
from contract_tests.scene.scene import Scene

TEMPLATE: Final = "downloadDealTemplate"
IMPORT: Final = "importDeals"


class Form:
    """The header of a downloaded file, to be filled in with deals."""

    def __init__(self, s: Scene, operation: str = TEMPLATE) -> None:
        rows, self._delimiter, _ = csv_file(s, operation)
        self.header = rows[0]
        self._example = rows[1] if len(rows) > 1 else []
        self._places = places_of(rows[0])
        if "name" not in self._places or not self._places.keys() & {"stage_name", "stage_id"}:
            raise NotJudged("no columns of the file are recognised as a deal's name and stage")

    def filled_in(self, deals: Iterable[Record], *, like_the_example: bool = False) -> bytes:
        """The file, without a line end after the last row.

        Other columns are empty, or `like_the_example` in the file.
        """
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=self._delimiter, lineterminator="\r\n")
        writer.writerow(self.header)
        for deal in deals:
            row = [*self._example, *[""] * len(self.header)] if like_the_example else [""] * len(self.header)
            for field, place in self._places.items():
                row[place] = str(deal.get(field, ""))
            writer.writerow(row[: len(self.header)])
        return text.getvalue().removesuffix("\r\n").encode("utf-8")

    def wanted(self, deal: Record) -> Record:
        """What the deal must show: the fields that have a column."""
        shown = {field: deal[field] for field in self._places if field in deal}
        return {**shown, "stage_id": deal["stage_id"], "notes": str(shown.get("notes", "")).replace("\n", "")}


def deal_to_import(name: str, stage: Record, **fields: Any) -> Record:
    """A deal as a row of a file may give it: its stage by id and by name."""
    return {"name": f"Import {name}", "stage_id": stage["id"], "stage_name": stage["name"], **fields}


def imported_file(s: Scene, content: bytes) -> Exchange:
    """Import a file."""
    return s.call(IMPORT, files={"file": ("deals.csv", content, "text/csv")})


def importer(s: Scene) -> str:
    """The user who imports: the documentation does not say who else sees what an import made."""
    return s.client.person_for(s.client.contract.operations[IMPORT])


def found_by_importer(s: Scene, word: str, count: int) -> Listing:
    """The imported deals, as the user who imported them finds them; they are remembered for clean-up."""
    found = s.api.search(word, lambda listing: listing.total >= count, as_=importer(s))
    for id in found.ids:
        s.client.made("deal", id)
    return found


def details_for(s: Scene, id: Any, person: str) -> Record:
    """The details of a deal, as this user sees them."""
    exchange = granted(s.call("getDeal", id=id, as_=person))
    expect(isinstance(exchange.data, dict), "the deal under `data`", response_of(exchange), exchange)
    found: Record = exchange.data
    return found
