"""Runs the steps of the image and of pipelines without their engines."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import venv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.packaging.dockerfile import ROOT, stages_of

ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
ACTION_STEPS: Mapping[str, Any] = {step["name"]: step for step in ACTION["runs"]["steps"]}
EXPRESSION = re.compile(r"\$\{\{ inputs\.([\w-]+)(?: \|\| [\w.]+)? \}\}")


def build_as_the_dockerfile_does(folder: Path) -> None:
    """Make the wheel by the first stage, in a folder that has only what the stage copies."""
    project = folder / "project"
    project.mkdir()
    venv.create(folder / "build", with_pip=True)
    for instruction, rest in stages_of(ROOT / "Dockerfile")["wheel"]:
        if instruction == "COPY":
            for source in rest.split()[:-1]:
                copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
                copy(ROOT / source, project / source)
        if instruction == "RUN":
            path = f"{folder / 'build' / 'bin'}{os.pathsep}{os.environ['PATH']}"
            bash(rest.replace("--no-cache-dir ", ""), project, {"PATH": path}).check_returncode()


def variables_of(step: Mapping[str, Any], inputs: Mapping[str, str]) -> dict[str, str]:
    """The variables of a step of the action with these inputs, and the defaults of the others."""
    given = {name: str(told["default"]) for name, told in ACTION["inputs"].items()} | dict(inputs)
    variables = {
        name: EXPRESSION.sub(lambda found: given[found[1]], text) for name, text in step["env"].items()
    }
    assert "${{" not in "".join(variables.values()) + step["run"]
    return variables


def bash(script: str, folder: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a script with the options that GitHub gives."""
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
