"""The reports of a run as files: complete, valid and harmless, whatever a server may have sent."""

from __future__ import annotations

import errno
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest

import contract_tests.report
from contract_tests.report import FILES, ReportsError, Summary, write
from contract_tests.report.wording import blocks, unjudged
from contract_tests.settings.settings import Settings
from contract_tests.verdict.findings import Kind
from contract_tests.verdict.judging import GUESS
from tests.contract_tests.builders import exchange, finding
from tests.contract_tests.summaries import HOSTILE, hostile_summary, summary

SCHEMA = json.loads(Path(contract_tests.report.__file__).with_name("schema.json").read_text("utf-8"))
WITH_REASONS = ("report.json", "junit.xml", "report.md", "report.html")  # another may be a mere table
NOT_BEGUN = Summary.not_begun(Settings(base_url="http://there/api"), "no Deals API there")


@pytest.fixture
def reports(tmp_path: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in write(summary(), tmp_path / "new" / "reports")}


def junit(told: Summary) -> ET.Element:
    suite = ET.fromstring(FILES["junit.xml"](told)).find("testsuite")
    assert suite is not None
    return suite


def test_every_report_is_written(reports: dict[str, str]) -> None:
    assert set(reports) == set(FILES) >= {"report.json", "junit.xml", "report.md", "report.html"}


def test_a_report_that_fails_keeps_no_other_from_being_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: Summary) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setitem(FILES, "report.json", full)
    monkeypatch.setitem(FILES, "report.md", lambda told: f"{1 / 0}")
    with pytest.raises(ReportsError) as error:
        write(summary(), tmp_path)

    assert "report.json: No space left on device; report.md: internal error: Zero" in str(error.value)
    written = {path.name for path in tmp_path.iterdir()}
    assert {"junit.xml", "report.html"} <= written
    assert not {"report.json", "report.md"} & written


# For machines


@pytest.mark.parametrize("told", [summary(), hostile_summary(), NOT_BEGUN], ids=("usual", "hostile", "none"))
def test_the_json_report_keeps_to_its_schema(told: Summary) -> None:
    document = json.loads(FILES["report.json"](told))

    errors = jsonschema_rs.Draft202012Validator(SCHEMA).iter_errors(document)
    assert [error.message for error in errors] == []


def test_the_json_report_has_one_entry_for_each_finding(reports: dict[str, str]) -> None:
    found = json.loads(reports["report.json"])

    assert [each["kind"] for each in found["findings"]] == ["violation", "drift", "waived", "not-judged"]
    assert found["counts"] == {"violation": 1, "drift": 1, "waived": 1, "not-judged": 1, "waivers": 0}
    assert found["findings"][0]["curl"].startswith("curl ")
    assert found["share"] == {"judged": 412, "selected": 430}
    assert found["durations"]["a_law_that_holds[b]"] == 0.5


def test_the_json_report_can_be_shown_on_a_terminal() -> None:
    text = FILES["report.json"](hostile_summary())

    assert text.replace("\n", "").isprintable()
    assert json.loads(text)["target"] == HOSTILE


def test_junit_counts_violations_as_failures(reports: dict[str, str]) -> None:
    suite = junit(summary())

    assert {n: suite.get(n) for n in ("tests", "failures", "skipped", "errors")} == {
        "tests": "5", "failures": "1", "skipped": "2", "errors": "0"}  # fmt: skip
    assert [case.get("name") for case in suite.findall("testcase") if len(case) == 0] == ["a_law_that_holds"]


def test_junit_counts_drift_as_failure_when_strict() -> None:
    assert junit(summary(strict=True)).get("failures") == "2"


def test_junit_shows_when_and_how_long() -> None:
    suite = junit(summary())
    times = {str(case.get("name")).partition(":")[0]: case.get("time") for case in suite.findall("testcase")}

    assert (suite.get("timestamp"), suite.get("time")) == ("2026-02-09T12:00:00", "1.500")
    assert times["a_law_that_holds"] == "0.750"
    total = sum(float(case.get("time", "")) for case in suite.findall("testcase"))
    assert total == 1.75  # of a rule with several findings, once


@pytest.mark.parametrize("told", [NOT_BEGUN, summary(exit_status=2, findings=())])
def test_junit_is_not_green_where_a_run_was_not_complete(told: Summary) -> None:
    assert junit(told).get("errors") == "1"


def test_a_run_that_could_not_begin_says_why_in_every_report() -> None:
    for name in WITH_REASONS:
        assert "no Deals API there" in FILES[name](NOT_BEGUN), name


# For people


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
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
    text = re.sub(r"\\" if name == "report.md" else "<[^>]*>", "", reports[name])

    for part in ("every deal once", "Retrieve a paginated list", "known (until 2026-03-01)", "no sign-in",
                 "sampled 1,200", "deal 7: returned 403", "search", finding().id, summary().tally,
                 "2026-02-09 12:00 UTC", "0.1.0", "1.2.0", "dc-abc123"):  # fmt: skip
        assert part in text, part


@pytest.mark.parametrize("name", WITH_REASONS)
def test_reports_show_what_to_search_the_log_for(name: str) -> None:
    shown = finding(exchanges=(exchange(case="pages_partition_the_list"),))
    told = FILES[name](summary(findings=(shown,), scripts={shown.id: f"reproduce/{shown.id}.sh"}))

    assert "dc-abc123 pages_partition_the_list" in told
    assert f"reproduce/{shown.id}.sh" in told


def test_the_page_shows_hostile_text_as_text() -> None:
    page = FILES["report.html"](hostile_summary())
    tags = _Tags()
    tags.feed(page)

    assert tags.open == []
    assert not tags.tags & {"script", "img", "a1"}
    assert not [name for name in tags.attributes if name.startswith("on")]
    assert "default-src 'none'" in page  # even what got through could not run
    assert page.replace("\n", "").isprintable()
    assert page.count("&lt;script&gt;alert(1)") >= 15


def test_markdown_is_not_steered_by_what_a_server_sent() -> None:
    text = FILES["report.md"](hostile_summary())
    outside = re.sub(r"(?ms)^  (`{3,})sh\n.*?^  \1$", "", text)
    plain = re.sub(r"(`+) .*? \1", "", outside)  # without code spans

    assert not [line for line in outside.splitlines() if line.lstrip("- ").startswith(("## no", "1. no"))]
    for markup in ("<script>", "<img", "<!--", "](", "https://", "www.", "@everyone"):
        assert not re.search(rf"(?<!\\){re.escape(markup)}", plain), markup


def test_what_one_response_shows_is_told_together() -> None:
    lacking = [
        finding(Kind.DRIFT, claim=f"body.data.field_{n} is present", rule="response_schema_conformance",
                received=f"received {n}", basis=GUESS)
        for n in range(20)
    ]  # fmt: skip
    laws = [finding(claim=f"another claim ({n})") for n in range(2)]
    told = summary(findings=(*laws, *lacking))

    assert [len(block.findings) for block in blocks(told.findings)] == [1, 1, 20]
    for name in ("report.html", "report.md"):
        assert all(f"field\\_{n} is" in FILES[name](told).replace("field_", "field\\_") for n in range(20))


def test_a_reason_is_told_once_and_a_rule_once_for_it() -> None:
    silent = [finding(Kind.NOT_JUDGED, rule="a_law", operation=name, reason="no token") for name in "abc"]
    silent.append(finding(Kind.NOT_JUDGED, rule="sign-in", operation="", reason="no token"))
    silent += [finding(Kind.NOT_JUDGED, rule="coverage", operation=name, reason="no token") for name in "de"]
    told = {reason: list(map(str, rules)) for reason, rules in unjudged(silent).items()}

    assert told == {"no token": ["a_law on 3 operations", "sign-in", "the operations d, e"]}


@pytest.mark.parametrize("name", ["report.md", "report.html"])
def test_waivers_to_review_are_not_called_drift_of_the_server(name: str) -> None:
    expired = finding(Kind.DRIFT, rule="waivers", operation="", claim="the waiver for x has expired")
    told = summary(findings=(expired,))

    assert "1 waiver to review" in told.closing
    assert "0 drift" in told.closing
    assert "Waivers to review" in FILES[name](told)
    assert "differs from our assumption" not in FILES[name](told)
