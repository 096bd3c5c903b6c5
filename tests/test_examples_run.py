"""The commands of examples/README.md work, in a copy of what they need."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mock_server.testing import running_mock

ROOT = Path(__file__).parent.parent
COMMANDS = re.findall(r"^```sh\n(.*?)\n```$", (ROOT / "examples" / "README.md").read_text("utf-8"), re.M)
MADE = shutil.ignore_patterns(
    "node_modules", "build", "test-results", "deals.d.ts", "__pycache__", ".*_cache"
)
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
NEEDS = {  # beside sh: programs, and what says that all tests have passed
    "day": (("curl",), r'"message":"World my-test deleted"'),
    "typescript": (("npm", "node"), r"(?s)tests 5\b.*pass 5\b"),
    "playwright": (("npm", "node", CHROMIUM or "chromium"), r"\b9 passed"),
    "pytest": ((), r"\b8 passed"),
}


def example_of(command: str) -> str:
    """`pytest` for `cd examples/pytest && …`."""
    (name,) = re.findall(r"examples/(\w+)", command)
    return str(name)


def test_each_example_has_a_command() -> None:
    files = [path for path in (ROOT / "examples").iterdir() if path.suffix not in (".md", ".png")]
    there = {path.stem for path in files}
    assert {example_of(command) for command in COMMANDS} == there == NEEDS.keys()


@pytest.mark.parametrize("command", COMMANDS, ids=example_of)
def test_a_command_works(command: str, tmp_path: Path) -> None:
    programs, passed = NEEDS[example_of(command)]
    missing = [program for program in ("sh", *programs) if not shutil.which(program)]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    shutil.copytree(ROOT / "examples", tmp_path / "examples", ignore=MADE)
    shutil.copytree(ROOT / "openapi", tmp_path / "openapi")
    shutil.copytree(ROOT / "clients" / "npm", tmp_path / "clients" / "npm", ignore=MADE)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with running_mock() as mock:
        running = {"MOCK": mock.url, "DEALS_MOCK_URL": mock.url}
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=tmp_path,
            env={**os.environ, **running, "PATH": path, "CHROMIUM": CHROMIUM or ""},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert (done.returncode, bool(re.search(passed, done.stdout))) == (0, True), done.stdout + done.stderr
        assert mock.worlds.names == ["base"]  # each test has deleted its own


@pytest.mark.parametrize(
    "lock", sorted(ROOT.glob("examples/*/package-lock.json")), ids=lambda lock: lock.parent.name
)
def test_a_lock_file_names_no_registry(lock: Path) -> None:
    text = lock.read_text("utf-8")
    assert '"integrity"' in text
    assert re.findall(r'"resolved": "(?!\.\./)', text) == []  # but for a folder of this project
