"""The contract's file: where it is, how it is read, and which keys it may use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

Schema = Mapping[str, Any]

PACKAGED: Final = Path(__file__).parent / "data" / "deals.yaml"
CHECKOUT: Final = Path(__file__).parent.parent / "openapi" / "deals.yaml"
METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

VENDOR_KEYS: Final = {
    "x-provenance": "where a node comes from: `site` (the documentation's other pages) or `inferred`",
    "x-inferred": "the keywords of a node that are inferred",
    "x-required-role": "the lowest role that may call the operation",
    "x-default": "what a request means by a field of its body that is null or absent",
    "x-max-body-bytes": "the largest request body in bytes",
    "x-fields": "the response properties that a parameter's values mean",
    "x-separator": "what separates the values of a parameter that is a list",
    "x-csv-row": "the columns of a CSV file, as the properties of an object",
}
# The keys below NAMES are free names, which may begin with `x-`; below DATA there is only data.
NAMES: Final = frozenset({"properties", "headers", "examples", "schemas", "parameters", "responses"})
DATA: Final = frozenset({"example", "examples", "value", "default", "enum", *VENDOR_KEYS})


class ContractError(Exception):
    """The contract cannot be used."""


COMPOSER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, if available


class _Loader(COMPOSER):  # type: ignore[misc]
    """YAML with JSON's types: a date is a string."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_document(path: Path | None = None) -> tuple[bytes, dict[str, Any]]:
    """Read a contract: the given file, the packaged one, or the checkout's.

    Returns its bytes and its document.
    Raises ContractError if the file cannot be read, is not OpenAPI, or uses an unknown `x-` key.
    """
    path = path or (PACKAGED if PACKAGED.exists() else CHECKOUT)
    try:
        source = path.read_bytes()
        document = yaml.load(source, _Loader)
    except (OSError, yaml.YAMLError) as error:
        raise ContractError(f"The contract {path} cannot be read: {error}") from error
    if not isinstance(document, dict) or "paths" not in document:
        raise ContractError(f"The contract {path} is not an OpenAPI document")
    _refuse_unknown_keys(document, path)
    return source, document


def resolved(document: Schema, node: Schema) -> Schema:
    """The node that a `$ref` refers to, or the node itself."""
    while "$ref" in node:
        found: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


def _refuse_unknown_keys(document: Schema, path: Path) -> None:
    unknown = sorted(_unknown_keys(document, "#"))
    if unknown:
        known = "\n".join(f"  {key}: {meaning}" for key, meaning in VENDOR_KEYS.items())
        raise ContractError(
            f"The contract {path} has unknown keys: {', '.join(unknown)}\nKnown keys:\n{known}"
        )


def _unknown_keys(node: Any, at: str, *, names: bool = False) -> Iterator[str]:
    """The places of unknown `x-` keys; `names`: the keys of this node are free names."""
    if isinstance(node, list):
        for index, value in enumerate(node):
            yield from _unknown_keys(value, f"{at}/{index}")
    if not isinstance(node, dict):
        return
    for key, value in node.items():
        if not names and str(key).startswith("x-") and key not in VENDOR_KEYS:
            yield f"{at}/{key}"
        elif names or key not in DATA:
            yield from _unknown_keys(value, f"{at}/{key}", names=not names and key in NAMES)
