"""A mutation: one way in which a backend differs from the unmodified mock, in the operations that it names.

It wraps a handler (after authentication and validation), wraps the whole HTTP exchange,
or changes the contract (what is validated, who needs a token).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any

from mock_server.contract import MockContract
from mock_server.framework import request_context
from mock_server.handlers import Handler
from mock_server.mutations.handler_call import HandlerCall
from mock_server.mutations.http_exchange import HttpReply, HttpRequest, HttpWrapper
from mock_server.mutations.memories import Memories

AroundHandler = Callable[[HandlerCall], Any]
AroundHttp = Callable[[HttpRequest], Awaitable[HttpReply]]
# Path of keys in the contract's document → the new value; None removes the key.
Changes = Mapping[tuple[str, ...], Any]


@dataclass(frozen=True, slots=True)
class Mutation:
    """A change in the behavior of some operations, with a description and what the documentation says."""

    name: str
    subject: str
    operations: tuple[str, ...]
    does: str
    documented: str
    around_handler: AroundHandler | None = None
    around_http: AroundHttp | None = None
    changes: Callable[[], Changes] | None = None

    def contract(self, original: MockContract) -> MockContract:
        """The contract that the mutated mock follows; the contract that it publishes does not change."""
        if self.changes is None:
            return original
        document: Any = original.document
        for keys, value in self.changes().items():
            document = _with(document, keys, value)
        return MockContract(original.source, document)

    def handlers(self, original: Mapping[str, Handler]) -> dict[str, Handler]:
        """All handlers; those of the named operations are wrapped, and share one memory in each world."""
        if self.around_handler is None:
            return dict(original)
        memories = Memories()
        around = partial(_wrapped, self.around_handler, memories)
        return {**original, **{id_: around(id_, original[id_]) for id_ in self.operations}}

    def middlewares(self, contract: MockContract) -> list[Callable[..., Any]]:
        """The ASGI middleware in front of the app."""
        if self.around_http is None:
            return []
        return [partial(HttpWrapper, contract=contract, only=self.operations, wrap=self.around_http)]


def around_handler(*operations: str, documented: str) -> Callable[[AroundHandler], Mutation]:
    """Make a mutation from a function that wraps the handlers of these operations."""
    return lambda function: Mutation(**_described(function, operations, documented), around_handler=function)


def around_http(*operations: str, documented: str) -> Callable[[AroundHttp], Mutation]:
    """Make a mutation from a function that wraps the HTTP exchange of these operations."""
    return lambda function: Mutation(**_described(function, operations, documented), around_http=function)


def with_contract(*operations: str, documented: str) -> Callable[[Callable[[], Changes]], Mutation]:
    """Make a mutation from a function that returns changes to the contract."""
    return lambda function: Mutation(**_described(function, operations, documented), changes=function)


def _described(function: Callable[..., Any], operations: tuple[str, ...], documented: str) -> dict[str, Any]:
    """Take the name and description of a mutation from its function, and the subject from its module."""
    return {
        "name": function.__name__.replace("_", "-"),
        "subject": function.__module__.rpartition(".")[2].replace("_", " "),
        "operations": operations,
        "does": (function.__doc__ or "").strip(),
        "documented": documented,
    }


def _wrapped(around: AroundHandler, memories: Memories, operation: str, handler: Handler) -> Handler:
    @wraps(handler)  # keeps the signature, which decides the arguments
    def mutated(**arguments: Any) -> Any:
        memory = memories.of(request_context["store"])
        return around(HandlerCall(operation, handler, arguments, memory))

    return mutated


def _with(node: Any, keys: tuple[str, ...], value: Any) -> Any:
    """The node with a new value at this path, or without it if None; list items are found by their `name`."""
    first, rest = keys[0], keys[1:]
    if isinstance(node, list):
        return [_with(item, rest, value) if item.get("name") == first else item for item in node]
    if not rest and value is None:
        return {key: item for key, item in node.items() if key != first}
    return {**node, first: _with(node[first], rest, value) if rest else value}
