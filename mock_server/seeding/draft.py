"""A seeded world while it is being generated."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from mock_server.domain.world import Deal, Email, Note, Quote, Task, World
from mock_server.seeding.people import USERS, People
from mock_server.seeding.profiles import STAGES


@dataclass
class WorldDraft:
    """Records by kind; an id is the position in its list."""

    deals: list[Deal] = field(default_factory=list)
    quotes: list[Quote] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    emails: list[Email] = field(default_factory=list)

    def world(self, people: People) -> World:
        """The finished world, as a beginning: what was written to make it is not remembered."""
        return (
            World()
            .put("users", *USERS)
            .put("stages", *STAGES)
            .put("companies", *people.companies)
            .put("contacts", *people.contacts)
            .put("deals", *self.deals)
            .put("quotes", *numbered(self.quotes))
            .put("tasks", *self.tasks)
            .put("notes", *self.notes)
            .put("emails", *self.emails)
            .as_beginning()
        )


def numbered(quotes: list[Quote]) -> list[Quote]:
    """The quotes with numbers like Q-2026-0001, counted within each year."""
    in_year: Counter[int] = Counter()
    done = []
    for quote in sorted(quotes, key=lambda quote: (quote.created_at, quote.id)):
        year = quote.created_at.year
        in_year[year] += 1
        done.append(replace(quote, quote_number=f"Q-{year}-{in_year[year]:04}"))
    return done
