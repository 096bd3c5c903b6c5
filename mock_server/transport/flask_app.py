"""A Connexion application as the mock uses it: our middlewares, and Flask for its pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, NoReturn

from starlette.types import Message, Scope
from werkzeug.exceptions import HTTPException

from deals_spec import Contract
from mock_server.errors import NotFound
from mock_server.framework import FlaskApp
from mock_server.transport.bridge import FlaskBridge
from mock_server.transport.operations import Call, Operations


def flask_app(
    contract: Contract,
    middlewares: Sequence[Callable[..., Any]],
    handlers: Mapping[str, Callable[..., Any]],
    *,
    security: Mapping[str, Any] | None = None,
    is_long: Callable[[str, Scope], bool] = lambda *_: False,
) -> FlaskApp:
    """The application whose handlers, by operation id, answer the contract's operations."""
    app = FlaskApp(
        __name__,
        middlewares=middlewares,
        security_map=security,
        resolver=lambda _: _not_found,
    )
    calls = {id_: Call.of(contract.operations[id_], handler) for id_, handler in handlers.items()}
    app.middleware.app.asgi_app = Operations(app.app, calls, FlaskBridge(app.app.wsgi_app), is_long)
    app.add_api(contract.document, base_path=contract.base_path)
    app.app.register_error_handler(HTTPException, _raise)
    app.app.url_map.merge_slashes = False
    app.app.json.sort_keys = False
    _build(app)
    return app


def _build(app: FlaskApp) -> None:
    """Let Connexion build its middleware now; it does so at the first call, and two at once would collide."""

    async def receive() -> Message:
        return {"type": "lifespan"}

    async def send(_: Message) -> None:
        """Nobody is interested."""

    with suppress(StopIteration):  # nothing in it waits
        app({"type": "lifespan"}, receive, send).send(None)


def _not_found(**_: Any) -> NoReturn:
    """What Flask has for each operation: nothing, so that Connexion alone decides what a path means."""
    raise NotFound


def _raise(error: HTTPException) -> NoReturn:
    """Let the `Errors` middleware render the response."""
    raise error
