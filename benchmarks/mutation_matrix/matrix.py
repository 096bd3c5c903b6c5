"""The rows of one run, and the figures they add up to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from statistics import median
from typing import Any

from benchmarks.mutation_matrix.peers import Specmatic
from benchmarks.mutation_matrix.trials import Row, TrialOptions

PACKAGES = ("schemathesis", "hypothesis", "connexion", "flask")
PEERS = {"schemathesis": "Schemathesis", "specmatic": "Specmatic"}


@dataclass(frozen=True, slots=True)
class Matrix:
    """All rows of a run, how it was run, and how long it took."""

    rows: Sequence[Row]
    options: TrialOptions
    processes: int
    minutes: float
    started: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def defects(self) -> list[Row]:
        return [row for row in self.rows if not row.legal]

    @property
    def legal(self) -> list[Row]:
        return [row for row in self.rows if row.legal]

    @property
    def survivors(self) -> list[Row]:
        """The defects that the suite does not catch."""
        return [row for row in self.rows if row.survives]

    @property
    def false_alarms(self) -> list[Row]:
        """The legal servers that the suite accuses or cannot judge."""
        return [row for row in self.rows if row.false_alarm]

    @property
    def failures(self) -> list[Row]:
        """The rows for which the command exits with status 1."""
        return self.survivors + self.false_alarms

    @property
    def median_to_first(self) -> float | None:
        """The median of the seconds to the first violation."""
        firsts = [row.suite.first_violation_after for row in self.defects]
        known = [seconds for seconds in firsts if seconds is not None]
        return median(known) if known else None

    def tried_by(self, peer: str) -> list[Row]:
        """The defects that a peer was run against."""
        return [row for row in self.defects if peer in row.peers]

    def caught_by(self, peer: str) -> list[Row]:
        """The defects for which a peer reports a failure."""
        return [row for row in self.tried_by(peer) if row.peers[peer].failures]

    def minutes_of(self, peer: str) -> float:
        """The minutes that a peer adds to the run."""
        return sum(row.peers[peer].seconds for row in self.tried_by(peer)) / self.processes / 60

    def versions(self) -> dict[str, str]:
        """The versions of what the figures depend on."""
        found = {name: version(name) for name in PACKAGES}
        specmatic: Specmatic | None = self.options.specmatic
        return found | ({"specmatic": specmatic.version} if specmatic else {})

    def figures(self) -> Iterator[tuple[str, str]]:
        """What the run comes to: label and value."""
        yield (
            "Defects caught by `deals-contract`",
            share(len(self.defects) - len(self.survivors), self.defects),
        )
        for peer, title in PEERS.items():
            if tried := self.tried_by(peer):
                label = f"Defects caught by {title} {self.versions()[peer]}"
                yield label, share(len(self.caught_by(peer)), tried)
        if self.options.thorough and (counts := [row.suite.findings for row in self.defects]):
            yield "Findings per defect", f"median {median(counts):g}, most {max(counts)}"
        yield "False alarms on legal servers", share(len(self.false_alarms), self.legal)
        if self.median_to_first is not None:
            yield "Median time to the first violation", f"{self.median_to_first:.1f} s"
        yield f"Total time ({self.processes} processes)", f"{self.minutes:.1f} min"
        for peer, title in PEERS.items():
            if self.defects and len(self.tried_by(peer)) == len(self.defects):
                yield f"… of which {title}", f"{self.minutes_of(peer):.1f} min"

    def as_dict(self) -> dict[str, Any]:
        """Everything, for machines."""
        specmatic = self.options.specmatic
        return {
            "started": self.started.isoformat(timespec="seconds"),
            "versions": self.versions(),
            "minutes": round(self.minutes, 1),
            "processes": self.processes,
            "thorough": self.options.thorough,
            "full_variations": self.options.full_variations,
            "schemathesis_time": self.options.schemathesis,
            "specmatic": specmatic and {"tests": specmatic.tests, "baseline": sorted(specmatic.baseline)},
            "rows": [_rounded(asdict(row)) for row in self.rows],
        }


def share(part: int, whole: Sequence[Row]) -> str:
    """`3 of 4 (75 %)`."""
    return f"{part} of {len(whole)} ({100 * part / len(whole):.0f} %)" if whole else "none run"


def _rounded(value: Any) -> Any:
    """The same, with no time more precise than it was measured."""
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return round(value, 2) if isinstance(value, float) else value
