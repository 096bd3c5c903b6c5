"""The journal of one world: its last requests, each with its response and what it changed."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count, takewhile
from typing import Final

MOST_ENTRIES: Final = 1000
MOST_BYTES: Final = 4_000_000  # of the headers and bodies that are kept; those of the oldest entries go first

HeaderFields = list[tuple[bytes, bytes]]


@dataclass(slots=True)
class Message:
    """The headers and the body of a request or a response; the body is None if it was not kept."""

    headers: HeaderFields
    body: bytes | None

    @property
    def size(self) -> int:
        """The bytes of what is kept."""
        return self.body_size + sum(map(len, chain.from_iterable(self.headers)))

    @property
    def body_size(self) -> int:
        """The bytes of the body that is kept."""
        return len(self.body or b"")

    def forget(self) -> None:
        """Keep nothing but that it was there."""
        self.headers, self.body = [], None


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
    below: str = ""  # what came before the path, if the client has named its world there ("/worlds/mine")

    @property
    def asked(self) -> str:
        """The path that the client has asked for."""
        return self.below + self.path

    @property
    def size(self) -> int:
        """The bytes of both messages."""
        return self.request.size + self.response.size


class Journal:
    """The last requests, the latest at the end."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._issued = 0
        self.cleared = 0  # the number of the last request that `clear` has made it forget
        self._entries: deque[Entry] = deque(maxlen=MOST_ENTRIES)
        self._whole: deque[Entry] = deque()
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
        self._issued = next(self._numbers)
        return self._issued

    def add(self, entry: Entry) -> None:
        """Add an entry; the oldest one makes room, and its headers and bodies earlier than that."""
        self._entries.append(entry)
        self._whole.append(entry)
        self._bytes += entry.size
        while self._bytes > MOST_BYTES or len(self._whole) > MOST_ENTRIES:
            oldest = self._whole.popleft()
            self._bytes -= oldest.size
            oldest.request.forget()
            oldest.response.forget()

    def clear(self) -> None:
        """Forget all entries; numbers go on."""
        self.cleared = self._issued
        self._entries.clear()
        self._whole.clear()
        self._bytes = 0
