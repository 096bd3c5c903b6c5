"""How far a run is, where there is no screen."""

from __future__ import annotations

import io
import time
from collections.abc import Callable

import pytest

from contract_tests.report.progress import Progress
from contract_tests.report.terminal import Terminal

LAWS = ["test_laws"] * 380
CONFORMANCE = ["test_conformance"] * 31


def progress(clock: Callable[[], float], violations: int = 0, limit: float | None = None) -> Progress:
    return Progress(Terminal(io.StringIO()), lambda: violations, limit=limit, clock=clock)


def after(done: int, seconds: float, *, violations: int = 0, limit: float | None = None) -> str:
    """The line when so many tests are done after so many seconds."""
    now = [0.0]
    run = progress(lambda: now[0], violations, limit)
    run.plan(LAWS + CONFORMANCE)
    for part in (LAWS + CONFORMANCE)[: done + 1]:
        run.begin(part, "a law")
    now[0] = seconds
    return run.line


@pytest.mark.parametrize(
    ("done", "seconds", "violations", "line"),
    [
        (2, 15.0, 0, "… 2 of 411 rules, 15 s"),
        (200, 20.0, 0, "… 200 of 411 rules, 20 s, about 80 s left"),
        (380, 38.0, 2, "… 380 of 411 rules, 38 s, about 62 s left, 2 violations"),
        (410, 99.0, 1, "… 410 of 411 rules, 99 s, about 2 s left, 1 violation"),
    ],
)
def test_the_line_says_what_is_done_and_estimates_the_rest(
    done: int, seconds: float, violations: int, line: str
) -> None:
    assert after(done, seconds, violations=violations) == line


def test_the_estimate_knows_the_limit_of_the_run() -> None:
    assert "about 5 s left" in after(200, 20.0, limit=25.0)


def test_lines_come_in_time_until_the_end() -> None:
    stream = io.StringIO()
    run = Progress(Terminal(stream), lambda: 0, period=0.01)
    run.plan(LAWS)
    with run.told():
        until = time.monotonic() + 10
        while stream.getvalue().count("…") < 3 and time.monotonic() < until:
            time.sleep(0.01)
    told = stream.getvalue()
    time.sleep(0.05)

    assert told.startswith("… 0 of 380 rules, 0 s\n… 0 of")
    assert stream.getvalue().count("…") <= told.count("…") + 1


def test_a_screen_has_its_bar_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm")
    stream = Screen()
    run = Progress(Terminal(stream), lambda: 0, period=0.001)
    with run.told():
        time.sleep(0.05)

    assert "…" not in stream.getvalue()
