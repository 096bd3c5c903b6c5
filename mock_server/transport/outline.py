"""What Connexion is told of a contract: which operations there are, where, and who may call them.

It needs no more, for everything else is read, validated and checked by our own middleware. It copies what it
is told three times, and checks it with Python's jsonschema: of the whole contract that took an eighth of the
mock's start. The whole is checked in `whole_check.py`.
"""

from __future__ import annotations

from typing import Any, Final

from deals_spec import Contract, Schema
from deals_spec.document import METHODS, resolved

ABOUT_ALL: Final = ("openapi", "info", "servers", "security")
SOME_RESPONSE: Final = {"default": {"description": ""}}  # OpenAPI wants one


def outline(contract: Contract) -> dict[str, Any]:
    """An OpenAPI document with the operations of a contract, but without what they send and receive.

    Raises ValueError if two operations have the same id, by which Connexion finds them.
    """
    document = contract.document
    schemes = document.get("components", {}).get("securitySchemes", {})
    ids = [node["operationId"] for item in document["paths"].values() for node in _operations(item).values()]
    if twice := {id_ for id_ in ids if ids.count(id_) > 1}:
        raise ValueError(f"the operationId {', '.join(sorted(twice))} is there twice")
    return {
        **{key: document[key] for key in ABOUT_ALL if key in document},
        "components": {"securitySchemes": {name: resolved(document, each) for name, each in schemes.items()}},
        "paths": {
            path: {
                method: _outline(contract, node["operationId"], node)
                for method, node in _operations(item).items()
            }
            for path, item in document["paths"].items()
        },
    }


def _operations(item: Schema) -> dict[str, Schema]:
    """The operations of a path by their methods."""
    return {method: node for method, node in item.items() if method in METHODS}


def _outline(contract: Contract, id_: str, node: Schema) -> dict[str, Any]:
    parameters = [each for each in contract.operations[id_].parameters if each["in"] == "path"]
    return {
        "operationId": id_,
        "parameters": [_path_parameter(contract, each) for each in parameters],
        "responses": SOME_RESPONSE,
        **({"security": node["security"]} if "security" in node else {}),
    }


def _path_parameter(contract: Contract, parameter: Schema) -> dict[str, Any]:
    """The parameter with its type, by which Connexion knows whether a path is meant."""
    schema = resolved(contract.document, parameter["schema"])
    kind = {key: schema[key] for key in ("type", "format") if key in schema}
    return {"name": parameter["name"], "in": "path", "required": True, "schema": kind}
