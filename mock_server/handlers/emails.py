"""Emails of a deal."""

from __future__ import annotations

from mock_server.context import current_mock
from mock_server.domain import emails
from mock_server.responses import Body, record_bodies, success


def get_deal_timeline(id_: int) -> Body:
    """The deal's emails in brief, newest first."""
    return success(emails.timeline(current_mock().world, id_))


def list_deal_linked_emails(id_: int) -> Body:
    """The deal's emails in full, oldest first."""
    return success(record_bodies("Email", emails.linked_emails(current_mock().world, id_)))
