"""The notes on a deal. Where they are read is not told: they are looked for in the details."""

from __future__ import annotations

from typing import Any, Final

from contract_tests.client.exchange import Exchange
from contract_tests.laws.law import law
from contract_tests.scene.expectations import UNREADABLE_INPUT, NotJudged, answered, expect, granted, refused
from contract_tests.scene.json_search import mentions
from contract_tests.scene.scene import Scene

LONG: Final = 60  # characters that every note may have; so many words are more than most columns hold


@law("createDealNote", needs=("writes",))
def a_note_is_saved_as_written_on_its_own_deal(s: Scene) -> None:
    """“/deals/{id}/notes”, “content Required”: each note is kept whole, on its deal and on no other."""
    deal, other = s.make.deal(), s.make.deal()
    texts = [f"First note {s.word()}, with “quotes”.", f"Second note {s.word()}\nof two lines."]
    texts += [f"Third note {s.word()}: {'and so on, ' * LONG}and so forth."]
    taken = {text: exchange for text in texts if (exchange := _noted(s, deal, text))}
    details = s.api.deal(deal)
    if not any(mentions(details, text[:10]) or _shows(details, "note") for text in texts):
        raise NotJudged("the details of a deal show no notes")
    for text, exchange in taken.items():
        expect(mentions(details, text), f"the note “{text}”", "not among the deal's notes", exchange)
        expect(not mentions(s.api.deal(other), text), "on no other deal", f"also on deal {other}", exchange)


def _noted(s: Scene, deal: Any, text: str) -> Exchange | None:
    """The request that made a note; None if it is a long one, and was refused."""
    exchange = s.call("createDealNote", id=deal, json={"content": text})
    too_long = len(text) > LONG and exchange.status in UNREADABLE_INPUT
    return None if too_long else granted(exchange)


def _shows(details: object, word: str) -> bool:
    """Whether the details have a list that is not empty under a name with this word."""
    found = details.items() if isinstance(details, dict) else ()
    return any(word in name.lower() and isinstance(value, list) and value for name, value in found)


@law("createDealNote", needs=("writes",))
def adding_a_note_changes_nothing_else_on_the_deal(s: Scene) -> None:
    """“/deals/{id}/notes” and the deal's own “notes” are two things: a note leaves the fields alone."""
    deal = s.make.deal(notes="The deal's own text", value=321)
    before = s.api.deal(deal)
    exchange = granted(s.call("createDealNote", id=deal, json={"content": f"A note {s.word()}"}))
    wrong = s.api.changed(before, s.api.deal(deal))
    expect(not wrong, "the deal's fields as they were", "; ".join(wrong), exchange)


@law("createDealNote", needs=("writes",))
def a_created_note_can_be_deleted(s: Scene) -> None:
    """“/deals/{id}/notes/{noteId}”: the note that a create answers with is there."""
    deal = s.make.deal()
    note = s.make.note(deal, f"Note {s.word()}")
    deletion = s.call("deleteDealNote", id=deal, noteId=note)
    expect(
        deletion.status != 404, f"note {note} there", answered(deletion), deletion, operation="createDealNote"
    )


@law("deleteDealNote", needs=("writes",))
def deleting_a_note_removes_only_that_note(s: Scene) -> None:
    """DELETE removes the note of the path, and no other; “404 not found”."""
    deal = s.make.deal()
    texts = [f"Note {s.word()}" for _ in range(3)]
    ids = [s.make.note(deal, text) for text in texts]
    shown = [mentions(s.api.deal(deal), text) for text in texts]
    exchange = granted(s.call("deleteDealNote", id=deal, noteId=ids[1]))
    details = s.api.deal(deal)
    expect(not mentions(details, texts[1]), "the note gone", "still there", exchange)
    for place in (0, 2):
        there = mentions(details, texts[place])
        expect(there or not shown[place], f"note {ids[place]} still there", "gone", exchange)
    again = s.call("deleteDealNote", id=deal, noteId=ids[1])
    expect(again.status == 404, "404 the second time", answered(again), exchange, again)
    for place in (0, 2):
        left = s.call("deleteDealNote", id=deal, noteId=ids[place])
        expect(left.ok, f"note {ids[place]} still there, to be deleted", answered(left), exchange, left)


@law("deleteDealNote", needs=("writes",))
def a_note_cannot_be_deleted_through_another_deal(s: Scene) -> None:
    """“/deals/{id}/notes/{noteId}”: under another deal there is no such note."""
    deal, other = s.make.deal(), s.make.deal()
    note = s.make.note(deal, f"Note {s.word()}")
    exchange = s.call("deleteDealNote", id=other, noteId=note)
    refused(exchange, 400, 403, 404, 422, why="the note is not that deal's")
    still = s.call("deleteDealNote", id=deal, noteId=note)
    expect(still.ok, "the note still there, to be deleted", answered(still), exchange, still)
