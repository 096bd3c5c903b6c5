"""The judged share: how many of the selected rules a run has judged."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from contract_tests.verdict.checks import CONFORMANCE

MOST_REASONS: Final = 3
NOT_REACHED: Final = "not reached"


def counted_as(rule: str, operation: str) -> str:
    """The name under which a part of the suite counts: conformance counts once for each operation."""
    return f"{rule} of {operation}" if rule == CONFORMANCE else rule


@dataclass
class JudgedShare:
    """The selected rules: each case of a law, each operation's conformance, the lifecycle."""

    selected: set[str] | None = None  # None: nobody has counted them
    _judged: set[str] = field(default_factory=set)
    _missed: dict[str, str] = field(default_factory=dict)  # rule → why it was not judged
    _left_out: set[str] = field(default_factory=set)  # by the user
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def select(self, rules: Iterable[str]) -> None:
        """Set what the run is to judge."""
        self.selected = set(rules)

    def judged(self, rule: str) -> None:
        """A rule has been judged to its end."""
        with self._lock:
            self._judged.add(rule)

    def missed(self, rule: str, reason: str) -> None:
        """A rule could not be judged."""
        with self._lock:
            self._missed.setdefault(rule, reason)

    def leave_out(self, rule: str) -> None:
        """A rule cannot be judged because of an option, so that it does not count."""
        with self._lock:
            self._left_out.add(rule)

    @property
    def counts(self) -> tuple[int, int]:
        """How many rules were judged, of how many."""
        counted = (self.selected or set()) - self._left_out
        return len((counted & self._judged) - self._missed.keys()), len(counted)

    def too_small(self, least: float) -> str:
        """Why the run has not judged enough, in a sentence; empty if it has."""
        if self.selected is None:
            return ""
        judged, of = self.counts
        if not of:
            return "judged nothing: no rule is left to judge with these options"
        if judged and judged >= least * of:
            return ""
        share = f"{judged} of {of} rules ({100 * judged / of:.0f}%)"
        needed = f", at least {100 * least:.0f}% are needed" if judged else ""
        return f"judged only {share}{needed}; the main reasons: {self._main_reasons()}"

    def _main_reasons(self) -> str:
        missing = (self.selected or set()) - self._left_out - (self._judged - self._missed.keys())
        reasons = Counter(self._missed.get(rule, NOT_REACHED) for rule in sorted(missing))
        return "; ".join(f"{reason} ({count})" for reason, count in reasons.most_common(MOST_REASONS))
