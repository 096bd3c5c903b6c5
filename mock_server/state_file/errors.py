"""The error of a state file that cannot be used."""

from __future__ import annotations


class StateFileError(Exception):
    """Says in one line what is wrong, and where."""
