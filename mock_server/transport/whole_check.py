"""Whether a contract is OpenAPI: what Connexion would say if it were told the whole, but 20 times as fast.

Connexion's own check walks through OpenAPI's schema with Python's jsonschema. Here the same schema is
compiled, and only a contract in which something seems wrong is passed on to Connexion: its word counts, and
its error has the place.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

import jsonschema_rs
from jsonschema import Draft4Validator
from jsonschema.validators import extend

from deals_spec import Schema
from deals_spec.document import resolved
from mock_server.framework import NullableTypeValidator, OpenAPISpecification, Specification

log = logging.getLogger(__name__)


def check(document: Schema) -> None:
    """Raise what Connexion raises if this is not OpenAPI 3.0 or refers to what is not there."""
    try:
        nodes = list(_nodes(document))
        if _openapi().is_valid(document) and _defaults_fit(document, nodes) and _is_whole(document, nodes):
            return
    except Exception:  # whatever it is, Connexion says it better
        log.debug("Connexion has to check this contract", exc_info=True)
    Specification.from_dict(document)


@cache
def _openapi() -> jsonschema_rs.Draft4Validator:
    return jsonschema_rs.Draft4Validator(OpenAPISpecification.openapi_schema)


def _defaults_fit(document: Schema, nodes: Iterable[Schema]) -> bool:
    """Whether each default is what its schema allows, exactly as Connexion asks it."""
    validator = extend(Draft4Validator, {"type": NullableTypeValidator})(document)
    found = [node for node in nodes if "default" in node]
    return all(validator.evolve(schema=node).is_valid(node["default"]) for node in found)


def _is_whole(document: Schema, nodes: Iterable[Schema]) -> bool:
    """Whether each reference is to a node of the document; `resolved` raises something if it is not there."""
    references = {node["$ref"] for node in nodes if "$ref" in node}
    for reference in references:
        resolved(document, {"$ref": reference})
    return all(reference.startswith("#/") for reference in references)


def _nodes(node: Any) -> Iterator[Schema]:
    """Every object of a document."""
    if isinstance(node, Mapping):
        yield node
        node = list(node.values())
    if isinstance(node, list):
        for each in node:
            yield from _nodes(each)
