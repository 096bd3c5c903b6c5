"""What a request costs may grow, but not unnoticed: the guard that no load of the machine can disturb."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.calls import HOW_TO_RENEW, ROWS, SLACK, counted, grown, main, table


def test_no_request_needs_more_calls_than_the_table_allows() -> None:
    found = grown(counted(), table())
    assert not found, "\n".join([*found, HOW_TO_RENEW])


def test_the_table_has_every_request() -> None:
    assert table().keys() == ROWS.keys()


def test_the_same_request_needs_the_same_calls() -> None:
    assert counted() == counted()


def test_what_has_grown_is_named_with_how_much() -> None:
    before = {"list": Counter({"mock_server.app": 60, "starlette": 40})}
    allowed = round(100 * (1 + SLACK))
    assert grown({"list": Counter({"mock_server.app": allowed})}, before) == []
    now = {"list": Counter({"mock_server.app": 61, "starlette": 35, "mock_server.new": 15})}
    assert grown(now, before) == [
        "list: 111 calls, but 100 in calls.json: mock_server.new +15, mock_server.app +1"
    ]


def test_the_command_renews_the_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("benchmarks.calls.TABLE", tmp_path / "calls.json")
    assert main(["--renew"]) == 0
    assert main([]) == 0
    (tmp_path / "calls.json").write_text(json.dumps({name: {"mock_server.app": 9} for name in ROWS}))
    capsys.readouterr()
    assert main([]) == 1
    assert HOW_TO_RENEW in capsys.readouterr().out
