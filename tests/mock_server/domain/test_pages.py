"""Pages are an immutable mapping: whatever is done to them, they hold what a dictionary would."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.domain.pages import SIZE, Pages

ids = st.integers(0, 3 * SIZE) | st.integers(0, 10**12)
changes = st.lists(st.tuples(ids, st.text(min_size=1) | st.none()))  # None removes


def changed(pages: Pages[str], by: list[tuple[int, str | None]]) -> Pages[str]:
    mutation = pages.mutate()
    for id_, value in by:
        if value is None:
            mutation.pop(id_)
        else:
            mutation[id_] = value
            assert mutation.get(id_) == value
    return mutation.finish()


def as_dict(*rounds: list[tuple[int, str | None]]) -> dict[int, str]:
    every = dict(change for changes_ in rounds for change in changes_)
    return {id_: value for id_, value in sorted(every.items()) if value is not None}


@given(first=changes, second=changes)
def test_pages_hold_what_a_dictionary_would(
    first: list[tuple[int, str | None]], second: list[tuple[int, str | None]]
) -> None:
    before = changed(Pages(), first)
    after = changed(before, second)
    for pages, expected in ((before, as_dict(first)), (after, as_dict(first, second))):
        assert dict(pages) == expected
        assert pages == changed(Pages(), list(expected.items()))
        assert list(pages.items()) == list(expected.items())
        assert list(pages.values()) == list(expected.values())
        assert len(pages) == len(expected)
        for id_, _ in (*first, *second):
            assert (id_ in pages, pages.get(id_)) == (id_ in expected, expected.get(id_))


@given(first=changes)
def test_no_page_is_left_when_all_is_gone(first: list[tuple[int, str | None]]) -> None:
    assert len(changed(changed(Pages(), first), [(id_, None) for id_, _ in first]).pages) == 0


def test_a_change_of_nothing_is_the_same_value() -> None:
    pages = changed(Pages(), [(1, "one")])
    assert pages.mutate().finish() is pages


@pytest.mark.parametrize("id_", [2, 3 * SIZE, -1, 10**30])
def test_what_is_not_there_is_an_error(id_: int) -> None:
    with pytest.raises(KeyError):
        changed(Pages(), [(1, "one")])[id_]
