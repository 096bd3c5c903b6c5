"""The journal of one world: its last requests, each with its response and what it changed."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count, takewhile
from threading import Lock
from typing import Final
from weakref import WeakSet

from mock_server.header_fields import HeaderFields

MOST_ENTRIES: Final = 1000
MOST_BYTES: Final = 4_000_000  # of one world; the headers and bodies of the oldest entries go first
MOST_BYTES_IN_ALL: Final = 100_000_000  # of all worlds together
OF_ITS_OWN: Final = 500  # bytes that an entry takes besides its texts
LONGEST: Final = 1000  # characters of a path or a query, once headers and bodies are gone


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
    asked: str = ""  # the path as it was sent: with its escapes, and its world if that was named there

    @property
    def size(self) -> int:
        """The bytes that it takes, roughly."""
        texts = len(self.path) + len(self.query) + len(self.asked)
        return OF_ITS_OWN + texts + self.request.size + self.response.size

    def forget_messages(self) -> None:
        """Keep only what happened."""
        self.request.forget()
        self.response.forget()
        self.path, self.query, self.asked = self.path[:LONGEST], self.query[:LONGEST], self.asked[:LONGEST]


class Journal:
    """The last requests, the latest at the end.

    `clear` only puts them out of sight: a stream may have to tell them yet. They make room in their turn.
    """

    def __init__(self, budget: Budget | None = None) -> None:
        self._numbers = count(1)
        self.latest = 0  # the number of the latest entry
        self.cleared = 0  # the number of the last entry that `clear` has put out of sight
        self.bytes = 0
        self._entries: deque[Entry] = deque()
        self._whole: deque[Entry] = deque()  # those with headers and bodies
        self._budget = budget or Budget()
        self._budget.share_with(self)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.between(self.cleared, self.latest))

    def __len__(self) -> int:
        return len(self.between(self.cleared, self.latest))

    def between(self, seen: int, last: int) -> list[Entry]:
        """The entries after one number up to another, in sight or not; none that is older is looked at."""
        newer = takewhile(lambda entry: entry.number > seen, reversed(self._entries))
        return [entry for entry in newer if entry.number <= last][::-1]

    def next_number(self) -> int:
        """The number of an entry that is about to be added."""
        self.latest = next(self._numbers)
        return self.latest

    def add(self, entry: Entry) -> None:
        """Add an entry; the oldest one makes room, and its headers and bodies earlier than that."""
        size = entry.size
        self._entries.append(entry)
        self._whole.append(entry)
        self.bytes += size
        if len(self._entries) > MOST_ENTRIES:
            self._drop_oldest()
        while self.bytes > MOST_BYTES and self._whole:
            self._forget_oldest_messages()
        self._budget.spend(size)

    def clear(self) -> None:
        """Forget all entries; numbers go on."""
        self.cleared = self.latest

    def shrink(self) -> None:
        """Forget the older half of its headers and bodies, or of its entries if they have none any more."""
        if self._whole:
            for _ in range((len(self._whole) + 1) // 2):
                self._forget_oldest_messages()
        else:
            for _ in range((len(self._entries) + 1) // 2):
                self._drop_oldest()

    def _forget_oldest_messages(self) -> None:
        oldest = self._whole.popleft()
        self.bytes -= oldest.size
        oldest.forget_messages()
        self.bytes += oldest.size

    def _drop_oldest(self) -> None:
        oldest = self._entries.popleft()
        if self._whole and self._whole[0] is oldest:
            self._whole.popleft()
        self.bytes -= oldest.size


class Budget:
    """The bytes that all journals may have together; if they have more, the largest of them shrinks."""

    def __init__(self, most: int = MOST_BYTES_IN_ALL) -> None:
        self.most = most
        self._spent = 0  # since they were last counted
        self._journals: WeakSet[Journal] = WeakSet()  # those of worlds that are gone leave it by themselves
        self._lock = Lock()

    def share_with(self, journal: Journal) -> None:
        """Count this journal, too."""
        with self._lock:
            self._journals.add(journal)

    def spend(self, size: int) -> None:
        """So many bytes were added; all are counted only when there may be a twentieth more."""
        self._spent += size
        if self._spent < self.most // 20:
            return
        self._spent = 0
        with self._lock:
            journals = list(self._journals)
        while sum(each.bytes for each in journals) > self.most:
            max(journals, key=lambda each: each.bytes).shrink()
