"""The wheel holds what its users need and nothing else, and works far from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).resolve().parents[2]
AGAINST_MOCK = ROOT / ".ci" / "against_mock.py"
FIXTURES = sorted(path.stem for path in (ROOT / "fixtures").glob("*.yaml"))
PACKAGES = {"contract_tests", "deals_spec", "mock_server"}
SUFFIXES = {".py", ".typed", ".yaml", ".html", ".css", ".js", ".j2", ".ini"}
LARGEST = 500_000  # bytes, compressed; 330,000 at the time of writing
ACCOUNTS = ["--email", "admin@revorbit.example", "--password", "password"]

# FLIP: delete this and its uses once `deals_spec` reads the contract; until then the commands look elsewhere.
commands_work = pytest.mark.skipif(
    not (ROOT / "deals_spec" / "document.py").exists(), reason="the contract moves to deals_spec/data"
)


@dataclass(frozen=True)
class Installed:
    """The wheel in a fresh environment, used from an empty folder."""

    wheel: Path
    scripts: Path
    folder: Path

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a command in the empty folder, as somebody who has no checkout."""
        clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "CI")}
        return subprocess.run(
            command, cwd=self.folder, env=clean, capture_output=True, text=True, check=False
        )

    def against_mock(self, fixture: str, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a command against the installed mock with a fixture."""
        start = f"{self.scripts / 'deals-mock'} --fixture {fixture}"
        return self.run(sys.executable, AGAINST_MOCK, start, *command)


def _done(command: list[str | Path]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """A wheel of the checkout, installed with what `deals-contract` needs."""
    base = tmp_path_factory.mktemp("installed")
    venv.create(base / "venv", with_pip=True)
    scripts = base / "venv" / ("Scripts" if os.name == "nt" else "bin")
    pip: list[str | Path] = [scripts / "python", "-m", "pip", "--disable-pip-version-check", "--quiet"]
    _done([*pip, "wheel", "--no-deps", "--wheel-dir", base / "dist", ROOT])
    (wheel,) = (base / "dist").glob("*.whl")
    _done([*pip, "install", f"{wheel}[contract]"])
    folder = base / "empty"
    folder.mkdir()
    return Installed(wheel, scripts, folder)


@pytest.fixture(scope="session")
def names(installed: Installed) -> list[str]:
    """The files in the wheel, but for those that describe it."""
    with ZipFile(installed.wheel) as archive:
        return [name for name in archive.namelist() if ".dist-info/" not in name]


def test_the_wheel_has_the_three_packages_and_no_other(names: list[str]) -> None:
    assert {name.split("/")[0] for name in names} == PACKAGES


def test_the_wheel_has_only_what_runs(names: list[str]) -> None:
    data = "mock_server/data/fixtures/"
    assert [name for name in names if Path(name).suffix not in SUFFIXES and not name.startswith(data)] == []
    assert [name for name in names if "test" in Path(name).parts[1:] or "teeth" in name.lower()] == []


def test_every_module_of_the_packages_is_in_the_wheel(names: list[str]) -> None:
    modules = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    assert {str(path.relative_to(ROOT)) for path in modules} == {n for n in names if n.endswith(".py")}


def test_the_contract_is_in_the_wheel_once(installed: Installed, names: list[str]) -> None:
    contract = (ROOT / "openapi" / "deals.yaml").read_bytes()
    with ZipFile(installed.wheel) as archive:
        copies = [name for name in names if archive.read(name) == contract]
    assert copies == ["deals_spec/data/deals.yaml"]


def test_the_packages_are_typed(names: list[str]) -> None:
    assert {f"{package}/py.typed" for package in PACKAGES} <= set(names)


def test_the_wheel_is_small(installed: Installed) -> None:
    assert installed.wheel.stat().st_size < LARGEST


def test_the_wheel_carries_the_license(installed: Installed) -> None:
    with ZipFile(installed.wheel) as archive:
        (license_,) = [name for name in archive.namelist() if name.endswith("licenses/LICENSE")]
        assert archive.read(license_) == (ROOT / "LICENSE").read_bytes()


@commands_work
@pytest.mark.parametrize("fixture", FIXTURES)
def test_the_installed_mock_serves_every_fixture(installed: Installed, fixture: str) -> None:
    request = (
        "import os, urllib.request as u;"
        "u.urlopen(u.Request(os.environ['MOCK_URL'] + '/deals',"
        " headers={'Authorization': 'Bearer ' + os.environ['ADMIN_TOKEN']}))"
    )
    done = installed.against_mock(fixture, sys.executable, "-c", request)
    assert done.returncode == 0, done.stdout + done.stderr


@commands_work
def test_the_installed_suite_judges_the_installed_mock(installed: Installed) -> None:
    suite = [installed.scripts / "deals-contract", "--base-url", "{MOCK_URL}", *ACCOUNTS]
    done = installed.against_mock(
        "default", *suite, "--only", "Notes", "--report-dir", installed.folder / "report"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert {path.name for path in (installed.folder / "report").iterdir()} == {
        "report.json",
        "junit.xml",
        "report.md",
        "report.html",
    }
