"""What a view of the contract says of each response."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from deals_spec.document import Schema, resolved

JSON_TYPE: Final = "application/json"


class Responses:
    """The responses of all operations in one view."""

    def __init__(self, document: Mapping[str, Any], named: frozenset[int]) -> None:
        self._document = document
        self._named = named
        self._responses: dict[str, dict[str, Schema]] = {
            node["operationId"]: node["responses"]
            for item in document["paths"].values()
            for node in item.values()
            if isinstance(node, dict) and "operationId" in node
        }

    def declared(self, operation: str) -> dict[str, Schema]:
        """The responses that an operation declares, by status; `2XX` stands for any success."""
        return self._responses.get(operation, {})

    def declares(self, operation: str, status: int) -> bool:
        """Whether an operation declares a status."""
        responses = self.declared(operation)
        return str(status) in responses or f"{status // 100}XX" in responses

    def of(self, operation: str, status: int) -> Schema | None:
        """What the view says of this status; if the operation does not declare it, of a similar one."""
        responses = self.declared(operation)
        chosen = responses.get(str(status)) or responses.get(f"{status // 100}XX")
        if chosen is None and status // 100 == 2:
            chosen = next((r for code, r in responses.items() if code.startswith("2")), None)
        if chosen is None and status in self._named and status >= 400:
            chosen = next((r[str(status)] for r in self._responses.values() if str(status) in r), None)
        return None if chosen is None else resolved(self._document, chosen)

    def schema(self, operation: str, status: int) -> Schema | None:
        """The schema of the JSON that this response carries; None if the view has none."""
        content: Schema = (self.of(operation, status) or {}).get("content", {})
        found: Schema | None = content.get(JSON_TYPE, {}).get("schema")
        return found
