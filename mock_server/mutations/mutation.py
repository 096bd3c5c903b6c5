"""A mutation: one way in which a backend differs from the sound mock, in the operations it names.

It may stand in three places: around a handler (past sign-in and validation), around HTTP
(the whole exchange), or in the contract (what is validated, who needs a token).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any

from mock_server.contract import MockContract
from mock_server.handlers import Handler
from mock_server.mutations.handler_call import HandlerCall
from mock_server.mutations.http_exchange import HttpReply, HttpRequest, HttpWrapper

AroundHandler = Callable[[HandlerCall], Any]
AroundHttp = Callable[[HttpRequest], Awaitable[HttpReply]]
# Keys down into the contract's document → what stands there; None: nothing.
Changes = Mapping[tuple[str, ...], Any]


@dataclass(frozen=True, slots=True)
class Mutation:
    """What it is called, which operations it touches, what it does, and what the documentation says of it."""

    name: str
    subject: str
    operations: tuple[str, ...]
    does: str
    documented: str
    around_handler: AroundHandler | None = None
    around_http: AroundHttp | None = None
    changes: Callable[[], Changes] | None = None

    def contract(self, sound: MockContract) -> MockContract:
        """The contract that the mutated mock obeys; the one that it shows stays as it is."""
        if self.changes is None:
            return sound
        document: Any = sound.document
        for keys, value in self.changes().items():
            document = _with(document, keys, value)
        return MockContract(sound.source, document)

    def handlers(self, sound: Mapping[str, Handler]) -> dict[str, Handler]:
        """The handlers, those of the named operations wrapped; they share one memory."""
        if self.around_handler is None:
            return dict(sound)
        memory: dict[Any, Any] = {}
        wrapped = {id_: _wrapped(self.around_handler, id_, sound[id_], memory) for id_ in self.operations}
        return {**sound, **wrapped}

    def middlewares(self, contract: MockContract) -> list[Callable[..., Any]]:
        """What stands in front of everything that answers."""
        if self.around_http is None:
            return []
        routes = {id_: contract.operations[id_] for id_ in contract.operations}
        return [partial(HttpWrapper, routes=routes, only=self.operations, wrap=self.around_http)]


def around_handler(*operations: str, documented: str) -> Callable[[AroundHandler], Mutation]:
    """Makes a mutation of a function that stands around the handlers of these operations."""
    return lambda function: Mutation(**_told(function, operations, documented), around_handler=function)


def around_http(*operations: str, documented: str) -> Callable[[AroundHttp], Mutation]:
    """Makes a mutation of a function that stands around the whole exchange of these operations."""
    return lambda function: Mutation(**_told(function, operations, documented), around_http=function)


def with_contract(*operations: str, documented: str) -> Callable[[Callable[[], Changes]], Mutation]:
    """Makes a mutation of a function that says what is changed in the contract to obey."""
    return lambda function: Mutation(**_told(function, operations, documented), changes=function)


def _told(function: Callable[..., Any], operations: tuple[str, ...], documented: str) -> dict[str, Any]:
    """A mutation is named as its function, in the subject of its module; its docstring says what it does."""
    return {
        "name": function.__name__.replace("_", "-"),
        "subject": function.__module__.rpartition(".")[2].replace("_", " "),
        "operations": operations,
        "does": (function.__doc__ or "").strip(),
        "documented": documented,
    }


def _wrapped(around: AroundHandler, operation: str, handler: Handler, memory: dict[Any, Any]) -> Handler:
    @wraps(handler)  # so that the arguments, too, are those of the handler
    def mutated(**arguments: Any) -> Any:
        return around(HandlerCall(operation, handler, arguments, memory))

    return mutated


def _with(node: Any, keys: tuple[str, ...], value: Any) -> Any:
    """The node with another value at the end of these keys, None for none; a list is keyed by `name`."""
    first, rest = keys[0], keys[1:]
    if isinstance(node, list):
        return [_with(item, rest, value) if item.get("name") == first else item for item in node]
    if not rest and value is None:
        return {key: item for key, item in node.items() if key != first}
    return {**node, first: _with(node[first], rest, value) if rest else value}
