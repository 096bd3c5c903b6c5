"""Hold the suite against every defect, and every legal variation, of the mock.

With `--write` the table goes to contract_tests/TEETH.md and TEETH.json; with `--thorough` each trial goes on
to its end, and the table tells of each law which defects it alone catches (TEETH-LAWS.md and .json). `--only`
with `--write` tries some anew and leaves the rest of the table as it is. Exit status 1 if a defect survives,
a legal server is accused, or (`--thorough`) a law catches nothing alone.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.teeth.laws import Laws, against, laws_page
from benchmarks.teeth.matrix import Matrix, matrix_from
from benchmarks.teeth.page import figures, page
from benchmarks.teeth.peers import ROOT, Specmatic, SpecmaticMissingError
from benchmarks.teeth.servers import SOUND
from benchmarks.teeth.trials import LEAST, Caught, Manner, Row, acquainted, spared, spared_whole, tried
from mock_server.mutations import all_defects, all_variations

PROCESSES = 3  # one more than the cores of a small machine: those that wait for a slow server leave theirs
COMMAND = "python -m benchmarks.teeth"
TABLE = ROOT / "contract_tests" / "TEETH.md"
LAWS = ROOT / "contract_tests" / "TEETH-LAWS.md"


def arguments() -> argparse.Namespace:
    """What is asked for on the command line."""
    parser = argparse.ArgumentParser(
        prog=COMMAND, description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--part", type=_part, default=(0, 1), metavar="N/OF", help="the first of three: 1/3")
    add("--only", nargs="+", default=[], metavar="NAME", help="only these defects and variations")
    add("--processes", type=int, default=PROCESSES, help=f"how many are tried at a time ({PROCESSES})")
    add("--without-schemathesis", action="store_true", help="leave out the column of plain Schemathesis")
    add("--least", type=int, default=LEAST, metavar="SECONDS", help=f"… which gets at least these ({LEAST})")
    add("--specmatic", type=Path, metavar="JAR", help="add Specmatic's column; its npm package has the jar")
    add("--whole", action="store_true", help="judge the legal variations whole: 9 minutes more")
    add("--thorough", action="store_true", help="run each to its end: all that catch a defect, without peers")
    add("--write", action="store_true", help="write the table to contract_tests/")
    given = parser.parse_args()
    if unknown := sorted(set(given.only) - set(_everything())):
        parser.error(f"--only: there is no {', '.join(unknown)}")
    return given


def _part(text: str) -> tuple[int, int]:
    number, _, whole = text.partition("/")
    if not (number.isdecimal() and whole.isdecimal() and 0 < int(number) <= int(whole)):
        raise argparse.ArgumentTypeError(f"{text!r} is not like 1/3")
    return int(number) - 1, int(whole)


def _everything() -> list[str]:
    """The names of all that can be tried: the long ones first, so that all processes end together."""
    return [*SOUND, *all_variations(), *all_defects()]


def manner(given: argparse.Namespace) -> Manner:
    """How all are tried."""
    if given.thorough:
        return Manner(thorough=True, whole=given.whole, schemathesis=None)
    seconds = None if given.without_schemathesis else given.least
    specmatic = None
    if given.specmatic is not None:
        try:
            specmatic = acquainted(Specmatic.at(given.specmatic.resolve()))
        except SpecmaticMissingError as error:
            print(f"Without Specmatic: {error}", flush=True)
    return Manner(whole=given.whole, schemathesis=seconds, specmatic=specmatic)


def results(chosen: list[str], processes: int, how: Manner) -> Iterator[Row]:
    """The rows as they come."""
    with ProcessPoolExecutor(processes, multiprocessing.get_context("fork")) as pool:
        for done, row in enumerate(pool.map(partial(_tried, how=how), chosen), 1):
            mark = "✗" if bool(row.suite.by) == row.legal else "✓"
            found = ", ".join(row.suite.by) or "nothing"
            print(f"{mark} {done}/{len(chosen)} {row.name}: {found} ({row.suite.seconds:.1f} s)", flush=True)
            yield row


def _tried(name: str, how: Manner) -> Row:
    """The row of one; where the trial itself fails, the row says so, and the others go on."""
    try:
        return _row(name, how)
    except Exception as error:
        closing = f"could not be tried: {type(error).__name__}: {error}"
        return Row(name, "", (), Caught(closing=closing), legal=name not in all_defects())


def _row(name: str, how: Manner) -> Row:
    if name in SOUND:
        return spared_whole(name)
    variation = all_variations().get(name)
    return spared(variation, how) if variation else tried(all_defects()[name], how)


def main() -> int:
    given = arguments()
    part, parts = given.part
    chosen = [name for name in _everything() if name in (given.only or [name])][part::parts]
    how = manner(given)
    begun = time.perf_counter()
    rows = list(results(chosen, given.processes, how))
    matrix = Matrix(rows, (time.perf_counter() - begun) / 60, given.processes, given.least, how.specmatic)
    print(f"\n{figures(matrix)}")
    for row in matrix.wrong:
        print(f"✗ {row.name}: {row.suite.closing}")
    if given.thorough:
        spare = judged_laws(rows, write=given.write)
        print("\n".join(f"✗ {law} catches nothing alone" for law in spare) or "✓ no law is spare")
        return 1 if matrix.wrong or spare else 0
    if given.write:
        write_table(matrix, complete=set(chosen) == set(_everything()))
    return 1 if matrix.wrong else 0


def judged_laws(rows: list[Row], *, write: bool) -> list[str]:
    """The laws that are spare, by these rows and what was written down of all others."""
    found = _read(LAWS) | {row.name: against(row) for row in rows}
    known = {name: found[name] for name in _everything() if name in found}
    laws = Laws.of(known)
    if write:
        _write(LAWS, laws_page(laws, f"{COMMAND} --thorough --write"), known)
    return laws.spare


def write_table(matrix: Matrix, *, complete: bool) -> None:
    """The table; of an incomplete one only the rows are new."""
    before = _read(TABLE)
    if before and not complete:
        matrix = matrix_from(before).with_new(matrix, _everything())
    _write(TABLE, page(matrix, f"{COMMAND} --write"), matrix.as_dict())


def _read(table: Path) -> dict[str, Any]:
    record = table.with_suffix(".json")
    found: dict[str, Any] = json.loads(record.read_text("utf-8")) if record.exists() else {}
    return found


def _write(table: Path, text: str, record: object) -> None:
    table.write_text(text, "utf-8")
    table.with_suffix(".json").write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
