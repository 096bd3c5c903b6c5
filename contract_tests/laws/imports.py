"""The import: every row becomes a deal like any other."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any, Final

from contract_tests.client.exchange import Exchange
from contract_tests.laws.law import MISREAD, law
from contract_tests.scene.csv_files import csv_file, csv_rows, plain_header
from contract_tests.scene.expectations import (
    UNREADABLE_INPUT,
    Broken,
    NotJudged,
    expect,
    granted,
    response_of,
)
from contract_tests.scene.importing import (
    IMPORT,
    TEMPLATE,
    Form,
    deal_to_import,
    details_for,
    found_by_importer,
    imported_file,
    importer,
)
from contract_tests.scene.json_search import Record, as_number, composed, groups_in, lost_fields
from contract_tests.scene.scene import Scene
from contract_tests.scene.statistics import VALUE, changed_by, numbers

ALIKE: Final = ("stage_id", "value", "assigned_to")  # fields by which a view might include or exclude a deal
NOT_FILES: Final = (b"", b'; filename="a.csv"', b'; name="file"', b'; name="x"; filename="a.csv"')
Make = Callable[[], Any]  # creates a deal and returns its id
Appears = Callable[[Scene, Make, str], bool]  # whether its maker, this user, sees it in a view


def _four_deals(s: Scene, word: str) -> list[Record]:
    here, there = s.make.stage_like(), s.make.stage_like(place=1)
    comma, lines = "Commas, here; and there", "First line\nsecond line"
    return [
        deal_to_import(f"{word} one", here, value=100.5, notes="Plain", tags="red", probability=40),
        deal_to_import(f'{word} "two", quoted', there, value=2000, notes=comma, probability=0),
        deal_to_import(f"{word} three", here, value=7, notes=lines, expected_close_date="2031-05-06"),
        deal_to_import(
            f"{word} the last, Ünïcode", there, value=99.99, tags="a", expected_close_date="2032-02-29"
        ),
    ]


def _import_part(s: Scene, head: bytes) -> Exchange:
    """Send the import a form that has one part, with this header."""
    form = b"--none\r\nContent-Disposition: form-data" + head + b"\r\n\r\nname\r\n--none--\r\n"
    operation = s.client.contract.operations[IMPORT]
    kind = {"Content-Type": "multipart/form-data; boundary=none"}
    return s.client.send(operation.method, operation.path, as_=importer(s), data=form, headers=kind)


@law("importDeals", "listDeals", TEMPLATE, needs=("writes",))
def an_import_creates_exactly_the_deals_in_the_file(s: Scene) -> None:
    """“Import and export deal data”: each row of the file becomes one deal with the values of the row."""
    try:
        _adds_its_rows(s, Form(s))
    except Broken as broken:
        blamed = broken.operation or "importDeals"
        blamed = _to_blame(s) if blamed == "importDeals" else blamed
        raise Broken(broken.expected, broken.received, *broken.exchanges, operation=blamed) from broken


def _to_blame(s: Scene) -> str:
    """The template, if the import succeeds with the different header of the export; otherwise the import."""
    try:
        form = Form(s, "exportDeals")
        if form.header == Form(s).header:
            return "importDeals"
        _adds_its_rows(s, form)
    except (Broken, NotJudged, *MISREAD):
        return "importDeals"
    return TEMPLATE


def _adds_its_rows(s: Scene, form: Form) -> None:
    word = s.word()
    deals = _four_deals(s, word)
    exchange = imported_file(s, form.filled_in(deals))
    if exchange.status in UNREADABLE_INPUT:  # a column that is not recognised may be required
        exchange = imported_file(s, form.filled_in(deals, like_the_example=True))
    granted(exchange)
    found = found_by_importer(s, word, len(deals))
    names = sorted(composed(str(record.get("name"))) for record in found.records)
    wanted = sorted(deal["name"] for deal in deals)
    expect(names == wanted, f"the deals {wanted}", names, exchange, found.exchange)
    by_name = {composed(record["name"]): record for record in found.records}
    for deal in deals:
        got = details_for(s, by_name[deal["name"]]["id"], importer(s))
        text = str(got.get("notes") or "").replace("\r", "").replace("\n", "")
        lost = lost_fields(form.wanted(deal), {**got, "notes": text})
        expect(not lost, f"“{deal['name']}” with the values of its row", "; ".join(lost), exchange)


# Where an imported deal is expected


def _in_its_stage(s: Scene, make: Make, person: str) -> bool:
    id = make()
    deal = details_for(s, id, person)
    word, stage = deal["name"].split()[-1], deal["stage_id"]
    return id in s.api.search(word, lambda listing: id in listing.ids, as_=person, stage_id=stage).ids


def _on_the_board(s: Scene, make: Make, person: str) -> bool:
    id = make()

    def there() -> bool:
        exchange = granted(s.call("getDealPipeline", query=s.limits.widest_scope, as_=person))
        return any(deal["id"] == id for _, deals in groups_in(exchange.json) or [] for deal in deals)

    return s.api.eventually(there, bool)


def _in_the_export(s: Scene, make: Make, person: str) -> bool:
    name = details_for(s, make(), person)["name"]

    def there() -> bool:
        rows = csv_rows(granted(s.call("exportDeals", as_=person)))
        if rows is None:
            raise NotJudged("the export is not recognised as CSV")
        return any(name in row for row in rows)

    return s.api.eventually(there, bool)


def _in_the_statistics(s: Scene, make: Make, person: str) -> bool:
    before, _ = numbers(s, person)
    if as_number(details_for(s, make(), person).get("value")) != VALUE:
        raise NotJudged("the imported deal does not have the value of its row")
    counted = changed_by(VALUE, before)
    return counted(s.api.eventually(lambda: numbers(s, person), counted))


VIEWS: Final[dict[str, Appears]] = {
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

    if VIEWS[view](s, imported, importer(s)):
        return
    if not VIEWS[view](s, created, "me"):
        raise NotJudged(f"a created deal is missing there as well: {view}")
    expect(False, f"the imported deal in the {view}", "missing there, unlike a created deal", made[0][1])


def _imported(s: Scene) -> tuple[Record, Exchange]:
    """The details of an imported deal, and the import request."""
    word = s.word()
    content = Form(s).filled_in([deal_to_import(word, s.make.stage_like(), value=VALUE)])
    exchange = imported_file(s, content)
    if exchange.ok:
        found = found_by_importer(s, word, 1)
        if len(found.ids) == 1:
            return details_for(s, found.ids[0], importer(s)), exchange
    raise NotJudged(f"no deal could be imported: {response_of(exchange)}")


@law("importDeals", "listDeals", needs=("writes",), of_all=True)
def importing_an_invalid_file_creates_no_deals(s: Scene) -> None:
    """“file” of the import: a file that is not a table of deals creates no deals."""
    before, word = s.api.total(), s.word()
    files = (b"", f"{word}\n{word}\n".encode(), f"colour,weight\nred,{word}\n".encode())
    for send, what in [
        *((imported_file, file) for file in files),
        *((_import_part, head) for head in NOT_FILES),
    ]:
        exchange = send(s, what)
        if exchange.status in (401, 403):
            raise NotJudged(f"importDeals returned {exchange.status}")
        expect(
            exchange.status < 500,
            "a refusal or a success without new deals, not a server error",
            response_of(exchange),
            exchange,
        )
        after = s.api.page({**s.limits.widest_scope, "search": word}, as_=importer(s))
        expect(after.total == 0, "no deals", f"{after.total} deals", exchange, after.exchange)
    expect(s.api.total() <= before, f"still {before} deals", "more deals", exchange)


@law("exportDeals", "importDeals", needs=("writes",))
def an_exported_deal_can_be_imported_again(s: Scene) -> None:
    """“Import and export deal data”: importing an exported row creates the same deal again."""
    word = s.word()
    name = f'Round "trip", {word}'
    id = s.make.deal(
        name=name, value=1250.75, notes="With, comma", tags="x", expected_close_date="2031-09-09"
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
    granted(imported_file(s, text.getvalue().encode("utf-8")))
    found = found_by_importer(s, word, 2)
    expect(
        found.total == 2,
        "two deals",
        f"{found.total} deals",
        exchange,
        found.exchange,
        operation="importDeals",
    )
    other = next((each for each in found.ids if each != id), None)
    fields = ("name", "value", "stage_id", "notes", "tags", "expected_close_date")
    lost = lost_fields({field: before.get(field) for field in fields}, details_for(s, other, importer(s)))
    expect(not lost, "a deal with the same values", "; ".join(lost), exchange, operation="importDeals")
