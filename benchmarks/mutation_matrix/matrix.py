"""The matrix: every departure, who catches it, and what that comes to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.mutation_matrix.peers import Found, Specmatic
from benchmarks.mutation_matrix.trials import Caught, Row

PACKAGES = ("schemathesis", "hypothesis", "connexion", "flask")


@dataclass(frozen=True, slots=True)
class Matrix:
    """All rows of a run, how long it took, in how many processes, and what Schemathesis got at least."""

    rows: Sequence[Row]
    minutes: float
    processes: int
    least: int
    specmatic: Specmatic | None = None

    @property
    def defects(self) -> list[Row]:
        return [row for row in self.rows if not row.legal]

    @property
    def legal(self) -> list[Row]:
        return [row for row in self.rows if row.legal]

    @property
    def survivors(self) -> list[Row]:
        """The defects that the suite does not catch."""
        return [row for row in self.defects if not row.suite.by]

    @property
    def false_alarms(self) -> list[Row]:
        """The legal servers that the suite accuses, or could not judge."""
        return [row for row in self.legal if row.suite.by or not row.suite.closing.startswith("Conforms")]

    @property
    def wrong(self) -> list[Row]:
        """What must not be."""
        return self.survivors + self.false_alarms

    @property
    def median_to_first(self) -> float | None:
        """Seconds to the first violation, of the defects that were caught."""
        firsts = [row.suite.first for row in self.defects if row.suite.first is not None]
        return median(firsts) if firsts else None

    def beside(self, peer: str) -> list[Row]:
        """The defects on which a peer was tried."""
        return [row for row in self.defects if peer in row.peers]

    def caught_by(self, peer: str) -> list[Row]:
        """The defects that a peer complains of."""
        return [row for row in self.beside(peer) if row.peers[peer].complaints]

    def minutes_of(self, peer: str) -> float:
        """What a peer adds to the run."""
        return sum(row.peers[peer].seconds for row in self.beside(peer)) / self.processes / 60

    def versions(self) -> dict[str, str]:
        """What the figures depend on."""
        found = {name: version(name) for name in PACKAGES}
        return found | ({"specmatic": self.specmatic.version} if self.specmatic else {})

    def as_dict(self) -> dict[str, Any]:
        """Everything, for machines."""
        told = self.specmatic
        return {
            "versions": self.versions(),
            "minutes": round(self.minutes, 1),
            "processes": self.processes,
            "least": self.least,
            "specmatic": told and {"tests": told.tests, "usual": sorted(told.usual)},
            "rows": [asdict(row) for row in self.rows],
        }

    def with_new(self, new: Matrix, names: Iterable[str]) -> Matrix:
        """The matrix of these departures, where some were tried again."""
        known = {row.name: row for row in (*self.rows, *new.rows)}
        rows = [known[name] for name in names if name in known]
        return replace(self, rows=rows, specmatic=new.specmatic or self.specmatic)


def matrix_from(record: dict[str, Any]) -> Matrix:
    """The matrix that was written down."""
    specmatic = None
    if record["specmatic"]:
        usual = frozenset(record["specmatic"]["usual"])
        specmatic = Specmatic(Path(), record["versions"]["specmatic"], record["specmatic"]["tests"], usual)
    rows = [_row(each) for each in record["rows"]]
    return Matrix(rows, record["minutes"], record["processes"], record["least"], specmatic)


def _row(record: dict[str, Any]) -> Row:
    suite = Caught(**{name: _frozen(value) for name, value in record["suite"].items()})
    peers = {
        peer: Found(tuple(told["complaints"]), told["seconds"]) for peer, told in record["peers"].items()
    }
    return Row(**{**record, "operations": tuple(record["operations"]), "suite": suite, "peers": peers})


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
