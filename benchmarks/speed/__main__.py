"""How fast the mock is: beside its peers, with many deals, and beside other people's long work.

    benchmarks/speed/install.sh        once: the peers, from npm and PyPI
    python -m benchmarks.speed         writes benchmarks/results/speed.md, speed.json and curve.svg

It needs Linux, and wrk for the peers. It only measures: no figure makes it fail. Compare figures of one run
only; the machine should do nothing else meanwhile.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.machine import ROOT
from benchmarks.robustness.wire import NoAnswerError
from benchmarks.speed import curve, plot, report, waiting
from benchmarks.speed.contenders import INSTALLED, SpeedError
from benchmarks.speed.peers import Standing, compare, installed_contenders, record_bodies

PARTS = ("peers", "curve", "waiting")
NO_WRK = "wrk is not installed: the peers are not compared (Debian: apt-get install wrk)"


def main(argv: list[str] | None = None) -> int:
    """Measure, and write the results; return the exit status."""
    given = _parser().parse_args(argv)
    if sys.platform != "linux":
        print("Memory and processor time are read from /proc: this needs Linux")
        return 1
    begun, commit = time.monotonic(), _commit()
    try:
        texts, figures = _measured(given)
    except (SpeedError, NoAnswerError) as error:
        print(f"✗ {error}")
        return 1
    text = "\n\n".join([_heading(time.monotonic() - begun, commit), *texts]) + "\n"
    print(text)
    given.output.mkdir(parents=True, exist_ok=True)
    (given.output / "speed.md").write_text(text, "utf-8")
    (given.output / "speed.json").write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.speed",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="not everything")
    parser.add_argument("--rounds", type=int, default=3, help="of all contenders, in turn (%(default)s)")
    parser.add_argument("--seconds", type=int, default=2, help="for each load (%(default)s)")
    parser.add_argument(
        "--deals", type=int, nargs="+", default=curve.SIZES, help="sizes of the curve's worlds (%(default)s)"
    )
    parser.add_argument("--peers", type=Path, default=INSTALLED, help="where the peers are (%(default)s)")
    parser.add_argument("--output", type=Path, default=ROOT / "benchmarks" / "results", help="(%(default)s)")
    return parser


def _measured(given: argparse.Namespace) -> tuple[list[str], dict[str, Any]]:
    """The text of each part, and its figures."""
    texts, figures = [], {}
    if "peers" in given.only:
        if shutil.which("wrk"):
            standings = _compared(given)
            texts.append(report.of_peers(standings))
            figures["peers"] = {each.contender.name: _figures(each) for each in standings}
        else:
            print(NO_WRK)
    if "curve" in given.only:
        points = curve.measure(sorted(given.deals), given.seconds / 2)
        texts.append(report.of_curve(points))
        figures["curve"] = {str(point.deals): asdict(point) for point in points}
        given.output.mkdir(parents=True, exist_ok=True)
        (given.output / "curve.svg").write_text(plot.drawn(points), "utf-8")
    if "waiting" in given.only:
        most = max(given.deals)
        waited = waiting.measure(most, given.seconds)
        texts.append(report.of_waiting(waited, most))
        figures["waiting"] = {each.meanwhile: asdict(each) for each in waited}
    return texts, figures


def _compared(given: argparse.Namespace) -> list[Standing]:
    with tempfile.TemporaryDirectory() as folder:
        record_bodies(Path(folder))
        contenders = installed_contenders(given.peers, Path(folder))
        return compare(contenders, given.rounds, given.seconds)


def _figures(standing: Standing) -> dict[str, Any]:
    return {
        "version": standing.contender.version(),
        "ready_after": standing.ready_after,
        "resident_mb": standing.resident_mb,
        "loads": {load: [asdict(each) for each in rounds] for load, rounds in standing.loads.items()},
    }


def _heading(seconds: float, commit: str) -> str:
    """What was measured, when and where."""
    where = f"{os.cpu_count()} cores, Python {platform.python_version()}, commit {commit}"
    when = f"{time.strftime('%d %B %Y')} in {seconds:.0f} s"
    busy = f"{os.getloadavg()[0]:.1f} processes at work at the end"
    return f"# Speed\n\nWritten by `python -m benchmarks.speed` on {when}: {where}, {busy}."


def _commit() -> str:
    if not shutil.which("git"):
        return "unknown"
    command = ["git", "describe", "--always", "--dirty", "--exclude", "*"]
    said = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT).stdout
    return said.strip() or "unknown"


if __name__ == "__main__":
    sys.exit(main())
