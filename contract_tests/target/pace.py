"""How fast the target is asked: a rate limit, and pauses that it asks for itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Final

LONGEST_PAUSE: Final = 30.0  # seconds that one 429 may make the run wait
FIRST_PAUSE: Final = 0.25


class Pace:
    """Spaces requests evenly, for all threads together."""

    def __init__(self, per_second: float | None) -> None:
        self._gap = 1 / per_second if per_second else 0.0
        self._next = 0.0
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Return when the next request may be sent."""
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._next)
            self._next = turn + self._gap
        if turn > now:
            time.sleep(turn - now)

    def pause(self, seconds: float) -> None:
        """Let nobody send for this long."""
        with self._lock:
            self._next = max(self._next, time.monotonic() + seconds)


def retry_after(headers: Mapping[str, str], attempt: int) -> float:
    """The seconds to wait after a 429: what the answer says, or longer each time."""
    said = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    try:
        seconds = float(said)
    except ValueError:  # a date, or nothing
        seconds = FIRST_PAUSE * 2**attempt
    return min(max(seconds, 0.0), LONGEST_PAUSE)
