"""The version of the installed project."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Final

PROJECT: Final = "revenue-orbit-deals"


def installed_version() -> str:
    """The version, or `unknown` in a checkout that was never installed."""
    try:
        return version(PROJECT)
    except PackageNotFoundError:
        return "unknown"
