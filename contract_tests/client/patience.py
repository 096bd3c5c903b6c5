"""Asks again while something else answers in the application's place, or nothing does."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from typing import Final

from contract_tests.client.breaker import Breaker
from contract_tests.client.errors import (
    DroppedError,
    HaltedError,
    OutOfTimeError,
    RefusedError,
    ThrottledError,
    TimedOutError,
    UnreachableError,
)
from contract_tests.client.exchange import Exchange
from contract_tests.client.foreign import UNAVAILABLE, content, is_foreign, is_json
from contract_tests.client.pace import Pace, StopConditions, retry_after
from contract_tests.client.sending import Prepared
from deals_spec import Contract

THROTTLED: Final = 429
SERVER_ERROR: Final = 500
BAD_GATEWAY: Final = 502
GATEWAY_TIMEOUT: Final = 504
THROTTLED_ATTEMPTS: Final = 8  # while the server returns 429
PAUSES: Final = (0.1, 0.3, 0.9)  # seconds before a request is sent again
RECOVERY: Final = (0.5, 1.0, 1.5, 2.0, 3.0)  # seconds between attempts to find the server well
Outcome = Exchange | UnreachableError


class Patience:
    """Gets the application's response to a request, if there is one.

    A dropped connection, 502 to 504 and web pages say nothing about the application: the request is sent
    again, writes too. Nobody knows whether a write was applied; the exchange is marked as `repeated`, so
    that laws can tell, and what a create made twice is found at the end by the run's id in its name.

    If it stays so, requests that worked before are sent. If they work, the response to the first one is
    the application's after all, and is judged; if not, the run ends.
    """

    def __init__(
        self,
        send: Callable[[Prepared], Exchange],
        contract: Contract,
        pace: Pace,
        stop: StopConditions,
        journal: Callable[[Exchange], None],
    ) -> None:
        self._send, self._journal = send, journal
        self._contract, self._pace, self._stop = contract, pace, stop
        self._breaker = Breaker()
        self._known: set[tuple[str | None, int]] = set()  # operations that return pages with this status
        self._recovering = threading.Lock()
        self.proven: list[Prepared] = []  # requests that the application has answered
        self.hurried = False  # whether not to wait for a server that is down

    def sibling(self, send: Callable[[Prepared], Exchange], journal: Callable[[Exchange], None]) -> Patience:
        """The patience of another thread of the same run: what one finds holds for all."""
        sibling = copy.copy(self)
        sibling._send, sibling._journal = send, journal
        return sibling

    def answer(self, prepared: Prepared) -> Exchange:
        """The application's response; raises NoResponseError if there is none."""
        outcome = self._attempt(prepared)
        if self._is_sound(outcome):
            self._record(again=False, last=outcome)
            return _found(outcome)
        trouble = _Trouble(outcome, self._pace.sent)
        try:
            outcome = self._again(prepared, trouble)
        except OutOfTimeError:
            if trouble.count > 1 or isinstance(trouble.last, TimedOutError):
                self._stop.lose(trouble.text())
            raise
        if isinstance(outcome, Exchange) and prepared.method != "GET" and trouble.may_be_applied:
            outcome.repeated = True
        return _found(outcome)

    def _again(self, prepared: Prepared, trouble: _Trouble) -> Outcome:
        for pause in _pauses(trouble.last):
            self._stop.pause(pause)
            outcome = self._attempt(prepared)
            if self._is_sound(outcome):
                self._record(again=True, last=trouble.last)
                return outcome
            trouble.goes_on(outcome)
        if self.hurried or not self.proven:  # whoever opens or ends the run judges this
            return trouble.last
        self._find_well(trouble)
        last = trouble.first
        if _pauses(last):
            last = self._attempt(prepared)  # the server may have been down until now
        if isinstance(last, Exchange) and not self._is_sound(last) and last.status not in UNAVAILABLE:
            self._known.add((last.operation_id, last.status))
        return last

    def _find_well(self, trouble: _Trouble) -> None:
        """Return if the server answers what it has answered before; else end the run."""
        with self._recovering:  # what one thread finds holds for all
            self._stop.allow()
            for attempt, pause in enumerate((0.0, *RECOVERY)):
                self._stop.pause(pause)
                outcome = self._attempt(self.proven[attempt % len(self.proven)].copy())
                if isinstance(outcome, Exchange) and not is_foreign(outcome, self._contract):
                    return
                trouble.goes_on(outcome)
                if isinstance(outcome, TimedOutError):
                    break
            self._stop.lose(trouble.text())
        raise HaltedError(self._stop.halted)

    def _attempt(self, prepared: Prepared) -> Outcome:
        """Send a request; after a 429, wait and send it again."""
        for attempt in range(THROTTLED_ATTEMPTS):
            self._pace.wait(self._stop)
            try:
                exchange = self._send(prepared)
            except UnreachableError as error:
                if self._stop.passed():  # the time for the response was cut
                    raise OutOfTimeError(f"{self._stop.what} was reached: {error}") from error
                return error
            if exchange.status != THROTTLED:
                return exchange
            if is_json(exchange):  # else it is a gateway's
                self._journal(exchange)
            pause = retry_after(exchange.headers, attempt)
            if self._stop.passed(after=pause):
                raise OutOfTimeError(f"{self._stop.what} was reached while waiting after a 429")
            self._pace.pause(pause)
        raise ThrottledError(
            f"{prepared.method} {prepared.path}: still 429 after {THROTTLED_ATTEMPTS} attempts"
        )

    def _is_sound(self, outcome: Outcome) -> bool:
        if isinstance(outcome, UnreachableError):
            return False
        known = (outcome.operation_id, outcome.status) in self._known
        return known or not is_foreign(outcome, self._contract)

    def _record(self, *, again: bool, last: Outcome) -> None:
        why = self._breaker.record(again=again) if self.proven else ""
        if why and again:
            seen = content(last) if isinstance(last, Exchange) else last
            self._stop.lose(f"{why}, the last one after: {seen}")
            raise HaltedError(self._stop.halted)


class _Trouble:
    """A series of requests without a response of the application."""

    def __init__(self, outcome: Outcome, number: int) -> None:
        self.first = self.last = outcome
        self.count = 1
        self._number = number  # of the request, counted from the beginning of the run
        self.may_be_applied = _may_be_applied(outcome)

    def goes_on(self, outcome: Outcome) -> None:
        self.last = outcome
        self.count += 1
        self.may_be_applied = self.may_be_applied or _may_be_applied(outcome)

    def text(self) -> str:
        """What was seen, and for how long."""
        several = f"the last {self.count} requests, since request {self._number}"
        since = f"request {self._number}" if self.count == 1 else several
        if isinstance(self.last, Exchange):
            return f"{self.last.status} for {since}: {content(self.last)}"
        return f"the server stopped responding: {self.last} ({since})"


def _pauses(outcome: Outcome) -> tuple[float, ...]:
    """How long to wait before a request is sent again; empty if it must not be."""
    if isinstance(outcome, DroppedError):
        return PAUSES
    if isinstance(outcome, UnreachableError) or outcome.status == SERVER_ERROR:
        return ()  # another attempt might hide a server error, or take as long again
    return PAUSES if outcome.status in UNAVAILABLE else PAUSES[:1]


def _may_be_applied(outcome: Outcome) -> bool:
    """Whether the application may have done what it was asked for."""
    if isinstance(outcome, Exchange):
        return outcome.ok or outcome.status in (BAD_GATEWAY, GATEWAY_TIMEOUT)
    return not isinstance(outcome, RefusedError)


def _found(outcome: Outcome) -> Exchange:
    if isinstance(outcome, UnreachableError):
        raise outcome
    return outcome
