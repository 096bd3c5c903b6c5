"""How fast and how long a run sends requests: rate limit, pauses after a 429, and deadline."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from contract_tests.client.errors import HaltedError, OutOfTimeError

LONGEST_PAUSE: Final = 30.0  # seconds to wait after one 429 at most
FIRST_PAUSE: Final = 0.25  # seconds


class Pace:
    """Spaces requests evenly, for all threads together."""

    def __init__(self, per_second: float | None) -> None:
        self._gap = 1 / per_second if per_second else 0.0
        self._next = 0.0
        self.sent = 0
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Return when the next request may be sent."""
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._next)
            self._next = turn + self._gap
            self.sent += 1
        if turn > now:
            time.sleep(turn - now)

    def pause(self, seconds: float) -> None:
        """Send nothing for this long."""
        with self._lock:
            self._next = max(self._next, time.monotonic() + seconds)


@dataclass
class StopConditions:
    """When a run stops sending requests, for all threads together."""

    deadline: float | None = None  # on the monotonic clock
    halted: str = ""  # why nothing more is sent

    def allow(self) -> None:
        """Raise an error if nothing more may be sent."""
        if self.halted:
            raise HaltedError(self.halted)
        if self.passed():
            raise OutOfTimeError("the time limit (--max-time) was reached")

    def passed(self, *, after: float = 0.0) -> bool:
        """Whether the deadline has passed, or will have passed after this many seconds."""
        return self.deadline is not None and time.monotonic() + after > self.deadline

    def lift(self) -> None:
        """Remove all conditions, for the clean-up."""
        self.deadline, self.halted = None, ""


def retry_after(headers: Mapping[str, str], attempt: int) -> float:
    """The seconds to wait after a 429: as Retry-After says, or longer with each attempt."""
    said = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    try:
        seconds = float(said)
    except ValueError:  # a date, or nothing
        seconds = FIRST_PAUSE * 2**attempt
    return min(max(seconds, 0.0), LONGEST_PAUSE)
