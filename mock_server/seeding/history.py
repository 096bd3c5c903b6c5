"""The history of a deal: its quotes, tasks, notes and emails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from random import Random
from sys import intern

from mock_server.domain.world import Company, Contact, Email, Note, Quote, Task, User
from mock_server.seeding.business_calendar import BusinessCalendar
from mock_server.seeding.draft import WorldDraft
from mock_server.seeding.profiles import DealProfile
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
PRIORITIES = ("low", "medium", "medium", "high")


@dataclass(frozen=True)
class Subject:
    """The deal that a history is about, and the people involved."""

    deal_id: int
    name: str
    value: float | int | None
    profile: DealProfile
    seller: User
    company: Company | None
    contact: Contact | None

    @cached_property
    def words(self) -> dict[str, str]:
        """The values that texts may mention."""
        return {
            "deal": self.name,
            "company": self.company.name if self.company else "the customer",
            "contact": self.contact.name if self.contact else "the customer",
            "value": f"{self.value:,}" if self.value else "the offer",
        }


@dataclass(frozen=True, slots=True)
class HistoryGenerator:
    """Generates the histories of deals in a draft."""

    draft: WorldDraft
    calendar: BusinessCalendar
    rng: Random

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
        quote = Quote(
            id=len(self.draft.quotes) + 1,
            deal_id=deal_id,
            quote_number="",
            status=self.rng.choice(QUOTE_STATUSES_OPEN) if profile.is_open else ended,
            total=self.rng.choice((value, value, round(value * 0.92, 2), round(value * 1.05, 2))),
            created_at=created_at,
            valid_until=created_at.date() + timedelta(days=30),
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
            Task(
                id=len(self.draft.tasks) + 1,
                deal_id=subject.deal_id,
                title=_told(title, words),
                description=description and _told(description, words),
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
                Note(
                    id=len(self.draft.notes) + 1,
                    deal_id=subject.deal_id,
                    content=_told(self.rng.choice(NOTES), subject.words),
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
        span = (profile.created - profile.last_event) / max(1, count)
        # The topics follow the stages; the first threads are the oldest.
        topics = sorted(self.rng.sample(range(min(len(TOPICS), 2 * profile.stage.id + 1)), count))
        for number, topic in enumerate(topics, start=1):
            last = IN if unanswered and number == count else OUT
            newest = profile.last_event + span * (count - number)
            thread = Thread(f"thread-{subject.deal_id}-{number}", TOPICS[topic], last, newest, span)
            self._thread(subject, contact, thread)

    def _thread(self, subject: Subject, contact: Contact, thread: Thread) -> None:
        topic, words = thread.topic, subject.words
        directions = _directions(topic, self.rng.choice(_endings(topic, thread.last)))
        heading = _told(topic.subject, words)
        reply = intern(f"Re: {heading}")
        longest = min(3, thread.span / len(directions))
        waits = [self.rng.uniform(longest / 5, longest) for _ in directions]
        for turn, direction in enumerate(directions):
            pair: tuple[User | Contact, User | Contact] = (subject.seller, contact)
            sender, receiver = pair if direction == OUT else reversed(pair)
            text = topic.turns[turn].format_map(words)
            self.draft.emails.append(
                Email(
                    id=len(self.draft.emails) + 1,
                    deal_id=subject.deal_id,
                    thread_id=thread.id,
                    direction=direction,
                    subject=heading if turn == 0 else reply,
                    body=letter(receiver.first_name, text, sender.name),
                    from_name=intern(sender.name),  # one text for all emails of a person
                    from_email=sender.email,
                    to_name=intern(receiver.name),
                    to_email=receiver.email,
                    sent_at=self.calendar.ago(thread.newest + sum(waits[turn + 1 :])),
                )
            )

    def _age(self, profile: DealProfile) -> float:
        """A random age between the deal's last event and its creation."""
        return self.rng.uniform(profile.last_event, profile.created)


@dataclass(frozen=True, slots=True)
class Thread:
    """Emails about one topic: the direction of the latest, and when it was sent."""

    id: str
    topic: Topic
    last: str
    newest: float
    span: float


def _endings(topic: Topic, direction: str) -> list[int]:
    """The turns after which a thread of this topic ends in this direction."""
    first = 0 if topic.begins == direction else 1
    return list(range(first, len(topic.turns), 2))


def _directions(topic: Topic, ending: int) -> list[str]:
    other = IN if topic.begins == OUT else OUT
    return [topic.begins if turn % 2 == 0 else other for turn in range(ending + 1)]


def _told(template: str, words: dict[str, str]) -> str:
    """The text for these words; many records have the same, and share it in memory."""
    return intern(template.format_map(words))


def letter(to: str, text: str, sender: str) -> str:
    """The body of an email."""
    return f"Hi {to},\n\n{text}\n\nBest regards,\n{sender}\n"
