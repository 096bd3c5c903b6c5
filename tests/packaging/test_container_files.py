"""The Dockerfile and compose.yaml, as far as they can be checked without an engine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from contract_tests.settings.command_line import parse
from mock_server.options import parser
from tests.packaging.dockerfile import ROOT, command_of, stages_of

STAGES = stages_of(ROOT / "Dockerfile")
SERVICES = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]
PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
HADOLINT = shutil.which("hadolint", path=PATH)


@pytest.mark.skipif(not HADOLINT, reason="hadolint is not installed")
def test_hadolint_finds_nothing() -> None:
    done = subprocess.run(
        [str(HADOLINT), "Dockerfile"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_no_program_runs_as_root() -> None:
    for name, stage in STAGES.items():
        starts = [rest for instruction, rest in stage if instruction == "ENTRYPOINT"]
        users = [rest for instruction, rest in stage if instruction == "USER"]
        assert users == (["10001"] if starts else []), name


def test_what_is_copied_is_sent_to_the_engine_and_nothing_else() -> None:
    sent = [line for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line[0] == "!"]
    copied = [
        source
        for stage in STAGES.values()
        for instruction, rest in stage
        if instruction == "COPY" and not rest.startswith("--from")
        for source in rest.split()[:-1]
    ]
    assert [line[1:] for line in sent] == copied


def test_the_commands_of_compose_are_understood() -> None:
    mock = command_of(STAGES[""], "ENTRYPOINT") + SERVICES["mock"]["command"]
    assert mock[0] == "deals-mock"
    options = parser().parse_args(mock[1:])
    assert (options.host, options.allow_host) == ("0.0.0.0", ["mock"])
    assert ("VOLUME", str(Path(options.state).parent)) in STAGES[""]
    target = SERVICES["contract"]["build"]["target"]
    suite = command_of(STAGES[target], "ENTRYPOINT") + SERVICES["contract"]["command"]
    assert suite[0] == "deals-contract"
    assert parse(suite[1:]).base_url == f"http://{options.allow_host[0]}:{options.port}/api"


def test_the_ports_are_the_mocks() -> None:
    port = parser().get_default("port")
    assert ("EXPOSE", str(port)) in STAGES[""]
    assert SERVICES["mock"]["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert f"127.0.0.1:{port}/__admin/health" in command_of(STAGES[""], "HEALTHCHECK")[-1]


def test_the_browsers_are_those_of_the_example() -> None:
    lock = json.loads((ROOT / "examples" / "playwright" / "package-lock.json").read_text("utf-8"))
    version = lock["packages"]["node_modules/playwright"]["version"]
    assert SERVICES["frontend"]["image"].endswith(f":v{version}")
    assert (ROOT / Path(SERVICES["frontend"]["working_dir"]).relative_to("/project")).is_dir()
