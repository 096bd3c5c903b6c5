"""How a law states its expectations, and the two ways in which it ends early."""

from __future__ import annotations

from typing import Final

from contract_tests.client.exchange import Exchange
from contract_tests.verdict.checks import SUCCESS

SHOWN: Final = 200  # characters of a response's body in a finding
UNREADABLE_INPUT: Final = (400, 422)
MAY_NOT: Final = (401, 403)
STRANGERS: Final = ("nobody", "bad", "expired")


class Broken(Exception):
    """The server does not do what the law says."""

    def __init__(
        self, expected: str, received: str, *exchanges: Exchange, operation: str | None = None
    ) -> None:
        super().__init__(f"expected {expected}; received {received}")
        self.expected, self.received = expected, received
        self.exchanges, self.operation = exchanges, operation


class NotJudged(Exception):
    """The law cannot be judged on this server; the message says why."""


def expect(
    holds: object, expected: str, received: object, *exchanges: Exchange, operation: str | None = None
) -> None:
    """Raise Broken unless the expectation holds."""
    if not holds:
        raise Broken(expected, str(received), *exchanges, operation=operation)


def granted(exchange: Exchange, *, operation: str | None = None) -> Exchange:
    """Expect success; if this user lacks the permission, the law cannot be judged."""
    if exchange.status in MAY_NOT and exchange.as_ not in STRANGERS:
        raise NotJudged(f"{exchange.operation_id} returned {exchange.status} to the user “{exchange.as_}”")
    expect(
        exchange.ok, SUCCESS, response_of(exchange), exchange, operation=operation or exchange.operation_id
    )
    return exchange


def refused(exchange: Exchange, *statuses: int, why: str, operation: str | None = None) -> Exchange:
    """Expect a refusal with one of these statuses (400 or 422 unless given)."""
    if exchange.status in MAY_NOT:
        raise NotJudged(f"{exchange.operation_id} returned {exchange.status} to the user “{exchange.as_}”")
    allowed = statuses or UNREADABLE_INPUT
    *first, last = map(str, allowed)
    names = f"{', '.join(first)} or {last}" if first else last
    expect(
        exchange.status in allowed,
        f"{names} ({why})",
        response_of(exchange),
        exchange,
        operation=operation or exchange.operation_id,
    )
    return exchange


def response_of(exchange: Exchange) -> str:
    """The status and the beginning of the body of a response."""
    text = exchange.body[: SHOWN * 4].decode("utf-8", "replace")
    return f"{exchange.status} {text[:SHOWN]}".strip()
