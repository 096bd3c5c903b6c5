"""The matrix as a page for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchmarks.teeth.matrix import Matrix
from benchmarks.teeth.servers import DEALS
from benchmarks.teeth.trials import Row
from mock_server.mutations import all_defects

NAMES = {"schemathesis": "Schemathesis", "specmatic": "Specmatic"}
EXPLANATION = f"""\
Each defect is one fault of a backend, switched on in the mock (`deals-mock --defect NAME`;
`deals-mock --list-defects` quotes what the documentation says of it). It counts as caught only if a
*violation* names an operation that it touches; drift does not count. A defect is judged on the operations
that it touches until the first violation (`--only … --stop-early`). The sound mock and the second
implementation (other code with other readings, in tests/contract_tests/) are judged as a whole; a legal
variation (`deals-mock --variation NAME`) on the operations that it touches, to the end of the run (as a whole
with `--whole`). Each run has a fresh mock of {DEALS} deals in a process of its own; what judges it has
been loaded before.
"""
ON_SCHEMATHESIS = """\
Plain `schemathesis run` gets the same contract, the same operations, all checks and the time that
`deals-contract` took, {least} s at least (`--least`); it stops at its first failure, too."""
ON_SPECMATIC = """\
Specmatic gets the same contract and all the time that it wants; it was tried on {tried} of the defects.
In a few runs against the sound mock it complains of {usual} of its {tests} tests (it makes up the ids that it
asks for), so that only other complaints count, and only of operations that the defect touches."""


def page(matrix: Matrix, command: str) -> str:
    """The page, in Markdown."""
    return "\n".join(_lines(matrix, command)) + "\n"


def figures(matrix: Matrix) -> str:
    """The figures, a line each."""
    return "\n".join(f"{name}: {text}" for name, text in _figures(matrix))


def _figures(matrix: Matrix) -> Iterator[tuple[str, str]]:
    defects, legal, versions = matrix.defects, matrix.legal, matrix.versions()
    caught = len(defects) - len(matrix.survivors)
    yield "Defects caught by `deals-contract`", _share(caught, len(defects))
    for peer, name in NAMES.items():
        if tried := matrix.beside(peer):
            share = _share(len(matrix.caught_by(peer)), len(tried))
            yield f"Defects caught by plain {name} {versions[peer]}", share
    yield (
        "False alarms: two sound servers and all legal variations",
        _share(len(matrix.false_alarms), len(legal)),
    )
    if matrix.median_to_first is not None:
        yield "Seconds to the first violation, median", f"{matrix.median_to_first:.1f}"
    yield f"Minutes for all, {matrix.processes} at a time", f"{matrix.minutes:.1f}"
    for peer, name in NAMES.items():
        if len(matrix.beside(peer)) == len(defects):
            yield f"… of which {name}", f"{matrix.minutes_of(peer):.1f}"


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({100 * part / whole:.0f} %)" if whole else "none tried"


def _lines(matrix: Matrix, command: str) -> Iterator[str]:
    yield from ("# Does the suite bite?", "", f"Written by `{command}`; do not edit.", "")
    yield from ("| | |", "|---|---|")
    yield from (f"| {name} | {text} |" for name, text in _figures(matrix))
    yield from ("", *EXPLANATION.splitlines())
    if matrix.beside("schemathesis"):
        yield from ("", *ON_SCHEMATHESIS.format(least=matrix.least).splitlines())
    if matrix.specmatic:
        usual, tests = len(matrix.specmatic.usual), matrix.specmatic.tests
        tried = len(matrix.beside("specmatic"))
        yield from ON_SPECMATIC.format(usual=usual, tests=tests, tried=tried).splitlines()
    versions = ", ".join(f"{name} {number}" for name, number in matrix.versions().items())
    yield from ("", f"Versions: {versions}.")
    yield from _defects(matrix)
    yield from _legal(matrix)


def _defects(matrix: Matrix) -> Iterator[str]:
    peers = [peer for peer in NAMES if matrix.beside(peer)]
    subject = ""
    for row in matrix.defects:
        if row.subject != subject:
            subject = row.subject
            yield from ("", f"## {subject[0].upper()}{subject[1:]}", "")
            yield _row("defect", "what it does", "caught by", "after", *(NAMES[peer] for peer in peers))
            yield _row(*["---"] * (4 + len(peers)))
        first = "" if row.suite.first is None else f"{row.suite.first:.1f} s"
        does = all_defects()[row.name].does.replace("|", "\\|")
        yield _row(f"`{row.name}`", does, _rules(row.suite.by), first, *(_said(row, peer) for peer in peers))


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _said(row: Row, peer: str) -> str:
    """A peer's first complaint: its name is enough."""
    if peer not in row.peers:
        return "not tried"
    complaints = row.peers[peer].complaints
    return complaints[0].split(" with the request")[0].removeprefix("Scenario: ") if complaints else "no"


def _rules(rules: Sequence[str], few: int = 2) -> str:
    if not rules:
        return "**nothing**"
    more = f" and {len(rules) - few} more" if len(rules) > few else ""
    return ", ".join(f"`{rule}`" for rule in rules[:few]) + more


def _legal(matrix: Matrix) -> Iterator[str]:
    yield from ("", "## Not to be accused", "", _row("server", "violations", "drift"), _row(*["---"] * 3))
    for row in matrix.legal:
        yield _row(
            f"`{row.name}`", _rules(row.suite.by) if row.suite.by else "none", str(len(row.suite.drift))
        )
