"""What an import reports about the rows of a file: bounded, however many rows there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about a row: the line in the file, the column, and what is wrong or what was done."""

    row: int
    field: str
    message: str


@dataclass(slots=True)
class Report:
    """The first problems, up to a limit, and how many others there were."""

    most: int
    problems: list[Problem] = field(default_factory=list)
    omitted: int = 0

    def add(self, row: int, messages: Mapping[str, str]) -> None:
        """Add the messages about a row, by column."""
        free = self.most - len(self.problems)
        self.problems += [Problem(row, name, text) for name, text in list(messages.items())[:free]]
        self.omitted += max(len(messages) - free, 0)
