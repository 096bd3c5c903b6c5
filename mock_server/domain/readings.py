"""How a cell of a spreadsheet was read, and what cannot be read."""

from __future__ import annotations

from dataclasses import dataclass

from mock_server.domain.refusals import Invalid


@dataclass(frozen=True, slots=True)
class Reading:
    """A text in the contract's notation; `remark` says how it was read, if that is not what was written.

    A text that no reader knows stays as it is, for the schema to reject.
    """

    text: str
    remark: str = ""


class Unclear(Exception):
    """The text could mean two things, or cannot be kept whole; the message says how to write it."""


def told(text: str, result: str, why: str = "") -> Reading:
    """A reading with a remark if the result is not what was written."""
    reason = f" ({why})" if why else ""
    return Reading(result, "" if text == result else f"was read as {result}{reason}")


def unreadable(message: str) -> Invalid:
    """The refusal of a whole file."""
    return Invalid({"file": message})


def shown(text: str, most: int = 40) -> str:
    """A text as a message shows it: not longer than this."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
