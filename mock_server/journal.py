"""The journal of one world: its last requests, each with its response and what it changed."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count, takewhile
from typing import Final

MOST_ENTRIES: Final = 1000
MOST_BYTES: Final = 4_000_000  # of the bodies that are kept; those of the oldest entries go first

HeaderFields = list[tuple[bytes, bytes]]


@dataclass(slots=True)
class Message:
    """The headers and the body of a request or a response; the body is None if it was not kept."""

    headers: HeaderFields
    body: bytes | None

    @property
    def size(self) -> int:
        """The bytes of the body that is kept."""
        return len(self.body or b"")


@dataclass(slots=True)
class Entry:
    """One request with its response."""

    number: int
    at: datetime  # by the clock of the machine
    milliseconds: float
    method: str
    path: str
    query: str
    status: int  # 0 if there was no response
    request: Message
    response: Message
    operation: str | None = None
    person: str | None = None  # the email of who sent it
    step: int | None = None  # the change in the world's history that it made
    answered_by: str = "api"  # or "fault", "preference"
    sent_by: str = "client"  # or "colleague"

    @property
    def size(self) -> int:
        """The bytes of both bodies."""
        return self.request.size + self.response.size


class Journal:
    """The last requests, the latest at the end."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._entries: deque[Entry] = deque(maxlen=MOST_ENTRIES)
        self._with_bodies: deque[Entry] = deque()
        self._bytes = 0

    def __iter__(self) -> Iterator[Entry]:
        return iter(list(self._entries))

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def latest(self) -> int:
        """The number of the latest entry; 0 if there is none."""
        return self._entries[-1].number if self._entries else 0

    def after(self, number: int) -> list[Entry]:
        """The entries with a higher number; none that is older is looked at."""
        newer = takewhile(lambda entry: entry.number > number, reversed(self._entries))
        return list(newer)[::-1]

    def next_number(self) -> int:
        """The number of an entry that is about to be added."""
        return next(self._numbers)

    def add(self, entry: Entry) -> None:
        """Add an entry; the oldest one makes room, and its bodies earlier than that."""
        self._entries.append(entry)
        self._with_bodies.append(entry)
        self._bytes += entry.size
        while self._bytes > MOST_BYTES or len(self._with_bodies) > MOST_ENTRIES:
            oldest = self._with_bodies.popleft()
            self._bytes -= oldest.size
            oldest.request.body = oldest.response.body = None

    def clear(self) -> None:
        """Forget all entries; numbers go on."""
        self._entries.clear()
        self._with_bodies.clear()
        self._bytes = 0
