"""The project's tasks. `nox --list` shows them, `nox` runs the quick ones, and `.ci/run` calls most of them.

Run nox from the development environment (`.venv/bin/nox`): most tasks use that environment as it is, and so
start at once. Arguments after `--` go to the tool: `nox -s test-fast -- -k pipeline`.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "none"
nox.options.sessions = ["check", "test-fast"]

SCRIPTS = Path(sys.executable).parent
PARTS = 24  # the matrix of all defects takes an hour, so CI runs another part each day


def run(session: nox.Session, command: str, *arguments: str) -> None:
    """Run a command of the development environment, which need not be activated."""
    session.run(str(SCRIPTS / command), *arguments, external=True)


def run_tests(session: nox.Session, *arguments: str) -> None:
    """Run pytest on all cores; arguments of the user come last and take precedence."""
    run(session, "python", "-m", "pytest", "-n", "auto", *arguments, *session.posargs)


@nox.session
def check(session: nox.Session) -> None:
    """Check style, formatting, types, import layers and breaking changes of the contract."""
    run(session, "ruff", "check", ".")
    run(session, "ruff", "format", "--check", ".")
    run(session, "mypy")
    run(session, "lint-imports", "--no-logo")
    run(session, "python", "-m", "deals_spec.breaking_changes", "openapi/released.yaml", "openapi/deals.yaml")


@nox.session
def test(session: nox.Session) -> None:
    """Run all tests."""
    run_tests(session)


@nox.session(name="test-fast")
def test_fast(session: nox.Session) -> None:
    """Run all tests except the slow ones: at most a minute on 2 cores."""
    run_tests(session, "-m", "not slow")


@nox.session
def wheel(session: nox.Session) -> None:
    """Build the wheel, install it in an empty folder and run all commands."""
    run(session, "python", "-m", "pytest", "tests/packaging", *session.posargs)


@nox.session
def clients(session: nox.Session) -> None:
    """Make clients from the contract with other people's generators, and run the collections."""
    run(session, "python", "clients/generators/check.py", *session.posargs)


@nox.session(venv_backend="uv")
def lowest(session: nox.Session) -> None:
    """Run the quick tests and those of Schemathesis with the lowest versions that pyproject.toml allows."""
    session.install("--resolution", "lowest-direct", "--editable", ".[dev]")
    pytest = ["python", "-m", "pytest", "-n", "auto"]
    if session.posargs:
        session.run(*pytest, *session.posargs)
        return
    # All tests would take four times as long. The quick ones use every package but Schemathesis.
    session.run(*pytest, "-m", "not slow")
    session.run(
        *pytest,
        *(f"tests/contract_tests/test_{name}.py" for name in ("conformance", "lifecycle", "laws_hold")),
    )


@nox.session(name="newer-python")
def newer_python(session: nox.Session) -> None:
    """Run some tests with the newest installed Python; arguments name others."""
    interpreter = newest_interpreter()
    if interpreter is None:
        session.skip("no Python 3.12.2 or newer is installed")
    folder = session.create_tmp()
    run(session, "uv", "venv", "--quiet", "--clear", "--python", interpreter, folder)
    python = str(Path(folder) / SCRIPTS.name / "python")
    run(session, "uv", "pip", "install", "--quiet", "--python", python, "--editable", ".[dev]")
    tests = ["-m", "pytest", "-n", "auto", "-p", "no:cacheprovider"]
    # All quick tests (`-- -m "not slow"`) would take five minutes of CI's forty.
    names = ("mock_server/test_every_operation.py", "contract_tests/test_worker_pool.py")
    session.run(python, *tests, *(session.posargs or (f"tests/{name}" for name in names)), external=True)


def newest_interpreter() -> str | None:
    """The newest Python of this machine on which `--workers` works: on the path, or one of pyenv's."""
    found = [shutil.which(f"python3.{minor}") for minor in (14, 13, 12)]
    if shutil.which("pyenv"):
        root = subprocess.run(["pyenv", "root"], capture_output=True, text=True, check=True).stdout.strip()
        found += sorted(map(str, Path(root).glob("versions/3.1[2-9].*/bin/python")), reverse=True)
    good = "import sys; sys.exit(sys.version_info < (3, 12, 2))"
    for path in filter(None, found):
        if subprocess.run([path, "-c", good], capture_output=True, check=False).returncode == 0:
            return path
    return None


@nox.session
def matrix(session: nox.Session) -> None:
    """Run deals-contract against a part of all defects, a different part each day."""
    part = date.today().timetuple().tm_yday % PARTS + 1
    arguments = session.posargs or ["--without-schemathesis", "--part", f"{part}/{PARTS}"]
    run(session, "python", "-m", "benchmarks.mutation_matrix", *arguments)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure the speed of the mock, beside its peers if they are installed."""
    run(session, "python", "-m", "benchmarks.speed", *session.posargs)


@nox.session
def lock(session: nox.Session) -> None:
    """Write the newest allowed versions to .ci/locked.txt."""
    options = ["--quiet", "--upgrade", "--universal", "--no-annotate", "--extra", "dev"]
    output = ["--custom-compile-command", "nox -s lock", "--output-file", ".ci/locked.txt"]
    run(session, "uv", "pip", "compile", "pyproject.toml", *options, *output)
