"""The npm package of clients/npm: its own tests pass, and it is ready to publish."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mock_server import __version__

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "clients" / "npm"
TOLD = json.loads((PACKAGE / "package.json").read_text("utf-8"))
CODE = {
    f"{name}{kind}" for name in ("index", "global-setup", "playwright", "vitest") for kind in (".js", ".d.ts")
}


def npm(*arguments: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DEALS_MOCK")}
    return subprocess.run(
        ["npm", *arguments],
        cwd=PACKAGE,
        env={**environment, "PATH": path, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_it_is_of_the_mocks_version_and_license_and_needs_nothing() -> None:
    assert TOLD["version"] == __version__
    assert (PACKAGE / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    assert not {key for key in TOLD if key.endswith("ependencies")}


def test_each_module_that_it_exports_has_types_of_the_same_names() -> None:
    assert {place[2:] for each in TOLD["exports"].values() for place in each.values()} == CODE
    for module in sorted(name for name in CODE if name.endswith(".js")):
        text = (PACKAGE / module).read_text("utf-8")
        types = (PACKAGE / module.replace(".js", ".d.ts")).read_text("utf-8")
        exported = set(re.findall(r"^export (?:default |async |function |class |const )+(\w+)", text, re.M))
        declared = set(
            re.findall(r"^export (?:default |declare |function |class |const )+(\w+)", types, re.M)
        )
        assert exported == declared != set(), module


@pytest.mark.skipif(not shutil.which("npm"), reason="npm is not installed")
def test_its_tests_pass() -> None:
    done = npm("test")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\bpass [1-9]", done.stdout)


@pytest.mark.skipif(not shutil.which("npm"), reason="npm is not installed")
def test_what_would_be_published_is_what_its_users_need() -> None:
    done = npm("pack", "--dry-run", "--json")
    assert done.returncode == 0, done.stderr
    (packed,) = json.loads(done.stdout)
    assert {file["path"] for file in packed["files"]} == {*CODE, "LICENSE", "README.md", "package.json"}
