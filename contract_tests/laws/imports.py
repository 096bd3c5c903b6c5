"""The import: every row becomes a deal like any other."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from typing import Any, Final

from contract_tests.client.exchange import Exchange
from contract_tests.laws.law import MISREAD, law
from contract_tests.scene.csv_files import csv_file, csv_rows, places_of, plain_header
from contract_tests.scene.expectations import Broken, NotJudged, expect, granted, response_of
from contract_tests.scene.json_search import Record, as_number, lost_fields
from contract_tests.scene.scene import Scene
from contract_tests.scene.statistics import VALUE, changed_by, numbers

TEMPLATE: Final = "downloadDealTemplate"
ALIKE: Final = ("stage_id", "value", "assigned_to")  # fields by which a view might include or exclude a deal
NOT_FILES: Final = (b"", b'; filename="a.csv"', b'; name="file"', b'; name="x"; filename="a.csv"')
Make = Callable[[], Any]  # creates a deal and returns its id


class _Form:
    """The header of a downloaded file, to be filled in with deals."""

    def __init__(self, s: Scene, operation: str = TEMPLATE) -> None:
        rows, self._delimiter, _ = csv_file(s, operation)
        self.header = rows[0]
        self._places = places_of(rows[0])
        if "name" not in self._places or not self._places.keys() & {"stage_name", "stage_id"}:
            raise NotJudged("no columns of the file are recognised as a deal's name and stage")

    def filled_in(self, deals: Iterable[Record]) -> bytes:
        """The file, without a line end after the last row."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=self._delimiter, lineterminator="\r\n")
        writer.writerow(self.header)
        for deal in deals:
            row = [""] * len(self.header)
            for field, place in self._places.items():
                row[place] = str(deal.get(field, ""))
            writer.writerow(row)
        return text.getvalue().removesuffix("\r\n").encode("utf-8")

    def wanted(self, deal: Record) -> Record:
        """What the deal must show: the fields that have a column."""
        shown = {field: deal[field] for field in self._places if field in deal}
        return {**shown, "stage_id": deal["stage_id"], "notes": str(shown.get("notes", "")).replace("\n", "")}


def _deal(name: str, stage: Record, **fields: Any) -> Record:
    return {"name": f"Import {name}", "stage_id": stage["id"], "stage_name": stage["name"], **fields}


def _four_deals(s: Scene, word: str) -> list[Record]:
    here, there = s.make.stage_like(), s.make.stage_like(place=1)
    comma, lines = "Commas, here; and there", "First line\nsecond line"
    return [
        _deal(f"{word} one", here, value=100.5, notes="Plain", tags="red", probability=40),
        _deal(f'{word} "two", quoted', there, value=2000, notes=comma, probability=0),
        _deal(f"{word} three", here, value=7, notes=lines, expected_close_date="2031-05-06"),
        _deal(f"{word} the last, Ünïcode", there, value=99.99, tags="a,b", expected_close_date="2032-02-29"),
    ]


def _import(s: Scene, content: bytes) -> Exchange:
    return s.call("importDeals", files={"file": ("deals.csv", content, "text/csv")})


def _import_part(s: Scene, head: bytes) -> Exchange:
    """Send the import a form that has one part, with this header."""
    form = b"--none\r\nContent-Disposition: form-data" + head + b"\r\n\r\nname\r\n--none--\r\n"
    operation = s.client.contract.operations["importDeals"]
    kind = {"Content-Type": "multipart/form-data; boundary=none"}
    person = s.client.person_for(operation)
    return s.client.send(operation.method, operation.path, as_=person, data=form, headers=kind)


@law("importDeals", "listDeals", TEMPLATE, needs=("writes",))
def an_import_creates_exactly_the_deals_in_the_file(s: Scene) -> None:
    """“Import and export deal data”: each row of the file becomes one deal with the values of the row."""
    try:
        _adds_its_rows(s, _Form(s))
    except Broken as broken:
        blamed = broken.operation or "importDeals"
        blamed = _to_blame(s) if blamed == "importDeals" else blamed
        raise Broken(broken.expected, broken.received, *broken.exchanges, operation=blamed) from broken


def _to_blame(s: Scene) -> str:
    """The template, if the import succeeds with the different header of the export; otherwise the import."""
    try:
        form = _Form(s, "exportDeals")
        if form.header == _Form(s).header:
            return "importDeals"
        _adds_its_rows(s, form)
    except (Broken, NotJudged, *MISREAD):
        return "importDeals"
    return TEMPLATE


def _adds_its_rows(s: Scene, form: _Form) -> None:
    word = s.word()
    deals = _four_deals(s, word)
    exchange = granted(_import(s, form.filled_in(deals)))
    found = s.api.search(word, lambda listing: listing.total >= len(deals))
    for id in found.ids:
        s.client.made("deal", id)
    names = sorted(str(record.get("name")) for record in found.records)
    wanted = sorted(deal["name"] for deal in deals)
    expect(names == wanted, f"the deals {wanted}", names, exchange, found.exchange)
    by_name = {record["name"]: record for record in found.records}
    for deal in deals:
        got = s.api.deal(by_name[deal["name"]]["id"])
        text = str(got.get("notes") or "").replace("\r", "").replace("\n", "")
        lost = lost_fields(form.wanted(deal), {**got, "notes": text})
        expect(not lost, f"“{deal['name']}” with the values of its row", "; ".join(lost), exchange)


# Where an imported deal is expected


def _in_its_stage(s: Scene, make: Make) -> bool:
    id = make()
    query = {"search": s.api.deal(id)["name"].split()[-1], "stage_id": s.api.deal(id)["stage_id"]}
    return id in s.api.eventually(lambda: s.api.listing(query), lambda listing: id in listing.ids).ids


def _on_the_board(s: Scene, make: Make) -> bool:
    id = make()

    def there() -> bool:
        groups, _ = s.api.board(scope="company")
        return any(deal["id"] == id for _, deals in groups for deal in deals)

    return s.api.eventually(there, bool)


def _in_the_export(s: Scene, make: Make) -> bool:
    name = s.api.deal(make())["name"]

    def there() -> bool:
        rows = csv_rows(granted(s.call("exportDeals")))
        if rows is None:
            raise NotJudged("the export is not recognised as CSV")
        return any(name in row for row in rows)

    return s.api.eventually(there, bool)


def _in_the_statistics(s: Scene, make: Make) -> bool:
    before, _ = numbers(s)
    if as_number(s.api.deal(make()).get("value")) != VALUE:
        raise NotJudged("the imported deal does not have the value of its row")
    counted = changed_by(VALUE, before)
    return counted(s.api.eventually(lambda: numbers(s), counted))


VIEWS: Final[dict[str, Callable[[Scene, Make], bool]]] = {
    "list of its stage": _in_its_stage,
    "board": _on_the_board,
    "export": _in_the_export,
    "statistics": _in_the_statistics,
}


@law(
    *("importDeals", "listDeals", "getDealPipeline", "exportDeals", "getDealStats"),
    needs=("writes",),
    cases=VIEWS,
    of_all=True,
)
def an_imported_deal_appears_in_every_view(s: Scene, view: str) -> None:
    """“Import and export deal data”: an imported deal appears wherever a created one does."""
    made: list[tuple[Record, Exchange]] = []

    def imported() -> Any:
        made.append(_imported(s))
        return made[0][0]["id"]

    def created() -> Any:
        alike = {name: made[0][0].get(name) for name in ALIKE}
        return s.make.deal(**{name: value for name, value in alike.items() if value is not None})

    if VIEWS[view](s, imported):
        return
    if not VIEWS[view](s, created):
        raise NotJudged(f"a created deal is missing there as well: {view}")
    expect(False, f"the imported deal in the {view}", "missing there, unlike a created deal", made[0][1])


def _imported(s: Scene) -> tuple[Record, Exchange]:
    """The details of an imported deal, and the import request."""
    word = s.word()
    content = _Form(s).filled_in([_deal(word, s.make.stage_like(), value=VALUE)])
    exchange = _import(s, content)
    if exchange.ok:
        found = s.api.search(word, lambda listing: bool(listing.ids))
        for id in found.ids:
            s.client.made("deal", id)
        if len(found.ids) == 1:
            return s.api.deal(found.ids[0]), exchange
    raise NotJudged(f"no deal could be imported: {response_of(exchange)}")


@law("importDeals", "listDeals", needs=("writes",), of_all=True)
def importing_an_invalid_file_creates_no_deals(s: Scene) -> None:
    """“file” of the import: a file that is not a table of deals creates no deals."""
    before, word = s.api.total(), s.word()
    files = (b"", f"{word}\n{word}\n".encode(), f"colour,weight\nred,{word}\n".encode())
    for send, what in [*((_import, file) for file in files), *((_import_part, head) for head in NOT_FILES)]:
        exchange = send(s, what)
        if exchange.status in (401, 403):
            raise NotJudged(f"importDeals returned {exchange.status}")
        expect(
            exchange.status < 500,
            "a refusal or a success without new deals, not a server error",
            response_of(exchange),
            exchange,
        )
        after = s.api.page({"search": word})
        expect(after.total == 0, "no deals", f"{after.total} deals", exchange, after.exchange)
    expect(s.api.total() <= before, f"still {before} deals", "more deals", exchange)


@law("exportDeals", "importDeals", needs=("writes",))
def an_exported_deal_can_be_imported_again(s: Scene) -> None:
    """“Import and export deal data”: importing an exported row creates the same deal again."""
    word = s.word()
    name = f'Round "trip", {word}'
    id = s.make.deal(
        name=name, value=1250.75, notes="With, comma", tags="x,y", expected_close_date="2031-09-09"
    )
    before = s.api.deal(id)
    rows, delimiter, exchange = csv_file(s, "exportDeals")
    template, _, _ = csv_file(s, "downloadDealTemplate")
    if [plain_header(c) for c in template[0]] != [plain_header(c) for c in rows[0]]:
        raise NotJudged("the export has other columns than the import template")
    mine = [row for row in rows[1:] if name in row]
    if not mine:
        raise NotJudged("the deal's row is not found in the export")
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows([rows[0], mine[0]])
    granted(_import(s, text.getvalue().encode("utf-8")))
    found = s.api.search(word, lambda listing: listing.total >= 2)
    for each in found.ids:
        s.client.made("deal", each)
    expect(
        found.total == 2,
        "two deals",
        f"{found.total} deals",
        exchange,
        found.exchange,
        operation="importDeals",
    )
    other = next(each for each in found.ids if each != id)
    fields = ("name", "value", "stage_id", "notes", "tags", "expected_close_date")
    lost = lost_fields({field: before.get(field) for field in fields}, s.api.deal(other))
    expect(not lost, "a deal with the same values", "; ".join(lost), exchange, operation="importDeals")
