"""The matrix as a page for people and as JSON for machines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from statistics import median

from benchmarks.teeth.trials import Row
from contract_tests.laws import LAWS

EXPLANATION = """\
`deals-mock --list-defects` says what each defect does and which words of the documentation it breaks.
A defect counts as caught only if a violation names an operation that it touches; drift does not count.
Each is judged on the operations that it touches, until the first violation (`--only … --stop-early`);
plain `schemathesis run` gets the same contract, all checks, the same operations and the same time, 3 s at
least. The sound mock is judged whole, a legal variation of it on the operations that it touches (with
`--whole`: whole as well)."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """All rows of a run, and how long it took."""

    rows: Sequence[Row]
    minutes: float

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

    def idle_laws(self) -> list[str]:
        """The laws that no defect trips."""
        tripped = {rule for row in self.defects for rule in (*row.suite.by, *row.suite.drift)}
        return sorted({law.name for law in LAWS} - tripped)

    def lone_laws(self) -> dict[str, list[str]]:
        """The rules that alone catch some defect, and which."""
        alone: dict[str, list[str]] = {}
        for row in self.defects:
            if len(row.suite.by) == 1:
                alone.setdefault(row.suite.by[0], []).append(row.name)
        return alone


def as_json(matrix: Matrix) -> str:
    """Everything, for machines."""
    return json.dumps(
        {
            "versions": versions(),
            "minutes": round(matrix.minutes, 1),
            "rows": [asdict(row) for row in matrix.rows],
            "idle_laws": matrix.idle_laws(),
        },
        indent=1,
        ensure_ascii=False,
    )


def as_markdown(matrix: Matrix, command: str) -> str:
    """The page."""
    return "\n".join(_lines(matrix, command)) + "\n"


def versions() -> dict[str, str]:
    """What the figures depend on."""
    return {name: version(name) for name in ("schemathesis", "hypothesis", "connexion", "flask")}


def summary(matrix: Matrix) -> str:
    """The figures in one line each."""
    return "\n".join(f"{name}: {text}" for name, text in _figures(matrix))


def _figures(matrix: Matrix) -> Iterator[tuple[str, str]]:
    defects = matrix.defects
    caught = len(defects) - len(matrix.survivors)
    yield "Defects caught by `deals-contract`", _share(caught, len(defects))
    compared = [row.schemathesis for row in defects if row.schemathesis is not None]
    if compared:
        share = _share(sum(bool(each.by) for each in compared), len(compared))
        yield f"Caught by plain Schemathesis {versions()['schemathesis']}, all checks, same time", share
    yield (
        "False alarms on the sound mock and the legal variations",
        _share(len(matrix.false_alarms), len(matrix.legal)),
    )
    firsts = [row.suite.first for row in defects if row.suite.first is not None]
    yield "Seconds to the first violation, median", f"{median(firsts):.1f}" if firsts else "none"
    yield "Minutes for the whole table", f"{matrix.minutes:.1f}"


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({100 * part / whole:.0f} %)" if whole else "none tried"


def _lines(matrix: Matrix, command: str) -> Iterator[str]:
    yield "# Does the suite bite?"
    yield ""
    yield f"Made by `{command}`; do not edit."
    yield from EXPLANATION.splitlines()
    yield ""
    yield "| | |"
    yield "|---|---|"
    for name, text in _figures(matrix):
        yield f"| {name} | {text} |"
    yield ""
    yield from _defects(matrix)
    yield from _legal(matrix)
    yield from _laws(matrix)


def _defects(matrix: Matrix) -> Iterator[str]:
    subject = ""
    for row in matrix.defects:
        if row.subject != subject:
            subject = row.subject
            yield from ("", f"## {subject.capitalize()}", "")
            yield "| defect | caught by | first after | Schemathesis |"
            yield "|---|---|---|---|"
        first = "" if row.suite.first is None else f"{row.suite.first:.1f} s"
        yield f"| `{row.name}` | {_rules(row.suite.by)} | {first} | {_plain(row)} |"


def _plain(row: Row) -> str:
    if row.schemathesis is None:
        return "not tried"
    return ", ".join(row.schemathesis.by) or "no"


def _rules(rules: Sequence[str], few: int = 3) -> str:
    if not rules:
        return "**nothing**"
    more = f" and {len(rules) - few} more" if len(rules) > few else ""
    return ", ".join(f"`{rule}`" for rule in rules[:few]) + more


def _legal(matrix: Matrix) -> Iterator[str]:
    yield from ("", "## Not to be accused", "", "| server | violations | drift |", "|---|---|---|")
    for row in matrix.legal:
        accused = _rules(row.suite.by) if row.suite.by else "none"
        yield f"| {row.name} | {accused} | {len(row.suite.drift)} |"


def _laws(matrix: Matrix) -> Iterator[str]:
    alone = matrix.lone_laws()
    yield from ("", "## Laws", "")
    yield f"{len(alone)} laws and checks are alone in catching some defect: without them it would survive."
    idle = matrix.idle_laws()
    if idle:
        yield f"No defect trips {', '.join(f'`{name}`' for name in idle)}."
    else:
        yield "Every law is tripped by some defect."
