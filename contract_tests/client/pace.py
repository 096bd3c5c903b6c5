"""How fast the target is asked, and how long: a rate limit, pauses that it asks for itself, an end."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from contract_tests.client.errors import HaltedError, OutOfTimeError

LONGEST_PAUSE: Final = 30.0  # seconds that one 429 may make the run wait
FIRST_PAUSE: Final = 0.25


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
        """Let nobody send for this long."""
        with self._lock:
            self._next = max(self._next, time.monotonic() + seconds)


@dataclass
class Limits:
    """Until when requests are sent, for all threads together."""

    deadline: float | None = None  # on the monotonic clock
    halted: str = ""  # why nothing more is to be sent

    def allow(self) -> None:
        """Refuse what is asked for too late."""
        if self.halted:
            raise HaltedError(self.halted)
        if self.passed():
            raise OutOfTimeError("the time was over (--max-time)")

    def passed(self, *, after: float = 0.0) -> bool:
        """Whether the time is over, or will be after so many seconds."""
        return self.deadline is not None and time.monotonic() + after > self.deadline

    def lift(self) -> None:
        """Cleaning up is always allowed."""
        self.deadline, self.halted = None, ""


def retry_after(headers: Mapping[str, str], attempt: int) -> float:
    """The seconds to wait after a 429: what the answer says, or longer each time."""
    said = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    try:
        seconds = float(said)
    except ValueError:  # a date, or nothing
        seconds = FIRST_PAUSE * 2**attempt
    return min(max(seconds, 0.0), LONGEST_PAUSE)
