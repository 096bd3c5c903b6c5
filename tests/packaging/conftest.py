"""One wheel, and one environment with it, for all tests of the packaging.

They take longer to make than most tests take to run, so the processes of pytest-xdist share them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from tests.packaging.steps import ACTION_STEPS, bash, build_as_the_dockerfile_does, variables_of


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this run have."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def wheel(shared: Path) -> Path:
    """A wheel of the checkout, made as the Dockerfile makes it."""
    if not shutil.which("bash"):
        pytest.skip("bash is not installed")
    folder = once(shared / "wheel", build_as_the_dockerfile_does)
    (built,) = (folder / "project" / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="session")
def runner(shared: Path, wheel: Path) -> Path:
    """A runner's folder, in which the action has installed the wheel; the extra `docs` is there, too."""

    def install(folder: Path) -> None:
        step = ACTION_STEPS["Install"]
        variables = variables_of(step, {"package": str(wheel)})
        bash(step["run"], folder, {**variables, "RUNNER_TEMP": str(folder)}).check_returncode()
        pip = [folder / "deals" / "bin" / "pip", "install", "--quiet", f"{wheel}[docs]"]
        subprocess.run(pip, check=True)

    return once(shared / "runner", install)


def once(folder: Path, make: Callable[[Path], None]) -> Path:
    """A folder that the first process that wants it makes."""
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            folder.mkdir()
            make(folder)
    return folder
