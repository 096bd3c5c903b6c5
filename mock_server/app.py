"""Wires the mock together; read `create_app` from top to bottom to follow a request."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cache, partial
from typing import Any, Final, Protocol

from starlette.types import Scope

from mock_server import handlers
from mock_server.auth import Guard, Tokens, one_of_each_role
from mock_server.context import MockContext
from mock_server.contract import MockContract
from mock_server.control.app import create_control
from mock_server.control.contract import ControlContract
from mock_server.docs import docs
from mock_server.domain.world import User
from mock_server.errors import Errors
from mock_server.framework import ContextMiddleware, FlaskApp, RoutingMiddleware, SecurityMiddleware
from mock_server.handlers import Handler
from mock_server.transport.atomic import AtomicWrites
from mock_server.transport.below import Below
from mock_server.transport.checking import ResponseChecker
from mock_server.transport.cors import ApiCors
from mock_server.transport.faulty import Faulty
from mock_server.transport.flask_app import flask_app
from mock_server.transport.head import RequestHead
from mock_server.transport.journaling import Journaling
from mock_server.transport.known_routes import KnownRoutesOnly, is_below
from mock_server.transport.own_pages import OwnPages
from mock_server.transport.preferences import Preferences
from mock_server.transport.reading import RequestReader
from mock_server.transport.warnings import Warnings
from mock_server.transport.world_choice import WorldChoice, store_of
from mock_server.worlds import Worlds

OF_ALL_DEALS: Final = ("exportDeals", "getDealPipeline")
MANY_DEALS: Final = 2_000  # fewer take less time than a thread is worth


class AppMutation(Protocol):
    """Changes one behavior of the mock; this is all that `create_app` knows about mutations."""

    def contract(self, original: MockContract) -> MockContract:
        """The contract to use instead of the original."""

    def handlers(self, original: Mapping[str, Handler]) -> Mapping[str, Handler]:
        """The handlers to call, by operation id, instead of the originals."""

    def middlewares(self, contract: MockContract) -> list[Callable[..., Any]]:
        """The outermost ASGI middlewares, which replace the response check."""


def create_app(
    contract: MockContract,
    worlds: Worlds,
    *,
    facts: Mapping[str, Any] | None = None,
    mutation: AppMutation | None = None,
    hosts: Collection[str] | None = None,
    strict: bool = False,
    require_world: bool = False,
) -> FlaskApp:
    """Create the mock as an ASGI application.

    `facts` are shown on the health page. A `mutation` changes one behavior of the mock. If the mock is
    served on a socket, `hosts` are the names, besides localhost, under which its own pages are shown.
    If `strict`, names in a request that are not understood are refused, not only reported. If a world is
    required, so are requests that name none.
    """
    handlers_by_operation = handlers.handlers_of(contract.operations, handlers.modules())
    # A mutation may break the contract on purpose, so it replaces the response check.
    watch: list[Callable[..., Any]] = [partial(ResponseChecker, contract=contract)]
    if mutation:
        watch = mutation.middlewares(contract)
        contract = mutation.contract(contract)
        handlers_by_operation = mutation.handlers(handlers_by_operation)
    own = ControlContract.packaged()
    guard = Guard(contract, store_of)
    tokens = Tokens(worlds.base.clock)

    def people() -> list[User]:
        return one_of_each_role(contract.roles, worlds.base.current)

    def is_own_page(path: str) -> bool:
        if is_below(own.base_path, path):
            return True
        if "//" in path:  # a base URL with a slash too many; Flask would take it for a single one
            return False
        return not is_below(contract.base_path, path) and app.app.url_map.bind("").test(path, "GET")

    @cache  # made on first use: the mock is ready sooner
    def control_side() -> FlaskApp:
        return create_control(own, worlds, contract, facts or {}, hosts)

    app = flask_app(
        contract,
        [
            partial(RequestHead, bases=(contract.base_path, own.base_path)),
            partial(ApiCors, is_own_page=is_own_page),
            partial(
                WorldChoice,
                worlds=worlds,
                naming=own.naming,
                base_path=contract.base_path,
                required=require_world,
            ),
            partial(Journaling, contract=contract),
            partial(Below, base=own.base_path, other=control_side),
            partial(Faulty, contract=contract, everywhere=worlds.faults),
            Warnings,
            *watch,
            Errors,
            partial(OwnPages, base_path=contract.base_path, hosts=hosts),
            partial(KnownRoutesOnly, contract=contract),
            RoutingMiddleware,
            partial(Preferences, contract=contract),
            SecurityMiddleware,
            partial(RequestReader, contract=contract, strict=strict),
            AtomicWrites,
            ContextMiddleware,
        ],
        {id_: guard.protected(id_, handler) for id_, handler in handlers_by_operation.items()},
        security={"bearer": lambda: guard},
        is_long=_is_long,
    )
    app.app.extensions["mock"] = MockContext(contract, worlds.base, keeps=mutation is None)
    app.app.register_blueprint(
        docs(contract, lambda: {f"{p.name} ({p.role})": tokens.issue(p) for p in people()})
    )
    return app


def _is_long(operation_id: str, scope: Scope) -> bool:
    """Whether an operation may take so long that others should not wait for it."""
    if operation_id in OF_ALL_DEALS:
        return len(store_of(scope).current.deals) > MANY_DEALS
    return operation_id == "importDeals"
