"""Notes on a deal."""

from __future__ import annotations

from mock_server.context import current_mock
from mock_server.domain import notes
from mock_server.responses import Body, created, deleted, note_body


def create_deal_note(id_: int, body: Body) -> tuple[Body, int]:
    """Add a note to a deal."""
    world, note = current_mock().store.commit(
        notes.create_note, id_, body["content"], current_mock().viewer.id, current_mock().now
    )
    return created(note_body(world, note), "Note")


def delete_deal_note(id_: int, note_id: int) -> Body:
    """Delete a note."""
    current_mock().store.commit(notes.delete_note, id_, note_id)
    return deleted("Note")
