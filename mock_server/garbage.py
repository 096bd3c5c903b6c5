"""Garbage collection, kept away from worlds: they have no cycles, but looking for them is slow."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

MUCH: Final = 20_000  # objects: to look through more of them takes milliseconds, in which nobody is served


@contextmanager
def nothing_to_collect() -> Iterator[None]:
    """Pause garbage collection; of two pauses at once the first may end both, which costs only time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


@contextmanager
def long_work() -> Iterator[None]:
    """Pause garbage collection; if much is left behind, as by what a world keeps, never look through it."""
    with nothing_to_collect():
        yield
        if gc.get_count()[0] > MUCH:
            gc.freeze()


@contextmanager
def made_to_stay() -> Iterator[None]:
    """Pause garbage collection, and never look through what has been made until the end of this block."""
    with nothing_to_collect():
        yield
        gc.freeze()
