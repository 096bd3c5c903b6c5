"""How fast and how long a run sends requests: rate limit, pauses after a 429, and deadline."""

from __future__ import annotations

import math
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
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

    def wait(self, stop: StopConditions) -> None:
        """Return when the next request may be sent."""
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._next)
            if stop.passed(after=turn - now):
                raise OutOfTimeError(f"{stop.what} was reached")
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
    lost: str = ""  # why the server cannot be tested any more
    what: str = "the time limit (--max-time)"  # of what the deadline is
    each: float = math.inf  # seconds for one response

    def allow(self) -> None:
        """Raise an error if nothing more may be sent."""
        if self.halted:
            raise HaltedError(self.halted)
        if self.passed():
            raise OutOfTimeError(f"{self.what} was reached")

    def passed(self, *, after: float = 0.0) -> bool:
        """Whether the deadline has passed, or will have passed after this many seconds."""
        return self.deadline is not None and time.monotonic() + after > self.deadline

    def at_most(self, seconds: float) -> float:
        """So many seconds, or fewer if no more are left until the deadline."""
        left = math.inf if self.deadline is None else self.deadline - time.monotonic()
        return min(seconds, self.each, left)

    def pause(self, seconds: float) -> None:
        """Wait; raises an error if the deadline passes before, or if the run is ended."""
        if self.passed(after=seconds):
            raise OutOfTimeError(f"{self.what} was reached while waiting for the server")
        time.sleep(seconds)
        self.allow()

    def lose(self, why: str) -> None:
        """End the run, because the server cannot be tested any more."""
        self.lost = self.lost or why
        self.halted = self.halted or why

    def give(self, seconds: float, what: str, *, each: float) -> None:
        """Replace all conditions by a time for what follows the run."""
        self.deadline, self.halted = time.monotonic() + seconds, ""
        self.what, self.each = what, each


def retry_after(headers: Mapping[str, str], attempt: int) -> float:
    """The seconds to wait after a 429: as Retry-After says, or longer with each attempt."""
    said = _header(headers, "retry-after")
    seconds = _seconds(said, _header(headers, "date"))
    if seconds is None:
        seconds = FIRST_PAUSE * 2**attempt
    return min(max(seconds, 0.0), LONGEST_PAUSE)


def _seconds(said: str, now: str) -> float | None:
    """The seconds that a Retry-After means: a number, or a date by the clock of the server."""
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", said):
        return float(said)
    until = _moment(said)
    return None if until is None else (until - (_moment(now) or datetime.now(UTC))).total_seconds()


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _header(headers: Mapping[str, str], wanted: str) -> str:
    return next((value for name, value in headers.items() if name.lower() == wanted), "")
