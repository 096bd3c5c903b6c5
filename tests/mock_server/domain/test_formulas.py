"""No reader evaluates an exported text, wherever it splits the file; an import gets it back as it was."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.domain.formulas import protected, unprotected

HOSTILE = st.text(st.sampled_from("'=+-@＝;|\t\r\n \u200b\ufeff\xa0\",a1"), max_size=12)
LIVE = re.compile(r"[\s\u200b\ufeff]*[=+\-@＝]")


@given(HOSTILE | st.text())
def test_a_text_comes_back_as_it_was(text: str) -> None:
    assert unprotected(protected(text)) == text


@given(HOSTILE)
def test_no_part_of_a_text_is_live_at_any_separator(text: str) -> None:
    parts = re.split(r"[;|\t\r\n]", protected(text))
    assert not [part for part in parts if LIVE.match(part.lstrip('"'))]


@given(HOSTILE | st.text())
def test_spaces_around_an_exported_text_survive(text: str) -> None:
    cell = protected(text)
    assert cell == cell.strip() or cell.startswith("'")


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("plain", "plain"),
        ("1 + 1 = 2, or a-b@c", "1 + 1 = 2, or a-b@c"),
        ("'quoted'", "'quoted'"),
        ("=1+1", "'=1+1"),
        ("'=1+1", "''=1+1"),
        (" =1+1", "' =1+1"),
        ("\u200b=1+1", "'\u200b=1+1"),
        ('"=1+1', "'\"=1+1"),
        ("a;=1+1", "'a;'=1+1"),
        ("a\t +1", "'a\t' +1"),
        ("a|=1", "'a|'=1"),
        ("- one\n- two", "'- one\n'- two"),
        ("−1", "'−1"),
        (" a", "' a"),
        ("a ", "'a "),
        ("", ""),
    ],
)
def test_an_apostrophe_stands_where_a_cell_could_begin(text: str, cell: str) -> None:
    assert protected(text) == cell


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("  a  ", "a"),
        (" '=1", "=1"),
        ("'a", "'a"),
        ("a\n'-5 degrees", "a\n'-5 degrees"),  # not ours: it would begin with an apostrophe
        ("it's; 'quoted'", "it's; 'quoted'"),
        ("=1", "=1"),
    ],
)
def test_a_text_from_elsewhere_loses_only_spaces_and_the_apostrophe_of_a_formula(
    cell: str, text: str
) -> None:
    assert unprotected(cell) == text
