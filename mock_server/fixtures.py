"""The fixtures that come with the mock, by name; `worldfile` reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

DEFAULT_FIXTURE: Final = "default"
RECIPE: Final = {"deals": 1_000_000, "seed": 999_999_999}  # the largest number of each
PACKAGED: Final = Path(__file__).parent / "data" / "fixtures"
CHECKOUT: Final = Path(__file__).parent.parent / "fixtures"


def fixture_names() -> list[str]:
    """The names of the fixtures that come with the mock."""
    return sorted(path.stem for path in folder().glob("*.yaml"))


def folder() -> Path:
    """Where their files are: in the package, or in the checkout."""
    return PACKAGED if PACKAGED.is_dir() else CHECKOUT
