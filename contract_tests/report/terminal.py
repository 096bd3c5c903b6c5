"""The terminal: progress during the run, findings and verdict after it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from typing import Final, TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Column
from rich.text import Text

from contract_tests.report.plain_text import visible, without_commands, wrapped
from contract_tests.report.summary import Summary
from contract_tests.report.wording import (
    EXPLANATIONS,
    FEW,
    NOT_CALLED,
    REPRODUCE,
    TITLES,
    Block,
    Section,
    blocks,
    first_few,
    operations_named,
    seen,
    stated,
    unjudged,
)
from contract_tests.verdict.findings import Finding, Kind

STYLES: Final = {Kind.VIOLATION: "red", Kind.DRIFT: "yellow", Kind.WAIVED: "blue", Kind.NOT_JUDGED: "dim"}
LONGEST: Final = 600  # characters of a detail or a command
WIDEST: Final = 120  # columns of running text
PIPE_WIDTH: Final = 100  # columns where there is no screen, unless COLUMNS is set
LABEL: Final = 13  # columns of `documented`, `expected` …


class Terminal:
    """Writes to one stream; colours and a progress bar appear only on a screen. Safe with several threads."""

    def __init__(self, stream: TextIO) -> None:
        self._console = _console(stream)
        self.is_screen = stream.isatty() and self._console.is_interactive
        self._bar = Progress(
            BarColumn(20),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True, ratio=1)),
            console=self._console,
            expand=True,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
            disable=not self.is_screen,
        )
        self._task = self._bar.add_task("")

    # During the run

    def say(self, text: str, style: str = "") -> None:
        """Print a line."""
        self._print(text, style)

    def progress(self, done: int, of: int, text: str) -> None:
        """Move the progress bar; without a screen there is none."""
        self._bar.update(self._task, completed=done, total=max(of, 1), description=visible(text))
        self._bar.start()
        self._bar.refresh()

    def discovered(self, finding: Finding) -> None:
        """Print a violation as soon as it is found; everything else can wait for the end."""
        if finding.kind is Kind.VIOLATION:
            self._print(f"  ✗ {operations_named(finding)}: {stated(finding)}", STYLES[finding.kind])

    # After the run

    def report(self, summary: Summary) -> None:
        """Print all findings, the coverage and the closing line."""
        self._bar.stop()
        for section in summary.sections:
            self._title(section.title, len(section.findings), section.explanation)
            if summary.fails(section.findings[0]):
                self._in_full(section, summary)
            else:
                self._in_brief(section, summary)
        if summary.not_judged:
            self._not_judged(summary)
        self._compared(summary)
        self._coverage(summary)
        self._list("Remarks", summary.remarks)
        self._list("Not cleaned up", summary.left)
        self._print()
        self._print(summary.closing, "bold green" if summary.exit_status == 0 else "bold red")

    def _title(self, title: str, count: int, explanation: str) -> None:
        self._print()
        self._print(f"{title} ({count})", "bold")
        self._wrapped("", explanation, "dim")

    def _list(self, title: str, texts: Sequence[str]) -> None:
        if texts:
            self._print()
            self._print(title, "bold")
        for text in texts:
            self._wrapped("  ", text)

    def _in_full(self, section: Section, summary: Summary) -> None:
        """What fails the run, with its proof."""
        for operations, findings in section.groups():
            self._print()
            self._print(operations or "The whole run", "bold")
            for block in blocks(findings):
                self._block(block, summary)

    def _in_brief(self, section: Section, summary: Summary) -> None:
        """What does not fail the run, a line each; the other reports have its proof."""
        style = STYLES[section.kind]
        for finding in section.findings:
            operations = operations_named(finding)
            text = f"{operations}: {stated(finding)}" if operations else stated(finding)
            text += f"{summary.mark(finding)}{seen(summary.times[finding.id])}"
            text += "" if section.kind is not Kind.WAIVED else f": {finding.reason}"
            self._wrapped("  ~ ", f"{text} [{finding.id}]", style, label_style=style)

    def _block(self, block: Block, summary: Summary) -> None:
        style = STYLES[block.first.kind]
        shown, more = first_few(block.findings, FEW)
        for finding in shown:
            id = f", id {finding.id}" if len(shown) > 1 else ""
            claim = f"{stated(finding)}{summary.mark(finding)}{seen(summary.times[finding.id])}{id}"
            self._wrapped("  ✗ ", claim, style, label_style=style)
        if more:
            self._print(f"    and {more} more in the same response (--report-dir has all)", style)
        for name, text in block.details(summary.extras):
            label = f"    {name:{LABEL}}"
            if name == REPRODUCE:
                self._commands(label, text)
            else:
                self._wrapped(label, _shortened(text), at=", " if name == "rule" else " ")

    def _commands(self, label: str, text: str) -> None:
        """Print one command a line, never wrapped, so that it can be copied."""
        for line in text.split("\n"):
            long = len(line) > LONGEST
            told = f"(a command of {len(line)} characters; --report-dir has it)" if long else line
            self._print(told, label=label)
            label = " " * len(label)

    def _not_judged(self, summary: Summary) -> None:
        silent = summary.not_judged
        self._title(TITLES[Kind.NOT_JUDGED], len(silent), EXPLANATIONS[Kind.NOT_JUDGED])
        for reason, rules in unjudged(silent).items():
            shown, more = first_few(rules, FEW)
            self._wrapped("  ", _shortened(reason))
            left_out = f", and {more} more (--report-dir has all)" if more else ""
            self._wrapped("    ", ", ".join(map(str, shown)) + left_out, "dim")

    def _compared(self, summary: Summary) -> None:
        if summary.comparison is None:
            return
        self._print()
        self._print(f"Compared with {summary.comparison.earlier.title}", "bold")
        self._print(f"  {summary.comparison.tally}")
        for what, text in summary.comparison.lines:
            self._wrapped(f"  {what:17}", text, label_style="")

    def _coverage(self, summary: Summary) -> None:
        rows = [row for row in summary.coverage if row.statuses or not (summary.only or summary.skip)]
        if not rows:
            return
        first = max(len(row.operation) for row in rows) + 2
        self._print()
        self._print("Coverage", "bold")
        self._wrapped("", "Parameters, enum values and body fields used in successful requests", "dim")
        self._print(f"  {'operation':{first}}{'parameters':12}{'values':8}{'fields':8}responses", "dim")
        for row in rows:
            parameters, values, fields = row.shares
            statuses = " ".join(map(str, row.statuses)) or NOT_CALLED
            line = f"  {row.operation:{first}}{parameters:12}{values:8}{fields:8}{statuses}"
            self._print(line, "" if row.succeeded else "yellow")

    # Writing

    def _wrapped(
        self, label: str, text: str, style: str = "", *, label_style: str = "dim", at: str = " "
    ) -> None:
        """Print text after its label, in lines that fit the columns beside it."""
        room = max(20, min(self._console.width, WIDEST) - cell_len(label))
        for line in wrapped(visible(text), room, at=at):
            self._print(line, style, label=label, label_style=label_style)
            label = " " * cell_len(label)

    def _print(self, text: str = "", style: str = "", *, label: str = "", label_style: str = "dim") -> None:
        """Print a line as it is; nothing that a server sent can steer the terminal or a CI system."""
        label, line = visible(label), without_commands(visible(label + text))
        self._console.print(Text.assemble((line[: len(label)], label_style), (line[len(label) :], style)))


class _Console(Console):
    def show_cursor(self, show: bool = True) -> bool:
        """Leave the cursor alone: a run that is killed could not bring it back."""
        return False

    def on_broken_pipe(self) -> None:
        """Go on in silence: a pipe that is closed early (`| head`) changes no verdict."""
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), self.file.fileno())


def _console(stream: TextIO) -> Console:
    return _Console(
        file=stream,
        color_system=None if os.environ.get("NO_COLOR") else "auto",
        width=None if stream.isatty() else shutil.get_terminal_size((PIPE_WIDTH, 24)).columns,
        soft_wrap=True,  # a line is never broken: `_wrapped` does that where it is wanted
    )


def _shortened(text: str) -> str:
    """The beginning of a long text; the other reports have all of it."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
