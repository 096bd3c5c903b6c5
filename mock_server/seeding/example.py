"""The documentation's own example, deal 10, so that the mock returns what the page shows."""

from __future__ import annotations

from datetime import UTC, date, datetime

from mock_server.domain.letters import greet
from mock_server.domain.world import Deal, Email, Quote, Task
from mock_server.seeding.draft import (
    LATER,
    DraftDeal,
    DraftEmail,
    DraftNote,
    DraftQuote,
    DraftTask,
    WorldDraft,
)
from mock_server.seeding.people import ACME, BOB_WILSON, CHANNEL_PARTNERS, JANE_SMITH, USERS
from mock_server.seeding.profiles import PROPOSAL
from mock_server.seeding.words import IN, OUT

EXAMPLE_ID = 10
SELLER = USERS[0]

# Fixed, whatever the clock: the page shows these times. On 9 February 2026 the deal has been quiet
# for 25 days, two of its tasks are overdue, and Jane is waiting for a reply: the page's risk of 45.
WROTE = datetime(2026, 1, 14, 15, 10, tzinfo=UTC)
CREATED = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
MAILS = {
    OUT: (
        "Proposal: Acme Enterprise License",
        "please find our proposal attached. The price of 50,000 includes onboarding"
        " and the first year of support.",
        WROTE,
    ),
    IN: (
        "Re: Proposal: Acme Enterprise License",
        "thank you. We need a version with a two-year term for comparison. When can I have it?",
        CREATED,
    ),
}


def add_example(draft: WorldDraft) -> None:
    """Deal 10 with its history."""
    draft.quotes.append(_quote(draft, "declined", 52_500))
    primary = _quote(draft, "sent", 50_000)
    draft.quotes.append(primary)
    draft.deals.append(_deal(primary.id))
    for title, due_date, due_time in (
        ("Call Jane about the two-year term", date(2026, 1, 22), "14:00"),
        ("Send updated proposal", date(2026, 1, 29), None),
    ):
        draft.tasks.append(_task(title, due_date, due_time))
    draft.notes.append(
        DraftNote(
            id=LATER,
            deal_id=EXAMPLE_ID,
            content="Bob Wilson introduced us to Jane. Acme wants to start before the summer.",
            created_by=SELLER.id,
            created_at=CREATED,
        )
    )
    for direction in MAILS:
        draft.emails.append(_email(direction))


def _deal(primary_quote_id: int) -> Deal:
    return DraftDeal(
        id=EXAMPLE_ID,
        name="Acme Enterprise License",
        stage_id=PROPOSAL.id,
        value=50_000,
        contact_id=JANE_SMITH.id,
        company_id=ACME.id,
        partner_id=ACME.id,
        reseller_id=CHANNEL_PARTNERS.id,
        reseller_contact_id=BOB_WILSON.id,
        probability=60,
        expected_close_date=date(2026, 3, 15),
        assigned_to=SELLER.id,
        notes="Wants a two-year term with a price lock.",
        tags="enterprise,priority",
        primary_quote_id=primary_quote_id,
        stage_entered_at=CREATED,
        created_at=CREATED,
        updated_at=CREATED,
    )


def _quote(draft: WorldDraft, status: str, total: int) -> Quote:
    return DraftQuote(
        id=draft.shared.id(len(draft.quotes) + 1),
        deal_id=EXAMPLE_ID,
        quote_number="",
        status=status,
        total=total,
        created_at=CREATED,
        valid_until=date(2026, 2, 14),
    )


def _task(title: str, due_date: date, due_time: str | None) -> Task:
    return DraftTask(
        id=LATER,
        deal_id=EXAMPLE_ID,
        title=title,
        due_date=due_date,
        due_time=due_time,
        priority="high",
        status="pending",
        assigned_to=SELLER.id,
        contact_id=JANE_SMITH.id,
        company_id=ACME.id,
        created_at=CREATED,
    )


def _email(direction: str) -> Email:
    sender, receiver = (SELLER, JANE_SMITH) if direction == OUT else (JANE_SMITH, SELLER)
    subject, text, sent_at = MAILS[direction]
    email = DraftEmail(
        id=LATER,
        deal_id=EXAMPLE_ID,
        thread_id=f"thread-{EXAMPLE_ID}-1",
        direction=direction,
        subject=subject,
        body=text,
        from_name=sender.name,
        from_email=sender.email,
        to_name=receiver.name,
        to_email=receiver.email,
        sent_at=sent_at,
    )
    greet(email, receiver.first_name)
    return email
