"""What the terminal shows: progress while it runs, then the findings."""

from __future__ import annotations

import os
import shutil
import textwrap
from collections.abc import Iterator
from typing import Final, TextIO

from contract_tests.report.summary import TITLES, Summary
from contract_tests.report.wording import details, share
from contract_tests.verdict.findings import Finding, Kind

SHOWN: Final = (Kind.VIOLATION, Kind.DRIFT, Kind.WAIVED)
COLOURS: Final = {
    Kind.VIOLATION: "31",
    Kind.DRIFT: "33",
    Kind.WAIVED: "34",
    Kind.NOT_JUDGED: "2",
}
BOLD, GREEN, RED = "1", "32", "31"
FEW: Final = 6  # rules that are named for a reason why they were not judged
LONGEST: Final = 600  # characters of a detail
NAME_WIDTH: Final = 13  # of the column with `documented`, `expected` …


class Terminal:
    """Writes to one stream; colours and a living line only where somebody looks at it."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._living = stream.isatty()
        self._coloured = self._living and not os.environ.get("NO_COLOR")
        self._width = max(60, min(shutil.get_terminal_size((100, 24)).columns, 120))

    # While it runs

    def say(self, text: str, colour: str = "") -> None:
        """A line that stays."""
        self._clear()
        self._stream.write(f"{self._paint(text, colour)}\n")
        self._stream.flush()

    def progress(self, done: int, of: int, name: str, violations: int) -> None:
        """The line that shows where the run is; only where it can be overwritten."""
        if self._living:
            share_done = 100 * done // max(of, 1)
            bad = f", {violations} violation{'s' * (violations != 1)}" if violations else ""
            line = f"[{share_done:3d} %] {name}{bad}"
            self._clear()
            self._stream.write(line[: self._width - 1])
            self._stream.flush()

    def discovered(self, finding: Finding) -> None:
        """A finding, as soon as it is there."""
        mark = {Kind.VIOLATION: "✗", Kind.DRIFT: "~"}.get(finding.kind)
        if mark:
            self.say(f"  {mark} {finding.operation}: {finding.claim}", COLOURS[finding.kind])

    # When it is over

    def report(self, summary: Summary) -> None:
        """Everything found, and the closing line."""
        self._clear()
        for line in self._lines(summary):
            self._stream.write(f"{line}\n")
        self._stream.flush()

    def _lines(self, summary: Summary) -> Iterator[str]:
        for kind in SHOWN:
            if summary.count(kind):
                yield ""
                yield self._paint(TITLES[kind], BOLD)
            for operation, findings in summary.by_operation(kind):
                yield ""
                yield self._paint(operation or "The run", BOLD)
                for finding in findings:
                    yield from self._finding(finding, summary.times[finding.id])
        yield from self._not_judged(summary)
        yield from self._coverage(summary)
        yield from ("", *summary.remarks) if summary.remarks else ()
        if summary.left:
            yield ""
            yield self._paint("Not cleaned up:", BOLD)
            yield from (f"  {each}" for each in summary.left)
        yield ""
        yield self._paint(summary.closing, GREEN if summary.exit_status == 0 else RED)

    def _finding(self, finding: Finding, times: int) -> Iterator[str]:
        seen = f" (seen {times} times)" if times > 1 else ""
        mark = "✗" if finding.kind is Kind.VIOLATION else "~"
        yield self._paint(f"  {mark} {_line(finding.claim)}{seen}", COLOURS[finding.kind])
        for name, text in details(finding):
            if name == "again":  # to be copied: never broken
                yield f"    {name:{NAME_WIDTH}}{_line(text)}"
            else:
                yield from self._wrapped(name, _shortened(_line(text)))

    def _wrapped(self, name: str, text: str) -> Iterator[str]:
        lines = textwrap.wrap(text, self._width - NAME_WIDTH - 4, break_on_hyphens=False) or [""]
        yield f"    {name:{NAME_WIDTH}}{lines[0]}"
        yield from (f"    {'':{NAME_WIDTH}}{line}" for line in lines[1:])

    def _not_judged(self, summary: Summary) -> Iterator[str]:
        findings = summary.of_kind(Kind.NOT_JUDGED)
        if not findings:
            return
        yield ""
        yield self._paint(TITLES[Kind.NOT_JUDGED], BOLD)
        reasons: dict[str, dict[str, None]] = {}
        for finding in findings:
            on = f" on {finding.operation}" if finding.operation else ""
            reasons.setdefault(finding.reason, {})[f"{finding.rule}{on}"] = None
        for reason, rules in reasons.items():
            yield f"  {_line(reason)}:"
            more = len(rules) - FEW
            named = [*rules][:FEW] if more > 1 else [*rules]
            text = ", ".join(named) + (f", and {more} more (all of them in the reports)" if more > 1 else "")
            yield from textwrap.wrap(text, self._width - 4, initial_indent=" " * 4,
                                     subsequent_indent=" " * 4, break_on_hyphens=False)  # fmt: skip

    def _coverage(self, summary: Summary) -> Iterator[str]:
        yield ""
        yield self._paint("Coverage (exercised with success, of what the contract has)", BOLD)
        yield f"  {'operation':24}{'parameters':12}{'values':8}{'fields':8}statuses"
        for row in summary.coverage:
            if not row.statuses and (summary.only or summary.skip):
                continue  # nobody asked for it
            shares = (share(row.parameters), share(row.values), share(row.fields))
            statuses = " ".join(map(str, row.statuses)) or "none"
            line = f"  {row.operation:24}{shares[0]:12}{shares[1]:8}{shares[2]:8}{statuses}"
            yield line if row.held else self._paint(line, COLOURS[Kind.NOT_JUDGED])

    def _clear(self) -> None:
        if self._living:
            self._stream.write("\r\x1b[2K")

    def _paint(self, text: str, colour: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._coloured and colour else text


def _shortened(text: str) -> str:
    """The reports have it whole."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _line(text: str) -> str:
    """On one line, and without what a terminal would obey."""
    return "".join(c if c.isprintable() else " " for c in text)
