"""`--update-waivers`: what a run found becomes waivers, and nothing that the file said is lost."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from contract_tests.verdict.findings import Finding, Kind
from contract_tests.verdict.waiver_file import parsed
from contract_tests.verdict.waiver_update import ACCEPTED, Update, update_file, updated
from contract_tests.verdict.waivers import TO_DO, Names, WaiverError, Waivers
from tests.contract_tests.builders import CONTRACT, finding

TODAY = dt.date(2026, 2, 9)
RULES = ("pages_partition_the_list", "another_law", "response_schema_conformance")
NAMES = Names(RULES, CONTRACT.operations)
FILE = Path("waivers.yaml")
HOSTILE = "a: 'claim' # with \"all\" \x1b[2J that – YAML {knows}"
OF_A_SCHEMA = finding(rule="response_schema_conformance", claim="body.data is present", operation="getDeal")
FOUND = (finding(), finding(operation="getDeal"), finding(claim=HOSTILE), OF_A_SCHEMA)
TEXTS = [
    "",
    "# only a comment\n",
    "[]\n",
    "waivers:\n",
    "waivers: []\n",
    "- law: another_law  # why\n  reason: |\n    in two\n    lines\n  expires: 2026-03-01\n# the end",
    "waivers:\n    # indented\n    - law: another_law\n      reason: x\n      expires: 2026-03-01\n",
    "- {law: another_law, reason: x, expires: 2026-03-01}\r\n",
]


def after(
    text: str, findings: Iterable[Finding] = FOUND, *, strict: bool = False, today: dt.date = TODAY
) -> Update:
    return updated(text, findings, strict=strict, names=NAMES, today=today, path=FILE)


@pytest.mark.parametrize("text", TEXTS)
def test_the_written_waivers_cover_all_that_was_found(text: str) -> None:
    waivers = Waivers(parsed(after(text).text, "", NAMES), TODAY)

    assert {waivers.apply(each).kind for each in FOUND} == {Kind.WAIVED}


@pytest.mark.parametrize("text", TEXTS)
def test_a_second_update_changes_nothing(text: str) -> None:
    once = after(text)

    assert (once.added, once.renewed) == (3, 0)
    assert after(once.text).text == once.text


@pytest.mark.parametrize("text", TEXTS[5:])
def test_what_the_file_said_stays_word_for_word(text: str) -> None:
    assert after(text).text.startswith(text.rstrip())


def test_line_ends_stay_as_they_are() -> None:
    assert re.findall(r"(?<!\r)\n", after(TEXTS[-1]).text) == []


def test_a_claim_on_many_operations_is_one_waiver_to_fill_in() -> None:
    first, *_ = parsed(after("").text, "", NAMES)

    assert (first.claim, first.operations) == ("pages partition the list", ("listDeals", "getDeal"))
    assert (first.reason, first.expires) == (TO_DO, TODAY + ACCEPTED)


def test_laws_and_checks_are_called_what_they_are() -> None:
    text = after("").text

    assert "- law: pages_partition_the_list" in text
    assert "- check: response_schema_conformance" in text


@pytest.mark.parametrize(("strict", "added"), [(False, 0), (True, 1)])
def test_drift_is_waived_only_if_it_fails_the_run(strict: bool, added: int) -> None:
    assert after("", [finding(Kind.DRIFT)], strict=strict).added == added


def test_what_does_not_fail_is_not_waived() -> None:
    others = [finding(Kind.WAIVED), finding(Kind.NOT_JUDGED), finding(Kind.DRIFT, rule="waivers")]

    assert after("", others, strict=True).text == ""


def test_an_expired_waiver_of_what_was_found_is_renewed_with_its_comments() -> None:
    text = "# why\n- law: {}  # law\n  reason: {}\n  expires: '2026-01-31'  # date\n"
    both = text.format("pages_partition_the_list", "known") + text.format("another_law", "old")
    update = after(both, [finding()])

    assert (update.added, update.renewed, update.unused) == (0, 1, 1)
    assert update.text == both.replace("'2026-01-31'", (TODAY + ACCEPTED).isoformat(), 1)


def test_a_waiver_that_covers_some_operations_gets_one_for_the_rest() -> None:
    text = "- law: pages_partition_the_list\n  operation: getDeal\n  reason: x\n  expires: 2026-03-01\n"
    *_, added = parsed(after(text, FOUND[:2]).text, "", NAMES)

    assert added.operations == ("listDeals",)


@pytest.mark.parametrize(
    "text",
    [
        "[{law: another_law, reason: x, expires: 2026-03-01}]",
        "waivers:\n- law: another_law\n  reason: x\n  expires: 2026-03-01\nothers: 7\n",
        "- &one\n  law: another_law\n  reason: x\n  expires: 2026-01-01\n"
        "- <<: *one\n  law: pages_partition_the_list\n",
    ],
)
def test_a_file_that_cannot_be_edited_safely_is_left_alone(text: str, tmp_path: Path) -> None:
    path = tmp_path / "waivers.yaml"
    path.write_text(text, "utf-8")

    with pytest.raises(WaiverError, match="without losing something"):
        update_file(path, FOUND, strict=False, names=NAMES, today=TODAY)
    assert path.read_text("utf-8") == text


def test_a_file_that_needs_no_change_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "waivers.yaml"
    update_file(path, FOUND, strict=False, names=NAMES, today=TODAY)
    path.chmod(0o400)
    before = path.stat()
    update_file(path, FOUND, strict=False, names=NAMES, today=TODAY)

    assert path.stat().st_ino == before.st_ino


def test_a_link_stays_a_link_and_modes_stay(tmp_path: Path) -> None:
    there, link = tmp_path / "there.yaml", tmp_path / "waivers.yaml"
    there.write_text("# shared\n", "utf-8")
    there.chmod(0o640)
    link.symlink_to(there)
    update_file(link, FOUND, strict=False, names=NAMES, today=TODAY)

    assert link.is_symlink()
    assert there.read_text("utf-8").startswith("# shared\n\n- law: ")
    assert there.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["there.yaml", "waivers.yaml"]
