"""What all tests share: how Hypothesis searches, which tests are slow, and a browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# No deadline: a test that is slow on a busy machine is not wrong. In CI the same examples on every run.
settings.register_profile("project", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("project")

TESTS = Path(__file__).parent
# Measured with `--durations`: whole runs of the suite, the mock in processes of its own, every defect.
SLOW = (
    "benchmarks",
    "clients/test_npm.py",
    "contract_tests/recorded/test_traffic_of_a_run.py",
    "contract_tests/reproduce/test_scripts_show_the_fault.py",
    "contract_tests/test_cli.py",
    "contract_tests/test_command_line.py",
    "contract_tests/test_conformance.py",
    "contract_tests/test_endings.py",
    "contract_tests/test_worker_pool.py",
    "contract_tests/test_laws_bite.py",
    "contract_tests/test_laws_hold.py",
    "contract_tests/test_lifecycle.py",
    "contract_tests/test_habits.py",
    "contract_tests/test_judged_run.py",
    "contract_tests/test_own_contract.py",
    "contract_tests/test_ownership.py",
    "contract_tests/test_readme.py",
    "contract_tests/test_safety.py",
    "contract_tests/test_second_implementation.py",
    "contract_tests/test_shared_server.py",
    "contract_tests/test_skipping.py",
    "deals_docs/test_in_browser.py",
    "deploy/test_nginx.py",
    "mock_server/control/console/test_access.py",
    "mock_server/control/console/test_ending.py",
    "mock_server/control/console/test_bodies_in_browser.py",
    "mock_server/control/console/test_in_browser.py",
    "mock_server/control/console/test_stream.py",
    "mock_server/mutations",
    "mock_server/test_cli.py",
    "mock_server/test_connections.py",
    "mock_server/test_docs_in_browser.py",
    "mock_server/test_isolation.py",
    "mock_server/test_libreoffice.py",
    "mock_server/test_process.py",
    "mock_server/test_ready.py",
    "mock_server/test_reload.py",
    "mock_server/test_same_bytes.py",
    "mock_server/test_state_file.py",
    "mock_server/test_views_agree.py",
    "packaging",
    "recipes/test_recipes.py",
    "test_examples_run.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what `nox -s test-fast` leaves out."""
    gone = [place for place in SLOW if not (TESTS / place).exists()]
    if gone:
        raise pytest.UsageError(f"{__file__} marks what is no longer there: {', '.join(gone)}")
    slow = [TESTS / place for place in SLOW]
    for item in items:
        if any(item.path.is_relative_to(place) for place in slow):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium for all tests of a module; they are skipped where it is not installed."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no Chromium is installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()
