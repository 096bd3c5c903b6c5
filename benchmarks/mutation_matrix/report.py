"""The report of one run: `matrix.json` for machines and `matrix.md` for people. It is not committed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from benchmarks.mutation_matrix.catalogue import all_defects
from benchmarks.mutation_matrix.matrix import PEERS, Matrix
from benchmarks.mutation_matrix.servers import DEALS
from benchmarks.mutation_matrix.trials import Row

METHOD = f"""\
Each defect is one fault of a backend, switched on in the mock (`deals-mock --defect NAME`; `--list-defects`
quotes what the documentation says about it). It counts as caught only if a *violation* names an operation
that the defect touches; drift does not count. The suite tests these operations only,
{{until}}.

The unmodified mock and the second implementation (other code that reads the documentation differently, in
tests/contract_tests/) are tested as a whole. For a legal variation (`deals-mock --variation NAME`) the suite
tests {{variations}}, to the end of the run. Every run has a fresh mock with {DEALS} deals."""
SCHEMATHESIS_METHOD = """\
`schemathesis run` gets the same contract and operations, all checks, and as much time as `deals-contract`
took, at least {seconds} s; it stops at its first failure."""
SPECMATIC_METHOD = """\
Specmatic gets the same contract and as much time as it needs; it was run against {tried} of the defects.
Against the unmodified mock, {baseline} of its {tests} tests fail, because it invents the ids that it sends.
Only other failures count, and only on operations that the defect touches."""


def write_report(matrix: Matrix, directory: Path) -> Path:
    """Write both files and return the page."""
    directory.mkdir(parents=True, exist_ok=True)
    record = json.dumps(matrix.as_dict(), indent=1, ensure_ascii=False) + "\n"
    (directory / "matrix.json").write_text(record, "utf-8")
    page = directory / "matrix.md"
    page.write_text(as_markdown(matrix), "utf-8")
    return page


def as_markdown(matrix: Matrix) -> str:
    """The run as a page."""
    return "\n".join(_lines(matrix)) + "\n"


def short_list(rules: Sequence[str], most: int = 2) -> str:
    """The first rules of a list, and the number of the others."""
    more = f" and {len(rules) - most} more" if len(rules) > most else ""
    return ", ".join(rules[:most]) + more


def _lines(matrix: Matrix) -> Iterator[str]:
    versions = ", ".join(f"{name} {number}" for name, number in matrix.versions().items())
    yield from ("# Mutation matrix", "", f"Started {matrix.started:%Y-%m-%d %H:%M} UTC with {versions}.", "")
    yield from ("| | |", "|---|---|")
    yield from (f"| {label} | {value} |" for label, value in matrix.figures())
    yield from ("", "## Method", "", *_method(matrix))
    for subject, rows in groupby(matrix.defects, lambda row: row.subject):
        yield from ("", f"## {subject.capitalize()}", "")
        yield from _defects(list(rows), [peer for peer in PEERS if matrix.tried_by(peer)])
    if matrix.legal:
        yield from ("", "## Legal servers", "", *_legal(matrix))


def _method(matrix: Matrix) -> Iterator[str]:
    options = matrix.options
    until = "to the end of the run" if options.thorough else "until the first violation (`--stop-early`)"
    variations = "everything" if options.full_variations else "the operations that it touches"
    yield from METHOD.format(until=until, variations=variations).splitlines()
    if matrix.tried_by("schemathesis"):
        yield from ("", *SCHEMATHESIS_METHOD.format(seconds=options.schemathesis).splitlines())
    if options.specmatic:
        counts = {"baseline": len(options.specmatic.baseline), "tests": options.specmatic.tests}
        text = SPECMATIC_METHOD.format(tried=len(matrix.tried_by("specmatic")), **counts)
        yield from ("", *text.splitlines())


def _defects(rows: list[Row], peers: list[str]) -> Iterator[str]:
    titles = [PEERS[peer] for peer in peers]
    yield _table_row("defect", "what it does", "caught by", "first violation after", *titles)
    yield _table_row(*["---"] * (4 + len(peers)))
    for row in rows:
        first = row.suite.first_violation_after
        does = all_defects()[row.name].does.replace("|", "\\|")
        after = "" if first is None else f"{first:.1f} s"
        yield _table_row(
            f"`{row.name}`", does, _rules(row.suite.violations), after, *(_peer(row, peer) for peer in peers)
        )


def _legal(matrix: Matrix) -> Iterator[str]:
    yield _table_row("server", "violations", "drift")
    yield _table_row(*["---"] * 3)
    for row in matrix.legal:
        violations, drift = (_rules(rules, none="none") for rules in (row.suite.violations, row.suite.drift))
        yield _table_row(f"`{row.name}`", violations, drift)


def _table_row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _rules(rules: Sequence[str], none: str = "**nothing**") -> str:
    return short_list([f"`{rule}`" for rule in rules]) or none


def _peer(row: Row, peer: str) -> str:
    """The name of a peer's first failure."""
    if peer not in row.peers:
        return "not run"
    failures = row.peers[peer].failures
    return failures[0].split(" with the request")[0].removeprefix("Scenario: ") if failures else "no"
