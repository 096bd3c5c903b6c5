"""The terminal: progress during the run, findings and verdict after it."""

from __future__ import annotations

import io
import os
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from rich.cells import cell_len

from contract_tests.report.plain_text import without_commands, wrapped
from contract_tests.report.terminal import Terminal
from contract_tests.verdict.findings import Kind
from contract_tests.verdict.judging import GUESS
from tests.contract_tests.builders import finding
from tests.contract_tests.summaries import HOSTILE, hostile_summary, summary


def test_the_terminal_shows_violations_first_and_the_verdict_last() -> None:
    stream = io.StringIO()
    Terminal(stream).report(summary())
    text = stream.getvalue()

    places = [
        text.index(part)
        for part in ("Violations (1)", "Drift (1)", "Waived (1)", "Not judged (1)", "Coverage")
    ]
    assert places == sorted(places)
    assert text.splitlines()[-1] == (
        "Does not conform: 1 violation, 1 drift, 1 waived, 1 not judged; judged 412 of 430 rules "
        "(42 requests, 1.5 s, seed 1)"
    )


def test_a_long_command_is_left_to_the_reports() -> None:
    stream = io.StringIO()
    long = finding(curl=f"curl {'x' * 2000}\ncurl short")
    Terminal(stream).report(summary(findings=(long,)))

    assert "xxx" not in stream.getvalue()
    told = "(a command of 2005 characters; --report-dir has it)\n                 curl short\n"
    assert told in stream.getvalue()


class _Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> _Screen:
    """A terminal of 80 columns, whatever the tests run in."""
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    return _Screen()


def test_progress_is_a_living_line_on_a_screen_only(screen: _Screen) -> None:
    pipe = io.StringIO()
    for stream in (screen, pipe):
        terminal = Terminal(stream)
        terminal.progress(3, 10, "pages_partition_the_list, 1 violation")
        terminal.report(summary())

    assert "30%" in screen.getvalue()
    assert "pages_partition_the_list, 1 violation" in screen.getvalue()
    assert "30%" not in pipe.getvalue()


def test_no_colour_where_it_is_not_wanted(screen: _Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    Terminal(screen).discovered(finding())

    assert screen.getvalue() == "  ✗ listDeals: pages partition the list\n"


def test_a_simple_terminal_is_sent_nothing_but_text(screen: _Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    terminal = Terminal(screen)
    terminal.progress(3, 10, "pages_partition_the_list, 1 violation")
    terminal.report(summary())

    assert "\x1b" not in screen.getvalue()


def test_commands_are_never_broken_and_text_is_wrapped(screen: _Screen) -> None:
    command = "curl -i 'http://there/api/deals?search=" + "word%20" * 40 + "'"
    long = finding(curl=f"{command}\n{command}", received="many words " * 30)
    Terminal(screen).report(summary(findings=(long,)))

    lines = re.sub(r"\x1b\[[0-9;]*m", "", screen.getvalue()).splitlines()
    assert [line[17:] for line in lines if "curl" in line] == [command, command]
    assert max(len(line) for line in lines if "curl" not in line and not line.startswith("Does not")) <= 80


def test_a_pipe_that_is_closed_early_ends_no_run() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w", encoding="utf-8") as pipe:
        terminal = Terminal(pipe)
        terminal.discovered(finding())
        terminal.report(summary())


def test_workers_do_not_mix_their_lines(screen: _Screen) -> None:
    terminal = Terminal(screen)
    terminal.progress(0, 10, "pages_partition_the_list")
    with ThreadPoolExecutor(8) as workers:
        for n in range(200):
            workers.submit(terminal.discovered, finding(claim=f"claim <{n}>"))
    terminal.report(summary())

    told = re.sub(r"\x1b\[[0-9;]*m", "", screen.getvalue().replace("\r\x1b[2K", "\n"))
    assert {int(n) for n in re.findall(r"^  ✗ listDeals: claim <([0-9]+)>$", told, re.M)} == set(range(200))


def test_a_pipe_is_sent_nothing_that_takes_effect() -> None:
    stream = io.StringIO()
    Terminal(stream).report(hostile_summary())

    assert stream.getvalue().replace("\n", "").isprintable()


def test_a_screen_is_steered_by_colours_alone(screen: _Screen) -> None:
    terminal = Terminal(screen)
    terminal.say(HOSTILE)
    terminal.discovered(hostile_summary().findings[0])
    terminal.report(hostile_summary())

    told = re.sub(r"\x1b\[[0-9;]*m", "", screen.getvalue())
    assert told.replace("\n", "").isprintable()
    assert "\\x1b[2J" in told


@pytest.mark.parametrize("columns", ["60", "80", "100", "120"])
def test_no_ci_system_finds_a_command_in_the_output(columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    stream = io.StringIO()
    Terminal(stream).report(hostile_summary())
    lines = stream.getvalue().splitlines()

    assert [line for line in lines if line.lstrip().startswith("::")] == []
    assert [line for line in lines if re.search(r"##(\[|vso\[|teamcity\[)", line)] == []


@pytest.mark.parametrize(
    ("line", "harmless"),
    [
        ("  ::error::x", "  \\x3a:error::x"),
        ("a ::error::x", "a ::error::x"),
        ("a ##[add-mask]x", "a \\x23#[add-mask]x"),
        ("##vso[task.complete]", "\\x23#vso[task.complete]"),
        ("std::string ## heading", "std::string ## heading"),
    ],
)
def test_commands_of_ci_systems_are_broken(line: str, harmless: str) -> None:
    assert without_commands(line) == harmless


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a few words", ["a few", "words"]),
        ("", [""]),
        ('{"a":1,"bcdef":2,"g":3}', ['{"a":1,', '"bcdef"', ":2,", '"g":3}']),
        ("x verylongword y", ["x", "verylon", "gword y"]),
        ("会議会議会議 a", ["会議会", "議会議", "a"]),
    ],
)
def test_text_is_broken_at_spaces_and_inside_a_word_only_if_it_is_too_long(
    text: str, lines: list[str]
) -> None:
    assert wrapped(text, 7) == lines
    assert max(map(cell_len, wrapped(text, 7))) <= 7


def test_the_rule_is_broken_between_its_parts_only() -> None:
    rule = "a_law_with_a_name, id f7c338b230, seed 1"

    assert wrapped(rule, 30, at=", ") == ["a_law_with_a_name,", "id f7c338b230, seed 1"]


def test_what_does_not_fail_the_run_takes_one_line_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    drift = [
        finding(Kind.DRIFT, claim=f"body.data.field_{n} is present", basis=GUESS, operation="getDeal")
        for n in range(3)
    ]
    stream = io.StringIO()
    Terminal(stream).report(summary(findings=drift))

    lines = [line for line in stream.getvalue().splitlines() if "field_" in line]
    assert lines[0] == f"  ~ getDeal: body.data.field_0 is present (seen 2 times) [{drift[0].id}]"
    assert len(lines) == 3
    assert "curl" not in stream.getvalue()


def test_drift_that_fails_the_run_comes_with_its_proof() -> None:
    stream = io.StringIO()
    Terminal(stream).report(summary(findings=(finding(Kind.DRIFT),), strict=True))

    assert "received     deal 7 on pages 1 and 2" in stream.getvalue()
    assert "curl" in stream.getvalue()
