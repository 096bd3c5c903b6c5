"""What a law is: a function named as a claim, with its documented basis as its first line."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from contract_tests.target.exchange import Exchange

MARK: Final = "__laws__"
SHOWN: Final = 200  # characters of an answer's body in a finding
UNREADABLE_INPUT: Final = (400, 422)
MAY_NOT: Final = (401, 403)
STRANGERS: Final = ("nobody", "bad", "expired")
# What a law trips over in an answer whose shape it cannot read.
MISREAD: Final = (LookupError, TypeError, ValueError, AttributeError, StopIteration)


class Broken(Exception):
    """The server's answer is not what the law says."""

    def __init__(
        self, expected: str, received: str, *exchanges: Exchange, operation: str | None = None
    ) -> None:
        super().__init__(f"expected {expected}; received {received}")
        self.expected, self.received = expected, received
        self.exchanges, self.operation = exchanges, operation


class NotJudged(Exception):
    """The law cannot be held against this server, and why."""


@dataclass(frozen=True)
class Law:
    """One law, for one case of it."""

    name: str
    basis: str  # the documented words that it rests on
    operations: tuple[str, ...]
    body: Callable[..., None] = field(repr=False)
    needs: tuple[str, ...] = ()  # of: writes, admin, other, login, quote, expired
    drift: bool = False  # a departure is one from our guess only
    case: str = ""
    of_all: bool = False  # it speaks of everybody's deals: what others do meanwhile shows in it

    @property
    def id(self) -> str:
        """The name, and the case if there are several."""
        return f"{self.name}[{self.case}]" if self.case else self.name

    @property
    def claim(self) -> str:
        """The name as words."""
        words = self.name.replace("_", " ")
        return f"{words} ({self.case})" if self.case else words

    def hold(self, scene: Any) -> None:
        """Hold the law against the scene: raises Broken or NotJudged."""
        try:
            self.body(*((scene, self.case) if self.case else (scene,)))
        except MISREAD as error:
            raise NotJudged(f"the answers could not be read: {type(error).__name__}: {error}") from error


def law(
    *operations: str,
    needs: Iterable[str] = (),
    drift: bool = False,
    of_all: bool = False,
    cases: Iterable[str] = (),
    each: Iterable[str] = (),
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a function a law. `cases` make a law of each case; `each` one of each operation named."""

    def mark(body: Callable[..., None]) -> Callable[..., None]:
        def one(case: str, concerned: tuple[str, ...]) -> Law:
            return Law(body.__name__, _basis(body), concerned, body, tuple(needs), drift, case, of_all)

        made = [one(operation, (operation,)) for operation in each]
        made += [one(case, operations) for case in cases]
        setattr(body, MARK, tuple(made) or (one("", operations),))
        return body

    return mark


def laws_of(module: Any) -> list[Law]:
    """The laws of a module, in the order in which they stand."""
    return [each for value in vars(module).values() for each in getattr(value, MARK, ())]


def _basis(body: Callable[..., None]) -> str:
    return (inspect.getdoc(body) or "").split("\n")[0]


# What a law says


def expect(
    holds: object, expected: str, received: object, *exchanges: Exchange, operation: str | None = None
) -> None:
    """Raise Broken unless it holds."""
    if not holds:
        raise Broken(expected, str(received), *exchanges, operation=operation)


def granted(exchange: Exchange, *, operation: str | None = None) -> Exchange:
    """A request that must succeed did; one that this person may not make cannot be judged."""
    if exchange.status in MAY_NOT and exchange.as_ not in STRANGERS:
        raise NotJudged(f"{exchange.operation_id} answered {exchange.status} to “{exchange.as_}”")
    expect(exchange.ok, "success", answered(exchange), exchange, operation=operation or exchange.operation_id)
    return exchange


def refused(exchange: Exchange, *statuses: int, why: str, operation: str | None = None) -> Exchange:
    """A wrong request was refused, with one of these statuses (400 or 422 unless told)."""
    if exchange.status in MAY_NOT:
        raise NotJudged(f"{exchange.operation_id} answered {exchange.status} to “{exchange.as_}”")
    allowed = statuses or UNREADABLE_INPUT
    names = " or ".join(map(str, allowed))
    expect(
        exchange.status in allowed,
        f"{names}: {why}",
        answered(exchange),
        exchange,
        operation=operation or exchange.operation_id,
    )
    return exchange


def answered(exchange: Exchange) -> str:
    """The status and the beginning of the body."""
    text = exchange.body[: SHOWN * 4].decode("utf-8", "replace")
    return f"{exchange.status} {text[:SHOWN]}".strip()
