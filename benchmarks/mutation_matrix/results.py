"""The committed results: which laws and checks catch each mutation, and in how many findings, one row a line.

Nothing here depends on the machine, the day or the installed versions; timings and peers are in the report.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.mutation_matrix.catalogue import is_legal, server_names
from benchmarks.mutation_matrix.trials import Row

RESULTS = Path(__file__).with_name("results.json")
Rules = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Results:
    """The rules that report each mutation, each run taken to its end."""

    caught_by: Rules = field(default_factory=dict)  # defect → rules that report a violation
    drift: Rules = field(default_factory=dict)  # legal server → rules that report drift
    false_alarms: Rules = field(default_factory=dict)  # legal server → rules that report a violation
    findings: Mapping[str, int] = field(default_factory=dict)  # defect → violations that a reader is shown

    @classmethod
    def load(cls, path: Path = RESULTS) -> Results:
        """The results in this file; none if there is no such file."""
        if not path.exists():
            return cls()
        sections = json.loads(path.read_text("utf-8"))
        findings = sections.pop("findings", {})
        return cls(**{name: _tuples(rows) for name, rows in sections.items()}, findings=findings)

    @property
    def by_mutation(self) -> dict[str, tuple[str, ...]]:
        """Every server → the rules that tell it from the unmodified mock."""
        return {**self.drift, **self.caught_by}

    def updated(self, rows: Iterable[Row]) -> Results:
        """These results with the rows of a thorough run; servers that no longer exist are dropped."""
        new = {row.name: row.suite for row in rows if not row.could_not_run}
        caught_by = {**self.caught_by, **{name: _sorted(suite.violations) for name, suite in new.items()}}
        drift = {**self.drift, **{name: _sorted(suite.drift) for name, suite in new.items()}}
        findings = {**self.findings, **{name: suite.findings for name, suite in new.items()}}
        alarms = {**self.false_alarms, **{name: _sorted(suite.violations) for name, suite in new.items()}}
        legal = [name for name in server_names() if is_legal(name)]
        defects = [name for name in server_names() if not is_legal(name)]
        return Results(
            caught_by={name: caught_by[name] for name in defects if name in caught_by},
            drift={name: drift[name] for name in legal if name in drift},
            false_alarms={name: alarms[name] for name in legal if alarms.get(name)},
            findings={name: findings[name] for name in defects if name in findings},
        )

    def as_text(self) -> str:
        """JSON with one row a line, for readable diffs."""
        sections: dict[str, Mapping[str, Any]] = {"caught_by": self.caught_by, "drift": self.drift}
        sections |= {"false_alarms": self.false_alarms, "findings": self.findings}
        return "{\n" + ",\n".join(f'"{name}": {_section(rows)}' for name, rows in sections.items()) + "\n}\n"

    def save(self, path: Path = RESULTS) -> None:
        path.write_text(self.as_text(), "utf-8")


def _section(rows: Mapping[str, Any]) -> str:
    lines = [f"  {json.dumps(name)}: {json.dumps(row)}" for name, row in rows.items()]
    return "{\n" + ",\n".join(lines) + "\n}" if lines else "{}"


def _tuples(rows: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(rules) for name, rules in rows.items()}


def _sorted(rules: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(rules))
