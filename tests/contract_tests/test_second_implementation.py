"""The whole suite against a server that takes the other reading wherever the documentation is silent."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.contract_tests.second_implementation import second_implementation
from tests.contract_tests.second_seed import ADMIN_TOKEN, OTHER_TOKEN, PASSWORD, QUOTE, TOKENS
from tests.contract_tests.servers import serving

ROOT = Path(__file__).resolve().parents[2]
WITHOUT_REQUESTS_TO_REFUSE = {"listDealStages", "getDealStats", "exportDeals", "downloadDealTemplate"}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the command reports of it, and what it printed."""
    reports = tmp_path_factory.mktemp("reports")
    people = ["--email", "max@second.example", "--password", PASSWORD, "--quote-id", str(QUOTE)]
    people += ["--admin-token", ADMIN_TOKEN, "--other-token", OTHER_TOKEN]
    with serving(second_implementation()) as root:
        command = [
            sys.executable,
            "-m",
            "contract_tests",
            "--base-url",
            f"{root}/v2",
            "--report-dir",
            str(reports),
        ]
        ended = subprocess.run([*command, *people], cwd=ROOT, capture_output=True, text=True, timeout=240)
    report: dict[str, Any] = json.loads((reports / "report.json").read_text("utf-8"))
    return report | {"exit": ended.returncode, "printed": ended.stdout + ended.stderr}


def operations(told: dict[str, Any], kind: str) -> set[str]:
    return {name for finding in told["findings"] if finding["kind"] == kind for name in finding["operations"]}


def answered(told: dict[str, Any], lowest: int, below: int) -> set[str]:
    """The operations that were seen to answer with such a status."""
    return {
        each["operation"]
        for each in told["coverage"]
        if any(lowest <= int(s) < below for s in each["statuses"])
    }


def test_another_reading_is_no_violation(told: dict[str, Any]) -> None:
    assert [finding for finding in told["findings"] if finding["kind"] == "violation"] == []
    assert told["exit"] == 0


def test_another_reading_is_listed_as_drift(told: dict[str, Any]) -> None:
    silent = {"createDeal", "getDeal", "getDealPipeline", "getDealStats", "listDealTasks", "getDealTimeline"}
    assert silent <= operations(told, "drift")


def test_every_operation_answers_and_refuses(told: dict[str, Any]) -> None:
    every = {each["operation"] for each in told["coverage"]}
    assert every - answered(told, 200, 300) == {"setDealPrimaryQuote"}  # no deal shows whose the quote is
    assert every - answered(told, 400, 500) <= WITHOUT_REQUESTS_TO_REFUSE


def test_nothing_is_left_there(told: dict[str, Any]) -> None:
    assert told["not_cleaned_up"] == []


def test_no_token_is_printed(told: dict[str, Any]) -> None:
    text = json.dumps(told)
    assert not any(secret in text for secret in (*TOKENS, PASSWORD))


def test_it_shares_no_code_with_the_mock() -> None:
    for path in Path(__file__).parent.glob("second_*.py"):
        assert "mock_server" not in path.read_text("utf-8"), path
