"""Why a request was not made, or got no answer."""

from __future__ import annotations


class NoResponseError(Exception):
    """A request was not made, or got no answer: nothing can be judged by it."""


class ReadOnlyError(NoResponseError):
    """The run may only read."""


class NoSuchPersonError(NoResponseError):
    """The run was not given this person's token."""


class ThrottledError(NoResponseError):
    """The target went on answering 429."""


class OutOfTimeError(NoResponseError):
    """The run's time is over."""


class HaltedError(NoResponseError):
    """The run is coming to its end: nothing more is sent."""


class UnreachableError(NoResponseError):
    """The target gave no answer."""
