"""The two views of the contract: all of it, and only what the documentation says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

MARKS: Final = ("x-provenance", "x-inferred")
ANY_SUCCESS: Final = "2XX"
COMPONENTS: Final = "#/components/"

Node = Any
_GONE: Final = object()


def full_view(document: Mapping[str, Any]) -> dict[str, Any]:
    """The whole contract, guesses included, without the marks on them."""
    return without_keys(document, lambda key: key in MARKS)  # type: ignore[no-any-return]


def documented_view(document: Mapping[str, Any]) -> dict[str, Any]:
    """The contract without our guesses: exactly what the documentation says.

    It accepts every response that the full view accepts.
    """
    view = _Pruning(document).of(document)
    view = without_keys(view, lambda key: key.startswith("x-"))
    return without_unused_components(view)  # type: ignore[no-any-return]


class _Pruning:
    """Removes from a contract what is marked as inferred."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._inferred = {
            f"{COMPONENTS}{kind}/{name}"
            for kind, named in document["components"].items()
            for name, node in named.items()
            if node.get("x-provenance") == "inferred"
        }

    def of(self, node: Node) -> Node:
        if isinstance(node, list):
            return [kept for kept in map(self.of, node) if kept is not _GONE]
        if not isinstance(node, dict):
            return node
        if node.get("x-provenance") == "inferred" or node.get("$ref") in self._inferred:
            return _GONE
        kept = {key: self.of(value) for key, value in _without_inferred_keywords(node).items()}
        return _tidy({key: value for key, value in kept.items() if value is not _GONE}, node)


def _without_inferred_keywords(node: dict[str, Any]) -> dict[str, Any]:
    kept = dict(node)
    for keyword in node.get("x-inferred", []):
        name, _, member = keyword.partition(".")
        if keyword == "nullable":
            kept["nullable"] = True  # whether null is allowed is our guess, so it is
        elif member:
            kept[name] = [each for each in kept[name] if str(each) != member]
        elif keyword != "status":
            del kept[name]
    return kept


def _tidy(kept: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """Repair what deletions below have left inconsistent in a node."""
    if "responses" in kept:
        kept["responses"] = _with_open_statuses(kept["responses"], node["responses"])
    if isinstance(kept.get("required"), list) and "properties" in node:
        gone = node["properties"].keys() - kept["properties"].keys()
        kept["required"] = [name for name in kept["required"] if name not in gone]
    return {key: value for key, value in kept.items() if key != "required" or value != []}


def _with_open_statuses(responses: dict[str, Any], marked: dict[str, Any]) -> dict[str, Any]:
    return {
        ANY_SUCCESS if "status" in marked[status].get("x-inferred", []) else status: response
        for status, response in responses.items()
    }


def without_keys(node: Node, unwanted: Callable[[str], bool]) -> Node:
    """A node without the unwanted keys, on it and below."""
    if isinstance(node, list):
        return [without_keys(each, unwanted) for each in node]
    if isinstance(node, dict):
        return {k: without_keys(v, unwanted) for k, v in node.items() if not unwanted(k)}
    return node


def without_unused_components(document: Node) -> Node:
    """A contract without the components that nothing in it refers to."""
    used = references(document, {key: value for key, value in document.items() if key != "components"})
    kept = {
        kind: {
            name: node
            for name, node in named.items()
            if kind == "securitySchemes" or f"{COMPONENTS}{kind}/{name}" in used
        }
        for kind, named in document["components"].items()
    }
    return {**document, "components": {kind: named for kind, named in kept.items() if named}}


def references(document: Node, node: Node) -> set[str]:
    """Every component that a node refers to, and every one that those refer to."""
    found = _own_references(node)
    pending = list(found)
    while pending:
        kind, name = pending.pop().removeprefix(COMPONENTS).split("/")
        fresh = _own_references(document["components"][kind][name]) - found
        found |= fresh
        pending.extend(fresh)
    return found


def _own_references(node: Node) -> set[str]:
    if isinstance(node, list):
        return set().union(*map(_own_references, node)) if node else set()
    if not isinstance(node, dict):
        return set()
    own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
    return own.union(*map(_own_references, node.values()))
