"""Why a request was not made, or got no answer."""

from __future__ import annotations


class TargetError(Exception):
    """A request was not made, or got no answer: nothing can be judged by it."""


class ReadOnlyError(TargetError):
    """The run may only read."""


class NoSuchPersonError(TargetError):
    """The run was not given this person's token."""


class ThrottledError(TargetError):
    """The target went on answering 429."""


class OutOfTimeError(TargetError):
    """The run's time is over."""


class HaltedError(TargetError):
    """The run is coming to its end: nothing more is sent."""


class UnreachableError(TargetError):
    """The target gave no answer."""
