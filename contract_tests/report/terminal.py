"""What the terminal shows: progress while it runs, then the findings."""

from __future__ import annotations

import os
import shutil
import textwrap
import threading
from collections.abc import Iterator
from typing import Final, TextIO

from contract_tests.report.summary import CLAIMS, TITLES, Summary
from contract_tests.report.wording import Block, blocks, seen, share, unjudged
from contract_tests.verdict.findings import Finding, Kind

SHOWN: Final = (Kind.VIOLATION, Kind.DRIFT, Kind.WAIVED)
COLOURS: Final = {
    Kind.VIOLATION: "31",
    Kind.DRIFT: "33",
    Kind.WAIVED: "34",
    Kind.NOT_JUDGED: "2",
}
BRIEF: Final = {Kind.DRIFT: ("received", "again")}  # the reports have it whole
BOLD, GREEN, RED = "1", "32", "31"
FEW: Final = 6  # claims of one answer, or rules for one reason why they were not judged
LONGEST: Final = 600  # characters of a detail
NAME_WIDTH: Final = 13  # of the column with `documented`, `expected` …


class Terminal:
    """Writes to one stream; colours and a living line only where somebody looks at it."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._living = stream.isatty()
        self._coloured = self._living and not os.environ.get("NO_COLOR")
        self._lock = threading.RLock()  # findings come from several workers
        self._width = max(60, min(shutil.get_terminal_size((100, 24)).columns, 120))

    # While it runs

    def say(self, text: str, colour: str = "") -> None:
        """A line that stays."""
        with self._lock:
            self._clear()
            self._stream.write(f"{self._paint(text, colour)}\n")
            self._stream.flush()

    def progress(self, done: int, of: int, name: str, violations: int) -> None:
        """The line that shows where the run is; only where it can be overwritten."""
        if self._living:
            share_done = 100 * done // max(of, 1)
            bad = f", {violations} violation{'s' * (violations != 1)}" if violations else ""
            line = f"[{share_done:3d} %] {name}{bad}"
            with self._lock:
                self._clear()
                self._stream.write(line[: self._width - 1])
                self._stream.flush()

    def discovered(self, finding: Finding) -> None:
        """A violation, as soon as it is there; all else can wait."""
        if finding.kind is Kind.VIOLATION:
            self.say(f"  ✗ {_line(finding.operation)}: {_line(finding.claim)}", COLOURS[finding.kind])

    # When it is over

    def report(self, summary: Summary) -> None:
        """Everything found, and the closing line."""
        self._clear()
        for line in self._lines(summary):
            self._stream.write(f"{line}\n")
        self._stream.flush()

    def _lines(self, summary: Summary) -> Iterator[str]:
        if any(summary.count(kind) for kind in SHOWN):
            yield ""
            yield CLAIMS
        for kind in SHOWN:
            if summary.count(kind):
                yield ""
                yield self._paint(TITLES[kind], BOLD)
            for operation, findings in summary.by_operation(kind):
                yield ""
                yield self._paint(operation or "The run", BOLD)
                for block in blocks(findings):
                    yield from self._block(block, summary)
        yield from self._not_judged(summary)
        yield from self._coverage(summary)
        yield from ("", *summary.remarks) if summary.remarks else ()
        if summary.left:
            yield ""
            yield self._paint("Not cleaned up:", BOLD)
            yield from (f"  {each}" for each in summary.left)
        yield ""
        yield self._paint(summary.closing, GREEN if summary.exit_status == 0 else RED)

    def _block(self, block: Block, summary: Summary) -> Iterator[str]:
        kind = block.first.kind
        mark = "✗" if kind is Kind.VIOLATION else "~"
        more = len(block.findings) - FEW
        shown = block.findings[: FEW if more > 1 else None]
        for finding in shown:
            id = f", id {finding.id}" if len(shown) > 1 or kind in BRIEF else ""
            text = f"  {mark} {_line(finding.claim)}{seen(summary.times[finding.id])}{id}"
            yield self._paint(text, COLOURS[kind])
        if more > 1:
            yield self._paint(f"    and {more} more in the same answer (all in the reports)", COLOURS[kind])
        for name, text in block.details():
            if kind in BRIEF and name not in BRIEF[kind]:
                continue
            yield from self._commands(name, text) if name == "again" else self._wrapped(name, text)

    def _commands(self, name: str, text: str) -> Iterator[str]:
        """To be copied: never broken."""
        for place, line in enumerate(text.splitlines()):
            told = f"(a command of {len(line)} characters: in the reports)" if len(line) > LONGEST else line
            yield f"    {'' if place else name:{NAME_WIDTH}}{_line(told)}"

    def _wrapped(self, name: str, text: str) -> Iterator[str]:
        text = _shortened(_line(text))
        lines = textwrap.wrap(text, self._width - NAME_WIDTH - 4, break_on_hyphens=False) or [""]
        yield f"    {name:{NAME_WIDTH}}{lines[0]}"
        yield from (f"    {'':{NAME_WIDTH}}{line}" for line in lines[1:])

    def _not_judged(self, summary: Summary) -> Iterator[str]:
        findings = summary.of_kind(Kind.NOT_JUDGED)
        if not findings:
            return
        yield ""
        yield self._paint(TITLES[Kind.NOT_JUDGED], BOLD)
        for reason, rules in unjudged(findings).items():
            yield f"  {_shortened(_line(reason))}"
            more = len(rules) - FEW
            named = rules[: FEW if more > 1 else None]
            text = ", ".join(named) + (f", and {more} more (all in the reports)" if more > 1 else "")
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
