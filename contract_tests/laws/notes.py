"""The notes on a deal. The documentation does not say where they are read, so the details are searched."""

from __future__ import annotations

from typing import Any, Final

from contract_tests.client.exchange import Exchange
from contract_tests.laws.law import law
from contract_tests.scene.expectations import (
    UNREADABLE_INPUT,
    NotJudged,
    expect,
    granted,
    refused,
    response_of,
)
from contract_tests.scene.json_search import Record, descendants, mentions
from contract_tests.scene.scene import Scene

LONG: Final = 60  # characters that every note may have; this many words exceed most database columns


@law("createDealNote", needs=("writes",))
def a_note_is_saved_as_written_on_its_own_deal(s: Scene) -> None:
    """“/deals/{id}/notes”, “content Required”: a note is stored whole, on its own deal only."""
    deal, other = s.make.deal(), s.make.deal()
    texts = [f"First note {s.word()}, with “quotes”.", f"Second note {s.word()}\nof two lines."]
    texts += [f"Third note {s.word()}: {'and so on, ' * LONG}and so forth."]
    saved = {text: exchange for text in texts if (exchange := _noted(s, deal, text))}
    details = s.api.deal(deal)
    if not any(mentions(details, text[:10]) or _shows(details, "note") for text in texts):
        raise NotJudged("the details of a deal do not show its notes")
    for text, exchange in saved.items():
        expect(_contains(details, text), f"the note “{text}” on the deal", "no such note", exchange)
        expect(
            not _contains(s.api.deal(other), text),
            "the note on no other deal",
            f"also on deal {other}",
            exchange,
        )


def _contains(details: Record, text: str) -> bool:
    """Whether the details contain a text; line ends may differ."""
    texts = (found.replace("\r\n", "\n") for found in descendants(details) if isinstance(found, str))
    return text in texts


def _noted(s: Scene, deal: Any, text: str) -> Exchange | None:
    """The request that created a note; None if the note was long and refused."""
    exchange = s.call("createDealNote", id=deal, json={"content": text})
    too_long = len(text) > LONG and exchange.status in UNREADABLE_INPUT
    return None if too_long else granted(exchange)


def _shows(details: object, word: str) -> bool:
    """Whether the details have a non-empty list under a name that contains this word."""
    found = details.items() if isinstance(details, dict) else ()
    return any(word in name.lower() and isinstance(value, list) and value for name, value in found)


@law("createDealNote", needs=("writes",))
def adding_a_note_changes_nothing_else_on_the_deal(s: Scene) -> None:
    """“/deals/{id}/notes”: a note changes no field, and at most adds itself to the field “notes”."""
    deal = s.make.deal(notes="The deal's own text", value=321)
    before = s.api.deal(deal)
    text = f"A note {s.word()}"
    exchange = granted(s.call("createDealNote", id=deal, json={"content": text}))
    after = s.api.deal(deal)
    added = all(part in str(after.get("notes")) for part in (before.get("notes") or "", text))
    wrong = s.api.changed(before, {**after, "notes": before.get("notes")} if added else after)
    expect(not wrong, "the fields of the deal unchanged", "; ".join(wrong), exchange)


@law("createDealNote", needs=("writes",))
def a_created_note_can_be_deleted(s: Scene) -> None:
    """“/deals/{id}/notes/{noteId}”: a note exists once its creation has succeeded."""
    deal = s.make.deal()
    note = s.make.note(deal, f"Note {s.word()}")
    deletion = s.call("deleteDealNote", id=deal, noteId=note)
    expect(
        deletion.status != 404,
        f"note {note} found",
        response_of(deletion),
        deletion,
        operation="createDealNote",
    )


@law("deleteDealNote", needs=("writes",))
def deleting_a_note_removes_only_that_note(s: Scene) -> None:
    """DELETE removes the note in the path, and no other; “404 not found”."""
    deal = s.make.deal()
    texts = [f"Note {s.word()}" for _ in range(3)]
    ids = [s.make.note(deal, text) for text in texts]
    shown = [mentions(s.api.deal(deal), text) for text in texts]
    exchange = granted(s.call("deleteDealNote", id=deal, noteId=ids[1]))
    details = s.api.deal(deal)
    expect(not mentions(details, texts[1]), f"note {ids[1]} no longer on the deal", "still there", exchange)
    for place in (0, 2):
        there = mentions(details, texts[place])
        expect(there or not shown[place], f"note {ids[place]} still on the deal", "missing", exchange)
    again = s.call("deleteDealNote", id=deal, noteId=ids[1])
    expect(again.status == 404, "404 for the second deletion", response_of(again), exchange, again)
    for place in (0, 2):
        left = s.call("deleteDealNote", id=deal, noteId=ids[place])
        expect(left.ok, f"success (note {ids[place]} still exists)", response_of(left), exchange, left)


@law("deleteDealNote", needs=("writes",))
def a_note_cannot_be_deleted_through_another_deal(s: Scene) -> None:
    """“/deals/{id}/notes/{noteId}”: a note does not exist under another deal."""
    deal, other = s.make.deal(), s.make.deal()
    note = s.make.note(deal, f"Note {s.word()}")
    exchange = s.call("deleteDealNote", id=other, noteId=note)
    refused(exchange, 400, 403, 404, 422, why="the note belongs to another deal")
    still = s.call("deleteDealNote", id=deal, noteId=note)
    expect(still.ok, "success (the note still exists)", response_of(still), exchange, still)
