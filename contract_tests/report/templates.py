"""How the reports' templates are read: every value is escaped, and an unknown name is an error."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment


def templates(finalize: Callable[[object], object]) -> Environment:
    """The templates of this folder; `finalize` is applied to every value before it is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # only now: no request waits for it

    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        finalize=finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
