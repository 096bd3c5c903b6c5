"""Waivers: known mismatches, accepted until a date."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from contract_tests.verdict.findings import Kind
from contract_tests.verdict.recorder import Recorder
from contract_tests.verdict.selection import Selection
from contract_tests.verdict.waivers import TO_DO, Names, WaiverError, Waivers
from tests.contract_tests.builders import CONTRACT, finding

TODAY = dt.date(2026, 2, 9)
NAMES = Names(("pages_partition_the_list", "another_law", "not_a_server_error"), CONTRACT.operations)
END = "  reason: known\n  expires: 2026-03-01\n"
BY_ID = f"- id: {finding().id}\n  reason: known\n  expires: 2026-02-09\n"
BY_LAW = f"- law: pages_partition_the_list\n  operation: listDeals\n{END}"
EVERYWHERE = f"- law: pages_partition_the_list\n{END}"
ON_SOME = f"- law: pages_partition_the_list\n  operation: [getDeal, listDeals]\n{END}"
BY_CLAIM = f"- law: pages_partition_the_list\n  claim: pages partition\n    the list\n{END}"
EXPIRED = f"- id: {finding().id}\n  reason: known\n  expires: 2026-02-08\n"
UNUSED = f"- law: another_law\n  operation: getDeal\n{END}"
NO_REASON = f'- law: pages_partition_the_list\n  reason: "{TO_DO}"\n  expires: 2026-03-01\n'


def waivers(text: str, directory: Path) -> Waivers:
    path = directory / "waivers.yaml"
    path.write_text(text, "utf-8")
    return Waivers.load(path, TODAY, names=NAMES)


@pytest.mark.parametrize(
    "text", [BY_ID, BY_LAW, f"waivers:\n{BY_LAW}", EVERYWHERE, ON_SOME, BY_CLAIM, NO_REASON]
)
@pytest.mark.parametrize("kind", [Kind.VIOLATION, Kind.DRIFT])
def test_a_waiver_takes_a_mismatch_out_of_the_verdict(text: str, kind: Kind, tmp_path: Path) -> None:
    recorder = Recorder(CONTRACT, strict=True, waivers=waivers(text, tmp_path))
    recorder.add(finding(kind))

    (waived,) = recorder.findings
    assert waived.kind is Kind.WAIVED
    assert "(until 2026-" in waived.reason
    assert recorder.failing() == []


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        (BY_LAW, {"operation": "getDeal"}),
        (ON_SOME, {"operation": "createDeal"}),
        (BY_CLAIM, {"claim": "pages partition the list (10 deals a page)"}),
        (EVERYWHERE, {"rule": "another_law"}),
        (BY_ID, {"claim": "another claim"}),
    ],
)
def test_a_waiver_covers_nothing_else(text: str, fields: dict[str, str], tmp_path: Path) -> None:
    assert waivers(text, tmp_path).apply(finding(**fields)).kind is Kind.VIOLATION


def test_an_expired_waiver_has_no_effect_and_is_reported(tmp_path: Path) -> None:
    found = waivers(EXPIRED, tmp_path)

    assert found.apply(finding()).kind is Kind.VIOLATION
    (report,) = found.judge(1, complete=True)
    assert "has expired" in report.claim


def test_a_waiver_whose_reason_nobody_filled_in_is_reported(tmp_path: Path) -> None:
    found = waivers(NO_REASON, tmp_path)
    found.apply(finding())

    (report,) = found.judge(1, complete=True)
    assert (report.kind, report.rule) == (Kind.DRIFT, "waivers")
    assert "has no reason yet" in report.claim


def test_an_unused_waiver_is_reported(tmp_path: Path) -> None:
    (report,) = waivers(UNUSED, tmp_path).judge(1, complete=True)

    assert report.kind is Kind.DRIFT
    assert "another_law on getDeal is not needed" in report.claim


@pytest.mark.parametrize(
    ("text", "only", "mentioned"),
    [
        (UNUSED, "another_law", True),
        (UNUSED, "getDeal", True),
        (UNUSED, "Tasks", False),
        (UNUSED, "pages_partition_the_list", False),
        (EVERYWHERE, "pages_partition_the_list", True),
        (EVERYWHERE, "laws", True),
        (BY_ID, "laws", False),  # an id does not tell what it is about
    ],
)
def test_a_partial_run_mentions_only_unused_waivers_of_what_it_selects(
    text: str, only: str, mentioned: bool, tmp_path: Path
) -> None:
    recorder = Recorder(CONTRACT, selection=Selection((only,)), waivers=waivers(text, tmp_path))
    recorder.close(complete=False)

    told = [found for found in recorder.findings if found.rule == "waivers"]
    assert [found.kind for found in told] == [Kind.NOT_JUDGED] * mentioned


def test_a_used_waiver_is_not_reported(tmp_path: Path) -> None:
    found = waivers(BY_LAW, tmp_path)
    found.apply(finding())

    assert found.judge(1, complete=True) == []


@pytest.mark.parametrize("text", ["", "# all departures are mended\n", "[]", "waivers:\n", "\ufeff# none\n"])
def test_a_file_may_have_no_waivers(text: str, tmp_path: Path) -> None:
    assert waivers(text, tmp_path).waivers == ()


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        ("nothing", "must be a list"),
        ("- 7", "waiver 1: must have keys and values"),
        ("- {id: f7c338b230, reason: x, expires: soon}", "`expires` must be a date .*'soon'"),
        ("- {id: f7c338b230, reason: x, expires: 2026-13-01}", "cannot read"),
        ("- {id: f7c338b230, reason: x}", "`expires` is missing"),
        ("- {id: f7c338b230, expires: 2026-02-09}", "`reason` is missing"),
        ("- {reason: x, expires: 2026-02-09}", "`law`, `check` or `id` is missing"),
        ("- {law: another_law, check: another_law, reason: x, expires: 2026-02-09}", "exclude each other"),
        ("- {law: [another_law], reason: x, expires: 2026-02-09}", "`law` must be one text"),
        ("- {law: another_law, reason: x, expire: 2026-02-09}", "unknown key expire; did you mean expires"),
        ("- {id: f1, reason: x, expires: 2026-02-09}", "`id` must be one that a report shows"),
        ("- {law: anoter_law, reason: x, expires: 2026-02-09}", "no law named 'anoter_law'; did you mean a"),
        ("- {check: Not_A_Server_Error, reason: x, expires: 2026-02-09}", "no check .* did you mean not_a_"),
        ("- {law: another_law, operation: [listDeal], reason: x, expires: 2026-02-09}", "mean listDeals"),
        ("- {law: another_law, operation: [], reason: x, expires: 2026-02-09}", "leave it out for all"),
        ("- {law: another_law, operation: {a: b}, reason: x, expires: 2026-02-09}", "a list of names"),
        ("- [", "cannot read"),
    ],
)  # fmt: skip
def test_a_mistake_is_said_in_one_line(entry: str, complaint: str, tmp_path: Path) -> None:
    with pytest.raises(WaiverError, match=complaint) as error:
        waivers(entry, tmp_path)
    assert "\n" not in str(error.value)


def test_a_request_outside_the_contract_can_be_waived(tmp_path: Path) -> None:
    found = waivers(
        f'- check: not_a_server_error\n  operation: "PATCH (outside the contract)"\n{END}', tmp_path
    )
    crash = finding(rule="not_a_server_error", operation="PATCH (outside the contract)")

    assert found.apply(crash).kind is Kind.WAIVED
