"""Downloads that convict themselves: empty, unreadable or of another kind than they say."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable
from email.message import Message
from typing import Final

from contract_tests.client.exchange import Exchange
from contract_tests.laws.law import law
from contract_tests.scene.csv_files import DELIMITERS
from contract_tests.scene.expectations import NotJudged, expect, granted
from contract_tests.scene.json_search import as_number
from contract_tests.scene.scene import Scene

DOWNLOADS: Final = ("exportDeals", "downloadDealTemplate")
TABLES: Final = (".csv", ".tsv", ".txt")
SPREADSHEETS: Final = (".xlsx", ".ods")
ZIP: Final = b"PK\x03\x04"
OTHER_KINDS: Final = {  # how a file of another kind begins
    "a ZIP archive or a spreadsheet": (ZIP,),
    "a compressed file": (b"\x1f\x8b",),
    "a PDF": (b"%PDF",),
    "a picture": (b"\x89PNG", b"\xff\xd8\xff", b"GIF8"),
}
WEB_PAGE: Final = re.compile(rb"\s*<(!doctype\s+html|html|head|body|\?xml)\b", re.IGNORECASE)
DATE: Final = re.compile(r"\d{4}-\d\d-\d\d.*|\d{1,2}[./]\d{1,2}[./]\d{2,4}")


def _download(s: Scene, operation: str) -> Exchange:
    """A downloaded file, read once; there is a deal to export, with letters of many kinds in its name."""
    if not s.client.settings.read_only:
        s.api.once("exported", lambda: s.make.deal(name=f"Žluť Ω 株式会社 {s.word()}"))
    elif not s.api.all_deals().records:
        raise NotJudged("there are no deals, and a read-only run cannot make any")
    return s.api.once(f"download {operation}", lambda: granted(s.call(operation)))


@law(each=DOWNLOADS)
def a_download_is_not_empty(s: Scene, operation: str) -> None:
    """“Import and export deal data”: a file with deals, or with the columns of a deal, is not empty."""
    file = _download(s, operation)
    text = file.body.removeprefix(codecs.BOM_UTF8).strip()
    expect(text, "a file with content", f"{len(file.body)} bytes", file)


@law(each=DOWNLOADS)
def a_download_can_be_decoded_in_the_charset_that_it_names(s: Scene, operation: str) -> None:
    """“Import and export deal data”: a file that says “charset=utf-8” is UTF-8."""
    file = _download(s, operation)
    charset = _kind(file)[1]
    if not charset:
        return
    try:
        file.body.decode(codecs.lookup(charset).name)
    except LookupError:
        raise NotJudged(f"the charset {charset} is unknown here") from None
    except UnicodeDecodeError as error:
        received = f"byte {error.start} cannot be decoded: {file.body[error.start : error.start + 8]!r}"
        expect(False, f"text in {charset}", received, file)


@law(each=DOWNLOADS)
def a_download_is_a_file_of_the_kind_that_it_names(s: Scene, operation: str) -> None:
    """“All responses are JSON (file downloads aside)”: a CSV file is no web page, no JSON and no archive."""
    file = _download(s, operation)
    kind, name = _kind(file)[0], _file_name(file).lower()
    if kind == "text/csv" or name.endswith(TABLES):
        found = _other_kind(file)
        expect(not found, f"a table in text ({kind}, {name or 'no file name'})", found, file)
    elif name.endswith(SPREADSHEETS):
        expect(file.body.startswith(ZIP), f"a spreadsheet ({name})", file.body[:20], file)
    elif not file.body:
        raise NotJudged("the file is empty")


def _other_kind(file: Exchange) -> str:
    """What a file that should be a table in text is instead; "" if it may be one."""
    if isinstance(file.json, dict | list):
        return "JSON"
    if WEB_PAGE.match(file.body.removeprefix(codecs.BOM_UTF8)):
        return "a web page"
    return next((kind for kind, begins in OTHER_KINDS.items() if file.body.startswith(begins)), "")


@law("downloadDealTemplate")
def the_template_begins_with_the_names_of_columns(s: Scene) -> None:
    """“Import and export deal data”: a template names the columns; a number or a date is no name."""
    file = _download(s, "downloadDealTemplate")
    header = _first_row(file)
    values = [cell for cell in header if as_number(cell) is not None or DATE.fullmatch(cell) or "@" in cell]
    expect(any(header) and not values, "the names of columns in the first row", header, file)


def _first_row(file: Exchange) -> list[str]:
    """The first row of a table in text, empty rows included."""
    kind, charset = _kind(file)
    if kind != "text/csv" or _other_kind(file) or not file.body.strip():
        raise NotJudged("the template is not recognised as CSV")
    try:
        text = file.body.decode(charset or "utf-8").removeprefix("\ufeff")
    except (LookupError, UnicodeDecodeError):
        raise NotJudged("the template cannot be decoded") from None
    first: Callable[[str], int] = text.partition("\n")[0].count
    row = next(csv.reader(io.StringIO(text, newline=""), delimiter=max(DELIMITERS, key=first)), [])
    return [cell.strip() for cell in row]


@law("downloadDealTemplate", needs=("writes",))
def the_template_contains_no_deals(s: Scene) -> None:
    """“Import and export deal data”: the template is another file than the export of the deals."""
    file = _download(s, "downloadDealTemplate")
    id = s.api.once("exported", lambda: None)
    name = s.api.deal(id)["name"]
    there = name.split()[-1].encode() in file.body
    expect(not there, "a file to be filled in", f"a file with the deal “{name}”", file)


def _kind(file: Exchange) -> tuple[str, str]:
    """The content type of a file, and the charset that it names."""
    message = Message()
    message["Content-Type"] = file.content_type or ""
    return message.get_content_type(), message.get_content_charset("")


def _file_name(file: Exchange) -> str:
    message = Message()
    headers = {name.lower(): value for name, value in file.headers.items()}
    message["Content-Disposition"] = headers.get("content-disposition", "")
    return message.get_filename("")
