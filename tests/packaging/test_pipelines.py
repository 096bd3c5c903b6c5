"""The steps of the image, the action and other pipelines, run in bare folders without their engines."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from benchmarks.machine import free_port
from tests.packaging.dockerfile import ROOT, command_of, stages_of
from tests.packaging.steps import ACTION, ACTION_STEPS, bash, variables_of

STAGES = stages_of(ROOT / "Dockerfile")
EXAMPLES = ROOT / "contract_tests" / "examples"
KEY = "a-key-for-tests"
# What stands for the server of a backend: the mock, for which a pull request has or has not broken something.
SERVER = """#!/bin/sh
exec "$RUNNER_TEMP/deals/bin/deals-mock" --port {port} $SERVER_OPTIONS
"""
BROKEN = {"SERVER_OPTIONS": "--defect new-note-is-not-saved"}


def test_the_steps_of_image_action_and_pipelines_work(
    wheel: Path, runner: Path, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    backend = Backend(tmp_path / "backend", wheel, runner)
    assert list(ACTION_STEPS) == ["Install", "Start the mock", "Hold the server against the contract"]
    inputs = {"package": str(wheel), "mock": "true", "mock-options": "--deals 20"}

    with subtests.test("the image starts, is healthy, and ends on SIGTERM"):
        the_image_starts(backend, tmp_path)
    with subtests.test("the action starts the mock"):
        done = backend.step(ACTION_STEPS["Start the mock"], inputs)
        assert done.returncode == 0, done.stderr
        told = backend.outputs()
        assert set(ACTION["outputs"]) == set(told)
        headers = {"Authorization": f"Bearer {told['admin-token']}"}
        assert httpx.get(f"{told['api']}/deals", headers=headers).json()["total"] == 20
        judged = {"base-url": told["api"], "contract-options": "--only Notes"}
        hold = ACTION_STEPS["Hold the server against the contract"]
        done = backend.step(hold, judged, DEALS_TOKEN=told["admin-token"])
        assert done.returncode == 0, done.stdout + done.stderr
        assert (backend.folder / "contract-report" / "junit.xml").exists()
    pipelines = (
        ("gitlab", gitlab_script(), BROKEN, 1),
        ("jenkins", jenkins_script(), {}, 0),
        ("github", github_script(), BROKEN, 1),
    )
    for name, script, server, status in pipelines:
        with subtests.test(pipeline=name):
            done = backend.run(script, **server)
            assert done.returncode == status, done.stdout + done.stderr
    backend.end()


def the_image_starts(backend: Backend, tmp_path: Path) -> None:
    image, port = STAGES[""], free_port()
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]["mock"]["command"]
    (tmp_path / "state").mkdir()
    arguments = [each.replace("/state", str(tmp_path / "state")) for each in compose]
    command = [*command_of(image, "ENTRYPOINT"), *arguments, "--port", str(port)]
    health = [each.replace(":4010/", f":{port}/") for each in command_of(image, "HEALTHCHECK")]
    environment = {**backend.environment, "DEALS_MOCK_ADMIN_KEY": KEY}
    with subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=subprocess.DEVNULL) as started:
        try:
            while subprocess.run(health, env=environment, capture_output=True, check=False).returncode:
                assert started.poll() is None
                time.sleep(0.2)
            listed = httpx.get(f"http://127.0.0.1:{port}/__admin/worlds", headers={"X-Mock-Admin-Key": KEY})
            assert listed.status_code == 200
            started.send_signal(signal.SIGTERM)
            assert started.wait(timeout=10) == 0
        finally:
            started.kill()


class Backend:
    """The repository of a backend, which has its server and nothing of this project."""

    def __init__(self, folder: Path, wheel: Path, runner: Path) -> None:
        self.folder = folder
        self._temporary = runner
        self._output = folder.parent / "output"
        folder.mkdir()
        self.port = free_port()
        server = folder / "start-server"
        server.write_text(SERVER.format(port=self.port), "utf-8")
        server.chmod(0o755)
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "GITHUB"))
        } | {
            "PATH": f"{self._temporary / 'deals' / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "RUNNER_TEMP": str(self._temporary),
            "GITHUB_OUTPUT": str(self._output),
            "DEALS_PACKAGE": wheel.as_uri(),
            "DEALS_EMAIL": "admin@revorbit.example",
            "DEALS_PASSWORD": "password",
            "DEALS_ONLY": "Notes",  # the rest takes longer and shows the same
        }

    def step(
        self, step: Mapping[str, Any], inputs: Mapping[str, str], **more: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a step of the action as the runner does, with these inputs and the defaults of the others."""
        return bash(step["run"], self.folder, {**self.environment, **variables_of(step, inputs), **more})

    def run(self, script: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a pipeline's script, and end what it has left running."""
        script = script.replace("8080", str(self.port))
        script = script.replace(".deals", str(self._temporary / "deals"))  # installed once for all
        return bash(f"trap 'kill $(jobs -p)' EXIT\n{script}", self.folder, {**self.environment, **variables})

    def outputs(self) -> dict[str, str]:
        """What the steps of the action have told the runner."""
        return dict(line.split("=", 1) for line in self._output.read_text("utf-8").splitlines())

    def end(self) -> None:
        """End the mock that the action has started."""
        listed = httpx.get(f"{self.outputs()['address']}/__admin/health")
        assert listed.status_code == 200
        for ready in self._temporary.glob("*.json"):
            os.kill(int(re.findall(r'"pid": (\d+)', ready.read_text("utf-8"))[0]), signal.SIGTERM)


def gitlab_script() -> str:
    told = yaml.safe_load((EXAMPLES / "gitlab.yml").read_text("utf-8"))
    return "\n".join(told["contract"]["script"])


def jenkins_script() -> str:
    (script,) = re.findall(r"sh '''\n(.*?)'''", (EXAMPLES / "Jenkinsfile").read_text("utf-8"), re.DOTALL)
    return str(script).rstrip()


def github_script() -> str:
    """The workflow's own step, then the action's with what the workflow gives it."""
    workflow = yaml.safe_load((EXAMPLES / "github.yml").read_text("utf-8"))
    _, start, action, _ = workflow["jobs"]["contract"]["steps"]
    given = action["with"]
    assert given.keys() <= ACTION["inputs"].keys()
    values = {
        "BASE_URL": given["base-url"],
        "OPTIONS": given["contract-options"],
        "REPORT": ACTION["inputs"]["report-dir"]["default"],
    }
    hold = ACTION_STEPS["Hold the server against the contract"]
    variables = "\n".join(f"{name}='{value}'" for name, value in values.items())
    return f"{start['run']}\n{variables}\n{hold['run'].rstrip()}"
