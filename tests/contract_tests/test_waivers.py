"""Waivers: known mismatches, accepted until a date."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from contract_tests.verdict.findings import Kind
from contract_tests.verdict.recorder import Recorder
from contract_tests.verdict.waivers import WaiverError, Waivers
from tests.contract_tests.builders import CONTRACT, finding

TODAY = dt.date(2026, 2, 9)
BY_ID = f"- id: {finding().id}\n  reason: known\n  expires: 2026-02-09\n"
BY_LAW = "- law: pages_partition_the_list\n  operation: listDeals\n  reason: known\n  expires: 2026-03-01\n"
EXPIRED = f"- id: {finding().id}\n  reason: known\n  expires: 2026-02-08\n"
UNUSED = "- law: another_law\n  operation: getDeal\n  reason: known\n  expires: 2026-03-01\n"


def waivers(text: str, directory: Path) -> Waivers:
    path = directory / "waivers.yaml"
    path.write_text(text, "utf-8")
    return Waivers.load(path, TODAY)


@pytest.mark.parametrize("text", [BY_ID, BY_LAW, f"waivers:\n{BY_LAW}"])
@pytest.mark.parametrize("kind", [Kind.VIOLATION, Kind.DRIFT])
def test_a_waiver_takes_a_mismatch_out_of_the_verdict(text: str, kind: Kind, tmp_path: Path) -> None:
    recorder = Recorder(CONTRACT, strict=True, waivers=waivers(text, tmp_path))
    recorder.add(finding(kind))

    (waived,) = recorder.findings
    assert waived.kind is Kind.WAIVED
    assert waived.reason.startswith("known (until 2026-")
    assert recorder.failing() == []


def test_an_expired_waiver_has_no_effect_and_is_reported(tmp_path: Path) -> None:
    found = waivers(EXPIRED, tmp_path)

    assert found.apply(finding()).kind is Kind.VIOLATION
    (report,) = found.judge(1, complete=True)
    assert "has expired" in report.claim


def test_an_unused_waiver_is_reported(tmp_path: Path) -> None:
    (report,) = waivers(UNUSED, tmp_path).judge(1, complete=True)

    assert report.kind is Kind.DRIFT
    assert "another_law on getDeal is not needed" in report.claim


def test_a_run_that_left_something_out_blames_no_waiver(tmp_path: Path) -> None:
    (report,) = waivers(UNUSED, tmp_path).judge(1, complete=False)

    assert report.kind is Kind.NOT_JUDGED


def test_a_used_waiver_is_not_reported(tmp_path: Path) -> None:
    found = waivers(BY_LAW, tmp_path)
    found.apply(finding())

    assert found.judge(1, complete=True) == []


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("nothing", "must contain a list"),
        ("- 7", "waiver 1"),
        ("- {id: f1, reason: x, expires: soon}", "`expires` must be a date"),
        ("- {id: f1, expires: 2026-02-09}", "`reason` is missing"),
        ("- {law: x, reason: x, expires: 2026-02-09}", "needs `id`"),
        ("- {id: f1, reason: x, until: 2026-02-09}", "unknown key until"),
        ("- [", "cannot read"),
    ],
)
def test_a_mistake_is_said_in_one_line(text: str, complaint: str, tmp_path: Path) -> None:
    with pytest.raises(WaiverError, match=complaint) as error:
        waivers(text, tmp_path)
    assert "\n" not in str(error.value)
