"""Resolves the names in a spreadsheet to records, and creates new ones."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from mock_server.domain.pipeline import stages_in_order
from mock_server.domain.readings import Unclear, shown
from mock_server.domain.world import Company, Contact, Stage, World

T = TypeVar("T")
ID = re.compile(r"#\d{1,15}", re.ASCII)  # in the place of an email address that tells nobody apart
LISTED = 10  # names in a message
ANY = -1  # in the place of a company's id: the row names no company


@dataclass(frozen=True, slots=True)
class Role:
    """A contact of a deal: its field, its columns, and those of its company: the first that is not empty."""

    field: str
    name: str
    email: str
    companies: tuple[str, ...]


ROLES = (
    Role("contact_id", "contact_name", "contact_email", ("company_name",)),
    Role(
        "bill_to_contact_id",
        "bill_to_contact_name",
        "bill_to_contact_email",
        ("partner_name", "company_name"),
    ),
    Role("reseller_contact_id", "reseller_contact_name", "reseller_contact_email", ("reseller_name",)),
)
COMPANIES = {"company_name": "company_id", "partner_name": "partner_id", "reseller_name": "reseller_id"}


class Named(Generic[T]):
    """Records by a name: exactly as it is written or, if there is none, in any case."""

    def __init__(self, kind: str, records: Sequence[tuple[str, T]], advice: str) -> None:
        self._kind = kind
        self._advice = advice
        self._exact: dict[str, list[T]] = {}
        self._loose: dict[str, list[T]] = {}
        for name, record in records:
            self._exact.setdefault(name, []).append(record)
            self._loose.setdefault(loosely(name), []).append(record)

    def find(self, name: str) -> T:
        """The record with this name; raises Unclear if there is none, or more than one."""
        found = self._exact.get(name) or self._loose.get(loosely(name)) or []
        if not found:
            raise Unclear(f"does not exist; {self._advice}")
        if len(found) > 1:
            raise Unclear(f"can mean any of {len(found)} {self._kind}")
        return found[0]


class UnclearColumn(Exception):
    """The name in this column can mean several records."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


class NameIndex:
    """Finds records by name, and collects new companies and contacts.

    Companies and contacts match by exact name, a contact within its company or by its email address: two
    that differ only in case may both exist. Nobody is chosen among several: that is Unclear.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        stages = [(stage.name, stage) for stage in stages_in_order(world)]
        listed = ", ".join(shown(name) for name, _ in stages[:LISTED]) + ("…" if len(stages) > LISTED else "")
        self._stages = Named("stages", stages, f"the stages are {listed}")
        self._users = Named(
            "users", [(user.email, user.id) for user in world.users], "it must be the email address of a user"
        )
        self._companies: dict[str, list[int]] = {}
        self._similar: dict[str, str] = {}
        self._at: dict[tuple[str | None, int | None], list[Contact]] = {}
        self._by_email: dict[str, list[Contact]] = {}
        self._by_key: dict[tuple[str | None, str], Contact] = {}
        self._before: dict[str | None, list[Contact]] = {}
        for company in world.companies:
            self._companies.setdefault(company.name, []).append(company.id)
            self._similar.setdefault(loosely(company.name), company.name)
        for contact in world.contacts:
            self._add(contact)
            self._before.setdefault(contact.name, []).append(contact)
        self.new_companies: list[Company] = []
        self.new_contacts: list[Contact] = []

    def stage(self, name: str) -> Stage:
        """The stage with this name; raises Unclear."""
        return self._stages.find(name)

    def user_id(self, email: str) -> int:
        """The user with this email address; raises Unclear."""
        return self._users.find(email)

    def check(self, values: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
        """What is unclear about the companies and contacts of a row, and what to know about them."""
        errors, warnings = {}, {}
        for column in COMPANIES:
            name = values.get(column) or ""
            try:
                if (
                    self._known_company(name) is None
                    and name
                    and (similar := self._similar.get(loosely(name)))
                ):
                    warnings[column] = f"{column} {shown(name)} is a new company, beside {similar}"
            except Unclear as unclear:
                errors[column] = f"{column} {shown(name)} {unclear}"
        for role in () if errors else ROLES:
            column = role.email if values.get(role.email) else role.name
            if not values.get(column):
                continue
            try:
                if remark := self._known_contact(role, values)[1]:
                    warnings[column] = f"{column} {shown(values[column])} {remark}"
            except Unclear as unclear:
                errors[column] = f"{column} {shown(values[column])} {unclear}"
        return errors, warnings

    def people(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The companies and contacts of a row that `check` has found clear, by the deal's fields.

        Raises UnclearColumn, and adds nobody, if a contact that this row adds makes another one unclear.
        """
        companies, contacts = len(self.new_companies), len(self.new_contacts)
        ids: dict[str, Any] = {}
        for column, field in COMPANIES.items():
            ids[field] = self._company(values.get(column))
        for role in ROLES:
            column = role.email if values.get(role.email) else role.name
            try:
                ids[role.field] = self._contact(role, values) if values.get(column) else None
            except Unclear as unclear:
                self._forget(companies, contacts)
                raise UnclearColumn(column, f"{column} {shown(values[column])} {unclear}") from unclear
        return ids

    def _forget(self, companies: int, contacts: int) -> None:
        """Take back all that was added after the first so many."""
        for contact in self.new_contacts[contacts:]:
            self._at[contact.name, contact.company_id].remove(contact)
            if contact.email:
                self._by_email[loosely(contact.email)].remove(contact)
            self._by_key = {key: each for key, each in self._by_key.items() if each is not contact}
        for company in self.new_companies[companies:]:
            del self._companies[company.name]
        del self.new_contacts[contacts:], self.new_companies[companies:]

    def _known_company(self, name: str | None) -> int | None:
        """The id of the company, or None if there is none yet."""
        found = self._companies.get(name, []) if name else []
        if len(found) > 1:
            raise Unclear(f"can mean any of {len(found)} companies")
        return found[0] if found else None

    def _company(self, name: str | None) -> int | None:
        known = self._known_company(name)
        if known is not None or not name:
            return known
        company = Company(id=self._world.companies.next_id + len(self.new_companies), name=name)
        self.new_companies.append(company)
        self._companies[name] = [company.id]
        return company.id

    def _known_contact(self, role: Role, values: Mapping[str, Any]) -> tuple[Contact | None, str]:
        """The contact, or None if there is none yet, and a remark if another one could be meant."""
        name, key = _person(values.get(role.name)), _key(role, values)
        owner = _owner(role, values)
        at = self._known_company(values.get(owner)) if owner else None
        if key:
            if ID.fullmatch(key):
                found, remark = self._with_id(name, key), ""
            else:
                found, remark = self._with_email(name, key, at if owner else ANY)
            if found is None and name is None:
                raise Unclear("does not exist; a new contact needs a name")
            return found, "" if found else (remark or self._beside_others(name))
        here = [] if owner and at is None else self._at.get((name, at), [])
        others = [contact for contact in self._before.get(name, []) if contact not in here]
        if len(here) > 1 or (not owner and not here and len(others) > 1):
            raise Unclear(f"can mean any of {len(here or others)} contacts; give {role.email}")
        if here:
            sure = not others or owner == role.companies[0]
            return here[0], "" if sure else f"can mean {len(others) + 1} contacts; {role.email} tells which"
        if others and not owner:
            return others[0], ""
        return None, self._beside_others(name)

    def _beside_others(self, name: str | None) -> str:
        others = len(self._before.get(name, []))
        return f"is a new contact, beside {others} of this name elsewhere" if others else ""

    def _with_email(self, name: str | None, email: str, at: int | None) -> tuple[Contact | None, str]:
        """The contact with this email address and, if it is given, this name; or whose address it is."""
        known = self._by_email.get(loosely(email), [])
        found = [each for each in known if name in (None, each.name)]
        for narrower in (lambda each: each.email == email, lambda each: at in (ANY, each.company_id)):
            if len(found) > 1:
                found = list(filter(narrower, found)) or found
        if len(found) > 1:
            raise Unclear(f"can mean any of {len(found)} contacts")
        if found or not known:
            return (found[0] if found else None), ""
        return None, f"is the address of {shown(known[0].name)}, too: {shown(name or '')} is a new contact"

    def _with_id(self, name: str | None, key: str) -> Contact | None:
        """The contact of this name that has, or had where the file comes from, the id `#ID`."""
        found = self._by_key.get((name, key)) or self._world.contacts.get(int(key[1:]))
        return found if found is not None and found.name == name else None

    def _contact(self, role: Role, values: Mapping[str, Any]) -> int | None:
        known, _ = self._known_contact(role, values)
        name, owner = _person(values.get(role.name)), _owner(role, values)
        if known is not None:
            return known.id
        if name is None:
            return None
        key = _key(role, values)
        first, _, last = name.partition(" ")
        contact = Contact(
            id=self._world.contacts.next_id + len(self.new_contacts),
            first_name=first,
            last_name=last,
            email="" if ID.fullmatch(key) else key,
            company_id=self._company(values.get(owner)) if owner else None,
        )
        self.new_contacts.append(contact)
        self._add(contact)
        if ID.fullmatch(key):
            self._by_key[name, key] = contact
        return contact.id

    def _add(self, contact: Contact) -> None:
        self._at.setdefault((contact.name, contact.company_id), []).append(contact)
        if contact.email:
            self._by_email.setdefault(loosely(contact.email), []).append(contact)


def _owner(role: Role, values: Mapping[str, Any]) -> str | None:
    """The column with the company of a contact."""
    return next((column for column in role.companies if values.get(column)), None)


def _key(role: Role, values: Mapping[str, Any]) -> str:
    """The email address of a contact, or its id in the account that the file comes from."""
    key: str = values.get(role.email) or ""
    return key.strip() if ID.fullmatch(key.strip()) else key


def _person(name: str | None) -> str | None:
    return (name.strip() or None) if name else None


def loosely(name: str) -> str:
    """A name as it is compared if case and spaces do not matter."""
    return " ".join(name.split()).casefold()
