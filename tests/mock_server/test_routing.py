"""A request finds its operation as with Connexion's own routing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from connexion import FlaskApp
from connexion.middleware.routing import RoutingMiddleware
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.contract import MockContract
from mock_server.control.contract import ControlContract
from mock_server.errors import NotFound
from mock_server.transport.routing import Routing
from mock_server.transport.scope import ROUTING

Found = tuple[dict[str, Any], dict[str, Any]]
CONTRACTS: dict[str, MockContract] = {"API": MockContract.load(), "control": ControlContract.packaged()}
OPERATIONS = [
    pytest.param(contract, each.method, each.path, id=f"{name}-{each.id}")
    for name, contract in CONTRACTS.items()
    for each in contract.operations.values()
]


class Seen:
    """Keeps what the routing above it has found."""

    def __init__(self, app: ASGIApp | None = None) -> None:
        self.found: list[Found] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.found.append((scope["extensions"][ROUTING], scope.get("path_params", {})))
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})


def connexions_own(contract: MockContract, method: str, path: str) -> list[Found]:
    seen = Seen()
    app = FlaskApp(__name__, middlewares=[RoutingMiddleware, lambda _: seen], resolver=lambda _: print)
    app.add_api(contract.document, base_path=contract.base_path)
    TestClient(app).request(method, contract.base_path + path)
    return seen.found


def ours(contract: MockContract, method: str, path: str) -> list[Found]:
    seen = Seen()
    TestClient(Routing(seen, contract)).request(method, contract.base_path + path)
    return seen.found


@pytest.mark.parametrize(("contract", "method", "path"), OPERATIONS)
def test_a_request_has_the_operation_and_the_parameters_that_connexion_finds(
    contract: MockContract, method: str, path: str
) -> None:
    for value in ("7", "-12", "007"):
        asked = path
        for name in re.findall(r"\{(\w+)\}", path):
            asked = asked.replace(f"{{{name}}}", value)
        assert ours(contract, method, asked) == connexions_own(contract, method, asked) != []


@pytest.mark.parametrize("path", ["/deals/x", "/deals/1.5", "/deals/1/nothing", "/deals/{id}"])
def test_what_connexion_does_not_find_is_not_found(path: str) -> None:
    contract = CONTRACTS["API"]
    [(found, _)] = connexions_own(contract, "GET", path)
    assert found["operation_id"] is None
    with pytest.raises(NotFound):
        ours(contract, "GET", path)
