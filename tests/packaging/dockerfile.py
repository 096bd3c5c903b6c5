"""Reads a Dockerfile as far as the tests need it."""

from __future__ import annotations

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def stages_of(path: Path) -> dict[str, list[tuple[str, str]]]:
    """The instructions of each stage, in order, by the stage's name; the last may have none."""
    text = re.sub(r"(?m)^#.*\n", "", path.read_text("utf-8")).replace("\\\n", " ")
    stages: dict[str, list[tuple[str, str]]] = {}
    for line in filter(None, text.splitlines()):
        instruction, _, rest = line.partition(" ")
        if instruction == "FROM":
            _, _, name = rest.partition(" AS ")
            stages[name] = []
        else:
            stages[list(stages)[-1]].append((instruction, rest.strip()))
    return stages


def command_of(stage: list[tuple[str, str]], instruction: str) -> list[str]:
    """The program and arguments in the JSON form of an instruction."""
    (rest,) = [rest for name, rest in stage if name == instruction]
    command: list[str] = json.loads(rest[rest.index("[") :])
    return command
