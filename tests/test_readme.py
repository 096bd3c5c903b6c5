"""The pages are true: tables match the contract and nox, the map the tree, and links and examples work."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mock_server.contract import MockContract
from mock_server.control.contract import ControlContract
from mock_server.mutations import mutation_named
from tests.users_pytest import run_pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
NOT_OURS = re.compile(r"(^|/)(\.|node_modules/|test-results/|build/|dist/)")
PAGES = [page for page in ROOT.rglob("*.md") if not NOT_OURS.search(str(page.relative_to(ROOT)))]


def test_the_table_of_operations_is_the_contracts() -> None:
    rows = re.findall(r"^\| `(\w+)` \| `([A-Z]+) (\S+)` \| (\w+) \|$", README, re.MULTILINE)
    told = MockContract.load().operations.values()
    assert rows == [(each.id, each.method, each.path, each.tag) for each in told]


def test_what_the_map_names_is_there() -> None:
    (code_map,) = re.findall(r"```\n(openapi/deals\.yaml .*?)```", README, re.DOTALL)
    folder = Path()
    for line in code_map.splitlines():
        names = re.split(r"\s{2,}", line.rstrip())
        indented = line.startswith(" ")
        folder = folder if indented else Path(names[0] if names[0].endswith("/") else "")
        places = re.findall(r"[\w/.]+", line[:23])
        assert places, line
        for place in places:
            assert (ROOT / folder / place if indented else ROOT / place).exists(), line


def test_the_examples_of_tests_pass(tmp_path: Path) -> None:
    examples = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    (tmp_path / "test_mine.py").write_text("\n\n".join(examples), encoding="utf-8")
    done = run_pytest(tmp_path)
    assert (done.returncode, f"{len(examples)} passed" in done.stdout) == (0, True), done.stdout + done.stderr


def test_the_mutations_that_it_names_exist() -> None:
    named = re.findall(r"--(defect|variation) ([\w-]+)", README)
    assert [mutation_named(name, kind).name for kind, name in named] == [name for _, name in named] != []


def test_the_table_of_tasks_is_noxs() -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    (table,) = re.findall(r"^\| task \|.*?\n\n", guide, re.MULTILINE | re.DOTALL)
    sessions = re.findall(
        r'^@nox\.session(?:\((?:name="(.*?)")?.*\))?\ndef (\w+)',
        (ROOT / "noxfile.py").read_text("utf-8"),
        re.M,
    )
    assert set(re.findall(r"^\| `([\w-]+)`", table, re.MULTILINE)) == {
        name or task for name, task in sessions
    }


def test_the_requests_to_the_control_side_that_the_pages_show_are_in_its_contract() -> None:
    own = ControlContract.packaged()
    shown = {
        (method, path.removeprefix(own.base_path))
        for page in PAGES
        for method, path in re.findall(rf"\b([A-Z]+) ({own.base_path}[\w/.-]*[\w-])", page.read_text("utf-8"))
    }
    stream = ("GET", "/events")  # no operation, but described
    assert f"`{own.base_path}{stream[1]}`" in own.document["info"]["description"]
    assert len(shown) > 20
    asked = {each: own.match(each[0], each[1].replace("/ID", "/10")) for each in shown - {stream}}
    assert [each for each, operation in asked.items() if operation is None] == []


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_a_link_to_a_file_leads_to_one(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target
