"""Run `deals-contract` against every defect and every legal variation of the mock.

Each defect must be caught and no legal server accused. Every run writes a report (timings, versions, other
tools) to --output, and stops at the first violation of each defect. Three options do something else:

  --thorough   runs each trial to its end, to learn all laws and checks that catch a defect,
               and names the laws that catch nothing that others miss
  --write      does the same, and saves which laws and checks catch what in results.json

  --scripts    only finds each defect, and runs the scripts that reproduce it: each must show the fault on the
               defective mock, and must not on the sound one

To record a new law and its defect, or a changed one:  --only NAME --write

exit status: 0 all is well, 1 a defect survives, a legal server is accused, or a law is redundant (--thorough)
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import partial
from pathlib import Path

from benchmarks.mutation_matrix.catalogue import is_legal, server_names
from benchmarks.mutation_matrix.law_coverage import LawCoverage
from benchmarks.mutation_matrix.matrix import Matrix
from benchmarks.mutation_matrix.peers import ROOT, Specmatic, SpecmaticMissingError
from benchmarks.mutation_matrix.report import short_list, write_report
from benchmarks.mutation_matrix.results import RESULTS, Results
from benchmarks.mutation_matrix.script_trials import ScriptTrial, all_right, run_script_trials, summary_of
from benchmarks.mutation_matrix.trials import SCHEMATHESIS_TIME, Row, TrialOptions, run_trial, with_baseline

PROCESSES = 3  # one more than the cores of a small machine: a trial often waits for a slow server
OUTPUT = ROOT / "build" / "mutation-matrix"


def arguments(argv: list[str] | None) -> argparse.Namespace:
    """The options on the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.mutation_matrix",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--only", nargs="+", default=[], metavar="NAME", help="run only these defects and variations")
    add(
        "--part",
        type=_part,
        default=(0, 1),
        metavar="N/OF",
        help="run one of several equal parts, such as 1/3",
    )
    add("--thorough", action="store_true", help="run each trial to its end, without other tools")
    add("--scripts", action="store_true", help="run the scripts of what is found in each defect")
    add("--write", action="store_true", help="save the results of a thorough run in results.json")
    add(
        "--output",
        type=Path,
        default=OUTPUT,
        metavar="DIR",
        help="directory of the report (build/mutation-matrix)",
    )
    add("--processes", type=int, default=PROCESSES, help="trials that run at the same time (%(default)s)")
    add("--full-variations", action="store_true", help="run the whole suite against variations (+9 minutes)")
    add("--without-schemathesis", action="store_true", help="do not run Schemathesis for comparison")
    add(
        "--schemathesis-time",
        type=int,
        default=SCHEMATHESIS_TIME,
        metavar="SECONDS",
        help="minimum time for Schemathesis on each defect (%(default)s)",
    )
    add("--specmatic", type=Path, metavar="JAR", help="run Specmatic, too; its npm package contains the jar")
    given = parser.parse_args(argv)
    for name in given.only:
        if name not in server_names():
            parser.error(f"argument --only: unknown name {name!r}; {_hint(name)}")
    given.thorough = given.thorough or given.write
    return given


def _hint(name: str) -> str:
    near = get_close_matches(name, server_names())
    return (
        f"did you mean {' or '.join(near)}?" if near else "see deals-mock --list-defects, --list-variations"
    )


def _part(text: str) -> tuple[int, int]:
    number, _, count = text.partition("/")
    if not (number.isdecimal() and count.isdecimal() and 0 < int(number) <= int(count)):
        raise argparse.ArgumentTypeError(f"expected N/OF, such as 1/3, not {text!r}")
    return int(number) - 1, int(count)


def trial_options(given: argparse.Namespace) -> TrialOptions:
    """How to run the trials."""
    if given.thorough:
        return TrialOptions(thorough=True, full_variations=given.full_variations, schemathesis=None)
    seconds = None if given.without_schemathesis else given.schemathesis_time
    specmatic = None
    if given.specmatic is not None:
        try:
            specmatic = with_baseline(Specmatic.at(given.specmatic.resolve()))
        except SpecmaticMissingError as error:
            print(f"Running without Specmatic: {error}", flush=True)
    return TrialOptions(full_variations=given.full_variations, schemathesis=seconds, specmatic=specmatic)


def run_trials(names: list[str], processes: int, options: TrialOptions) -> Iterator[Row]:
    """Run the trials in parallel, and print each row."""
    with ProcessPoolExecutor(processes, multiprocessing.get_context("fork")) as pool:
        for done, row in enumerate(pool.map(partial(run_trial, options=options), names), 1):
            print(f"{_mark(row)} {done}/{len(names)} {row.name}: {_outcome(row)}", flush=True)
            yield row


def _mark(row: Row) -> str:
    return "✗" if row.survives or row.false_alarm else "✓"


def _outcome(row: Row) -> str:
    if row.could_not_run:
        return row.suite.verdict
    violations = short_list(row.suite.violations, most=3)
    text = f"violates {violations}" if row.legal else f"caught by {violations}"
    nothing = "no violation" if row.legal else "survives"
    return f"{text if violations else nothing} ({row.suite.seconds:.1f} s)"


def main(argv: list[str] | None = None) -> int:
    given = arguments(argv)
    part, parts = given.part
    names = [name for name in server_names() if name in (given.only or [name])][part::parts]
    if given.scripts:
        return (
            0
            if all_right(_run_scripts([name for name in names if not is_legal(name)], given.processes))
            else 1
        )
    options = trial_options(given)
    started, clock = datetime.now(UTC), time.perf_counter()
    rows = list(run_trials(names, given.processes, options))
    matrix = Matrix(rows, options, given.processes, (time.perf_counter() - clock) / 60, started)
    print()
    for label, value in matrix.figures():
        print(f"{label}: {value}")
    for row in matrix.failures:
        print(f"✗ {row.name}: {row.suite.verdict}")
    redundant = _check_laws(rows, given.output, write=given.write) if given.thorough else []
    print(f"Report: {_short(write_report(matrix, given.output))}")
    return 1 if matrix.failures or redundant else 0


def _run_scripts(names: list[str], processes: int) -> list[ScriptTrial]:
    """Run the scripts of each defect, and print what is not right."""
    trials: list[ScriptTrial] = []
    with ProcessPoolExecutor(processes, multiprocessing.get_context("fork")) as pool:
        for done, (name, found) in enumerate(zip(names, pool.map(run_script_trials, names), strict=True), 1):
            trials += found
            print(f"{'✓' if all_right(found) else '✗'} {done}/{len(names)} {name}", flush=True)
    print("", *summary_of(trials), sep="\n")
    return trials


def _check_laws(rows: list[Row], output: Path, *, write: bool) -> list[str]:
    """The redundant laws, by these rows and the committed results of all other servers."""
    results = Results.load(RESULTS).updated(rows)
    coverage = LawCoverage.of(results.by_mutation)
    for law in coverage.redundant:
        print(f"✗ {law}: redundant, no defect is caught by this law alone")
    if not coverage.redundant:
        print(f"Laws needed: all {len(coverage.only)}")
    output.mkdir(parents=True, exist_ok=True)
    (output / "laws.md").write_text(coverage.as_markdown(), "utf-8")
    if write:
        results.save(RESULTS)
        saved = sum(not row.could_not_run for row in rows)
        print(f"Results: {_short(RESULTS)} ({saved} of {len(results.by_mutation)} rows written)")
    return coverage.redundant


def _short(path: Path) -> str:
    """A path as it would be typed here."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


if __name__ == "__main__":
    sys.exit(main())
