"""Sorted sequences: like a plain sorted list in every respect, after any changes."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.domain import sorted_items
from mock_server.domain.sorted_items import SortedItems

numbers = st.sets(st.integers(0, 60), max_size=40)
changes = st.lists(st.sets(st.integers(0, 60), max_size=8), max_size=8)  # each number leaves or comes


@pytest.fixture(autouse=True)
def short_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few numbers fill many chunks."""
    monkeypatch.setattr(sorted_items, "MOST", 4)


def is_like(items: SortedItems, plain: list[int]) -> bool:
    positions = range(len(plain) + 2)
    return (
        list(items) == plain
        and len(items) == len(plain)
        and [items[at] for at in range(len(plain))] == plain
        and all(items.slice(at, stop) == plain[at:stop] for at in positions for stop in positions)
        and all(items.below(item) == bisect_left(plain, item) for item in range(-1, 62))
        and all(items.up_to(item) == bisect_right(plain, item) for item in range(-1, 62))
    )


@given(start=numbers, steps=changes)
def test_they_are_like_a_sorted_list_after_any_changes(start: set[int], steps: list[set[int]]) -> None:
    items, plain = SortedItems.of(sorted(start)), sorted(start)
    assert is_like(items, plain)
    for step in steps:
        before, plain = plain, sorted({*plain} ^ step)
        changed = items.changed(step & {*before}, step - {*before})
        assert is_like(changed, plain)
        assert list(items) == before  # the old one stays what it was
        items = changed


@given(start=numbers, steps=changes)
def test_no_chunk_is_empty_or_too_long(start: set[int], steps: list[set[int]]) -> None:
    items = SortedItems.of(sorted(start))
    for step in steps:
        items = items.changed(step & {*items}, step - {*items})
        assert all(1 <= len(chunk) <= 4 for chunk in items._chunks)


def test_a_change_shares_the_other_chunks() -> None:
    items = SortedItems.of(list(range(40)))
    changed = items.changed([20], [])
    shared = {id(chunk) for chunk in items._chunks} & {id(chunk) for chunk in changed._chunks}
    assert len(shared) == len(items._chunks) - 1


def test_without_changes_they_stay_the_same() -> None:
    items = SortedItems.of(list(range(9)))
    assert items.changed([], []) is items


def test_a_position_may_be_as_large_as_it_likes() -> None:
    assert SortedItems.of(list(range(9))).slice(10**30, 10**30 + 5) == []
