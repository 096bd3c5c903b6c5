"""The collections are what the contract makes of them, and the README shows the commands that are tried."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

from deals_spec import Contract

CLIENTS = Path(__file__).parent.parent / "clients"
README = (CLIENTS.parent / "README.md").read_text("utf-8")
MAKE: dict[str, Any] = runpy.run_path(str(CLIENTS / "collections" / "make.py"))
CHECK: dict[str, Any] = runpy.run_path(str(CLIENTS / "generators" / "check.py"))


def test_the_collections_are_made_from_the_contract() -> None:
    """If not: python clients/collections/make.py."""
    made: dict[str, str] = MAKE["collections"](Contract.load())
    there = {
        str(path.relative_to(CLIENTS / "collections")): path.read_text("utf-8")
        for folder in ("postman", "bruno")
        for path in (CLIENTS / "collections" / folder).rglob("*")
        if path.is_file()
    }
    assert there == made


@pytest.mark.parametrize("name", CHECK["TOOLS"])
def test_the_readme_shows_the_command_that_is_tried(name: str) -> None:
    command = CHECK["command_of"](
        name, "openapi/deals.yaml", "client", "http://127.0.0.1:4010/api", "clients/generators"
    )
    assert command.replace("clients/generators/../", "clients/") in README


def test_ten_calls_are_made_with_every_client() -> None:
    calls = CLIENTS / "generators" / "calls"
    for path in [*calls.glob("*.ts"), *calls.glob("*.py"), *calls.glob("*.java")]:
        if path.stem not in ("checks", "orval-fetch"):
            assert path.read_text("utf-8").count('check("') == 10, path.name
