"""Garbage collection, kept away from worlds: they have no cycles, but looking for them is slow."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def nothing_to_collect() -> Iterator[None]:
    """Pause garbage collection."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


@contextmanager
def made_to_stay() -> Iterator[None]:
    """Pause garbage collection, and never look through what has been made until the end of this block."""
    with nothing_to_collect():
        yield
        gc.freeze()
