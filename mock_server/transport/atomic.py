"""A write that is not answered has not happened: others see it once its response has been checked."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from deals_spec.operation import SAFE_METHODS
from mock_server.domain.refusals import Refusal
from mock_server.transport.turns import Turns
from mock_server.worlds import Transaction, Worlds

CONTEXT = "connexion_context"  # what handlers see of a request, in its scope
TRANSACTION = "transaction"  # the part of it that takes the writes


def transaction_of(scope: Scope) -> Transaction | None:
    """The transaction of a request; None if it only reads, or has not come so far."""
    transaction: Transaction | None = scope.get("extensions", {}).get(CONTEXT, {}).get(TRANSACTION)
    return transaction


class AtomicWrites:
    """ASGI middleware: one write at a time, in a transaction that is published if its response is right.

    Reads do not wait: they see the world before the write or after it.
    """

    def __init__(self, app: ASGIApp, worlds: Worlds) -> None:
        self.app = app
        self._worlds = worlds
        self._turns = Turns()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in SAFE_METHODS:
            await self.app(scope, receive, send)
            return
        async with self._turns:
            transaction = Transaction(self._worlds)
            scope.setdefault("extensions", {}).setdefault(CONTEXT, {})[TRANSACTION] = transaction
            try:
                await self.app(scope, receive, send)
            except Refusal:  # nothing has been written, unless by a mutation
                transaction.publish()
                raise
            except BaseException:
                transaction.roll_back()
                raise
            transaction.publish()  # the check of the response has done it, unless a mutation replaces that
