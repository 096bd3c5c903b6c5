"""Wires the control side together, as `mock_server/app.py` does it for the Deals API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from starlette.types import Scope

from mock_server.access import Access
from mock_server.contract import MockContract
from mock_server.control import handlers
from mock_server.control.closed import ClosedControl
from mock_server.control.console import Console
from mock_server.control.context import Control, Described
from mock_server.control.contract import ControlContract
from mock_server.control.named_world import NamedWorld
from mock_server.errors import Errors
from mock_server.framework import ContextMiddleware
from mock_server.handlers import handlers_of, modules
from mock_server.transport.checking import ResponseChecker
from mock_server.transport.flask_app import Application, flask_app
from mock_server.transport.one_write import OneWriteAtATime
from mock_server.transport.operations import has_many_deals
from mock_server.transport.own_pages import OwnPages
from mock_server.transport.reading import RequestReader
from mock_server.transport.routing import Routing
from mock_server.transport.warnings import Warnings
from mock_server.worlds import Worlds

LONG: Final = frozenset({"applyEdgeCases", "exportWorld", "listChanges", "listRequests", "explainStats"})


def create_control(
    own: ControlContract,
    worlds: Worlds,
    contract: MockContract,
    facts: Mapping[str, Any],
    access: Access,
    defects: Callable[[], Mapping[str, Described]],
) -> Application:
    """The control side of a mock with this contract of the Deals API; `facts` are shown with its health."""
    functions: Mapping[str, Callable[..., Any]] = handlers_of(own.operations, modules(handlers))
    app = flask_app(
        own,
        [
            Warnings,
            partial(ResponseChecker, contract=own),
            Errors,
            # With a key, no other page can do anything, under whatever name it reaches the mock.
            partial(OwnPages, base_path=contract.base_path, hosts=None if access.admin_key else access.hosts),
            partial(ClosedControl, access=access, base=own.base_path),
            partial(NamedWorld, contract=own, worlds=worlds),
            partial(Console, base=own.base_path, worlds=worlds, contract=contract, own=own),
            partial(Routing, contract=own),
            partial(RequestReader, contract=own, strict=True),
            OneWriteAtATime,
            ContextMiddleware,
        ],
        functions,
        is_long=_is_long,
    )
    app.flask.extensions["control"] = Control(own, contract, worlds, facts, defects)
    return app


def _is_long(operation_id: str, scope: Scope) -> bool:
    """Whether an operation may take so long that others should not wait for it."""
    if operation_id in LONG:
        return has_many_deals(scope)
    return operation_id == "createWorld"
