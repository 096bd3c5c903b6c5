"""What Connexion is told of a contract: which operations there are, and who may call them.

It needs no more, for everything else is read, validated and checked by our own middleware. It copies what it
is told three times, and checks it with Python's jsonschema: of the whole contract that took an eighth of the
mock's start. The whole is checked in `whole_check.py`.
"""

from __future__ import annotations

from typing import Any, Final

from deals_spec import Schema
from deals_spec.document import METHODS, resolved

ABOUT_ALL: Final = ("openapi", "info", "servers", "security")
ABOUT_ONE: Final = ("operationId", "security")
SOME_RESPONSE: Final = {"default": {"description": ""}}  # OpenAPI wants one


def abridged(document: Schema) -> dict[str, Any]:
    """An OpenAPI document with the operations of this one, but without what they send and receive.

    Raises ValueError if two operations have the same id, by which Connexion finds them.
    """
    schemes = document.get("components", {}).get("securitySchemes", {})
    ids = [node["operationId"] for item in document["paths"].values() for node in _operations(item).values()]
    if twice := {id_ for id_ in ids if ids.count(id_) > 1}:
        raise ValueError(f"the operationId {', '.join(sorted(twice))} is there twice")
    return {
        **{key: document[key] for key in ABOUT_ALL if key in document},
        "components": {"securitySchemes": {name: resolved(document, each) for name, each in schemes.items()}},
        "paths": {
            path: {method: _abridged(node) for method, node in _operations(item).items()}
            for path, item in document["paths"].items()
        },
    }


def _operations(item: Schema) -> dict[str, Schema]:
    """The operations of a path by their methods."""
    return {method: node for method, node in item.items() if method in METHODS}


def _abridged(node: Schema) -> dict[str, Any]:
    return {**{key: node[key] for key in ABOUT_ONE if key in node}, "responses": SOME_RESPONSE}
