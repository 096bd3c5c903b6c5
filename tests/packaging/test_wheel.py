"""The wheel holds what its users need and nothing else, and works far from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).resolve().parents[2]
AGAINST_MOCK = ROOT / ".ci" / "against_mock.py"
FIXTURES = sorted(path.stem for path in (ROOT / "fixtures").glob("*.yaml"))
PACKAGES = {"contract_tests", "deals_docs", "deals_spec", "mock_server"}
SUFFIXES = {".py", ".typed", ".yaml", ".html", ".css", ".js", ".json", ".jinja", ".ini", ".sh"}
LARGEST = 850_000  # bytes, compressed; 742,000 at the time of writing
ACCOUNT = ["--email", "admin@revorbit.example", "--password", "password"]
REPORTS = {"report.json", "junit.xml", "report.md", "report.html"}
LIST_DEALS = """
import os
from urllib.request import Request, urlopen

headers = {"Authorization": "Bearer " + os.environ["ADMIN_TOKEN"]}
urlopen(Request(os.environ["MOCK_URL"] + "/deals", headers=headers))
"""


@pytest.fixture(scope="session")
def names(wheel: Path) -> list[str]:
    """The files in the wheel, but for those that describe it."""
    with ZipFile(wheel) as archive:
        return [name for name in archive.namelist() if ".dist-info/" not in name]


def test_the_wheel_has_the_four_packages_and_no_other(names: list[str]) -> None:
    assert {name.split("/")[0] for name in names} == PACKAGES


def test_the_wheel_has_only_what_runs(names: list[str]) -> None:
    data = "mock_server/data/fixtures/"
    assert [name for name in names if Path(name).suffix not in SUFFIXES and not name.startswith(data)] == []


def test_every_module_of_the_packages_is_in_the_wheel(names: list[str]) -> None:
    modules = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    assert {str(path.relative_to(ROOT)) for path in modules} == {n for n in names if n.endswith(".py")}


def test_the_pages_are_in_the_wheel(names: list[str]) -> None:
    kinds, packages = (".html", ".css", ".js", ".jinja"), ("deals_docs", "mock_server")
    parts = [path for package in packages for kind in kinds for path in (ROOT / package).rglob(f"*{kind}")]
    assert {str(path.relative_to(ROOT)) for path in parts} == {
        name for name in names if name.startswith(packages) and Path(name).suffix in kinds
    }


def test_the_contract_is_in_the_wheel_once(wheel: Path, names: list[str]) -> None:
    contract = (ROOT / "openapi" / "deals.yaml").read_bytes()
    with ZipFile(wheel) as archive:
        copies = {name for name in names if archive.read(name) == contract}
    # Right after a release, the contract is that of the release.
    assert copies - {"deals_spec/data/released.yaml"} == {"deals_spec/data/deals.yaml"}


def test_the_packages_are_typed(names: list[str]) -> None:
    assert {f"{package}/py.typed" for package in PACKAGES} <= set(names)


def test_the_wheel_is_small(wheel: Path) -> None:
    assert wheel.stat().st_size < LARGEST


def test_the_wheel_carries_the_license(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        (license_,) = [name for name in archive.namelist() if name.endswith("licenses/LICENSE")]
        assert archive.read(license_) == (ROOT / "LICENSE").read_bytes()


def test_the_commands_work_in_an_empty_folder(
    runner: Path, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    installed = Installed(runner / "deals" / "bin", tmp_path)

    for fixture in FIXTURES:
        with subtests.test(fixture=fixture):
            installed.against_mock(fixture, sys.executable, "-c", LIST_DEALS)
    with subtests.test(command="deals-contract"):
        suite = [installed.scripts / "deals-contract", "--base-url", "{MOCK_URL}", *ACCOUNT]
        installed.against_mock("default", *suite, "--only", "Notes", "--report-dir", "report")
        assert {path.name for path in (installed.folder / "report").iterdir()} >= REPORTS
    with subtests.test(command="deals-docs"):
        _run(installed.scripts / "deals-docs", "build", "site", folder=installed.folder)
        assert {"index.html", "reference.html"} <= {
            path.name for path in (installed.folder / "site").iterdir()
        }


@dataclass(frozen=True)
class Installed:
    """The installed commands, used from an empty folder."""

    scripts: Path
    folder: Path

    def against_mock(self, fixture: str, *command: str | Path) -> None:
        """Run a command against the installed mock with a fixture; it must succeed."""
        start = f"{self.scripts / 'deals-mock'} --fixture {fixture}"
        _run(sys.executable, AGAINST_MOCK, start, *command, folder=self.folder)


def _run(*command: str | Path, folder: Path | None = None) -> None:
    """Run a command that must succeed and knows nothing of the checkout."""
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, cwd=folder, env=clean, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
