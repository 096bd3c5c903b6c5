"""How far a run is: a bar on a screen, and a line now and then where there is none."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from contract_tests.report.terminal import Terminal
from contract_tests.report.wording import counted

PERIOD: Final = 15.0  # seconds between two lines
# What a test of each file takes, compared with a law: it makes the estimate fair, for the laws come first.
WEIGHTS: Final = {"test_laws": 1, "test_conformance": 20, "test_lifecycle": 100}
EARLY: Final = 0.03  # of the work: before this, an estimate would be a guess


class Progress:
    """Counts what has been done, and estimates what is left."""

    def __init__(
        self,
        terminal: Terminal,
        violations: Callable[[], int],
        *,
        limit: float | None = None,
        period: float = PERIOD,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._terminal, self._violations, self._clock = terminal, violations, clock
        self._limit, self._period = limit, period
        self._began = clock()
        self._done, self._total = 0, 0
        self._weight_done, self._weight_total = 0, 0
        self._weight = 0  # of the test that has begun
        self._ended = threading.Event()

    def plan(self, parts: Sequence[str]) -> None:
        """What the run consists of: the test file of each test."""
        self._total = len(parts)
        self._weight_total = sum(WEIGHTS.get(part, 1) for part in parts)

    def begin(self, part: str, name: str) -> None:
        """The next test begins; all before it are done."""
        if self._weight:
            self._done += 1
            self._weight_done += self._weight
        self._weight = WEIGHTS.get(part, 1)
        self._terminal.progress(self._done, self._total, f"{name}{self._left()}{self._found()}")

    @property
    def line(self) -> str:
        """How far the run is, in words."""
        done = f"… {self._done} of {self._total} rules, {self._clock() - self._began:.0f} s"
        return f"{done}{self._left()}{self._found()}"

    @contextmanager
    def told(self) -> Iterator[None]:
        """Print a line now and then until the run ends; a screen has the bar instead."""
        if self._terminal.is_screen:
            yield
            return
        thread = threading.Thread(target=self._tell, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._ended.set()
            thread.join(timeout=1)

    def _tell(self) -> None:
        while not self._ended.wait(self._period):
            self._terminal.say(self.line, "dim")

    def _left(self) -> str:
        done = self._weight_done / self._weight_total if self._weight_total else 0
        if done < EARLY:
            return ""
        passed = self._clock() - self._began
        left = passed / done - passed
        if self._limit is not None:
            left = min(left, self._limit - passed)
        return f", about {max(left, 1):.0f} s left"

    def _found(self) -> str:
        count = self._violations()
        return f", {counted(count, 'violation')}" if count else ""
