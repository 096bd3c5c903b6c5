"""The contract's file: where it is, how it is read, and which keys it may use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from deals_spec.places import SAFE_LOADER, Place, line_of, located

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
ALWAYS_GUESSED: Final = ("x-required-role", "x-max-body-bytes")  # these keys are guesses without a mark
# The keys below NAMES are free names, which may begin with `x-`; below DATA there is only data.
NAMES: Final = frozenset({"properties", "headers", "examples", "schemas", "parameters", "responses"})
DATA: Final = frozenset({"example", "examples", "value", "default", "enum", *VENDOR_KEYS})


class ContractError(Exception):
    """The contract cannot be used."""


class _Loader(SAFE_LOADER):  # type: ignore[misc]
    """YAML with JSON's types: a date is a string."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def contract_path() -> Path:
    """The packaged contract, or the checkout's."""
    return PACKAGED if PACKAGED.exists() else CHECKOUT


def released_path() -> Path:
    """The packaged contract of the last release, or the checkout's."""
    packaged = PACKAGED.with_name("released.yaml")
    return packaged if packaged.exists() else CHECKOUT.with_name("released.yaml")


def read_document(path: Path | None = None) -> tuple[bytes, dict[str, Any]]:
    """Read a contract: the given file, the packaged one, or the checkout's.

    Returns its bytes and its document.
    Raises ContractError if the file cannot be read, is not OpenAPI, or uses an unknown `x-` key.
    """
    path = path or contract_path()
    try:
        source = path.read_bytes()
        document = yaml.load(source, _Loader)
    except yaml.MarkedYAMLError as error:
        mark, begin = error.problem_mark or error.context_mark, error.context_mark
        reason = f"cannot be read: {error.problem or error.context}"
        if begin and error.problem:
            reason = f"{reason} {error.context} that begins in line {begin.line + 1}"
        raise ContractError(located(path, mark.line + 1 if mark else None, reason)) from error
    except (OSError, yaml.YAMLError, RecursionError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise ContractError(located(path, None, f"cannot be read: {why}")) from error
    if not isinstance(document, dict) or "paths" not in document:
        raise ContractError(located(path, None, "is not an OpenAPI document"))
    _refuse_unknown_keys(document, path, source)
    return source, document


def resolved(document: Schema, node: Schema) -> Schema:
    """The node that a `$ref` refers to, or the node itself; raises ValueError if it refers to itself."""
    followed: set[str] = set()
    while "$ref" in node:
        reference = node["$ref"]
        if reference in followed:
            raise ValueError(f"{reference} refers to itself")
        followed.add(reference)
        found: Any = document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


def _refuse_unknown_keys(document: Schema, path: Path, source: bytes) -> None:
    for place in _unknown_keys(document, ()):
        reason = f"{place[-1]}: unknown key; must be one of {', '.join(VENDOR_KEYS)}"
        raise ContractError(located(path, line_of(source, place), reason))


def _unknown_keys(node: Any, at: Place, *, names: bool = False) -> Iterator[Place]:
    """The places of unknown `x-` keys; `names`: the keys of this node are free names."""
    if isinstance(node, list):
        for index, value in enumerate(node):
            yield from _unknown_keys(value, (*at, index))
    if not isinstance(node, dict):
        return
    for key, value in node.items():
        if not names and str(key).startswith("x-") and key not in VENDOR_KEYS:
            yield (*at, key)
        elif names or key not in DATA:
            yield from _unknown_keys(value, (*at, key), names=not names and key in NAMES)
