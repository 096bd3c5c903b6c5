"""The errors of world files, in one line of bounded length."""

from __future__ import annotations

from typing import Any

from deals_spec.places import Place

LONGEST = 400  # characters of a message
LONGEST_VALUE = 60


class WorldFileError(Exception):
    """An invalid world file; the message names the file, record, field and what is allowed, in one line.

    `line` is where the YAML is wrong; `place` leads to what is wrong in it, as far as that is known.
    """

    def __init__(self, message: str, place: Place = (), *, line: int | None = None) -> None:
        self.place, self.line = place, line
        text = " ".join(message.split())
        half = LONGEST // 2
        super().__init__(text if len(text) <= LONGEST else f"{text[:half]} … {text[-half:]}")


def shown(value: Any) -> str:
    """A value in a few words; of a collection only its kind, since its aliases could make it endless."""
    if isinstance(value, dict | list | tuple | set):
        return "a mapping" if isinstance(value, dict) else "a list"
    if isinstance(value, int) and value.bit_length() > 500:
        return "a number of hundreds of digits"
    text = repr(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
