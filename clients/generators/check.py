#!/usr/bin/env python3
"""Hold the contract against generators and test tools: make clients, compile them, make ten calls with each.

    python clients/generators/check.py [--nightly] [NAME …]

Everything is installed and made in a temporary folder. tools.toml lists the tools.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
import venv
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from mock_server.testing import running_mock

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TOOLS: Mapping[str, Mapping[str, Any]] = tomllib.loads((HERE / "tools.toml").read_text("utf-8"))
SHOWN = 2500  # characters of the output of a tool that failed


class Skipped(Exception):
    """A tool cannot be tried on this machine."""


def main() -> int:
    """Run the tools that were asked for; 1 if one of them failed."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("--nightly", action="store_true", help="run the slow ones, too")
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[*TOOLS, []], help="only these")
    given = parser.parse_args()
    wanted = given.names or [name for name, tool in TOOLS.items() if given.nightly or not tool.get("nightly")]
    begin = time.monotonic()
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    with tempfile.TemporaryDirectory(prefix="generators-") as folder:
        work = prepared(Path(folder), wanted)
        print(f"installed after {time.monotonic() - begin:.0f} s", flush=True)
        with ThreadPoolExecutor(max_workers=2) as pool:  # each waits for programs, on its own mock
            for name, outcome, seconds, why in pool.map(partial(tried, work), wanted):
                counts[outcome] += 1
                print(f"{name:26}{outcome:8}{seconds:4.0f} s  {why}".rstrip(), flush=True)
    print(", ".join(f"{count} {outcome}" for outcome, count in counts.items()))
    return int(counts["failed"] > 0)


def prepared(folder: Path, wanted: list[str]) -> Path:
    """A copy of what the tools read, with the tools installed; returns its folder of generators."""
    for part in ("clients", "openapi"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("node_modules", "made"))
    work = folder / "clients" / "generators"
    shutil.move(work / "package.json", folder)  # above all of them, where npx and imports look
    nightly = any(TOOLS[name].get("nightly") for name in wanted)
    if shutil.which("npm") and any(map(is_node, wanted)):
        omit = "" if nightly else " --omit=dev"
        run(f"npm install --no-package-lock --no-audit --no-fund{omit}", folder, os.environ)
    if not all(map(is_node, wanted)):
        venv.create(work / "python", with_pip=True)
        run("python/bin/pip install --quiet --requirement requirements.txt", work, os.environ)
    return work


def is_node(name: str) -> bool:
    """Whether a tool comes from npm."""
    return "npx " in TOOLS[name]["command"]


def tried(work: Path, name: str) -> tuple[str, str, float, str]:
    """A tool's name, what came of it, after how many seconds, and why."""
    begin = time.monotonic()
    outcome, why = outcome_of(name, work)
    return name, outcome, time.monotonic() - begin, why


def outcome_of(name: str, work: Path) -> tuple[str, str]:
    """What came of a tool, and why."""
    try:
        require(name)
        with mock_in_environment(work) as environment:
            command = command_of(name, "../../openapi/deals.yaml", f"made/{name}", environment["API"], ".")
            (work / "made" / name).mkdir(parents=True, exist_ok=True)
            output = run(command, work, environment, must=TOOLS[name].get("status", True))
            if "then" in TOOLS[name]:
                output = run(TOOLS[name]["then"], work, environment)
    except Skipped as reason:
        return "skipped", str(reason)
    except subprocess.CalledProcessError as error:
        return "failed", f"\n{error.output[-SHOWN:]}"
    fits = re.search(TOOLS[name]["says"], output, re.MULTILINE)
    return ("passed", fits[0].strip()) if fits else ("failed", f"\n{output[-SHOWN:]}")


def require(name: str) -> None:
    """Raise Skipped if something that the tool needs is not on this machine."""
    for each in [*TOOLS[name].get("needs", ()), *["npm"] * is_node(name)]:
        if not (shutil.which(each) or Path(each).is_file()):
            raise Skipped(f"{each} is not installed")


def command_of(name: str, contract: str, made: str, url: str, here: str) -> str:
    """What a user types, with these names of files."""
    command: str = TOOLS[name]["command"]
    return command.format(contract=contract, made=made, url=url, here=here)


@contextmanager
def mock_in_environment(work: Path) -> Iterator[dict[str, str]]:
    """A fresh mock, and the environment in which tools find it and each other."""
    places = ("../../node_modules/.bin", "python/bin")
    path = os.pathsep.join([*(str(work / place) for place in places), os.environ["PATH"]])
    apart = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
    with running_mock() as mock:
        token = mock.token("admin")
        told = {"API": mock.api_url, "TOKEN": token, "PORTMAN_BEARER_TOKEN": token}
        yield {**apart, **told, "PATH": path, "NO_COLOR": "1", "npm_config_yes": "false"}


def run(command: str, folder: Path, environment: Mapping[str, str], *, must: bool = True) -> str:
    """The output of a command; raises CalledProcessError if it must succeed and does not."""
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=400,
        check=must,
    )
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
