"""What users copy works, and what the README shows of it is what it prints."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from mock_server.testing import running_mock

ROOT = Path(__file__).parent.parent
SHOWN = re.compile(r"(<!-- made by examples/day\.sh -->\n```\n)(.*?)(```\n)", re.DOTALL)


@pytest.mark.skipif(not (shutil.which("sh") and shutil.which("curl")), reason="sh or curl is not installed")
def test_the_readme_shows_what_the_day_prints() -> None:
    """With UPDATE_README in the environment it writes that instead."""
    with running_mock(now="2026-02-09T12:00:00Z") as mock:
        done = subprocess.run(
            [ROOT / "examples" / "day.sh"],
            env={**os.environ, "MOCK": mock.url},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert (done.returncode, done.stderr) == (0, "")
    printed = done.stdout.strip() + "\n"
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    if "UPDATE_README" in os.environ:
        readme.write_text(SHOWN.sub(lambda found: found[1] + printed + found[3], text), encoding="utf-8")
        return
    found = SHOWN.search(text)
    assert found
    assert found[2] == printed
