"""What a handler of the control side can use besides its arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from flask import current_app
from starlette.requests import Request

from mock_server.contract import MockContract
from mock_server.control.contract import ControlContract
from mock_server.framework import request_context, request_scope
from mock_server.past import Cause
from mock_server.store import Store
from mock_server.worlds import Worlds


class Described(Protocol):
    """A defect of the catalogue, as far as the control side shows it."""

    @property
    def name(self) -> str: ...

    @property
    def subject(self) -> str: ...

    @property
    def operations(self) -> tuple[str, ...]: ...

    @property
    def does(self) -> str: ...

    @property
    def documented(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Control:
    """The parts of the mock that the control side uses."""

    contract: ControlContract
    deals_contract: MockContract
    worlds: Worlds
    facts: Mapping[str, Any]
    defects: Callable[[], Mapping[str, Described]]  # the catalogue, loaded when it is asked for

    @property
    def store(self) -> Store:
        """The store of the world that the request is about."""
        store: Store = request_context["store"]
        return store

    @property
    def origin(self) -> str:
        """Where the client has reached the mock (`http://127.0.0.1:4010`)."""
        return str(Request(request_scope).base_url).rstrip("/")

    def cause(self, action: str) -> Cause:
        """Why the world changes: the control side was asked for this."""
        return Cause(action, self.store.clock.now())


def current_control() -> Control:
    """The control side that handles the current request."""
    control: Control = current_app.extensions["control"]
    return control
