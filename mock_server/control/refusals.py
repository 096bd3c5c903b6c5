"""The errors of the control side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from mock_server.errors import Rejection

MOST_NAMES: Final = 10  # that a message lists: those that were used last


class NoSuch(Rejection):
    """There is nothing of this name: `NoSuch("world", "x")`."""

    status = 404

    def __init__(self, kind: str, name: str, advice: str = "") -> None:
        super().__init__(f"There is no {kind} {name}{advice}")


class NoSuchWorld(NoSuch):
    """There is no world of this name, but these."""

    def __init__(self, name: str, names: Sequence[str]) -> None:
        shown = names[-MOST_NAMES:]
        more = f" and {len(names) - len(shown)} more" if len(names) > len(shown) else ""
        super().__init__("world", name, f"; the worlds are {', '.join(shown)}{more}")


class NotNow(Rejection):
    """The world is not in a state for this."""

    status = 409
