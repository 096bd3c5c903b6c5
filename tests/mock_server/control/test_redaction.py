"""Secrets are hidden wherever they stand; prose about them is not touched."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.control.redaction import without_secrets

PROSE = [
    "Missing token: send Authorization: Bearer <token>",
    "the secret: listen",
    '{"content":"token: phase two, password=later"}',
    '{"message":"Missing token: send it","tags":["token"]}',
    '{"errors":{"password":"password is required"}}',
    r'{"content":"she said \"token\": now","token_count":null}',
    "search=token:+phase+two",
    "id,name\n1,token: phase two\n",
]


@pytest.mark.parametrize("text", PROSE)
def test_prose_about_secrets_stays_as_it_is(text: str) -> None:
    assert without_secrets(text) == text


@pytest.mark.parametrize("text", ["token ", "eyJ", "password", "&token", '\\"', "eyJ.", "'token", "token="])
@pytest.mark.parametrize(
    "around", ["{}", '{{"content": "{}"}}', '{{"content": "{}'], ids=["text", "JSON", "cut off"]
)
def test_hiding_takes_time_by_the_length_of_the_text_alone(text: str, around: str) -> None:
    begin = time.process_time()
    without_secrets(around.format(text * 50_000))
    assert time.process_time() - begin < 5  # a pattern that looks on from every place would take minutes


@given(st.text(max_size=200))
def test_hiding_takes_no_longer_for_any_text(text: str) -> None:
    begin = time.process_time()
    without_secrets(text * 50)
    assert time.process_time() - begin < 1  # a pattern that tries everything would take for ever
