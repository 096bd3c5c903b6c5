"""What comes out of a run, with findings that hold whatever a server may have sent."""

from __future__ import annotations

import io
import json
import os
import re
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest

import contract_tests.report
from contract_tests.report import FILES, Summary, write
from contract_tests.report.summary import Row
from contract_tests.report.terminal import Terminal
from contract_tests.report.wording import blocks, unjudged
from contract_tests.verdict.findings import Kind
from contract_tests.verdict.judging import GUESS
from tests.contract_tests.builders import finding

SCHEMA = Path(contract_tests.report.__file__).with_name("schema.json")
TEXTS = ("rule", "operation", "claim", "basis", "expected", "received", "curl")
HOSTILE = "</pre><script>alert(1)</script> ```| `x` & \x00\x1b[2J \ud800 @everyone \r\n## no heading"


def summary(**fields: object) -> Summary:
    findings = (
        finding(Kind.VIOLATION, received=HOSTILE, curl=f"curl '{HOSTILE}'"),
        finding(Kind.DRIFT, claim=f"drift {HOSTILE}", operation="getDeal"),
        finding(Kind.WAIVED, claim="waived", reason="known (until 2026-03-01)"),
        finding(Kind.NOT_JUDGED, claim="not judged", operation="login", reason="no sign-in"),
    )
    row = Row(
        "listDeals",
        "Deals",
        "GET /deals",
        {200: 3, 422: 1},
        (("page",), ("search",)),
        ((), ()),
        ((), ()),
        True,
    )
    usual = {
        "target": "http://there/api",
        "seed": 1,
        "run_id": "dc-abc123",
        "strict": False,
        "read_only": False,
        "only": (),
        "skip": (),
        "exit_status": 1,
        "verdict": "Does not conform",
        "seconds": 1.5,
        "first_violation_after": 0.4,
        "requests": 42,
        "findings": findings,
        "times": {each.id: 2 for each in findings},
        "coverage": (row,),
        "judged": ("pages_partition_the_list", "a_law_that_holds"),
        "remarks": ("sampled 1,200 of 100,000 deals",),
        "left": ("deal 7: returned 403",),
    }
    return Summary(**{**usual, **fields})  # type: ignore[arg-type]


@pytest.fixture
def reports(tmp_path: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in write(summary(), tmp_path / "new" / "reports")}


def test_every_report_is_written(reports: dict[str, str]) -> None:
    assert set(reports) == set(FILES) >= {"report.json", "junit.xml", "report.md", "report.html"}


def test_the_json_report_keeps_to_its_schema(reports: dict[str, str]) -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))

    assert [
        e.message
        for e in jsonschema_rs.Draft202012Validator(schema).iter_errors(json.loads(reports["report.json"]))
    ] == []


def test_the_json_report_has_one_entry_for_each_finding(reports: dict[str, str]) -> None:
    found = json.loads(reports["report.json"])

    assert [each["kind"] for each in found["findings"]] == ["violation", "drift", "waived", "not-judged"]
    assert found["counts"] == {"violation": 1, "drift": 1, "waived": 1, "not-judged": 1}
    assert found["findings"][0]["curl"].startswith("curl ")


def test_junit_counts_violations_as_failures(reports: dict[str, str]) -> None:
    suite = ET.fromstring(reports["junit.xml"]).find("testsuite")

    assert suite is not None
    assert {n: suite.get(n) for n in ("tests", "failures", "skipped", "errors")} == {
        "tests": "5", "failures": "1", "skipped": "2", "errors": "0"}  # fmt: skip
    assert [case.get("name") for case in suite.findall("testcase") if len(case) == 0] == ["a_law_that_holds"]


def test_junit_counts_drift_as_failure_when_strict() -> None:
    suite = ET.fromstring(FILES["junit.xml"](summary(strict=True))).find("testsuite")

    assert suite is not None
    assert suite.get("failures") == "2"


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_needs_nothing_else_and_runs_nothing(reports: dict[str, str]) -> None:
    tags = _Tags()
    tags.feed(reports["report.html"])

    assert tags.open == []
    assert "script" not in tags.tags
    assert all(address.startswith("#") for address in tags.addresses)
    assert "url(" not in reports["report.html"]


@pytest.mark.parametrize("name", ["report.md", "report.html"])
def test_reports_for_people_tell_everything(reports: dict[str, str], name: str) -> None:
    text = re.sub(r"\\|<[^>]*>", "", reports[name])

    for part in ("every deal once", "Retrieve a paginated list", "known (until 2026-03-01)", "no sign-in",
                 "sampled 1,200", "deal 7: returned 403", "search", finding().id):  # fmt: skip
        assert part in text, part


def test_the_page_shows_hostile_text_as_text() -> None:
    hostile = finding(**dict.fromkeys(TEXTS, HOSTILE))
    silent = [finding(Kind.NOT_JUDGED, rule=f"{HOSTILE}{n}", reason=HOSTILE) for n in range(9)]
    row = Row(HOSTILE, "", HOSTILE, {200: 1}, ((), (HOSTILE,)), ((), ()), ((), ()), True)
    findings = (hostile, finding(claim="and more", rule=HOSTILE), *silent)
    page = FILES["report.html"](
        summary(findings=findings, times={each.id: 1 for each in findings}, coverage=(row,), target=HOSTILE,
                remarks=(HOSTILE,), left=(HOSTILE,), verdict=HOSTILE)
    )  # fmt: skip
    tags = _Tags()
    tags.feed(page)

    assert tags.open == []
    assert "script" not in tags.tags
    assert "default-src 'none'" in page  # even what got through could not run
    assert page.replace("\n", "").isprintable()
    assert page.count("&lt;script&gt;alert(1)") >= 15


def test_markdown_is_not_steered_by_what_a_server_sent(reports: dict[str, str]) -> None:
    lines = reports["report.md"].splitlines()

    assert not [line for line in lines if line.startswith("## no heading")]
    outside = re.sub(r"(?ms)^  (`{3,})sh\n.*?^  \1$", "", reports["report.md"])
    assert "<script>" not in outside


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
        "Does not conform: 1 violation, 1 drift, 1 waived, 1 not judged (42 requests, 1.5 s, seed 1)"
    )


def test_the_terminal_obeys_no_server() -> None:
    stream = io.StringIO()
    Terminal(stream).report(summary())

    assert "\x1b" not in stream.getvalue()
    assert "\x00" not in stream.getvalue()


def test_what_one_answer_shows_is_told_together() -> None:
    lacking = [
        finding(Kind.DRIFT, claim=f"body.data.field_{n} is present", rule="response_schema_conformance",
                received=f"received {n}", basis=GUESS)
        for n in range(20)
    ]  # fmt: skip
    laws = [finding(claim=f"another claim ({n})") for n in range(2)]
    told = summary(findings=(*laws, *lacking), times=dict.fromkeys((f.id for f in (*laws, *lacking)), 1))
    stream = io.StringIO()
    Terminal(stream).report(told)

    assert [len(block.findings) for block in blocks(told.findings)] == [1, 1, 20]
    assert stream.getvalue().count("curl ") == 3
    assert "and 14 more in the same response" in stream.getvalue()
    for name in ("report.html", "report.md"):
        assert all(f"field\\_{n} is" in FILES[name](told).replace("field_", "field\\_") for n in range(20))
    assert GUESS not in stream.getvalue()


def test_a_reason_is_told_once_and_a_rule_once_for_it() -> None:
    silent = [finding(Kind.NOT_JUDGED, rule="a_law", operation=name, reason="no token") for name in "abc"]
    silent.append(finding(Kind.NOT_JUDGED, rule="sign-in", operation="", reason="no token"))

    assert unjudged(silent) == {"no token": ["a_law on 3 operations", "sign-in"]}


def test_a_long_command_is_left_to_the_reports() -> None:
    stream = io.StringIO()
    long = finding(curl=f"curl {'x' * 2000}\ncurl short")
    Terminal(stream).report(summary(findings=(long,), times={long.id: 1}))

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
        terminal.progress(3, 10, "pages_partition_the_list", 1)
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
    terminal.progress(3, 10, "pages_partition_the_list", 1)
    terminal.report(summary())

    assert "\x1b" not in screen.getvalue()


def test_a_screen_is_steered_by_colours_alone(screen: _Screen) -> None:
    hostile = finding(**dict.fromkeys(TEXTS, HOSTILE))
    silent = finding(Kind.NOT_JUDGED, rule=HOSTILE, reason=HOSTILE)
    row = Row(HOSTILE, "", "", {200: 1}, ((), ()), ((), ()), ((), ()), True)
    terminal = Terminal(screen)
    terminal.say(HOSTILE)
    terminal.discovered(hostile)
    terminal.report(
        summary(findings=(hostile, silent), times=dict.fromkeys((hostile.id, silent.id), 1), coverage=(row,),
                remarks=(HOSTILE,), left=(HOSTILE,), verdict=HOSTILE)
    )  # fmt: skip

    told = re.sub(r"\x1b\[[0-9;]*m", "", screen.getvalue())
    assert told.replace("\n", "").isprintable()
    assert "\\x1b[2J" in told


def test_commands_are_never_broken_and_text_is_wrapped(screen: _Screen) -> None:
    command = "curl -i 'http://there/api/deals?search=" + "word%20" * 40 + "'"
    long = finding(curl=f"{command}\n{command}", received="many words " * 30)
    Terminal(screen).report(summary(findings=(long,), times={long.id: 1}))

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
    terminal.progress(0, 10, "pages_partition_the_list", 0)
    with ThreadPoolExecutor(8) as workers:
        for n in range(200):
            workers.submit(terminal.discovered, finding(claim=f"claim <{n}>"))
    terminal.report(summary())

    told = re.sub(r"\x1b\[[0-9;]*m", "", screen.getvalue().replace("\r\x1b[2K", "\n"))
    assert {int(n) for n in re.findall(r"^  ✗ listDeals: claim <([0-9]+)>$", told, re.M)} == set(range(200))
