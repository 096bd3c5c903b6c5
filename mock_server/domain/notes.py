"""The notes on a deal."""

from __future__ import annotations

from datetime import datetime

from mock_server.domain.references import deal_of
from mock_server.domain.refusals import Missing
from mock_server.domain.world import Note, World


def notes_of(world: World, deal_id: int) -> list[Note]:
    """The notes on a deal, by id."""
    deal_of(world, deal_id)
    return world.notes.of(deal_id)


def create_note(
    world: World, deal_id: int, content: str, viewer_id: int, now: datetime
) -> tuple[World, Note]:
    """Add a note to a deal, in the viewer's name."""
    deal_of(world, deal_id)
    note = Note(
        id=world.notes.next_id,
        deal_id=deal_id,
        content=content,
        created_by=viewer_id,
        created_at=now,
    )
    return world.put("notes", note), note


def delete_note(world: World, deal_id: int, note_id: int) -> World:
    """Delete a note."""
    deal_of(world, deal_id)
    note = world.notes.get(note_id)
    if note is None or note.deal_id != deal_id:
        raise Missing("Note", note_id)
    return world.drop("notes", note_id)


def author_of(world: World, note: Note) -> dict[str, str | None]:
    """What a note shows of its author, besides its own properties."""
    author = world.users.get(note.created_by)
    return {"created_by_name": author.name if author else None}
