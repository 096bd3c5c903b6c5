"""Resolves the names in a spreadsheet to records, and creates new ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from mock_server.domain.pipeline import stages_in_order
from mock_server.domain.world import Company, Contact, Stage, World

T = TypeVar("T")

PEOPLE = (  # (field of the deal, column, columns for the company: the first that is not empty)
    ("contact_id", "contact_name", ("company_name",)),
    ("bill_to_contact_id", "bill_to_contact_name", ("partner_name", "company_name")),
    ("reseller_contact_id", "reseller_contact_name", ("reseller_name",)),
)
COMPANIES = (
    ("company_id", "company_name"),
    ("partner_id", "partner_name"),
    ("reseller_id", "reseller_name"),
)


class NameIndex:
    """Finds records by name, and collects new companies and contacts.

    Companies and contacts match by exact name, a contact within its company: two that differ
    only in case may both exist. Stages and email addresses match exactly if possible, otherwise
    in any case.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._companies: dict[str, int] = {}
        self._contacts: dict[tuple[str, int | None], int] = {}
        for company in world.companies:
            self._companies.setdefault(company.name, company.id)
        for contact in world.contacts:
            self._contacts.setdefault((contact.name, contact.company_id), contact.id)
        self._stages = _by_name([(stage.name, stage) for stage in stages_in_order(world)])
        self._users = _by_name([(user.email, user.id) for user in world.users])
        self.new_companies: list[Company] = []
        self.new_contacts: list[Contact] = []

    def stage(self, name: str) -> Stage | None:
        """The stage with this name."""
        return self._stages.get(name) or self._stages.get(_loosely(name))

    def user_id(self, email: str) -> int | None:
        """The user with this email address."""
        return self._users.get(email) or self._users.get(_loosely(email))

    def people(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The companies and contacts of a row, by the deal's fields."""
        ids: dict[str, Any] = {field: self._company(values.get(column)) for field, column in COMPANIES}
        for field, column, owners in PEOPLE:
            owner = next((values[name] for name in owners if values.get(name)), None)
            ids[field] = self._contact(values.get(column), self._company(owner))
        return ids

    def _company(self, name: str | None) -> int | None:
        if name is None:
            return None
        if name not in self._companies:
            company = Company(id=self._world.companies.next_id + len(self.new_companies), name=name)
            self.new_companies.append(company)
            self._companies[name] = company.id
        return self._companies[name]

    def _contact(self, name: str | None, company_id: int | None) -> int | None:
        name = name and name.strip()
        if not name:
            return None
        if (name, company_id) not in self._contacts:
            first, _, last = name.partition(" ")
            contact = Contact(
                id=self._world.contacts.next_id + len(self.new_contacts),
                first_name=first,
                last_name=last,
                email="",
                company_id=company_id,
            )
            self.new_contacts.append(contact)
            self._contacts[name, company_id] = contact.id
        return self._contacts[name, company_id]


def _by_name(named: Sequence[tuple[str, T]]) -> dict[str, T]:
    """The first record for each exact name, and for each name in any case where no exact one exists."""
    known: dict[str, T] = {}
    for name, record in named:
        known.setdefault(name, record)
    for name, record in named:
        known.setdefault(_loosely(name), record)
    return known


def _loosely(name: str) -> str:
    return name.strip().casefold()
