"""The mock and its peers under the same load, in turn, several times."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, fields
from pathlib import Path
from statistics import median

from benchmarks.robustness.wire import Connection
from benchmarks.speed.contenders import Contender, SpeedError, mock, peers, running
from benchmarks.speed.load import LOADS, NEW_DEAL, Measured, send

DEALS = "200"
FLASK, PRISM = "bare Flask, granian", "Prism, static"


@dataclass
class Standing:
    """All that was measured of one contender."""

    contender: Contender
    ready_after: list[float] = field(default_factory=list)
    resident_mb: list[float] = field(default_factory=list)
    loads: dict[str, list[Measured]] = field(default_factory=lambda: {load: [] for load in LOADS})

    def medians(self, load: str) -> Measured:
        """The median of each figure over all rounds."""
        rounds = self.loads[load]
        return Measured(*(median(getattr(each, item.name) for each in rounds) for item in fields(Measured)))


def record_bodies(folder: Path) -> None:
    """Write the bytes of the mock's answers, which bare Flask sends."""
    asked = (("list", "GET", "/deals", None), ("detail", "GET", "/deals/10", None))
    with running(mock("--deals", DEALS)) as server:
        connection = Connection(server.url)
        for name, method, path, body in (*asked, ("create", "POST", "/deals", NEW_DEAL)):
            answer = connection.ask(method, path, server.token, body)
            if answer.status not in (200, 201):
                raise SpeedError(f"{method} {path} returned {answer.status}")
            (folder / name).write_bytes(answer.body)
        connection.close()


def installed_contenders(installed: Path, bodies: Path) -> list[Contender]:
    """Those that can be started; the others are named on the terminal."""
    all_of_them = [mock("--deals", DEALS), *peers(installed, bodies)]
    for missing in (each for each in all_of_them if not each.program.exists()):
        print(f"{missing.name} is not installed: skipped (benchmarks/speed/install.sh installs it)")
    return [each for each in all_of_them if each.program.exists()]


def compare(contenders: list[Contender], rounds: int, seconds: int) -> list[Standing]:
    """Each contender in turn, so that what else the machine does meets them all."""
    standings = [Standing(contender) for contender in contenders]
    for number in range(1, rounds + 1):
        for standing in standings:
            print(f"round {number} of {rounds}: {standing.contender.name} …", file=sys.stderr, flush=True)
            _measure(standing, seconds)
    return standings


def _measure(standing: Standing, seconds: int) -> None:
    """One round of one contender, in a process of its own."""
    with running(standing.contender) as server:
        standing.ready_after.append(server.ready_after)
        send(server, "list", 1)  # the first second is not measured
        for load, measured in standing.loads.items():
            measured.append(send(server, load, seconds))
            if load == "detail":  # before any deal is created
                standing.resident_mb.append(server.resident_mb())
