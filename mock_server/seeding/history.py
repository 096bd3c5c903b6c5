"""The history of a deal: its quotes, tasks, notes and emails."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from mock_server.domain.letters import greet
from mock_server.domain.world import Company, Contact, Quote, User
from mock_server.seeding.business_calendar import BusinessCalendar
from mock_server.seeding.draft import LATER, DraftEmail, DraftNote, DraftQuote, DraftTask, WorldDraft
from mock_server.seeding.profiles import DealProfile
from mock_server.seeding.sampling import Dice
from mock_server.seeding.words import (
    IN,
    NOTES,
    OUT,
    QUOTE_STATUS_LOST,
    QUOTE_STATUS_WON,
    QUOTE_STATUSES_OPEN,
    TASKS,
    TOPICS,
    Topic,
)

DUE_TIMES = (None, None, "09:00", "10:30", "14:00", "16:15")
VALIDITY = timedelta(days=30)
PRIORITIES = ("low", "medium", "medium", "high")


class Subject(NamedTuple):
    """The deal that a history is about, and the people involved."""

    deal_id: int
    profile: DealProfile
    seller: User
    company: Company | None
    contact: Contact | None
    words: dict[str, str]  # what texts may mention


def mentioned(
    deal: str, value: float | int | None, company: Company | None, contact: Contact | None
) -> dict[str, str]:
    """The values that texts may mention."""
    return {
        "deal": deal,
        "company": company.name if company else "the customer",
        "contact": contact.name if contact else "the customer",
        "value": f"{value:,}" if value else "the offer",
    }


class HistoryGenerator:
    """Generates the histories of deals in a draft."""

    def __init__(self, draft: WorldDraft, calendar: BusinessCalendar, rng: Dice) -> None:
        self.draft, self.calendar, self.rng, self.shared = draft, calendar, rng, draft.shared
        self._correspondents: dict[tuple[type, int], Correspondent] = {}

    def quotes(self, deal_id: int, profile: DealProfile, value: float | int | None) -> int | None:
        """Up to three quotes, from the proposal on; returns the id of the primary one."""
        count = self.rng.choice((0, 1, 1, 2, 3)) if value and profile.stage.id > 2 else 0
        ages = sorted((self._age(profile) for _ in range(count)), reverse=True)
        quotes = [self._quote(deal_id, profile, value or 0, age) for age in ages]
        # The last quote is the one that was accepted, declined or is still open.
        return quotes[-1].id if quotes and self.rng.random() < 0.8 else None

    def _quote(self, deal_id: int, profile: DealProfile, value: float | int, age: float) -> Quote:
        created_at = self.calendar.ago(age)
        ended = QUOTE_STATUS_LOST if profile.stage.is_lost else QUOTE_STATUS_WON
        quote = DraftQuote(
            id=self.shared.id(len(self.draft.quotes) + 1),
            deal_id=deal_id,
            quote_number="",
            status=self.rng.choice(QUOTE_STATUSES_OPEN) if profile.is_open else ended,
            total=self.rng.choice((value, value, round(value * 0.92, 2), round(value * 1.05, 2))),
            created_at=created_at,
            valid_until=self.shared.one(created_at.date() + VALIDITY),
        )
        self.draft.quotes.append(quote)
        return quote

    def tasks(self, subject: Subject) -> None:
        """Completed tasks, and on an open deal overdue and upcoming ones."""
        profile, rng = subject.profile, self.rng
        for _ in range(rng.choice((0, 1, 1, 2))):
            age = self._age(profile)
            self._task(subject, age, "completed", -int(age))
        if profile.is_open:
            for _ in range(rng.randint(*profile.health.tasks_late)):
                self._task(subject, self._age(profile), "pending", -rng.randint(1, 15))
            for _ in range(rng.randint(*profile.health.tasks_ahead)):
                self._task(subject, self._age(profile), "pending", rng.randint(3, 24))

    def _task(self, subject: Subject, age: float, status: str, due_in: int) -> None:
        rng, company, contact = self.rng, subject.company, subject.contact
        title, description = rng.choice(TASKS)
        words = subject.words
        self.draft.tasks.append(
            DraftTask(
                id=LATER,
                deal_id=subject.deal_id,
                title=self.shared.told(title, words),
                description=self.shared.told(description, words) if description else None,
                due_date=self.calendar.day(due_in) if rng.random() < 0.9 or due_in < 0 else None,
                due_time=rng.choice(DUE_TIMES),
                priority=rng.choice(PRIORITIES),
                status=status,
                assigned_to=subject.seller.id if rng.random() < 0.9 else None,
                contact_id=contact.id if contact and rng.random() < 0.5 else None,
                company_id=company.id if company and rng.random() < 0.5 else None,
                created_at=self.calendar.ago(age),
            )
        )

    def notes(self, subject: Subject) -> None:
        """Up to two notes."""
        for _ in range(self.rng.choice((0, 0, 1, 1, 2))):
            self.draft.notes.append(
                DraftNote(
                    id=LATER,
                    deal_id=subject.deal_id,
                    content=self.shared.told(self.rng.choice(NOTES), subject.words),
                    created_by=subject.seller.id,
                    created_at=self.calendar.ago(self._age(subject.profile)),
                )
            )

    def emails(self, subject: Subject) -> None:
        """Email threads, one after the other; whether the latest is answered depends on the deal's health."""
        profile, contact = subject.profile, subject.contact
        if contact is None:
            return
        unanswered = profile.is_open and self.rng.random() < profile.health.unanswered
        count = max(self.rng.randint(0, min(2, profile.stage.id)), int(unanswered))
        if count == 0:
            return
        span = (profile.created - profile.last_event) / count
        # The topics follow the stages; the first threads are the oldest.
        topics = sorted(self.rng.few(range(min(len(TOPICS), 2 * profile.stage.id + 1)), count))
        for number, topic in enumerate(topics, start=1):
            last = IN if unanswered and number == count else OUT
            newest = profile.last_event + span * (count - number)
            thread = Thread(f"thread-{subject.deal_id}-{number}", TOPICS[topic], last, newest, span)
            self._thread(subject, contact, thread)

    def _thread(self, subject: Subject, contact: Contact, thread: Thread) -> None:
        rng, topic, words = self.rng, thread.topic, subject.words
        directions = topic.directions[: rng.choice(topic.endings[thread.last]) + 1]
        heading = self.shared.told(topic.subject, words)
        reply = self.shared.one(f"Re: {heading}")
        seller, customer = self._correspondent(subject.seller), self._correspondent(contact)
        longest = min(3, thread.span / len(directions))
        waits = [rng.uniform(longest / 5, longest) for _ in directions]
        for turn, direction in enumerate(directions):
            sender, receiver = (seller, customer) if direction == OUT else (customer, seller)
            email = DraftEmail(
                id=LATER,
                deal_id=subject.deal_id,
                thread_id=thread.id,
                direction=direction,
                subject=heading if turn == 0 else reply,
                body=self.shared.told(topic.turns[turn], words),
                from_name=sender.name,
                from_email=sender.email,
                to_name=receiver.name,
                to_email=receiver.email,
                sent_at=self.calendar.ago(thread.newest + sum(waits[turn + 1 :])),
            )
            greet(email, receiver.first_name)
            self.draft.emails.append(email)

    def _correspondent(self, person: User | Contact) -> Correspondent:
        key = type(person), person.id
        known = self._correspondents.get(key)
        if known is None:
            known = Correspondent(person.first_name, person.name, person.email)
            self._correspondents[key] = known
        return known

    def _age(self, profile: DealProfile) -> float:
        """A random age between the deal's last event and its creation."""
        return profile.last_event + (profile.created - profile.last_event) * self.rng.random()


class Correspondent(NamedTuple):
    """Somebody who writes and receives emails."""

    first_name: str
    name: str
    email: str


class Thread(NamedTuple):
    """Emails about one topic: the direction of the latest, and when it was sent."""

    id: str
    topic: Topic
    last: str
    newest: float
    span: float
