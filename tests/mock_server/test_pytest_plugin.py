"""The pytest plugin: one mock, a world for each test."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.users_pytest import ROOT, run_pytest

TESTS = """
import httpx
import pytest


@pytest.fixture(scope="session")
def deals_mock_options():
    return {"deals": 12, "now": "2026-02-09T12:00:00Z"}


@pytest.mark.parametrize("turn", range(4))
def test_each_test_has_its_own_world(deals_mock, turn):
    url = f"{deals_mock.api_url}/deals/10"
    httpx.delete(url, headers=deals_mock.headers("manager")).raise_for_status()
    assert len(deals_mock.world.deals) == 11
    [step] = httpx.get(f"{deals_mock.control_url}/history").json()["data"]
    assert step["person"] == "manager@revorbit.example"


def test_nothing_of_them_is_left(deals_mock_server):
    assert deals_mock_server.worlds.names == ["base"]
    assert len(deals_mock_server.world.deals) == 12
"""


def test_a_user_has_a_world_for_each_test(tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text(TESTS)
    done = run_pytest(tmp_path)
    assert (done.returncode, "5 passed" in done.stdout) == (0, True), done.stdout + done.stderr


def test_it_works_in_several_processes(tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text(TESTS)
    done = run_pytest(tmp_path, "-n", "2")
    assert (done.returncode, "5 passed" in done.stdout) == (0, True), done.stdout + done.stderr


def test_who_does_not_use_it_does_not_wait_for_it() -> None:
    code = (
        "import sys, mock_server.pytest_plugin;"
        "print(sorted({'flask', 'connexion', 'faker', 'mock_server.testing'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
