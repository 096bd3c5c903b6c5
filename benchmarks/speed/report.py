"""The tables, in Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.speed.curve import CREATE, READS, WHOLES, Point, bytes_per_deal
from benchmarks.speed.load import CONNECTIONS, LOADS, Measured
from benchmarks.speed.peers import FLASK, PRISM, Standing
from benchmarks.speed.waiting import Waited

TITLES = {
    "list": "list of 25",
    "detail": "one deal",
    "create": "create",
    "mixed": "lists and deals, every tenth a create",
}


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def of_peers(standings: Sequence[Standing]) -> str:
    """The mock beside its peers."""
    speed, delay = [], []
    for standing in standings:
        name = f"{standing.contender.name} ({standing.contender.version()})"
        loads = [standing.medians(load) for load in LOADS]
        memory = f"{_median(standing.resident_mb):.0f} MB"
        ready = f"{_median(standing.ready_after):.2f} s"
        speed.append([name, *(f"{each.per_second:,.0f}" for each in loads), ready, memory])
        delay.append([name, *map(_delays, loads)])
    does = "\n".join(f"- {each.contender.name}: {each.contender.does}." for each in standings)
    parts = [
        "## Beside its peers",
        f"Requests per second over {CONNECTIONS} connections; the median of all rounds.",
        table(["", *TITLES.values(), "first good answer after", "memory"], speed),
        *_ratios(standings),
        "Milliseconds: median / 99th percentile / processor time of the server for one request.",
        table(["", *TITLES.values()], delay),
        does,
    ]
    return "\n\n".join(parts)


def _delays(load: Measured) -> str:
    return f"{load.median_ms:.2f} / {load.p99_ms:.2f} / {load.processor_ms:.2f}"


def _ratios(standings: Sequence[Standing]) -> list[str]:
    """How the mock compares with the two that its targets name, if they have run."""
    by_name = {standing.contender.name: standing for standing in standings}
    own = standings[0]
    rows = []
    for name in (FLASK, PRISM):
        if name in by_name:
            ratios = (own.medians(load).per_second / by_name[name].medians(load).per_second for load in LOADS)
            rows.append([f"{own.contender.name} ÷ {name}", *(f"{ratio:.2f}" for ratio in ratios)])
    return [table(["", *TITLES.values()], rows)] if rows else []


def _median(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]


def of_curve(points: Sequence[Point]) -> str:
    """Milliseconds for each request and number of deals."""
    rows = [[f"{name} (right after a write)", *_row(points, name)] for name in READS]
    rows.append([CREATE, *_plain_row([point.alone[CREATE] for point in points])])
    rows += [
        [f"{name}, the first time", *_plain_row([each.first[name] for each in points])] for name in WHOLES
    ]
    rows.append(["first good answer after", *(f"{point.ready_after:.2f} s" for point in points), ""])
    rows.append(["memory", *(f"{point.resident_mb:.0f} MB" for point in points), ""])
    head = ["", *(f"{point.deals:,} deals" for point in points), "last ÷ first"]
    parts = [
        "## From few deals to many",
        "Milliseconds of one request after another over one connection (medians); in brackets, each right "
        "after a deal that it shows has been changed.",
        table(head, rows),
        f"A further deal needs {bytes_per_deal(points):,.0f} bytes of memory.",
        "![The same as a plot](curve.svg)",
    ]
    return "\n\n".join(parts)


def _row(points: Sequence[Point], name: str) -> list[str]:
    alone = [point.alone[name] for point in points]
    after = [point.after_a_write[name] for point in points]
    pairs = zip(_plain_row(alone), _plain_row(after), strict=True)
    return [f"{first} ({second})" for first, second in pairs]


def _plain_row(values: Sequence[float]) -> list[str]:
    return [*(f"{ms:.2f}" for ms in values), f"{values[-1] / values[0]:.1f}×"]


def of_waiting(waited: Sequence[Waited], deals: int) -> str:
    """What a request for one deal waits for."""
    rows = [
        [
            each.meanwhile,
            f"{each.requests:,}",
            *(f"{ms:.1f}" for ms in (each.median_ms, each.p99_ms, each.longest_ms)),
            f"{_median(each.works):.2f} s" if each.works else "",
        ]
        for each in waited
    ]
    parts = [
        "## Beside other people's long work",
        f"One deal of {deals:,}, asked for every 10 ms; milliseconds from when it was due to its answer.",
        table(["meanwhile", "requests", "median", "99th percentile", "longest", "which took"], rows),
    ]
    return "\n\n".join(parts)
