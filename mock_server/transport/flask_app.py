"""A Connexion application as the mock uses it: our middlewares, and Flask for its pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, NoReturn

from flask import Flask
from starlette.types import Message, Receive, Scope, Send
from werkzeug.exceptions import HTTPException

from deals_spec import Contract
from mock_server.framework import ConnexionMiddleware
from mock_server.transport.abridged import abridged
from mock_server.transport.bridge import FlaskBridge
from mock_server.transport.operations import Call, Operations
from mock_server.transport.whole_check import check


class Application:
    """ASGI application: Connexion with our middlewares, around the operations and Flask's pages."""

    def __init__(self, flask: Flask, connexion: ConnexionMiddleware) -> None:
        self.flask = flask
        self._connexion = connexion

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._connexion(scope, receive, send)


def flask_app(
    contract: Contract,
    middlewares: Sequence[Callable[..., Any]],
    handlers: Mapping[str, Callable[..., Any]],
    *,
    security: Mapping[str, Any] | None = None,
    is_long: Callable[[str, Scope], bool] = lambda *_: False,
) -> Application:
    """The application whose handlers, by operation id, answer the contract's operations."""
    flask = _flask()
    calls = {id_: Call.of(contract.operations[id_], handler) for id_, handler in handlers.items()}
    connexion = ConnexionMiddleware(
        Operations(flask, calls, FlaskBridge(flask.wsgi_app), is_long),
        import_name=__name__,
        middlewares=list(middlewares),
        security_map=security,
        resolver=lambda _: _not_called,
    )
    check(contract.document)
    connexion.add_api(abridged(contract.document), base_path=contract.base_path)
    _build(connexion)
    return Application(flask, connexion)


def _flask() -> Flask:
    """Flask, which has only pages of the mock's own: `Routing` decides what other paths mean."""
    flask = Flask(__name__)
    # Exceptions of any kind go on to the `Errors` middleware.
    flask.config.update(PROPAGATE_EXCEPTIONS=True, TRAP_BAD_REQUEST_ERRORS=True, TRAP_HTTP_EXCEPTIONS=True)
    flask.register_error_handler(HTTPException, _raise)
    flask.url_map.merge_slashes = False
    flask.json.sort_keys = False  # type: ignore[attr-defined]  # of Flask's usual provider
    return flask


def _build(connexion: ConnexionMiddleware) -> None:
    """Let Connexion build its middleware now; it does so at the first call, and two at once would collide."""

    async def receive() -> Message:
        return {"type": "lifespan"}

    async def send(_: Message) -> None:
        """Nobody is interested."""

    with suppress(StopIteration):  # nothing in it waits
        connexion({"type": "lifespan"}, receive, send).send(None)


def _not_called() -> NoReturn:
    """What Connexion would call for an operation; `Operations` does that."""
    raise NotImplementedError


def _raise(error: HTTPException) -> NoReturn:
    """Let the `Errors` middleware render the response."""
    raise error
