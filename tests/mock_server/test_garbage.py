"""Garbage collection is paused while a world is made, and never looks through it."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from mock_server.garbage import made_to_stay, nothing_to_collect


@pytest.fixture(autouse=True)
def _thawed() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.enable()


def test_collection_goes_on_after_the_pause() -> None:
    with nothing_to_collect():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_collection_stays_off_where_it_was_off() -> None:
    gc.disable()
    with nothing_to_collect():
        pass
    assert not gc.isenabled()


def test_collection_goes_on_after_an_error() -> None:
    with pytest.raises(ValueError, match="broken"), made_to_stay():
        raise ValueError("broken")
    assert gc.isenabled()


def test_what_was_made_to_stay_is_not_looked_through() -> None:
    with made_to_stay():
        made = [[]]
    assert gc.get_freeze_count() > 0
    assert not any(each is made for each in gc.get_objects())
