"""Garbage collection, seldom: a run makes many values for a short time, hardly any of them in cycles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

AFTER: Final = 200_000  # new containers that are still in use; by default 700


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Look for garbage in cycles only after many new values, until the end of this block."""
    before = gc.get_threshold()
    gc.set_threshold(AFTER, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
