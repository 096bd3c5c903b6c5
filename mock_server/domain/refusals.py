"""The errors of the rules."""

from __future__ import annotations

from collections.abc import Mapping


class Refusal(Exception):
    """A request that the rules reject; the world stays as it was."""


class Missing(Refusal):
    """The record does not exist: `Missing("Deal", 7)`."""

    def __init__(self, kind: str, id_: int) -> None:
        super().__init__(f"{kind} {id_} not found")


class Invalid(Refusal):
    """Some fields are invalid: one message for each, by field name."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("Validation failed")
        self.errors = dict(errors)
