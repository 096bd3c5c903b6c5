"""Which rules and operations a run covers (`--only`, `--skip`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from deals_spec import Operation


@dataclass(frozen=True)
class Selection:
    """Names of parts, laws, checks, tags and operations; case does not matter."""

    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()

    def leaves_out(self, part: str) -> bool:
        """Whether a whole part of the suite is skipped."""
        return part in _lower(self.skip)

    def wants(self, rule: str, operations: Sequence[Operation] = (), *, parts: Iterable[str] = ()) -> bool:
        """Whether the run covers a rule, by its name, its part, or its operations.

        One selected operation is enough to include it; it is left out only if all of them are skipped.
        """
        about = [set(_names(operation)) for operation in operations]
        only, skip = _lower(self.only), _lower(self.skip)
        if rule.lower() in skip or (about and all(names & skip for names in about)):
            return False
        named = any(names & only and not names & skip for names in about)
        return not only or bool({rule.lower(), *parts} & only) or named

    @property
    def whole(self) -> bool:
        """Whether nothing is left out."""
        return not self.only and not self.skip


def _names(operation: Operation) -> tuple[str, str]:
    return operation.id.lower(), operation.tag.lower()


def _lower(names: Iterable[str]) -> set[str]:
    return {name.lower() for name in names}
