"""Ends the run if the server is broken or no longer the application: a circuit breaker."""

from __future__ import annotations

import threading
from collections import deque
from typing import Final

WINDOW: Final = 100  # requests
TOO_MANY: Final = 25  # of these that got a response only when they were sent again


class Breaker:
    """Counts the requests that had to be sent again."""

    def __init__(self) -> None:
        self._lately: deque[bool] = deque(maxlen=WINDOW)
        self._lock = threading.Lock()

    def record(self, *, again: bool) -> str:
        """Record a request; returns why the run must end, if it must."""
        with self._lock:
            self._lately.append(again)
            count = sum(self._lately) if again else 0
            if count < TOO_MANY:
                return ""
            return f"{count} of the last {len(self._lately)} requests had to be sent again"
