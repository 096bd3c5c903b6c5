"""The parts of Connexion that the mock uses, imported in one place and without warnings.

Connexion's own imports trigger deprecation warnings that users of the mock can do nothing about.
"""

from __future__ import annotations

import warnings
from typing import Final

from mock_server.put_off import put_off

NOT_USED: Final = {"httpx": (), "requests": (), "starlette.testclient": ("TestClient",)}

with warnings.catch_warnings(), put_off(NOT_USED):
    for _message in ("Using `httpx` with `starlette.testclient`", r"jsonschema\..*Ref"):
        warnings.filterwarnings("ignore", message=_message)
    from connexion import ConnexionMiddleware
    from connexion.context import context as request_context
    from connexion.context import scope as request_scope
    from connexion.decorators.parameter import pythonic
    from connexion.exceptions import InvalidSpecification, ProblemException
    from connexion.json_schema import NullableTypeValidator
    from connexion.middleware.context import ContextMiddleware
    from connexion.middleware.security import SecurityMiddleware
    from connexion.spec import OpenAPISpecification, Specification

__all__ = [
    "ConnexionMiddleware",
    "ContextMiddleware",
    "InvalidSpecification",
    "NullableTypeValidator",
    "OpenAPISpecification",
    "ProblemException",
    "SecurityMiddleware",
    "Specification",
    "pythonic",
    "request_context",
    "request_scope",
]
