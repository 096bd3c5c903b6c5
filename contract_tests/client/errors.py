"""Errors of requests that were not sent or got no response."""

from __future__ import annotations

from typing import Any


class NoResponseError(Exception):
    """The request was not sent or got no response, so there is nothing to judge."""


class ReadOnlyError(NoResponseError):
    """A read-only run sends only GET requests."""


class SkippedError(NoResponseError):
    """`--skip` names the operation, or one without which it could not be undone."""


class NotOwnError(NoResponseError):
    """The request would change a record that the run has not made."""


class NoSuchPersonError(NoResponseError):
    """The run has no token for this person."""


class NoSuchOperationError(NoResponseError):
    """The contract in use does not have the operation."""


class ThrottledError(NoResponseError):
    """The server kept returning 429."""


class OutOfTimeError(NoResponseError):
    """The run has reached its time limit."""


class HaltedError(NoResponseError):
    """The run is ending and sends nothing more."""


class TooLargeError(NoResponseError):
    """The response is complete, but larger than what is kept in memory."""


class UnreachableError(NoResponseError):
    """The server did not respond."""

    exchange: Any = None  # the request, as an exchange without a response


class DroppedError(UnreachableError):
    """There was no connection, or it was closed before the end of the response."""


class TimedOutError(UnreachableError):
    """The response was not complete in time."""


class RefusedError(DroppedError):
    """Nothing accepted the connection, so the request was not sent."""
