"""Import: the people of a row, where their names and addresses could mean several."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mock_server.domain.importing import Imported, import_deals
from mock_server.domain.names import COMPANIES, ROLES
from mock_server.domain.spreadsheet import Row, Sheet
from mock_server.domain.world import Company, Contact
from tests.mock_server.domain.builders import ANN, NOW, world

REPORTED = 100


def test_a_contact_that_a_row_adds_may_make_another_of_it_unclear() -> None:
    before = world(companies=(Company(id=1, name="A"),), contacts=())
    row = {
        "name": "Deal", "stage_name": "Lead", "company_name": "A", "reseller_name": "A",
        "contact_name": "X Y", "contact_email": "e1@x.example",
        "bill_to_contact_name": "X Y", "bill_to_contact_email": "e2@x.example",
        "reseller_contact_name": "X Y",
    }  # fmt: skip
    clear = {**row, "reseller_contact_email": "e1@x.example"}
    rows = [Row(2, row), Row(3, clear)]
    imported = import_deals(before, Sheet([], iter(rows)), NOW, ANN, REPORTED)

    [problem] = imported.errors.problems
    assert (problem.row, problem.field) == (2, "reseller_contact_name")
    assert problem.message == (
        "reseller_contact_name X Y can mean any of 2 contacts; give reseller_contact_email"
    )
    assert [contact.email for contact in imported.world.contacts] == ["e1@x.example", "e2@x.example"]
    [deal] = imported.world.deals
    assert deal.contact_id == deal.reseller_contact_id == 1


texts_of_names = st.sampled_from(["", "A", "B"])
texts_of_emails = st.sampled_from(["", "a@x.example", "b@x.example", "#1", "#2"])
people_of_a_row = st.fixed_dictionaries(
    {
        **dict.fromkeys(COMPANIES, texts_of_names),
        **{role.name: st.sampled_from(["", "X Y", "Z"]) for role in ROLES},
        **{role.email: texts_of_emails for role in ROLES},
    }
)


@given(st.lists(people_of_a_row, max_size=6))
def test_whatever_people_a_file_names_every_row_is_taken_or_explained(people: list[dict[str, str]]) -> None:
    before = world(companies=(Company(id=1, name="A"),), contacts=())
    rows = [
        Row(number, {"name": "Deal", "stage_name": "Lead", **{n: text or None for n, text in each.items()}})
        for number, each in enumerate(people, 2)
    ]
    imported = import_deals(before, Sheet([], iter(rows)), NOW, ANN, REPORTED)
    refused = {problem.row for problem in imported.errors.problems}
    assert len(imported.deals) + len(refused) == len(people)
    used = {getattr(deal, role.field) for deal in imported.deals for role in ROLES}
    assert {contact.id for contact in imported.world.contacts} == used - {None}


JANE = Contact(id=1, first_name="Jane", last_name="Smith", email="jane@x.example", company_id=1)


def rows_beside_jane(*rows: dict[str, str]) -> Imported:
    """What becomes of rows with these contacts in a world that has one Jane Smith."""
    before = world(companies=(Company(id=1, name="A"),), contacts=(JANE,))
    made = [Row(at, {"name": "D", "stage_name": "Lead", **row}) for at, row in enumerate(rows, 2)]
    return import_deals(before, Sheet([], iter(made)), NOW, ANN, REPORTED)


def test_another_name_with_a_known_address_is_a_new_contact_and_told() -> None:
    imported = rows_beside_jane({"contact_name": "Jane Smyth", "contact_email": "jane@x.example"})
    [warning] = imported.warnings.problems
    assert warning.message == (
        "contact_email jane@x.example is the address of Jane Smith, too: Jane Smyth is a new contact"
    )
    assert imported.deals[0].contact_id == 2


def test_an_address_of_two_people_is_refused_without_a_name() -> None:
    imported = rows_beside_jane(
        {"contact_name": "Jane Smyth", "contact_email": "jane@x.example"},
        {"contact_email": "jane@x.example"},
        {"contact_name": "Jane Smith", "contact_email": "jane@x.example"},
    )
    [problem] = imported.errors.problems
    assert problem.message == "contact_email jane@x.example can mean any of 2 contacts"
    assert [deal.contact_id for deal in imported.deals] == [2, 1]


def test_a_name_in_another_case_with_the_same_address_is_told() -> None:
    imported = rows_beside_jane({"contact_name": "JANE SMITH", "contact_email": "Jane@X.example"})
    [warning] = imported.warnings.problems
    assert "is the address of Jane Smith, too" in warning.message
