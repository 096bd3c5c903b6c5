"""What the contract says about one operation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from deals_spec.document import Schema

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. Parameters, body and responses are the contract's nodes with `$ref`s resolved."""

    id: str
    method: str
    path: str
    tag: str
    summary: str
    description: str
    public: bool
    required_role: str | None
    inferred: bool  # whether the whole operation is our guess
    parameters: tuple[Schema, ...] = field(repr=False)
    body_required: bool
    body_media: Mapping[str, Schema] = field(repr=False)  # media type → its schema and examples
    responses: Mapping[int, Schema] = field(repr=False)

    @property
    def writes(self) -> bool:
        """Whether the operation changes data."""
        return self.method not in SAFE_METHODS

    @property
    def query(self) -> dict[str, Schema]:
        """The query parameters by name."""
        return {each["name"]: each for each in self.parameters if each["in"] == "query"}

    @property
    def path_parameters(self) -> tuple[str, ...]:
        """The names of the path parameters, in order."""
        return tuple(re.findall(r"\{(\w+)\}", self.path))

    @property
    def bodies(self) -> dict[str, Schema]:
        """The schema of the request body by media type."""
        return {kind: media.get("schema", {}) for kind, media in self.body_media.items()}

    @property
    def body_type(self) -> str | None:
        """The media type of the request body, the first if there are several."""
        return next(iter(self.bodies), None)

    @property
    def statuses(self) -> frozenset[int]:
        """The statuses that the contract declares."""
        return frozenset(self.responses)

    def path_pattern(self) -> re.Pattern[str]:
        """A pattern that matches the paths of this operation's requests."""
        return _pattern(self.path)


@cache
def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{\w+\}", path)
    return re.compile("[^/]+".join(map(re.escape, parts)))
