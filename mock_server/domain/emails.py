"""The emails of a deal, as a list and as a timeline."""

from __future__ import annotations

from typing import Any

from mock_server.domain.references import deal_of
from mock_server.domain.values import to_json
from mock_server.domain.world import Email, World

INBOUND = "inbound"
SUMMARY_LENGTH = 120


def is_from_customer(email: Email) -> bool:
    """Whether the customer wrote the email."""
    return email.direction == INBOUND


def linked_emails(world: World, deal_id: int) -> list[Email]:
    """The emails of a deal, oldest first."""
    deal_of(world, deal_id)
    return sorted(world.emails.of(deal_id), key=lambda email: (email.sent_at, email.id))


def timeline(world: World, deal_id: int) -> list[dict[str, Any]]:
    """The emails of a deal as events, newest first."""
    return [entry(email) for email in reversed(linked_emails(world, deal_id))]


def entry(email: Email) -> dict[str, Any]:
    """An email as an event of the timeline."""
    return {
        "type": "email",
        "occurred_at": to_json(email.sent_at),
        "email_id": email.id,
        "thread_id": email.thread_id,
        "direction": email.direction,
        "subject": email.subject,
        "summary": summary(email.body),
        "from_name": email.from_name,
        "to_name": email.to_name,
    }


def summary(body: str) -> str:
    """The beginning of a text on one line, cut between words if possible."""
    line = " ".join(body.split())
    if len(line) <= SUMMARY_LENGTH:
        return line
    cut = line[:SUMMARY_LENGTH]
    return f"{cut.rpartition(' ')[0] or cut[:-1]}…"
