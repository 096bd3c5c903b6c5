"""Ctrl-C and SIGTERM, with which CI systems end a job, during a run."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class Interrupts:
    """Whether the run was asked to end; the first request raises KeyboardInterrupt, unless it is deferred."""

    def __init__(self) -> None:
        self.asked = False
        self._deferred = False

    @contextmanager
    def deferred(self) -> Iterator[None]:
        """Let what has begun be finished: it takes an instant, and half of it is of no use."""
        self._deferred = True
        try:
            yield
        finally:
            self._deferred = False

    def handle(self, number: int, frame: FrameType | None) -> None:
        """The handler of both signals."""
        self.asked = True
        if not self._deferred:
            raise KeyboardInterrupt


@contextmanager
def interruptible() -> Iterator[Interrupts]:
    """Treat both signals alike, and print no traceback of an interrupt that Python could not raise."""
    interrupts = Interrupts()
    shown = sys.unraisablehook  # where an interrupt that was raised in a callback ends; `asked` remembers it

    def hide_interrupts(unraisable: Any) -> None:
        if not issubclass(unraisable.exc_type, KeyboardInterrupt):
            shown(unraisable)

    sys.unraisablehook = hide_interrupts
    before = [signal.signal(number, interrupts.handle) for number in SIGNALS]
    try:
        yield interrupts
    finally:
        for number, handler in zip(SIGNALS, before, strict=True):
            signal.signal(number, handler)
        sys.unraisablehook = shown
