"""E-mails of a deal."""

from __future__ import annotations

from mock_server.domain import emails
from mock_server.handlers.answers import Body, found, record_bodies
from mock_server.handlers.context import mock


def get_deal_timeline(id_: int) -> Body:
    """The deal's e-mails in short, newest first."""
    return found(emails.timeline(mock().world, id_))


def list_deal_linked_emails(id_: int) -> Body:
    """The deal's e-mails in full, oldest first."""
    return found(record_bodies("Email", emails.linked_emails(mock().world, id_)))
