"""A write takes effect only when its response has been made and checked."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from deals_spec.operation import SAFE_METHODS
from mock_server.domain.refusals import Refusal
from mock_server.past import Cause
from mock_server.store import Transaction
from mock_server.transport.scope import CONTEXT, operation_of, store_of

TRANSACTION = "transaction"  # in the context of a request: what takes its writes


def transaction_of(scope: Scope) -> Transaction | None:
    """The transaction of a request; None if it only reads, or has not come so far."""
    transaction: Transaction | None = scope["extensions"].get(CONTEXT, {}).get(TRANSACTION)
    return transaction


class AtomicWrites:
    """ASGI middleware: one write at a time in each world, in a transaction.

    It is published if its response is right; then the next one may write, however slowly that is read.

    Reads do not wait: they see the world before the write or after it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in SAFE_METHODS:
            await self.app(scope, receive, send)
            return
        transaction = await Transaction.begin(store_of(scope), _cause(scope))
        scope["extensions"][CONTEXT][TRANSACTION] = transaction
        try:
            await self.app(scope, receive, send)
        except Refusal:  # nothing has been written, unless by a mutation
            transaction.publish()
            raise
        except BaseException:
            transaction.roll_back()
            raise
        # The check of the response has done it before it was sent, unless a mutation replaces that.
        transaction.publish()


def _cause(scope: Scope) -> Cause:
    user = scope["extensions"][CONTEXT].get("user")
    return Cause(
        what=f"{scope['method']} {scope['path']}",
        at=store_of(scope).clock.now(),
        operation=operation_of(scope),
        person=user.email if user else None,
    )
