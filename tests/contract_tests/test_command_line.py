"""What the command says without a server, without its packages, and when it is interrupted at once."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from contract_tests.__main__ import NEEDED
from contract_tests.laws import law_names
from contract_tests.report.catalogue import OF_REQUESTS
from contract_tests.settings.command_line import parse
from contract_tests.settings.options import OPTIONS
from contract_tests.verdict.checks import RULES_OF_FUZZING
from contract_tests.verdict.judging import CHECKS
from mock_server import __version__
from tests.contract_tests.builders import CONTRACT

ROOT = Path(__file__).resolve().parents[2]
# Python runs this before the command; both stand in for what a machine or a user does.
LACKING = "import sys; sys.modules[{name!r}] = None"
INTERRUPTING = """
import os, signal, sys
class Finder:
    def find_spec(self, name, *_):
        if name == {name!r}:
            os.kill(os.getpid(), signal.{number})
sys.meta_path.insert(0, Finder())
"""
LOADED = """
import atexit, sys
LATER = {"contract_tests.reproduce", "jinja2", "schemathesis"}
atexit.register(lambda: print("loaded:", *(LATER & {*sys.modules})))
"""
MAIN = "\nfrom contract_tests.__main__ import main\nsys.exit(main())"


def run(*arguments: str, before: str = "import sys") -> tuple[int, str, str]:
    process = subprocess.run(
        [sys.executable, "-c", before + MAIN, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return process.returncode, process.stdout, process.stderr


def test_help_tells_a_newcomer_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        parse(["--help"])
    out = capsys.readouterr().out

    assert end.value.code == 0
    for part in ("--base-url URL", "--read-only", "DEALS_TOKEN", "deals-contract.toml", "exit status:",
                 "(default: 75%)", "(default: 30s)", "(default: 1)", "clean-up"):  # fmt: skip
        assert part in out
    assert [option.flag for option in OPTIONS if option.flag not in out] == []


def test_the_version_is_the_projects() -> None:
    told = (0, f"deals-contract {__version__}\n", "")
    assert run("--version") == run("clean-up", "--version") == told


@pytest.mark.parametrize(
    ("what", "names"),
    [
        ("laws", law_names()),
        ("checks", (*CHECKS, *RULES_OF_FUZZING)),
        ("operations", tuple(CONTRACT.operations)),
    ],
)
def test_everything_that_can_be_selected_is_listed(what: str, names: tuple[str, ...]) -> None:
    code, out, err = run("--list", what)
    listed = [line.split()[0] for line in out.splitlines() if not line.startswith(" ")]

    assert (code, err) == (0, "")
    assert sorted(listed) == sorted(names)


def test_every_check_says_what_it_rests_on() -> None:
    assert set(OF_REQUESTS) == set(RULES_OF_FUZZING)


def test_the_packages_that_are_looked_for_are_those_of_the_extra() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extra = [re.split(r"[<>=\[]", each)[0] for each in project["optional-dependencies"]["contract"]]

    assert tuple(extra) == NEEDED


@pytest.mark.parametrize("package", ["pytest", "schemathesis", "rich"])
def test_without_a_package_the_help_says_what_is_missing(package: str) -> None:
    before = LACKING.format(name=package)
    code, out, err = run("--help", before=before)
    refused = run("--base-url", "http://there/api", "--token", "x", before=before)

    assert (code, err) == (0, "")
    assert "--base-url URL" in out
    missing = f"{package} is not installed; in the project's folder, run: pip install '.[contract]'\n"
    assert out.endswith(missing)
    assert refused == (2, "", f"deals-contract could not run: {missing}")
    assert run("--version", before=before)[0] == 0


@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM"])
@pytest.mark.parametrize("name", ["contract_tests.cli", "pytest", "requests", "contract_tests.laws.stages"])
def test_an_interrupt_before_the_run_shows_no_traceback(name: str, number: str) -> None:
    arguments = ["--base-url", "http://127.0.0.1:9/api", "--token", "x"]
    code, out, err = run(*arguments, before=INTERRUPTING.format(name=name, number=number))

    assert (code, out, err) == (2, "", "deals-contract: interrupted\n")


def test_nothing_is_loaded_before_the_first_request_that_only_later_parts_need() -> None:
    code, out, err = run("--base-url", "http://127.0.0.1:9/api", "--token", "x", before=LOADED)

    assert code == 2, err
    assert out.splitlines()[-1] == "loaded:"
