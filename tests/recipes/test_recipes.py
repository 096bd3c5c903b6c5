"""The recipes of CONTRIBUTING.md are true: each change is made in a copy of the checkout, and works there."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.recipes.mock_recipes import ENDPOINT, FIELD, RISK_FACTOR, SEARCH
from tests.recipes.recipe import CONTRACT, Recipe
from tests.recipes.suite_recipes import DEFECT, LAW, REPORT

ROOT = Path(__file__).resolve().parents[2]
RECIPES = (FIELD, ENDPOINT, RISK_FACTOR, LAW, DEFECT, REPORT, SEARCH)
GUIDE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
# Everything but what is made here.
LEFT_OUT = shutil.ignore_patterns(
    *(
        "__pycache__",
        ".git",
        ".venv",
        "venv",
        ".nox",
        ".*_cache",
        ".hypothesis",
        "build",
        "dist",
        "node_modules",
    )
)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the checkout."""
    return Path(shutil.copytree(ROOT, tmp_path / "copy", ignore=LEFT_OUT))


def run(folder: Path, *arguments: str) -> None:
    """Run Python in the copy; it must succeed."""
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{shlex.join(arguments)}\n{done.stdout[-4000:]}{done.stderr[-4000:]}"


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.title)
def test_a_recipe_works(recipe: Recipe, copy: Path) -> None:
    recipe.apply(copy)
    if recipe.write:
        run(copy, *recipe.write)
    if recipe.script:
        run(copy, "-c", recipe.script)
    for tests in recipe.tests:
        run(copy, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests.split(" "))
    if CONTRACT in recipe.edits:
        run(copy, "-m", "deals_spec.breaking_changes", "openapi/released.yaml", CONTRACT)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.title)
def test_a_recipe_names_its_files(recipe: Recipe) -> None:
    (section,) = re.findall(rf"(?ms)^### {recipe.title}\n(.*?)(?=^##|\Z)", GUIDE)
    files = set(re.findall(r"`([\w./-]+\.(?:py|yaml|md|json))`", section))

    assert files == recipe.by_hand | set(recipe.generated)


def test_there_is_a_recipe_for_every_heading() -> None:
    (section,) = re.findall(r"(?ms)^## Recipes\n(.*?)(?=^## )", GUIDE)

    assert re.findall(r"^### (.*)$", section, re.MULTILINE) == [recipe.title for recipe in RECIPES]
