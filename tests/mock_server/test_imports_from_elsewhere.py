"""Files as spreadsheet programs write them: an import reads what they mean, or says why it does not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mock_server.domain.world import Company
from mock_server.worldfile import load_world
from tests.mock_server.conftest import NOW, Api, Start

FILES = Path(__file__).parent / "csv_files"
Told = dict[tuple[int, str], str]  # by row and column

COUNTRY = "has an order that depends on the country; write YYYY-MM-DD, such as 2026-03-15"
UTC = "2026-01-15T09:30:00.000000Z"
DAY = {"expected_close_date": "2026-03-15"}
WON = {"stage_name": "Won", "closed_at": UTC}


def close_date(text: str) -> str:
    return f"expected_close_date {text}"


def closed_at(text: str, read_as: str = UTC) -> str:
    return f"closed_at {text} was read as {read_as}"


# file → the deals by name, the errors and the warnings
EXPECTED: dict[str, tuple[dict[str, dict[str, Any]], Told, Told]] = {
    "03-tabs.csv": ({"Tabbed": {"value": 1, "stage_name": "Lead"}}, {}, {}),
    "04-sep-line.csv": ({"Sep": {"value": 1, "stage_name": "Lead"}}, {}, {}),
    "07-header-partly-case.csv": ({"Partly": {"value": 1, **DAY}}, {}, {}),
    "08-header-typo.csv": (
        {"Typo": {"value": None, "expected_close_date": None}},
        {},
        {
            (1, "amount"): "The column amount is not known and was ignored; did you mean value?",
            (1, "close_date"): "The column close_date is not known and was ignored; "
            "did you mean expected_close_date?",
        },
    ),
    "09-decimal-comma.csv": (
        {"Comma": {"value": 50000.5}},
        {},
        {(2, "value"): "value 50000,50 was read as 50000.50"},
    ),
    "10-thousand-point.csv": (
        {"Punkt": {"value": 50000}, "Punkt2": {"value": 1234}},
        {},
        {
            (2, "value"): "value 50.000 was read as 50000",
            (3, "value"): "value 1.234 was read as 1234",
        },
    ),
    "12-dates.csv": (
        {"D3": DAY, "D4": {"expected_close_date": "2026-03-05"}, "D5": DAY, "D6": DAY, "D7": DAY, "D8": DAY},
        {
            (2, "expected_close_date"): f"{close_date('15/03/2026')} {COUNTRY}",
            (3, "expected_close_date"): f"{close_date('3/15/2026')} {COUNTRY}",
            (10, "expected_close_date"): "expected_close_date must be a date (YYYY-MM-DD)",
        },
        {
            (4, "expected_close_date"): f"{close_date('15.03.2026')} was read as 2026-03-15",
            (5, "expected_close_date"): f"{close_date('2026-3-5')} was read as 2026-03-05",
            (6, "expected_close_date"): f"{close_date('2026-03-15 00:00:00')} was read as 2026-03-15",
            (7, "expected_close_date"): f"{close_date('2026-03-15T00:00:00Z')} was read as 2026-03-15",
            (8, "expected_close_date"): f"{close_date('46096')} was read as 2026-03-15 "
            "(the day number of a spreadsheet program)",
        },
    ),
    "18-prob.csv": (
        {
            "A": {"probability": 60},
            "B": {"probability": 60},
            "D": {"probability": 60},
            "E": {"probability": None},
        },
        {(4, "probability"): "probability 0.6 must be an integer: a percentage, such as 60 for 60 %"},
        {(2, "probability"): "probability 60% was read as 60"},
    ),
    "35-closed.csv": (
        {
            "A": {**WON, "closed_at": "2026-01-15T00:00:00.000000Z"},
            "B": WON,
            "C": WON,
            "D": {**WON, "closed_at": "2026-01-15T07:30:00.000000Z"},
            "E": WON,
            "F": {**WON, "closed_at": "2999-01-01T00:00:00.000000Z"},
            "G": WON,
        },
        {},
        {
            (2, "closed_at"): closed_at("2026-01-15", "2026-01-15T00:00:00.000000Z"),
            (4, "closed_at"): closed_at("2026-01-15 09:30"),
            (6, "closed_at"): closed_at("15.01.2026 09:30"),
            (7, "closed_at"): "closed_at is in the future",
            (8, "closed_at"): closed_at("2026-01-15T09:30:00"),
        },
    ),
    "padded-cells.csv": (
        {
            "Padded": {"value": 5, "probability": 60, **DAY},
            "NoPad": {"value": 5, "probability": 60, **DAY},
        },
        {},
        {},
    ),
}


@pytest.fixture(scope="module")
def used(start: Start) -> Api:
    return start(load_world("empty", NOW))


@pytest.fixture
def empty(used: Api) -> Api:
    used.store.commit(lambda _: load_world("empty", NOW))
    return used


def told(problems: list[dict[str, Any]]) -> Told:
    return {(each["row"], each["field"]): each["message"] for each in problems}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_file_is_read_as_it_is_meant_or_told(empty: Api, name: str) -> None:
    deals, errors, warnings = EXPECTED[name]
    answer = empty.upload((FILES / name).read_bytes())
    report = answer.json()["data"]
    assert (told(report["errors"]), told(report["warnings"])) == (errors, warnings)
    assert (report["created"], report["failed"]) == (len(deals), len(errors))
    made = {deal["name"]: deal for deal in empty.data("/deals")}
    assert made.keys() == deals.keys()
    for deal, fields in deals.items():
        assert {field: made[deal][field] for field in fields} == fields


def test_every_file_has_an_expected_answer() -> None:
    assert {file.name for file in FILES.glob("*.csv")} == EXPECTED.keys()


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "mac-roman", "cp1250"])
def test_another_encoding_than_unicode_is_named_with_the_line(empty: Api, encoding: str) -> None:
    answer = empty.upload("name,stage_name\r\nA,Lead\r\nMüller,Lead\r\n".encode(encoding))
    message = "The file is not UTF-8 text (see line 3): save it as CSV in UTF-8"
    assert (answer.status_code, answer.json()["errors"]) == (422, {"file": message})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_every_usual_encoding_of_unicode_is_read(empty: Api, encoding: str) -> None:
    empty.upload("name\tstage_name\r\nMüller 株式会社 🚀\tLead\r\n".encode(encoding))
    assert [deal["name"] for deal in empty.data("/deals")] == ["Müller 株式会社 🚀"]


def test_a_header_alone_imports_nothing(empty: Api) -> None:
    answer = empty.upload(b"name,stage_name\r\n")
    assert (answer.status_code, answer.json()["message"]) == (200, "0 deals imported")


# People of one name


CONTACT = "name,stage_name,company_name,contact_name,contact_email\r\nA,Lead"
JANES = load_world(str(FILES / "two-janes.yaml"), NOW)


def contacts_of(api: Api) -> list[tuple[int | None, int | None]]:
    return [(deal.contact_id, deal.bill_to_contact_id) for deal in api.world.deals]


def test_an_export_imported_again_moves_no_deal_to_another_person(start: Start) -> None:
    api = start(JANES)
    answer = api.upload(api.get("/deals/export").content).json()["data"]
    assert (answer["created"], answer["warnings"]) == (2, [])
    assert contacts_of(api) == [(1, 2), (2, None)] * 2
    assert api.world.contacts == JANES.contacts


@pytest.mark.parametrize("email", ["", "info@janes.example"])
def test_people_without_an_address_of_their_own_are_told_apart_as_well(start: Start, email: str) -> None:
    janes = [replace(contact, email=email) for contact in JANES.contacts]
    api = start(JANES.put("contacts", *janes))
    assert api.upload(api.get("/deals/export").content).json()["data"]["created"] == 2
    assert contacts_of(api) == [(1, 2), (2, None)] * 2


@pytest.mark.parametrize(
    ("row", "contact"),
    [
        ("Acme Corp,Jane Smith,", 1),
        ("Birch Ltd,Jane Smith,", 2),
        ("Acme Corp,Jane Smith,JANE@birch.example", 2),
        (",,jane@birch.example", 2),
        (",Jane Smith,jane@acme.example", 1),
        (",Jane Smith,#2", 2),
    ],
)
def test_a_company_or_an_address_tells_who_is_meant(start: Start, row: str, contact: int) -> None:
    api = start(JANES)
    api.upload(f"{CONTACT},{row}\r\n".encode())
    assert api.world.deals[3].contact_id == contact


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (",Jane Smith,", "contact_name Jane Smith can mean any of 2 contacts; give contact_email"),
        (",,x@x.example", "contact_email x@x.example does not exist; a new contact needs a name"),
    ],
)
def test_nobody_is_chosen_among_several(start: Start, row: str, message: str) -> None:
    api = start(JANES)
    answer = api.upload(
        f"name,stage_name,company_name,contact_name,contact_email\r\nA,Lead,{row}\r\n".encode()
    )
    assert [error["message"] for error in answer.json()["data"]["errors"]] == [message]
    assert api.world is JANES


def test_two_companies_of_one_name_are_not_guessed(start: Start) -> None:
    api = start(JANES.put("companies", Company(id=3, name="Acme Corp")))
    answer = api.upload(b"name,stage_name,company_name\r\nA,Lead,Acme Corp\r\n").json()["data"]
    assert told(answer["errors"]) == {
        (2, "company_name"): "company_name Acme Corp can mean any of 2 companies"
    }


@pytest.mark.parametrize(
    ("columns", "row", "field", "message"),
    [
        ("company_name", "acme corp", "company_name", "acme corp is a new company, beside Acme Corp"),
        (
            "company_name,contact_name",
            "Other,Jane Smith",
            "contact_name",
            "Jane Smith is a new contact, beside 2 of this name elsewhere",
        ),
        (
            "company_name,bill_to_contact_name",
            "Acme Corp,Jane Smith",
            "bill_to_contact_name",
            "Jane Smith can mean 2 contacts; bill_to_contact_email tells which",
        ),
    ],
)
def test_a_name_that_could_mean_another_record_is_told(
    start: Start, columns: str, row: str, field: str, message: str
) -> None:
    answer = start(JANES).upload(f"name,stage_name,{columns}\r\nA,Lead,{row}\r\n".encode()).json()["data"]
    assert (answer["created"], told(answer["warnings"])) == (1, {(2, field): f"{field} {message}"})


# Large files


def test_only_the_first_errors_are_listed_and_all_rows_counted(empty: Api) -> None:
    content = b"name,value,stage_name\r\n" + b"A,much,Nowhere\r\n" * 5_000
    answer = empty.upload(content)
    report = answer.json()["data"]
    assert (report["failed"], len(report["errors"]), report["errors_omitted"]) == (5_000, 100, 9_900)
    assert len(answer.content) < 20_000


def test_only_the_first_warnings_are_listed(empty: Api) -> None:
    report = empty.upload(b"name;value;stage_name\r\n" + b"A;1,5;Lead\r\n" * 1_000).json()["data"]
    assert (report["created"], len(report["warnings"]), report["warnings_omitted"]) == (1_000, 100, 900)


def test_a_long_cell_makes_no_long_answer(empty: Api) -> None:
    long = "x" * 60_000
    rows = f"A,{long},{long}\r\n" * 20
    answer = empty.upload(f"name,stage_name,{long}\r\n{rows}".encode())
    assert answer.json()["data"]["failed"] == 20
    assert len(answer.content) < 20_000


def test_many_columns_are_refused_at_once(empty: Api) -> None:
    answer = empty.upload(b"name,stage_name" + b",x" * 60_000 + b"\r\n" + b"A,Lead\r\n" * 1_000)
    message = "The header has 60002 columns; at most 256 are allowed"
    assert (answer.status_code, answer.json()["errors"]) == (422, {"file": message})
