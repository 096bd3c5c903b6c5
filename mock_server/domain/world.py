"""The world: all records of the CRM, as one immutable value."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from operator import attrgetter, is_
from typing import Any, Final

from mock_server.domain.kept import Kept
from mock_server.domain.letters import Addressed, keeps_the_text
from mock_server.domain.orders import Orders
from mock_server.domain.tables import Table
from mock_server.domain.tallies import Tallies
from mock_server.domain.touched import Touched


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person who can sign in; `role` is one of the contract's roles, `team` the name of a team."""

    id: int
    first_name: str
    last_name: str
    email: str
    role: str
    team: str

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    id: int
    first_name: str
    last_name: str
    email: str
    company_id: int | None = None
    job_title: str | None = None

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    id: int
    name: str
    display_order: int
    probability: int
    color: str
    is_won: bool = False
    is_lost: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """A sales opportunity; its stage determines whether it is won or lost."""

    id: int
    name: str
    stage_id: int
    value: float | int | None = None
    contact_id: int | None = None
    bill_to_contact_id: int | None = None
    company_id: int | None = None
    partner_id: int | None = None
    reseller_id: int | None = None
    reseller_contact_id: int | None = None
    probability: int | None = None
    expected_close_date: date | None = None
    assigned_to: int | None = None
    notes: str | None = None
    tags: str | None = None
    loss_reason: str | None = None
    primary_quote_id: int | None = None
    stage_entered_at: datetime
    closed_at: datetime | None = None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    id: int
    deal_id: int
    quote_number: str
    status: str
    total: float | int
    created_at: datetime
    valid_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    id: int
    deal_id: int
    title: str
    description: str | None = None
    due_date: date | None = None
    due_time: str | None = None
    priority: str
    status: str
    assigned_to: int | None = None
    contact_id: int | None = None
    company_id: int | None = None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    id: int
    deal_id: int
    content: str
    created_by: int | None = None
    created_at: datetime


@keeps_the_text
@dataclass(frozen=True, slots=True, kw_only=True)
class Email(Addressed):
    """One email of a thread; `direction` is inbound (from the customer) or outbound."""

    id: int
    deal_id: int
    thread_id: str
    direction: str
    subject: str
    body: str
    from_name: str
    from_email: str
    to_name: str
    to_email: str
    sent_at: datetime


def _owned_by(owner: str) -> Any:
    return field(default_factory=lambda: Table(owner))


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """All records, as persistent tables: a write makes a new world and leaves the old one unchanged."""

    users: Table[User] = field(default_factory=Table)
    companies: Table[Company] = field(default_factory=Table)
    contacts: Table[Contact] = field(default_factory=Table)
    stages: Table[Stage] = field(default_factory=Table)
    deals: Table[Deal] = _owned_by("stage_id")
    quotes: Table[Quote] = _owned_by("deal_id")
    tasks: Table[Task] = _owned_by("deal_id")
    notes: Table[Note] = _owned_by("deal_id")
    emails: Table[Email] = _owned_by("deal_id")
    orders: Orders = field(default_factory=Orders, compare=False, repr=False)
    kept: Kept = field(default_factory=Kept, compare=False, repr=False)
    tallies: Tallies = field(default_factory=Tallies, compare=False, repr=False)
    touched: Touched = field(default_factory=Touched, compare=False, repr=False)

    def is_like(self, other: World) -> bool:
        """Whether this world has the very tables of another; a write always makes a new one."""
        return all(map(is_, _tables(self), _tables(other)))

    def without_caches(self) -> World:
        """The same world without what has been made of it and takes room, to be kept for long."""
        return replace(self, orders=Orders(), kept=Kept(), touched=Touched())

    def as_beginning(self) -> World:
        """The same world, as the beginning of what is written from now on."""
        return replace(self, touched=Touched())

    def table(self, name: str) -> Table[Any]:
        """The table with this name (`"deals"`)."""
        table: Table[Any] = getattr(self, name)
        return table

    def put(self, name: str, *records: Any) -> World:
        """The world with these records added to the named table, or replaced in it."""
        return self._with(name, self.table(name).put(*records), [r.id for r in records])

    def drop(self, name: str, *ids: int) -> World:
        """The world without these records of the named table."""
        return self._with(name, self.table(name).drop(*ids), list(ids))

    def _with(self, name: str, table: Table[Any], touched: list[int]) -> World:
        # Nobody has seen it yet; `replace` would take twice as long, and again for the caches.
        changed = object.__new__(World)
        for each, unchanged in zip(TABLES, _tables(self), strict=True):
            object.__setattr__(changed, each, table if each == name else unchanged)
        for cache, carried in (
            ("orders", self.orders.carried(name, self, touched)),
            ("kept", self.kept.carried(name, self, changed, touched)),
            ("tallies", self.tallies.carried(name, self, changed, touched)),
            ("touched", self.touched.and_then(name, touched)),
        ):
            object.__setattr__(changed, cache, carried)
        return changed


TABLES: Final = tuple(each.name for each in fields(World) if each.compare)
_tables: Final = attrgetter(*TABLES)
