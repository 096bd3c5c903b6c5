"""The deals of a seeded world."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from mock_server.domain.world import Company, Contact, Deal, User
from mock_server.seeding.business_calendar import BusinessCalendar
from mock_server.seeding.draft import DraftDeal, WorldDraft
from mock_server.seeding.history import HistoryGenerator, Subject, mentioned
from mock_server.seeding.people import USERS, People
from mock_server.seeding.profiles import HEALTHY, DealProfile, profiles
from mock_server.seeding.sampling import Dice, in_exact_shares
from mock_server.seeding.sharing import Shared
from mock_server.seeding.words import (
    DEAL_NAMES,
    DEAL_NOTES,
    LIST_PRICES,
    LOSS_REASONS,
    ORPHAN_NAMES,
    TAGS,
)

# Shares of the deals by user id: an admin sells little, a rep the most; some deals are unassigned.
SELLERS = {1: 1, 2: 2, 3: 4, 4: 3, 5: 2, 6: 3, 7: 3, 8: 3, None: 2}
PARTIES = {"company and contact": 17, "company": 2, "contact": 1, "nobody": 1}
PRICING = {"rounded": 14, "list": 4, "cents": 2, "none": 1}
LIMITS, STEPS = (
    (1_000, 10_000, 100_000),
    (50, 100, 1_000, 5_000),
)  # below each limit, and above
TYPICAL_LOG_VALUE, LOG_SPREAD = 9.8, 1.0  # a median of about 18,000


class Parties(NamedTuple):
    """The companies and contacts of one deal."""

    company: Company | None = None
    contact: Contact | None = None
    bill_to: Company | None = None
    bill_to_contact: Contact | None = None
    reseller: Company | None = None
    reseller_contact: Contact | None = None


class DealGenerator:
    """Generates deals with their histories in a draft."""

    def __init__(self, draft: WorldDraft, people: People, calendar: BusinessCalendar, rng: Dice) -> None:
        self._draft, self._people, self._calendar, self._rng = draft, people, calendar, rng
        self._history = HistoryGenerator(draft, calendar, rng)
        self._profiles = profiles(rng)
        self._sellers = in_exact_shares(rng, SELLERS)
        self._parties = in_exact_shares(rng, PARTIES)
        self._values = prices(rng, draft.shared)

    def generate(self, deal_id: int) -> None:
        """Generate one more deal, with this id."""
        deal_id = self._draft.shared.id(deal_id)
        profile, parties = next(self._profiles), self._choose_parties(next(self._parties))
        value, assigned_to = next(self._values), next(self._sellers)
        primary_quote = self._history.quotes(deal_id, profile, value)
        deal = self._deal(deal_id, profile, parties, value, assigned_to, primary_quote)
        self._draft.deals.append(deal)
        seller = self._seller(assigned_to)
        words = mentioned(deal.name, value, parties.company, parties.contact)
        subject = Subject(deal_id, profile, seller, parties.company, parties.contact, words)
        self._history.tasks(subject)
        self._history.notes(subject)
        self._history.emails(subject)

    def _deal(
        self,
        deal_id: int,
        profile: DealProfile,
        parties: Parties,
        value: float | int | None,
        assigned_to: int | None,
        primary_quote: int | None,
    ) -> Deal:
        rng, calendar, stage = self._rng, self._calendar, profile.stage
        entered_at = calendar.ago(profile.entered)
        return DraftDeal(
            id=deal_id,
            name=self._name(parties.company),
            stage_id=stage.id,
            value=value,
            contact_id=_id(parties.contact),
            bill_to_contact_id=_id(parties.bill_to_contact),
            company_id=_id(parties.company),
            partner_id=_id(parties.bill_to),
            reseller_id=_id(parties.reseller),
            reseller_contact_id=_id(parties.reseller_contact),
            probability=self._probability(profile),
            expected_close_date=self._expected_close(profile),
            assigned_to=assigned_to,
            notes=rng.choice(DEAL_NOTES) if rng.random() < 0.3 else None,
            tags=self._tags() if rng.random() < 0.6 else None,
            loss_reason=rng.choice(LOSS_REASONS) if stage.is_lost else None,
            primary_quote_id=primary_quote,
            stage_entered_at=entered_at,
            closed_at=None if profile.is_open else entered_at,
            created_at=calendar.ago(profile.created),
            updated_at=calendar.ago(profile.touched),
        )

    def _choose_parties(self, kind: str) -> Parties:
        rng, people = self._rng, self._people
        if kind == "nobody":
            return Parties()
        company = rng.choice(people.companies)
        contact = rng.choice(people.contacts_of[company.id])
        if kind == "company":
            return Parties(company)
        if kind == "contact":
            return Parties(None, contact)
        bill_to = rng.choice(people.companies) if rng.random() < 0.15 else None
        payers = people.contacts_of[(bill_to or company).id]
        reseller = rng.choice(people.resellers) if rng.random() < 0.15 else None
        return Parties(
            company,
            contact,
            bill_to,
            rng.choice(payers) if bill_to or rng.random() < 0.2 else None,
            reseller,
            rng.choice(people.contacts_of[reseller.id]) if reseller and rng.random() < 0.8 else None,
        )

    def _name(self, company: Company | None) -> str:
        if company is None:
            return self._rng.choice(ORPHAN_NAMES)
        return self._draft.shared.one(self._rng.choice(DEAL_NAMES).format(company=company.name))

    def _tags(self) -> str:
        return self._draft.shared.one(",".join(self._rng.few(TAGS, self._rng.randint(1, 3))))

    def _probability(self, profile: DealProfile) -> int:
        if not profile.is_open:
            return profile.stage.probability
        return profile.stage.probability + self._rng.choice((-10, -5, 0, 0, 0, 5, 10))

    def _expected_close(self, profile: DealProfile) -> date | None:
        rng = self._rng
        if not profile.is_open:
            # The planned and the actual day differ by some weeks.
            day = self._calendar.day(round(rng.gauss(-profile.entered, 12)))
            return day if rng.random() < 0.9 else None
        day = self._calendar.day(round(rng.uniform(*profile.health.close_in)))
        if profile.health is not HEALTHY:
            return day
        if rng.random() < 0.08:
            return None
        return self._calendar.month_end(day) if rng.random() < 0.4 else day

    def _seller(self, assigned_to: int | None) -> User:
        """The user who works on the deal: its assignee, or any user if it has none."""
        return USERS[assigned_to - 1] if assigned_to else self._rng.choice(USERS)


def _id(record: Company | Contact | None) -> int | None:
    return record.id if record else None


def prices(rng: Dice, shared: Shared) -> Iterator[float | int | None]:
    """Realistic prices: log-normal and rounded, some from the price list, a few with cents.

    This is no method: an endless series that knew its generator would keep the draft in memory.
    """
    for kind in in_exact_shares(rng, PRICING):
        amount, listed = rng.lognormvariate(TYPICAL_LOG_VALUE, LOG_SPREAD), rng.choice(LIST_PRICES)
        if kind == "rounded":
            step = STEPS[bisect_right(LIMITS, amount)]
            yield shared.one(max(step, round(amount / step) * step))
        else:
            yield {"list": listed, "cents": round(amount, 2), "none": None}[kind]
