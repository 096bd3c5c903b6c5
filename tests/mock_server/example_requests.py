"""Requests to every operation, built from the contract's examples: a new operation needs no line here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import httpx

from deals_spec import Operation
from mock_server.domain.world import World
from tests.deals_spec import oas
from tests.mock_server.conftest import Api, contract

CSV = b"name,stage_name\r\nImported,Lead\r\n"
PARAMETER = re.compile(r"\{(\w+)\}")


def call(api: Api, operation: Operation, query: Mapping[str, str] | None = None) -> httpx.Response:
    """The operation's response to its examples, and to more in the query."""
    path = example_path(operation, api.world)
    params = {**_query(operation), **(query or {})}
    return api.send(operation.method, f"/api{path}", params=params, **_body(operation))


def example_path(operation: Operation, world: World) -> str:
    """The path with its examples; a child's id is one that its parent has (`noteId`: a note of the deal)."""
    examples = {
        name: node["examples"]["success"]["value"] for name, node in _parameters(operation, "path").items()
    }
    for name in examples.keys() - {"id"}:
        children = world.table(f"{name.removesuffix('Id')}s")
        examples[name] = next(child.id for child in children if child.deal_id == examples["id"])
    return PARAMETER.sub(lambda match: str(examples[match[1]]), operation.path)


def path_with(operation: Operation, id_: object, child: object = None) -> str:
    """The path with this id, and another one below it."""
    fill = {True: id_, False: id_ if child is None else child}
    return PARAMETER.sub(lambda match: str(fill[match[1] == "id"]), operation.path)


def _node(operation: Operation) -> dict[str, Any]:
    node: dict[str, Any] = contract().document["paths"][operation.path][operation.method.lower()]
    return node


def _parameters(operation: Operation, place: str) -> dict[str, dict[str, Any]]:
    return oas.parameters(dict(contract().document), _node(operation), place)


def _query(operation: Operation) -> dict[str, Any]:
    query = _parameters(operation, "query")
    return {name: node["example"] for name, node in query.items() if node.get("required")}


def _body(operation: Operation) -> dict[str, Any]:
    document = dict(contract().document)
    content = oas.resolved(document, _node(operation).get("requestBody", {})).get("content", {})
    if "multipart/form-data" in content:
        return {"files": {"file": ("deals.csv", CSV, "text/csv")}}
    if "application/json" not in content:
        return {}
    example = next(iter(content["application/json"]["examples"].values()))
    return {"json": oas.resolved(document, example)["value"]}
