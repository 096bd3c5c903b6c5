"""What ends a request here does what Connexion and Flask would do with it."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest
from connexion import FlaskApp
from connexion.middleware.routing import RoutingMiddleware
from flask import Response
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from mock_server.contract import MockContract
from mock_server.framework import ContextMiddleware, request_context
from mock_server.transport.flask_app import flask_app
from mock_server.transport.routing import Routing
from mock_server.transport.scope import CONTEXT

OK: Any = {"description": "", "content": {"application/json": {"schema": {"type": "object"}}}}
FILE: Any = {"description": "", "content": {"text/csv": {"schema": {"type": "string"}}}}


def _parameter(name: str, kind: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": kind}}


DOCUMENT: Any = {
    "openapi": "3.0.3",
    "info": {"title": "Shelves", "version": "1"},
    "servers": [{"url": "/api"}],
    "paths": {
        "/shelves/{id}/books/{bookTitle}": {
            "parameters": [_parameter("id", "integer"), _parameter("bookTitle", "string")],
            "get": {"operationId": "getBook", "tags": ["Shelves"], "responses": {"200": OK}},
            "put": {"operationId": "putBook", "tags": ["Shelves"], "responses": {"201": OK}},
        },
        "/shelves": {"get": {"operationId": "getFile", "tags": ["Shelves"], "responses": {"200": FILE}}},
    },
}


def get_book(id_: int, book_title: str, query: dict[str, Any]) -> Any:
    """Shows its arguments."""
    return {"id": id_, "title": book_title, "query": query, "é": request_context["query"]}


def put_book(id_: int, **more: Any) -> Any:
    """Shows which others it is given."""
    return {"id": id_, "more": sorted(more)}, 201


def get_file() -> Any:
    """A response of its own."""
    return Response("a,b\né,2\n", 200, {"X-Rows": "1"}, content_type="text/csv; charset=utf-8")


HANDLERS = {"getBook": get_book, "putBook": put_book, "getFile": get_file}


class Reader:
    """Tells the handlers what the mock's layers tell them."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        scope.setdefault("extensions", {}).setdefault(CONTEXT, {})["query"] = {"page": 1}
        await self.app(scope, receive, send)


class Compact:
    """JSON as the mock writes it."""

    def dumps(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


LAYERS: Any = [Reader, ContextMiddleware]


def connexions_own() -> Any:
    """The application as Connexion makes it."""
    app = FlaskApp(
        __name__,
        middlewares=[RoutingMiddleware, *LAYERS],
        resolver=HANDLERS.__getitem__,
        pythonic_params=True,
        jsonifier=Compact(),  # type: ignore[arg-type]
    )
    app.add_api(DOCUMENT, base_path="/api")
    return app


def ours() -> Any:
    contract = MockContract(b"", DOCUMENT)
    return flask_app(contract, [partial(Routing, contract=contract), *LAYERS], HANDLERS)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/shelves/7/books/Dune"),
        ("GET", "/api/shelves/-7/books/D%C3%BCne%20II"),
        ("PUT", "/api/shelves/12/books/x"),
        ("GET", "/api/shelves"),
    ],
)
def test_a_response_is_the_one_that_connexion_would_make(method: str, path: str) -> None:
    asked = partial(TestClient.request, method=method, url=path)
    theirs, own = asked(TestClient(connexions_own())), asked(TestClient(ours()))
    assert theirs.status_code < 300, theirs.text
    assert own.content == theirs.content
    assert (own.status_code, dict(own.headers)) == (theirs.status_code, dict(theirs.headers))
