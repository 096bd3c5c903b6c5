"""What all tests share: how Hypothesis searches, and which tests are slow."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

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
    "deploy/test_nginx.py",
    "mock_server/control/console/test_access.py",
    "mock_server/control/console/test_ending.py",
    "mock_server/control/console/test_in_browser.py",
    "mock_server/control/console/test_stream.py",
    "mock_server/mutations",
    "mock_server/test_cli.py",
    "mock_server/test_connections.py",
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
