"""Helpers that look things up in an OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema_rs

Document = dict[str, Any]


def resolved(document: Document, node: Any) -> Any:
    """The node itself, or the one that its `$ref` refers to."""
    while isinstance(node, dict) and "$ref" in node:
        target: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def operations(document: Document) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every operation as (path, method, operation)."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def parameters(document: Document, operation: dict[str, Any], place: str) -> dict[str, dict[str, Any]]:
    """The operation's parameters in this place (`"query"`), by name."""
    found = [resolved(document, node) for node in operation.get("parameters", [])]
    return {each["name"]: each for each in found if each["in"] == place}


def body_schema(document: Document, operation: dict[str, Any]) -> dict[str, Any]:
    """The schema of the operation's only request body."""
    body = resolved(document, operation["requestBody"])
    (media,) = body["content"].values()
    schema: dict[str, Any] = resolved(document, media["schema"])
    return schema


def nodes(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every mapping of the document with the path to it."""
    if isinstance(node, dict):
        yield path, node
        for key, value in node.items():
            yield from nodes(value, f"{path}/{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from nodes(value, f"{path}/{index}")


def media_types(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every media type object (an entry of `content`), with the path to it."""
    for path, node in nodes(document):
        if path.endswith("/content") and not path.endswith("/properties/content"):
            for name, media in node.items():
                yield f"{path}/{name}", media


def complaints(document: Document, schema: dict[str, Any], value: Any) -> list[str]:
    """What is wrong with the value, by the document's schema."""
    translated = _json_schema({"components": document["components"], "allOf": [schema]})
    validator = jsonschema_rs.Draft202012Validator(translated, validate_formats=True)
    return [f"{list(error.instance_path)}: {error.message}" for error in validator.iter_errors(value)]


def _json_schema(node: Any) -> Any:
    if isinstance(node, list):
        return [_json_schema(each) for each in node]
    if not isinstance(node, dict):
        return node
    kept = {key: _json_schema(value) for key, value in node.items() if key not in ("nullable", "example")}
    if node.get("nullable") is True and "type" in kept:
        kept["type"] = [kept["type"], "null"]
    return kept
