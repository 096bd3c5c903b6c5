"""Runs pytest as a user of the installed package does, apart from this project's own settings."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

ROOT = Path(__file__).parent.parent


def run_pytest(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """The tests in a folder, with the plugin of the mock."""
    installed = any(each.name == "deals_mock" for each in entry_points(group="pytest11"))
    plugin = () if installed else ("-p", "mock_server.pytest_plugin")  # installed before there was one
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", *plugin]
    return subprocess.run(
        [*command, *options, str(folder)], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
