"""What the rules say when they will not do a thing."""

from __future__ import annotations

from collections.abc import Mapping


class Refusal(Exception):
    """A request that the rules turn down; the world stays as it was."""


class Missing(Refusal):
    """There is no such record: `Missing("Deal", 7)`."""

    def __init__(self, kind: str, id_: int) -> None:
        super().__init__(f"{kind} {id_} not found")


class Invalid(Refusal):
    """Some fields are not acceptable: one text for each, by the field's name."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("Validation failed")
        self.errors = dict(errors)
