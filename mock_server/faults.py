"""Faults: what goes wrong on purpose, seeded and so repeatable."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from math import ceil, log
from random import Random

MOST_FAULTS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One kind of trouble, for one operation or for all; openapi/admin.yaml explains the fields."""

    operation: str | None = None
    share: float = 1.0
    status: int | None = None
    delay: float = 0.0  # milliseconds: always, or the median if there is a spread
    spread: float = 0.0  # the standard deviation of the delay's logarithm
    cut: str | None = None  # "connection" or "body"
    limit: int | None = None  # requests that are answered in each period
    per_seconds: float = 1.0
    times: int | None = None
    seed: int = 0
    defect: str | None = None  # of the catalogue, by name


@dataclass(slots=True)
class Trouble:
    """What happens to one request."""

    delay: float = 0.0  # seconds
    status: int | None = None
    cut: str | None = None
    retry_after: int | None = None  # seconds


@dataclass(slots=True)
class Active:
    """A fault that is switched on, and what it has done so far."""

    number: int
    fault: Fault
    random: Random
    happened: int = 0
    _answered: deque[float] = field(default_factory=deque)  # when, in the present period

    def add_to(self, trouble: Trouble, now: float) -> bool:
        """Let it happen to a request, if it is its turn; whether it is over now."""
        fault = self.fault
        if fault.defect is not None:  # the API is like that; it does not happen now and then
            return False
        if fault.limit is not None:
            return self._limit(trouble, fault.limit, now)
        if self.random.random() >= fault.share:
            return False
        self.happened += 1
        trouble.delay += self._delay() / 1000
        trouble.status = trouble.status or fault.status
        trouble.cut = trouble.cut or fault.cut
        return self.happened == fault.times

    def _delay(self) -> float:
        if not self.fault.spread or not self.fault.delay:
            return self.fault.delay
        return self.random.lognormvariate(log(self.fault.delay), self.fault.spread)

    def _limit(self, trouble: Trouble, limit: int, now: float) -> bool:
        begin = now - self.fault.per_seconds
        while self._answered and self._answered[0] <= begin:
            self._answered.popleft()
        if len(self._answered) < limit:
            self._answered.append(now)
            return False
        self.happened += 1
        trouble.status = trouble.status or 429
        trouble.retry_after = max(1, ceil(self._answered[0] - begin)) if self._answered else 1
        return self.happened == self.fault.times


class Faults:
    """The faults of one world, or of all."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._active: dict[int, Active] = {}

    def __iter__(self) -> Iterator[Active]:
        return iter(list(self._active.values()))

    def __len__(self) -> int:
        return len(self._active)

    @property
    def defect(self) -> str | None:
        """The defect of the catalogue that is switched on, if there is one."""
        return next((active.fault.defect for active in self if active.fault.defect), None)

    def add(self, fault: Fault) -> Active:
        """Switch a fault on."""
        number = next(self._numbers)
        active = self._active[number] = Active(number, fault, Random(fault.seed))
        return active

    def remove(self, number: int) -> bool:
        """Switch a fault off; whether there was one."""
        return self._active.pop(number, None) is not None

    def clear(self) -> None:
        """Switch all faults off."""
        self._active.clear()

    def add_to(self, trouble: Trouble, operation: str | None, now: float) -> None:
        """Let them happen to a request, at a time in seconds; those that are over are switched off."""
        for active in self:
            if active.fault.operation in (None, operation) and active.add_to(trouble, now):
                self.remove(active.number)
