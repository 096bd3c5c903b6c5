"""Hold the suite against every defect, and every legal variation, of the mock.

    python -m benchmarks.teeth [--part 1/3] [--only NAME …] [--processes 2] [--whole] [--without-schemathesis]
        [--write]

With `--write` the whole table goes to contract_tests/TEETH.md and TEETH.json. Exit status 1 if a defect
survives or a legal server is accused.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections.abc import Iterator
from functools import partial

from benchmarks.teeth.table import Matrix, as_json, as_markdown, summary
from benchmarks.teeth.trials import ROOT, Row, spared, tried
from mock_server.departures import all_defects, all_variations

COMMAND = "python -m benchmarks.teeth --write"
TABLE = ROOT / "contract_tests" / "TEETH.md"

SOUND = "the-sound-mock"


def trials(options: argparse.Namespace) -> list[str]:
    """The names of what is to be tried: the long ones first, so that all processes end together."""
    chosen = [SOUND, *all_variations(), *all_defects()]
    if options.only:
        chosen = [name for name in chosen if name in options.only]
    return chosen[options.part[0] :: options.part[1]]


def results(chosen: list[str], processes: int, *, compare: bool, whole: bool) -> Iterator[Row]:
    """The rows as they come; each trial is a process of its own, forked from this one."""
    with multiprocessing.get_context("fork").Pool(processes, maxtasksperchild=1) as pool:
        for done, row in enumerate(pool.imap(partial(_tried, compare=compare, whole=whole), chosen), 1):
            mark = "✗" if bool(row.suite.by) == row.legal else "✓"
            found = ", ".join(row.suite.by) or "nothing"
            print(f"{mark} {done}/{len(chosen)} {row.name}: {found} ({row.suite.seconds:.1f} s)", flush=True)
            yield row


def _tried(name: str, *, compare: bool, whole: bool) -> Row:
    if name in all_defects():
        return tried(all_defects()[name], with_schemathesis=compare)
    return spared(all_variations().get(name), whole=whole)


def _part(text: str) -> tuple[int, int]:
    number, _, whole = text.partition("/")
    return (int(number) - 1) % int(whole), int(whole)


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--part", type=_part, default=(0, 1), help="the first of three: 1/3")
    options.add_argument("--only", nargs="*", default=[], help="only these defects and variations")
    options.add_argument("--processes", type=int, default=2)
    options.add_argument("--without-schemathesis", action="store_true")
    options.add_argument(
        "--whole", action="store_true", help="judge the legal variations whole: 8 minutes more"
    )
    options.add_argument("--write", action="store_true", help=f"write {TABLE.name}")
    given = options.parse_args()
    begun = time.perf_counter()
    rows = list(
        results(trials(given), given.processes, compare=not given.without_schemathesis, whole=given.whole)
    )
    matrix = Matrix(rows, (time.perf_counter() - begun) / 60)
    if given.write:
        TABLE.write_text(as_markdown(matrix, COMMAND), "utf-8")
        TABLE.with_suffix(".json").write_text(as_json(matrix), "utf-8")
    print(f"\n{summary(matrix)}")
    for row in (*matrix.survivors, *matrix.false_alarms):
        print(f"✗ {row.name}: {row.suite.closing}")
    return 1 if matrix.survivors or matrix.false_alarms else 0


if __name__ == "__main__":
    sys.exit(main())
