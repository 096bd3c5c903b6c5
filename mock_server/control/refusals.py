"""The errors of the control side."""

from __future__ import annotations

from mock_server.errors import Rejection


class NoSuch(Rejection):
    """There is nothing of this name: `NoSuch("world", "x")`."""

    status = 404

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"There is no {kind} {name}")


class NotNow(Rejection):
    """The world is not in a state for this."""

    status = 409
