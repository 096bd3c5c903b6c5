"""Emails whose body is kept as a text alone are like all others."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, asdict, replace
from datetime import UTC, datetime

import pytest

from mock_server.domain.world import Email
from mock_server.seeding import seed_world
from mock_server.seeding.draft import DraftEmail
from tests.mock_server.domain.builders import email

NOW = datetime(2026, 2, 9, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def seeded() -> list[Email]:
    return list(seed_world(deals=60, seed=42, now=NOW).emails)


def test_a_body_has_a_greeting_a_text_and_a_signature(seeded: list[Email]) -> None:
    for each in seeded:
        greeting, text, signature = each.body.split("\n\n")
        assert greeting.startswith("Hi ")
        assert each.to_name.startswith(greeting.removeprefix("Hi ").removesuffix(","))
        assert text
        assert signature == f"Best regards,\n{each.from_name}\n"


def test_an_email_with_the_same_whole_body_is_equal(seeded: list[Email]) -> None:
    whole = [Email(**asdict(each)) for each in seeded]
    assert whole == seeded
    assert repr(whole) == repr(seeded)
    assert list(map(hash, whole)) == list(map(hash, seeded))


def test_a_copy_of_an_email_keeps_its_body(seeded: list[Email]) -> None:
    assert all(replace(each, from_name="Somebody else").body == each.body for each in seeded)


def test_equal_texts_of_bodies_are_in_memory_once(seeded: list[Email]) -> None:
    kept = [Email.__dict__["body"]._slot.__get__(each) for each in seeded]
    assert len({id(text) for text in kept}) == len(set(kept)) < len(kept)


def test_any_other_body_is_kept_as_it_is() -> None:
    assert email(body="Hello").body == "Hello"
    with pytest.raises(FrozenInstanceError):
        email().body = "Hello"


def test_a_draft_that_greets_nobody_keeps_its_body_as_it_is() -> None:
    draft = DraftEmail(**asdict(email(body="Hello")))
    draft.__class__ = Email
    assert draft.body == "Hello"
