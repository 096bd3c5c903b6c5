"""`--compare`: what is new since an earlier run, what is gone, and what is still there."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from contract_tests.report import FILES
from contract_tests.report.comparison import Comparison, read_report
from contract_tests.report.terminal import Terminal
from contract_tests.settings.options import SettingsError
from contract_tests.verdict.findings import Finding, Kind
from tests.contract_tests.builders import finding
from tests.contract_tests.summaries import summary

KEPT = finding()
FIXED = finding(rule="a_law_that_holds", claim="a law that holds", operation="getDeal")
NOT_SEEN = finding(rule="another_law", claim="another law")
NEW = finding(Kind.DRIFT, claim="a new claim")
OF_WAIVERS = finding(Kind.DRIFT, rule="waivers", operation="", claim="the waiver for x has expired")
SILENT = finding(Kind.NOT_JUDGED, claim="not judged", reason="no token")


def report(directory: Path, *findings: Finding, **changes: Any) -> Path:
    """The report.json of an earlier run."""
    document = json.loads(FILES["report.json"](summary(findings=findings)))
    path = directory / "old.json"
    path.write_text(json.dumps({**document, **changes}), "utf-8")
    return path


def compared(directory: Path, *, complete: bool) -> Comparison:
    earlier = read_report(report(directory, KEPT, FIXED, NOT_SEEN, OF_WAIVERS, SILENT))
    judged = {"pages_partition_the_list", "a_law_that_holds"}
    return Comparison.of(earlier, (KEPT, NEW, OF_WAIVERS, SILENT), judged, complete=complete)


def test_findings_are_new_gone_or_still_there(tmp_path: Path) -> None:
    found = compared(tmp_path, complete=True)

    assert (found.new, found.still) == ((NEW,), (KEPT,))
    assert [each.claim for each in found.gone] == ["a law that holds", "another law"]
    assert found.tally == "1 new, 2 gone, 1 still there"


def test_what_a_partial_run_did_not_judge_is_not_called_gone(tmp_path: Path) -> None:
    found = compared(tmp_path, complete=False)

    assert [each.claim for each in found.gone] == ["a law that holds"]
    assert [each.claim for each in found.unknown] == ["another law"]
    assert found.tally == "1 new, 1 gone, 1 still there, 1 not judged again"


def test_what_is_only_a_consequence_now_is_not_called_gone(tmp_path: Path) -> None:
    earlier = read_report(report(tmp_path, FIXED))
    follows = finding(Kind.NOT_JUDGED, rule=FIXED.rule, reason="see f9998b5a5b")
    found = Comparison.of(earlier, (follows,), {FIXED.rule}, complete=True)

    assert (len(found.gone), len(found.unknown)) == (0, 1)


def test_a_report_of_format_2_can_be_compared(tmp_path: Path) -> None:
    both = {"kind": "violation", "rule": KEPT.rule}
    entries = [
        {**both, "claim": KEPT.claim, "operation": "listDeals"},
        {**both, "claim": f"{KEPT.claim} (3)", "operation": "getDeal"},
    ]
    path = tmp_path / "old.json"
    path.write_text(json.dumps({"format": 2, "run_id": "dc-000001", "findings": entries}), "utf-8-sig")
    (known,) = read_report(path).findings

    assert known.operations == ("listDeals", "getDeal")
    assert Comparison.of(read_report(path), (KEPT,), (), complete=True).still == (KEPT,)


@pytest.mark.parametrize("name", ["terminal", "report.md", "report.html", "report.json", "junit.xml"])
def test_every_report_shows_what_is_new(name: str, tmp_path: Path) -> None:
    findings = (KEPT, finding(claim="a new claim"))
    comparison = Comparison.of(read_report(report(tmp_path, KEPT)), findings, (), complete=True)
    run, stream = summary(findings=findings, comparison=comparison), io.StringIO()
    Terminal(stream).report(run)
    text = stream.getvalue() if name == "terminal" else FILES[name](run)

    if name == "report.json":
        assert json.loads(text)["comparison"]["new"] == [findings[1].id]
        return
    assert "(new)" in text.replace("\\", "")
    if name != "junit.xml":
        assert "1 new, 0 gone, 1 still there" in text
        assert "old.json (run dc-abc123, 2026-02-09T12:00:00Z)" in text.replace("\\", "")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "cannot be read"),
        ("[1]", "no `format`"),
        ('{"format": 1}', "its format is 1; this version reads 2 and 3"),
        ('{"format": [2]}', r"its format is \[2\]"),
        ('{"format": 3}', "something is missing or wrong"),
        ('{"format": 3, "run_id": "x", "findings": [7]}', "something is missing or wrong"),
        ('{"format": 3, "run_id": "x", "findings": [{"kind": "bug"}]}', "something is missing or wrong"),
        ("[" * 100_000, "cannot be read"),
    ],
)
def test_any_other_file_is_refused_in_one_line(text: str, complaint: str, tmp_path: Path) -> None:
    path = tmp_path / "old.json"
    path.write_text(text, "utf-8")

    with pytest.raises(SettingsError, match=complaint) as error:
        read_report(path)
    assert "\n" not in str(error.value)
