"""Wires the mock together; read `create_app` from top to bottom to follow a request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from typing import TYPE_CHECKING, Any, Final, Protocol

from starlette.types import Scope

from mock_server import handlers
from mock_server.access import EVERYBODY, Access
from mock_server.auth import Guard, Tokens, one_of_each_role
from mock_server.context import MockContext
from mock_server.contract import MockContract
from mock_server.control.app import create_control
from mock_server.control.contract import ControlContract
from mock_server.docs import FILES, PAGE, docs
from mock_server.errors import Errors
from mock_server.framework import ContextMiddleware, SecurityMiddleware
from mock_server.handlers import Handler
from mock_server.transport.atomic import AtomicWrites
from mock_server.transport.below import Below
from mock_server.transport.checking import ResponseChecker
from mock_server.transport.colleague import ColleagueAtWork
from mock_server.transport.cors import ApiCors
from mock_server.transport.faulty import Faulty
from mock_server.transport.flask_app import Application, flask_app
from mock_server.transport.head import RequestHead
from mock_server.transport.journaling import Journaling
from mock_server.transport.operations import has_many_deals
from mock_server.transport.own_pages import OwnPages
from mock_server.transport.preferences import Preferences
from mock_server.transport.reading import RequestReader
from mock_server.transport.routing import Routing, is_below
from mock_server.transport.scope import store_of
from mock_server.transport.warnings import Warnings
from mock_server.transport.world_choice import WorldChoice
from mock_server.worlds import Worlds

if TYPE_CHECKING:
    from mock_server.mutations import Mutation

OF_ALL_DEALS: Final = ("exportDeals", "getDealPipeline")
MOST_DEFECTS: Final = 20  # whose applications are kept


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
    access: Access = EVERYBODY,
    strict: bool = False,
    require_world: bool = False,
) -> Application:
    """Create the mock as an ASGI application.

    `facts` are shown on the health page. A `mutation` changes one behavior of the mock. `access` says who
    may see its own pages, and control it. If `strict`, names in a request that are not understood are
    refused, not only reported. If a world is required, so are requests that name none.
    """
    own = ControlContract.packaged()
    api = _Api(contract, worlds, access, strict, mutation)
    tokens = Tokens(worlds.base.clock)

    def is_own_page(path: str) -> bool:
        if is_below(own.base_path, path):
            return True
        if "//" in path:  # a base URL with a slash too many; Flask would take it for a single one
            return False
        return not is_below(contract.base_path, path) and app.flask.url_map.bind("").test(path, "GET")

    @cache  # made on first use: the mock is ready sooner
    def control_side() -> Application:
        return create_control(own, worlds, contract, facts or {}, access, _all_defects)

    @lru_cache(maxsize=MOST_DEFECTS)
    def with_defect(name: str) -> Application:
        return _Api(contract, worlds, access, strict, _all_defects()[name]).app([])

    app = api.app(
        [
            partial(RequestHead, bases=(contract.base_path, own.base_path, PAGE, *FILES)),
            partial(ApiCors, is_own_page=lambda path: path not in FILES and is_own_page(path)),
            partial(
                WorldChoice,
                worlds=worlds,
                naming=own.naming,
                base_path=contract.base_path,
                required=require_world,
            ),
            partial(ColleagueAtWork, contract=contract),
            partial(Journaling, contract=contract),
            partial(Below, base=own.base_path, other=control_side),
            partial(Faulty, contract=contract, everywhere=worlds.faults, with_defect=with_defect),
        ]
    )

    def signed_in() -> dict[str, str]:
        people = one_of_each_role(contract.roles, worlds.base.current)
        return {f"{person.name} ({person.role})": tokens.issue(person) for person in people}

    app.flask.register_blueprint(docs(contract, signed_in, own if access.control else None))
    return app


@dataclass(frozen=True, slots=True)
class _Api:
    """The part of the mock that answers the Deals API, as it is or with a mutation."""

    contract: MockContract
    worlds: Worlds
    access: Access
    strict: bool
    mutation: AppMutation | None

    def app(self, before: list[Callable[..., Any]]) -> Application:
        """An application; requests pass the middlewares of `before` first."""
        contract = self.contract
        functions = handlers.handlers_of(contract.operations, handlers.modules())
        # A mutation may break the contract on purpose, so it replaces the response check.
        watch: list[Callable[..., Any]] = [partial(ResponseChecker, contract=contract)]
        if self.mutation:
            watch = self.mutation.middlewares(contract)
            contract = self.mutation.contract(contract)
            functions = self.mutation.handlers(functions)
        app = flask_app(
            contract,
            [
                *before,
                Warnings,
                *watch,
                Errors,
                partial(OwnPages, base_path=contract.base_path, hosts=self.access.hosts),
                partial(Routing, contract=contract),
                partial(Preferences, contract=contract),
                SecurityMiddleware,
                partial(RequestReader, contract=contract, strict=self.strict),
                AtomicWrites,
                ContextMiddleware,
            ],
            functions,
            security={"bearer": lambda: Guard(contract, store_of)},
            # What a mutation has begun may not be begun again: it may count its calls.
            is_long=_is_long if self.mutation is None else _has_many_deals,
        )
        app.flask.extensions["mock"] = MockContext(contract, keeps=self.mutation is None)
        return app


def _all_defects() -> Mapping[str, Mutation]:
    """The catalogue; it is loaded only if it is asked for."""
    from mock_server.mutations import all_defects

    return all_defects()


def _has_many_deals(_: str, scope: Scope) -> bool:
    return has_many_deals(scope)


def _is_long(operation_id: str, scope: Scope) -> bool:
    """Whether an operation may take so long that others should not wait for it."""
    if operation_id in OF_ALL_DEALS:
        return has_many_deals(scope)
    return operation_id == "importDeals"
