"""Export, template and import over HTTP: what is exported can be imported again."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from mock_server.domain.world import World
from mock_server.worldfile import load_world
from tests.mock_server.conftest import NOW, Api, Start, contract

IMPORTS = Path(__file__).parents[2] / "fixtures" / "imports"
COLUMNS = list(contract().csv_row.properties)
OF_THE_FILE = (  # what a file says about a deal, as the API shows it
    "name",
    "value",
    "stage_name",
    "probability",
    "expected_close_date",
    "company_name",
    "contact_name",
    "reseller_name",
    "reseller_contact_name",
    "assigned_name",
    "notes",
    "tags",
    "is_won",
    "is_lost",
    "loss_reason",
    "closed_at",
)


def report(answer: Any) -> dict[str, Any]:
    """What an import reports."""
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()["data"]
    return said


def all_taken(created: int) -> dict[str, Any]:
    """The report of an import that has nothing to say."""
    nothing: dict[str, Any] = {"errors": [], "errors_omitted": 0, "warnings": [], "warnings_omitted": 0}
    return {"created": created, "failed": 0, **nothing}


def sheet(*rows: str) -> bytes:
    return "\r\n".join(["name,stage_name,value,notes", *rows, ""]).encode()


def deals_by_id(api: Api) -> list[dict[str, Any]]:
    return [api.data(f"/deals/{id_}") for id_ in sorted(api.world.deals.rows)]


def told(deal: dict[str, Any]) -> dict[str, Any]:
    """What a file can say about a deal: an empty cell is null, so there are no empty texts."""
    return {name: None if deal[name] == "" else deal[name] for name in OF_THE_FILE}


def without_deals(world: World) -> World:
    """The same users and stages, and nothing else."""
    return World().put("users", *world.users).put("stages", *world.stages)


@pytest.fixture
def empty(start: Start) -> Api:
    return start(load_world("empty", NOW))


# Export


@pytest.mark.parametrize(
    ("path", "name", "rows"), [("export", "deals.csv", 200), ("template", "deals-template.csv", 1)]
)
def test_a_file_is_an_attachment_by_rfc_4180(reader: Api, path: str, name: str, rows: int) -> None:
    answer = reader.get(f"/deals/{path}")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    table = list(csv.reader(io.StringIO(answer.content.decode(), newline=""), strict=True))
    assert table[0] == COLUMNS
    assert [len(row) for row in table] == [len(COLUMNS)] * (rows + 1)
    assert answer.content.endswith(b"\r\n")


def test_an_export_of_no_deals_is_the_header_alone(empty: Api) -> None:
    assert empty.get("/deals/export").text == ",".join(COLUMNS) + "\r\n"


@pytest.mark.parametrize("fixture", ["default", "nasty"])
def test_no_cell_of_an_export_is_a_formula(start: Start, fixture: str) -> None:
    text = start(load_world(fixture, NOW)).get("/deals/export").text
    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    assert not [cell for cell in cells if cell.startswith(tuple("=+-@\t\r＝＋－＠"))]
    assert fixture == "default" or "'=cmd|' /C calc'!A1" in cells


def test_the_template_can_be_imported_as_it_is(empty: Api) -> None:
    template = empty.get("/deals/template").content
    assert report(empty.upload(template)) == all_taken(1)
    example = {name: value for name, value in contract().csv_row.example.items() if name in OF_THE_FILE}
    made = empty.data("/deals/1")
    assert {name: made[name] for name in example} == example


# Export and import


@pytest.mark.parametrize("fixture", ["default", "everything-at-risk", "nasty"])
def test_an_export_imported_into_an_empty_world_gives_the_same_deals(start: Start, fixture: str) -> None:
    world = load_world(fixture, NOW)
    source, target = start(world), start(without_deals(world))
    exported = source.get("/deals/export").content
    assert report(target.upload(exported)) == all_taken(len(world.deals))
    assert target.get("/deals/export").content == exported
    assert [told(deal) for deal in deals_by_id(target)] == [told(deal) for deal in deals_by_id(source)]


def test_an_export_of_the_seeded_world_goes_into_the_empty_fixture(reader: Api, empty: Api) -> None:
    exported = reader.get("/deals/export").content
    assert report(empty.upload(exported))["created"] == 200
    assert empty.get("/deals/export").content == exported
    assert empty.data("/deals/stats") == reader.data("/deals/stats")


# Import: valid files


@pytest.mark.parametrize("name", ["clean.csv", "semicolon-bom.csv", "utf16.csv"])
def test_a_clean_file_goes_in_whole(empty: Api, name: str) -> None:
    answer = empty.upload((IMPORTS / name).read_bytes())
    assert answer.json()["message"] == "7 deals imported"
    assert report(answer) == all_taken(7)
    deals = deals_by_id(empty)
    assert [deal["name"] for deal in deals] == [
        "Acme Enterprise License",
        "Only what is needed",
        'Acme Corp "Pilot", phase 2',
        "Überraschung – 株式会社 🚀",
        "=SUM(A1:A9) is a name, and stays one",
        "Won last year",
        "Lost last year",
    ]
    assert deals[2]["notes"] == "Two lines,\r\nand a comma."
    assert deals[4]["notes"] == "-1 as well"
    assert (deals[0]["value"], deals[0]["tags"], deals[0]["contact_id"]) == (50000, "enterprise,priority", 1)
    assert (deals[5]["is_won"], deals[5]["closed_at"]) == (True, "2025-12-19T14:05:00.000000Z")
    assert (deals[6]["is_lost"], deals[6]["loss_reason"]) == (True, "Price too high")


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\r\n", "\n", "\r"])
def test_every_usual_csv_format_is_read(api: Api, bom: bytes, delimiter: str, newline: str) -> None:
    lines = ["stage_name,name,notes".replace(",", delimiter), delimiter.join(["Lead", "A;b,c", "x"])]
    lines[1] = lines[1].replace("A;b,c", '"A;b,c"').replace("x", '"two\nlines ""quoted"""')
    answer = api.upload(bom + newline.join(lines).encode())
    assert report(answer) == all_taken(1)
    made = api.data("/deals/201")
    assert (made["name"], made["notes"]) == ("A;b,c", 'two\nlines "quoted"')


def test_a_company_that_is_new_is_made_once_and_a_known_one_is_found(empty: Api) -> None:
    rows = ["A,Lead,New Ltd", "B,Lead,New Ltd", "C,Lead,Acme Corp"]
    empty.upload("\n".join(["name,stage_name,company_name", *rows]).encode())
    ids = [deal["company_id"] for deal in deals_by_id(empty)]
    assert ids == [5, 5, 1]


# Import: invalid files


def test_a_dirty_file_is_explained_row_by_row_and_field_by_field(empty: Api) -> None:
    content = (IMPORTS / "dirty.csv").read_bytes()
    answer = empty.upload(content)
    said = report(answer)
    assert answer.json()["message"] == "2 deals imported, 21 rows rejected"
    assert [deal["name"] for deal in deals_by_id(empty)] == ["A good row first", "A good row last"]
    assert (said["created"], said["failed"]) == (2, 21)
    by_row: dict[int, dict[str, str]] = {}
    for error in said["errors"]:
        by_row.setdefault(error["row"], {})[error["field"]] = error["message"]
    assert by_row == DIRTY


NO_HEADER = "The first line must be a header with column names, separated by commas, semicolons, tabs or bars"
NUMBER = {"value": "value must be a number"}
DAY = {"expected_close_date": "expected_close_date must be a date (YYYY-MM-DD)"}
NOT_A_USER = (
    "assigned_to_email nobody@revorbit.example does not exist; it must be the email address of a user"
)
NOT_A_STAGE = (
    "stage_name Daydreaming does not exist; the stages are Lead, Qualified, Proposal, Negotiation, Won, Lost"
)
DIRTY: dict[int, dict[str, str]] = {
    3: {"name": "name is required"},
    4: {"stage_name": "stage_name is required"},
    5: {"stage_name": NOT_A_STAGE},
    6: NUMBER,
    7: {"value": "value $1,000.00 must be a number without a currency, such as 1234.50"},
    8: {"value": "value must be at least 0"},
    9: {"value": "value must be at most 999999999999.99"},
    10: NUMBER,
    11: {"probability": "probability must be at most 100"},
    12: {"probability": "probability must be an integer"},
    13: DAY,
    14: {
        "expected_close_date": "expected_close_date 3/12/2026 has an order that depends on the country; "
        "write YYYY-MM-DD, such as 2026-03-15"
    },
    15: {"assigned_to_email": NOT_A_USER},
    16: {"closed_at": "closed_at is allowed only for won or lost deals; Lead is an open stage"},
    17: {"loss_reason": "loss_reason is allowed only for won or lost deals; Lead is an open stage"},
    18: {"company_name": "company_name must have at most 255 characters"},
    19: {"name": "name must have at most 255 characters"},
    20: {"tags": "tags must have at most 1000 characters"},
    21: {"closed_at": "closed_at must be a timestamp (2026-01-15T09:30:00.000000Z)"},
    22: {
        "name": "name is required",
        "value": "value must be a number",
        "stage_name": NOT_A_STAGE,
        "probability": "probability must be at least 0",
        "expected_close_date": "expected_close_date must be a date (YYYY-MM-DD)",
        "assigned_to_email": NOT_A_USER,
    },
    23: {"row": "The row has 18 cells, but the header has 17"},
}


def test_a_row_is_told_by_the_line_of_the_file_where_it_begins(api: Api) -> None:
    content = sheet('A,Lead,1,"one\r\ntwo"', "", "B,Nowhere,1,", ',Lead,1,"x\r\ny"', "C,Lead,x,")
    assert [error["row"] for error in report(api.upload(content))["errors"]] == [5, 6, 8]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ((IMPORTS / "not-a-csv.bin").read_bytes(), "The file is an image, not CSV: save it as CSV in UTF-8"),
        (b"", "The file is empty"),
        (b"\r\n \r\n", "The file is empty"),
        (b"hello", NO_HEADER),
        (b"name,value\nA,1\n", "The header is missing columns: stage_name"),
        (b"name,stage_name,name\nA,Lead,B\n", "The header has duplicate columns: name"),
        (sheet("A,Lead,1,", 'B,Lead,1,"open'), "Line 3 is not valid CSV: a quotation mark is never closed"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(api: Api, content: bytes, message: str) -> None:
    before = api.world
    answer = api.upload(content)
    assert (answer.status_code, answer.json()["errors"]) == (422, {"file": message})
    assert api.world is before


def test_a_file_of_bad_rows_alone_changes_nothing(api: Api) -> None:
    before = api.world
    said = report(api.upload(sheet("A,Nowhere,1,", "B,,1,")))
    assert (said["created"], said["failed"]) == (0, 2)
    assert api.world is before


def test_an_import_without_a_file_is_refused(api: Api) -> None:
    answer = api.post("/deals/import", files={"other": ("deals.csv", sheet("A,Lead,1,"), "text/csv")})
    assert (answer.status_code, answer.json()["errors"]) == (422, {"file": "file is required"})
    answer = api.post("/deals/import")
    assert (answer.status_code, answer.json()["errors"]) == (422, {"file": "file is required"})
    answer = api.post("/deals/import", files={"file": (None, "A,Lead,1,")})
    assert (answer.status_code, answer.json()["errors"]) == (422, {"file": "file must be a file"})


def test_a_charset_of_a_multipart_body_means_nothing(api: Api) -> None:
    """Java's HttpClient 5 names ISO-8859-1, whatever the parts are."""
    body = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="deals.csv"\r\n\r\n'
        + "name,stage_name\r\nBüro,Lead\r\n".encode()
        + b"--x--\r\n"
    )
    kind = "multipart/form-data; charset=ISO-8859-1; boundary=x"
    answer = api.send("POST", "/api/deals/import", headers={"Content-Type": kind}, content=body)
    assert report(answer)["created"] == 1
    assert api.data("/deals", search="Büro")[0]["name"] == "Büro"


def test_an_import_is_one_change(api: Api) -> None:
    before = api.world
    assert report(api.upload(sheet("A,Lead,1,", "B,Lead,2,", "C,Won,3,")))["created"] == 3
    assert sorted(set(api.world.deals.rows) - set(before.deals.rows)) == [201, 202, 203]
    assert all(api.world.deals[id_] == before.deals[id_] for id_ in before.deals.rows)
