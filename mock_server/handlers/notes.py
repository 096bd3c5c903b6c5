"""Notes on a deal."""

from __future__ import annotations

from mock_server.domain import notes
from mock_server.handlers.answers import Body, created, deleted, note_body
from mock_server.handlers.context import mock


def create_deal_note(id_: int, body: Body) -> tuple[Body, int]:
    """Write a note on a deal."""
    world, note = mock().worlds.commit(notes.create_note, id_, body["content"], mock().viewer.id, mock().now)
    return created(note_body(world, note), "Note")


def delete_deal_note(id_: int, note_id: int) -> Body:
    """Take a note away."""
    mock().worlds.commit(notes.delete_note, id_, note_id)
    return deleted("Note")
