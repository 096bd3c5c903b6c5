"""The one wiring: reads top to bottom as the way of a request."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NoReturn, Protocol

from werkzeug.exceptions import HTTPException

from mock_server import handlers
from mock_server.auth import Guard, Tokens, one_of_each_role
from mock_server.clock import Clock
from mock_server.context import MockContext
from mock_server.contract import MockContract
from mock_server.control.health import health
from mock_server.docs import docs
from mock_server.domain.world import User
from mock_server.errors import Errors
from mock_server.framework import (
    ContextMiddleware,
    FlaskApp,
    Jsonifier,
    RoutingMiddleware,
    SecurityMiddleware,
)
from mock_server.handlers import Handler
from mock_server.transport.bridge import InlineFlask
from mock_server.transport.checking import ResponseChecker
from mock_server.transport.cors import ApiCors
from mock_server.transport.known_routes import KnownRoutesOnly
from mock_server.transport.reading import RequestReader
from mock_server.worlds import Worlds


class AppMutation(Protocol):
    """What makes the mock faulty, or legal in another way: all that `create_app` knows of it."""

    def contract(self, sound: MockContract) -> MockContract:
        """The contract to obey, instead of the sound one."""

    def handlers(self, sound: Mapping[str, Handler]) -> Mapping[str, Handler]:
        """The handlers to call, by operation id, instead of the sound ones."""

    def middlewares(self, contract: MockContract) -> list[Callable[..., Any]]:
        """The ASGI middlewares in front of everything that answers, in place of the response check."""


def create_app(
    contract: MockContract,
    worlds: Worlds,
    clock: Clock,
    *,
    facts: Mapping[str, Any] | None = None,
    mutation: AppMutation | None = None,
) -> FlaskApp:
    """The mock as an ASGI application; `facts` are for the health page.

    With a `mutation` it is faulty, or legal in another way, just there.
    """
    operations = handlers.handlers_of(contract.operations, handlers.modules())
    # A mutation is meant to leave the contract, so then nobody checks the answers.
    watch: list[Callable[..., Any]] = [partial(ResponseChecker, contract=contract)]
    if mutation:
        watch = mutation.middlewares(contract)
        contract, operations = mutation.contract(contract), mutation.handlers(operations)
    tokens = Tokens(clock)
    guard = Guard(contract, tokens, lambda: worlds.current)

    def people() -> list[User]:
        return one_of_each_role(contract.roles, worlds.current)

    app = FlaskApp(
        __name__,
        middlewares=[
            partial(ApiCors, base_path=contract.base_path),
            *watch,
            Errors,
            partial(KnownRoutesOnly, contract=contract),
            RoutingMiddleware,
            SecurityMiddleware,
            partial(RequestReader, contract=contract),
            ContextMiddleware,
        ],
        security_map={"bearer": lambda: guard},
        resolver=operations.__getitem__,
        pythonic_params=True,
        jsonifier=Jsonifier(json, ensure_ascii=False, allow_nan=False, separators=(",", ":")),
    )
    app.middleware.app.asgi_app = InlineFlask(app.app.wsgi_app)
    app.add_api(contract.document, base_path=contract.base_path)
    app.app.extensions["mock"] = MockContext(contract, worlds, clock, tokens)
    app.app.register_blueprint(
        docs(contract, lambda: {f"{p.name} ({p.role})": tokens.issue(p) for p in people()})
    )
    app.app.register_blueprint(health(worlds, facts or {}))
    app.app.register_error_handler(HTTPException, _raise)
    app.app.url_map.merge_slashes = False
    app.app.json.sort_keys = False
    return app


def _raise(error: HTTPException) -> NoReturn:
    """Leave the answer to the one renderer."""
    raise error
