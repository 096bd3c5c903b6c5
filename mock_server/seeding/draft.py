"""A seeded world while it is being generated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import MISSING, dataclass, field, fields, make_dataclass
from operator import attrgetter
from typing import Any, TypeVar

from mock_server.domain.world import Deal, Email, Note, Quote, Task, World
from mock_server.seeding.people import USERS, People
from mock_server.seeding.profiles import STAGES
from mock_server.seeding.sharing import Shared

R = TypeVar("R")
LATER = 0  # the id of a record that gets one once all are there


def _thawed(record: type[R]) -> type[R]:
    """A class with the same fields, which can be set: its records are made three times as fast."""
    # `field` cannot be copied, and no record has any default but a simple value.
    parts: list[Any] = [
        (each.name, Any) if each.default is MISSING else (each.name, Any, each.default)
        for each in fields(record)  # type: ignore[arg-type]
    ]
    return make_dataclass(f"Draft{record.__name__}", parts, bases=record.__bases__, slots=True, kw_only=True)


def _freeze(records: Iterable[Any], record: type[Any]) -> None:
    """Make them records of the frozen class; both have the same slots, so nothing is copied."""
    for each in records:
        each.__class__ = record


DraftDeal, DraftQuote, DraftTask = _thawed(Deal), _thawed(Quote), _thawed(Task)
DraftNote, DraftEmail = _thawed(Note), _thawed(Email)


@dataclass
class WorldDraft:
    """Records by kind, which can be set until the world is finished; an id is the position in its list."""

    deals: list[Deal] = field(default_factory=list)
    quotes: list[Quote] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    emails: list[Email] = field(default_factory=list)
    shared: Shared = field(default_factory=Shared)

    def world(self, people: People) -> World:
        """The finished world, as a beginning: what was written to make it is not remembered."""
        _number_quotes(self.quotes)
        for records in (self.tasks, self.notes, self.emails):
            self._number(records)
        world = (
            World()
            .put("users", *USERS)
            .put("stages", *STAGES)
            .put("companies", *people.companies)
            .put("contacts", *people.contacts)
        )
        for name, record in (
            ("deals", Deal),
            ("quotes", Quote),
            ("tasks", Task),
            ("notes", Note),
            ("emails", Email),
        ):
            records = getattr(self, name)
            _freeze(records, record)
            world = world.put(name, *records)
        return world.as_beginning()

    def _number(self, records: Sequence[Any]) -> None:
        for number, record in enumerate(records, start=1):
            record.id = self.shared.id(number)


def _number_quotes(quotes: Iterable[Any]) -> None:
    """Give the quotes numbers like Q-2026-0001, counted within each year."""
    in_year: Counter[int] = Counter()
    for quote in sorted(quotes, key=attrgetter("created_at")):  # those of one time stay in the order of ids
        year = quote.created_at.year
        in_year[year] += 1
        quote.quote_number = f"Q-{year}-{in_year[year]:04}"
