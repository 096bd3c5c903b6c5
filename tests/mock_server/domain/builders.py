"""Small worlds for the tests of the rules: give only what matters, the rest is filled in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from mock_server.domain.world import Company, Contact, Deal, Email, Note, Quote, Stage, Task, User, World

NOW = datetime(2026, 2, 9, 9, 30, tzinfo=UTC)
LEAD, PROPOSAL, WON, LOST = 1, 3, 5, 6  # ids of stages
ANN, BOB, CLEO = 1, 2, 3  # ids of users; Ann and Bob are one team
DEAL = 10


def ago(days: int = 0, **others: int) -> datetime:
    """A time this long before now."""
    return NOW - timedelta(days=days, **others)


def stage(id_: int, name: str, probability: int, **others: Any) -> Stage:
    defaults: dict[str, Any] = {"display_order": id_, "color": "#3b82f6"}
    return Stage(id=id_, name=name, probability=probability, **defaults | others)


def user(id_: int, first_name: str, team: str) -> User:
    return User(
        id=id_,
        first_name=first_name,
        last_name="Miller",
        email=f"{first_name.lower()}@example.com",
        role="rep",
        team=team,
    )


STAGES = (
    stage(LEAD, "Lead", 10),
    stage(PROPOSAL, "Proposal", 60),
    stage(WON, "Won", 100, is_won=True),
    stage(LOST, "Lost", 0, is_lost=True),
)
USERS = (user(ANN, "Ann", "East"), user(BOB, "Bob", "East"), user(CLEO, "Cleo", "West"))
COMPANIES = (Company(id=1, name="Acme Corp"), Company(id=2, name="Channel Partners Inc"))
CONTACTS = (
    Contact(id=1, first_name="Jane", last_name="Smith", email="jane@acme.example", company_id=1),
    Contact(id=2, first_name="Bob", last_name="Wilson", email="bob@channel.example", company_id=2),
)


def deal(id_: int = DEAL, **others: Any) -> Deal:
    """An open deal with a contact and without any risk."""
    defaults: dict[str, Any] = {
        "id": id_,
        "name": f"Deal {id_}",
        "stage_id": PROPOSAL,
        "value": 50000,
        "probability": 60,
        "contact_id": 1,
        "stage_entered_at": NOW,
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Deal(**defaults | others)


def task(id_: int = 1, **others: Any) -> Task:
    defaults: dict[str, Any] = {
        "id": id_,
        "deal_id": DEAL,
        "title": f"Task {id_}",
        "priority": "medium",
        "status": "pending",
        "created_at": NOW,
    }
    return Task(**defaults | others)


def note(id_: int = 1, **others: Any) -> Note:
    defaults: dict[str, Any] = {"id": id_, "deal_id": DEAL, "content": "Called.", "created_at": NOW}
    return Note(**defaults | others)


def email(id_: int = 1, **others: Any) -> Email:
    defaults: dict[str, Any] = {
        "id": id_,
        "deal_id": DEAL,
        "thread_id": "t1",
        "direction": "inbound",
        "subject": "Offer",
        "body": "Any news?",
        "from_name": "Jane Smith",
        "from_email": "jane@acme.example",
        "to_name": "Ann Miller",
        "to_email": "ann@example.com",
        "sent_at": NOW,
    }
    return Email(**defaults | others)


def quote(id_: int = 1, **others: Any) -> Quote:
    defaults: dict[str, Any] = {
        "id": id_,
        "deal_id": DEAL,
        "quote_number": f"Q-{id_}",
        "status": "sent",
        "total": 100,
        "created_at": NOW,
    }
    return Quote(**defaults | others)


def world(*deals: Deal, **tables: tuple[Any, ...]) -> World:
    """A world with stages, users, two companies and two contacts, and the given records."""
    known: dict[str, tuple[Any, ...]] = {
        "users": USERS,
        "companies": COMPANIES,
        "contacts": CONTACTS,
        "stages": STAGES,
        "deals": deals,
    }
    made = World()
    for name, records in (known | tables).items():
        made = made.put(name, *records)
    return made


def contents(whole: World) -> dict[str, list[Any]]:
    """Everything in a world, for comparisons."""
    names = ("users", "companies", "contacts", "stages", "deals", "quotes", "tasks", "notes", "emails")
    return {name: list(whole.table(name)) for name in names}
