"""The people of a seeded world: users, companies and contacts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import isqrt
from random import Random

from faker import Faker

from mock_server.domain.world import Company, Contact, User
from mock_server.seeding.words import JOB_TITLES

NORTH, SOUTH = "North", "South"

# The same for every seed, so that scripts and tests can sign in with these addresses.
USERS = tuple(
    User(
        id=id_,
        first_name=first_name,
        last_name=last_name,
        email=f"{mailbox}@revorbit.example",
        role=role,
        team=team,
    )
    for id_, (first_name, last_name, mailbox, role, team) in enumerate(
        (
            ("Ada", "Keller", "admin", "admin", NORTH),
            ("Marcus", "Oyelaran", "manager", "manager", NORTH),
            ("Riley", "Chen", "rep", "rep", NORTH),
            ("Zoë", "Lindqvist", "zoe.lindqvist", "rep", NORTH),
            ("Priya", "Raman", "priya.raman", "manager", SOUTH),
            ("Jorge", "Núñez", "jorge.nunez", "rep", SOUTH),
            ("Hana", "Satō", "hana.sato", "rep", SOUTH),
            ("Tom", "Becker", "tom.becker", "rep", SOUTH),
        ),
        start=1,
    )
)

# In the documentation's example the company and the reseller share the id 1, with two names.
# A company has one name, so the reseller of deal 10 is company 2.
ACME = Company(id=1, name="Acme Corp")
CHANNEL_PARTNERS = Company(id=2, name="Channel Partners Inc")
JANE_SMITH = Contact(
    id=1,
    first_name="Jane",
    last_name="Smith",
    email="jane.smith@acme-corp.example",
    company_id=ACME.id,
    job_title="Head of Procurement",
)
BOB_WILSON = Contact(
    id=2,
    first_name="Bob",
    last_name="Wilson",
    email="bob.wilson@channel-partners-inc.example",
    company_id=CHANNEL_PARTNERS.id,
    job_title="Partner Manager",
)

WESTERN = ("en_US", "de_DE", "fr_FR", "en_GB", "es_ES", "en_US")
LOCALES = (*WESTERN, "pl_PL", "ja_JP", "sv_SE", *WESTERN, "pt_BR", "tr_TR")
# All that names are made of; the other providers would be most of what a start takes.
NAMING = ["faker.providers.company", "faker.providers.person"]


@dataclass(frozen=True)
class People:
    """All companies and contacts that deals can refer to."""

    companies: tuple[Company, ...]
    contacts: tuple[Contact, ...]
    contacts_of: Mapping[int, tuple[Contact, ...]]
    resellers: tuple[Company, ...]


def people_for(deals: int, seed: int) -> People:
    """The people for this many deals; they grow with its square root, as a customer base does."""
    companies: dict[Company, tuple[Contact, ...]] = {ACME: (JANE_SMITH,), CHANNEL_PARTNERS: (BOB_WILSON,)}
    companies.update(_strangers(12 + 4 * isqrt(deals), seed))
    return People(
        companies=tuple(companies),
        contacts=tuple(contact for contacts in companies.values() for contact in contacts),
        contacts_of={company.id: contacts for company, contacts in companies.items()},
        resellers=tuple(c for c in companies if c is CHANNEL_PARTNERS or c.id % 12 == 0),
    )


def _strangers(count: int, seed: int) -> Iterator[tuple[Company, tuple[Contact, ...]]]:
    fake = Faker(list(dict.fromkeys(LOCALES)), providers=NAMING)
    fake.seed_instance(seed)
    rng = Random(f"{seed}:people")
    # Spreadsheets refer to people and companies by name, so each name is unique.
    taken = {record.name for record in (ACME, CHANNEL_PARTNERS, JANE_SMITH, BOB_WILSON)}
    next_contact = BOB_WILSON.id + 1
    for number in range(count):
        locale = fake[LOCALES[number % len(LOCALES)]]
        company = Company(id=CHANNEL_PARTNERS.id + 1 + number, name=_new(locale.company, taken))
        contacts = tuple(
            _contact(next_contact + place, company, _person(locale, taken), rng)
            for place in range(rng.choice((1, 1, 2, 2, 3, 4)))
        )
        next_contact += len(contacts)
        yield company, contacts


def _person(locale: Faker, taken: set[str]) -> tuple[str, str]:
    first_name = locale.first_name()
    name = _new(lambda: f"{first_name} {locale.last_name()}", taken)
    return first_name, name.removeprefix(f"{first_name} ")


def _new(make: Callable[[], str], taken: set[str]) -> str:
    name = next(name for name in iter(make, "") if name not in taken)
    taken.add(name)
    return name


def _contact(id_: int, company: Company, name: tuple[str, str], rng: Random) -> Contact:
    first_name, last_name = name
    mailbox = [_ascii(first_name), _ascii(last_name)]
    return Contact(
        id=id_,
        first_name=first_name,
        last_name=last_name,
        email=f"{'.'.join(mailbox) if all(mailbox) else f'contact{id_}'}@{_domain(company)}",
        company_id=company.id,
        job_title=rng.choice(JOB_TITLES),
    )


def _domain(company: Company) -> str:
    return f"{_ascii(company.name) or f'company-{company.id}'}.example"


def _ascii(name: str) -> str:
    """The name in ASCII, for a mailbox or a domain; empty if no letter remains."""
    plain = unicodedata.normalize("NFKD", name.translate(UNDECOMPOSED))
    return "-".join(WORDS.findall(plain.encode("ascii", "ignore").decode().lower()))


WORDS = re.compile("[a-z0-9]+")
UNDECOMPOSED = str.maketrans({"ß": "ss", "ł": "l", "Ł": "L", "ø": "o", "ı": "i", "æ": "ae"})
