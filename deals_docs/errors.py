"""The errors of the contract, one by one: each with its examples and the operations that answer it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from deals_spec import Contract, Schema
from deals_spec.document import resolved
from deals_spec.provenance import Provenance, provenance_of, response_place


@dataclass(frozen=True, slots=True)
class Error:
    """One kind of error response."""

    status: int
    description: str
    provenance: Provenance
    examples: dict[str, str]  # name → JSON
    headers: tuple[str, ...]
    operations: list[str] = field(default_factory=list)


def errors(contract: Contract) -> list[Error]:
    """Every kind of error response, by status."""
    found: dict[tuple[int, str], Error] = {}
    for operation in contract.operations.values():
        for status, response in operation.responses.items():
            if status < 400:
                continue
            key = (status, response.get("description", ""))
            if key not in found:
                rests_on = provenance_of(
                    contract.document, response_place(contract.document, operation, status)
                )
                headers = tuple(response.get("headers", ()))
                found[key] = Error(*key, rests_on, _examples(contract, response), headers)
            found[key].operations.append(operation.id)
    return [found[key] for key in sorted(found)]


def _examples(contract: Contract, response: Schema) -> dict[str, str]:
    return {
        name: json.dumps(resolved(contract.document, example).get("value"), ensure_ascii=False, indent=2)
        for media in response.get("content", {}).values()
        for name, example in media.get("examples", {}).items()
    }
