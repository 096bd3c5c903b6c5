"""A departure: one way in which a backend differs from the sound mock, in the operations it names.

It may stand in three places: inside (around a handler, past sign-in and validation), outside
(around the whole exchange over HTTP), or in the contract (what is validated, who needs a token).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any

from mock_server.contract import MockContract
from mock_server.departures.call import Call
from mock_server.departures.front import Asked, Front, Reply
from mock_server.handlers import Handler

Inside = Callable[[Call], Any]
Outside = Callable[[Asked], Awaitable[Reply]]
Changes = Mapping[
    tuple[str, ...], Any
]  # keys down into the contract's document → what stands there; None: nothing


@dataclass(frozen=True, slots=True)
class Departure:
    """What it is called, which operations it touches, what it does, and what the documentation says of it."""

    name: str
    subject: str
    operations: tuple[str, ...]
    does: str
    documented: str
    inside: Inside | None = None
    outside: Outside | None = None
    changes: Callable[[], Changes] | None = None

    def contract(self, sound: MockContract) -> MockContract:
        """The contract that the departing mock obeys; the one that it shows stays as it is."""
        if self.changes is None:
            return sound
        document: Any = sound.document
        for keys, value in self.changes().items():
            document = _with(document, keys, value)
        return MockContract(sound.source, document)

    def handlers(self, sound: Mapping[str, Handler]) -> dict[str, Handler]:
        """The handlers, those of the named operations wrapped; they share one memory."""
        if self.inside is None:
            return dict(sound)
        memory: dict[Any, Any] = {}
        wrapped = {id_: _wrapped(self.inside, id_, sound[id_], memory) for id_ in self.operations}
        return {**sound, **wrapped}

    def middlewares(self, contract: MockContract) -> list[Callable[..., Any]]:
        """What stands in front of everything that answers."""
        if self.outside is None:
            return []
        routes = {id_: contract.operations[id_] for id_ in contract.operations}
        return [partial(Front, routes=routes, only=self.operations, outside=self.outside)]


def inside(*operations: str, documented: str) -> Callable[[Inside], Departure]:
    """Makes a departure of a function that stands around the handlers of these operations."""
    return lambda function: Departure(**_told(function, operations, documented), inside=function)


def outside(*operations: str, documented: str) -> Callable[[Outside], Departure]:
    """Makes a departure of a function that stands around the whole exchange of these operations."""
    return lambda function: Departure(**_told(function, operations, documented), outside=function)


def obeying(*operations: str, documented: str) -> Callable[[Callable[[], Changes]], Departure]:
    """Makes a departure of a function that says what is changed in the contract to obey."""
    return lambda function: Departure(**_told(function, operations, documented), changes=function)


def _told(function: Callable[..., Any], operations: tuple[str, ...], documented: str) -> dict[str, Any]:
    """A departure is named as its function, in the subject of its module; its docstring says what it does."""
    return {
        "name": function.__name__.replace("_", "-"),
        "subject": function.__module__.rpartition(".")[2].replace("_", " "),
        "operations": operations,
        "does": (function.__doc__ or "").strip(),
        "documented": documented,
    }


def _wrapped(around: Inside, operation: str, handler: Handler, memory: dict[Any, Any]) -> Handler:
    @wraps(handler)  # so that the arguments, too, are those of the handler
    def departing(**arguments: Any) -> Any:
        return around(Call(operation, handler, arguments, memory))

    return departing


def _with(node: Any, keys: tuple[str, ...], value: Any) -> Any:
    """The node with another value at the end of these keys, None for none; a list is keyed by `name`."""
    first, rest = keys[0], keys[1:]
    if isinstance(node, list):
        return [_with(item, rest, value) if item.get("name") == first else item for item in node]
    if not rest and value is None:
        return {key: item for key, item in node.items() if key != first}
    return {**node, first: _with(node[first], rest, value) if rest else value}
