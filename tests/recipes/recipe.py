"""What a recipe of CONTRIBUTING.md is: a change that can be made, which files it touches, and its proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

Edits = Mapping[str, tuple[tuple[str, str], ...]]  # file → (what is there, what takes its place)

CONTRACT = "openapi/deals.yaml"
NEW_VERSION = ("  version: 1.1.0\n", "  version: 1.2.0\n")


@dataclass(frozen=True)
class Recipe:
    """One recipe, made for an example, and how to see that it worked."""

    title: str  # its heading in CONTRIBUTING.md
    edits: Edits
    new: Mapping[str, str] = field(default_factory=dict)  # file → its text
    generated: tuple[str, ...] = ()  # what a command writes
    write: tuple[str, ...] = ()  # the command, as arguments of Python
    script: str = ""  # what must run in the changed checkout
    tests: tuple[str, ...] = ()  # existing tests that must still pass there

    @property
    def by_hand(self) -> set[str]:
        """The files that a contributor edits."""
        return {*self.edits, *self.new}

    def apply(self, folder: Path) -> None:
        """Make the change in a copy of the checkout."""
        for name, changes in self.edits.items():
            text = (folder / name).read_text("utf-8")
            for old, new in changes:
                if text.count(old) < 1:
                    raise AssertionError(f"{self.title}: {name} has no {old!r}")
                text = text.replace(old, new, 1)
            (folder / name).write_text(text, "utf-8")
        for name, text in self.new.items():
            (folder / name).write_text(text, "utf-8")
