"""Turns: a lock for coroutines of any event loop, in the order in which they came."""

from __future__ import annotations

import asyncio
from collections import deque
from concurrent.futures import Future
from threading import Lock


class Turns:
    """One coroutine at a time: `async with turns:`, or `take` and `pass_on`.

    `asyncio.Lock` wakes only coroutines of its own event loop; an application that is called from
    several loops (as by Starlette's test client in threads) would wait forever.
    """

    def __init__(self) -> None:
        self._guard = Lock()
        self._taken = False
        self._waiting: deque[Future[None]] = deque()

    async def __aenter__(self) -> None:
        await self.take()

    async def __aexit__(self, *_: object) -> None:
        self.pass_on()

    async def take(self) -> None:
        """Wait for a turn."""
        turn = self._ask()
        if turn is None:
            return
        try:
            await asyncio.wrap_future(turn)
        except BaseException:
            if not turn.cancel():  # it was granted just as the wait was cancelled
                self.pass_on()
            raise

    def _ask(self) -> Future[None] | None:
        """What to wait for; None if nobody has the turn."""
        with self._guard:
            if not self._taken:
                self._taken = True
                return None
            turn: Future[None] = Future()
            self._waiting.append(turn)
            return turn

    def pass_on(self) -> None:
        """End the turn; whoever has waited longest is next."""
        with self._guard:
            while self._waiting:
                turn = self._waiting.popleft()
                if turn.set_running_or_notify_cancel():
                    turn.set_result(None)
                    return
            self._taken = False
