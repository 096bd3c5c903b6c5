"""The notes on a deal, and its emails."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.domain.emails import SUMMARY_LENGTH, linked_emails, summary, timeline
from mock_server.domain.notes import author_of, create_note, delete_note, notes_of
from mock_server.domain.refusals import Missing
from mock_server.domain.world import Note
from tests.mock_server.domain.builders import ANN, DEAL, NOW, ago, deal, email, note, world

WORLD = world(
    deal(),
    deal(11),
    notes=(note(1, created_by=ANN), note(2, deal_id=11)),
    emails=(
        email(1, sent_at=ago(1)),
        email(2, sent_at=ago(3)),
        email(3, sent_at=ago(1)),
        email(4, deal_id=11),
    ),
)


def test_a_note_is_in_the_viewers_name() -> None:
    new, made = create_note(WORLD, DEAL, "Hello", ANN, NOW)
    assert made == Note(id=3, deal_id=DEAL, content="Hello", created_by=ANN, created_at=NOW)
    assert notes_of(new, DEAL) == [WORLD.notes[1], made]
    assert author_of(new, made) == {"created_by_name": "Ann Miller"}


def test_a_note_may_have_no_author() -> None:
    assert author_of(WORLD, WORLD.notes[2]) == {"created_by_name": None}


def test_a_deleted_note_is_gone_and_others_stay() -> None:
    assert list(delete_note(WORLD, DEAL, 1).notes) == [WORLD.notes[2]]


@pytest.mark.parametrize("note_id", [2, 99])
def test_a_note_of_another_deal_is_missing(note_id: int) -> None:
    with pytest.raises(Missing, match=f"Note {note_id} not found"):
        delete_note(WORLD, DEAL, note_id)


def test_linked_emails_come_oldest_first() -> None:
    assert [each.id for each in linked_emails(WORLD, DEAL)] == [2, 1, 3]


def test_the_timeline_is_the_same_emails_newest_first() -> None:
    entries = timeline(WORLD, DEAL)
    assert [entry["email_id"] for entry in entries] == [3, 1, 2]
    assert entries[0] == {
        "type": "email",
        "occurred_at": "2026-02-08T09:30:00.000000Z",
        "email_id": 3,
        "thread_id": "t1",
        "direction": "inbound",
        "subject": "Offer",
        "summary": "Any news?",
        "from_name": "Jane Smith",
        "to_name": "Ann Miller",
    }


@given(st.text(max_size=300))
def test_a_summary_is_one_short_line(body: str) -> None:
    line = summary(body)
    assert len(line) <= SUMMARY_LENGTH
    assert line == " ".join(line.split())
    assert " ".join(body.split()).startswith(line.removesuffix("…"))


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("One\n\n two ", "One two"),
        ("x" * 120, "x" * 120),
        ("x" * 121, "x" * 119 + "…"),
        ("word " * 50, " ".join(["word"] * 24) + "…"),
    ],
)
def test_a_summary_is_cut_between_words(body: str, line: str) -> None:
    assert summary(body) == line


def test_an_unknown_deal_is_missing() -> None:
    for ask in (
        lambda: notes_of(WORLD, 99),
        lambda: create_note(WORLD, 99, "Hello", ANN, NOW),
        lambda: delete_note(WORLD, 99, 1),
        lambda: linked_emails(WORLD, 99),
        lambda: timeline(WORLD, 99),
    ):
        with pytest.raises(Missing, match="Deal 99 not found"):
            ask()
