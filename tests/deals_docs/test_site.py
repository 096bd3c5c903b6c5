"""The site: complete, local, and as true as the contract and the suite that it is made from."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from contract_tests.laws import all_laws
from deals_docs.questions import EVERYTHING, questions
from deals_docs.site import PAGES
from deals_docs.versions import steps
from deals_spec import Contract
from deals_spec.breaking_changes import contract_changes
from deals_spec.document import read_document
from tests.deals_docs.conftest import ROOT, deals_docs

CONTRACT = Contract.load()
LAWS = all_laws(CONTRACT)
STAGE_OPERATIONS = (
    *("getDealPipeline", "listDealStages", "reorderPipelineStages"),
    *("createPipelineStage", "updatePipelineStage"),
)
VOID = {"br", "hr", "img", "input", "link", "meta"}


class Page(HTMLParser):
    """What a page loads, links to and names; its elements must be closed in order."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.classes: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(file.read_text("utf-8"))
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self._open.append(tag)
        for name, value in attrs:
            if name in ("src", "href"):
                (self.links if tag == "a" else self.loaded).append(value or "")
            elif name == "id":
                self.ids.append(value or "")
            elif name == "class":
                self.classes += (value or "").split()

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def marks(node: Any) -> int:
    """How many guesses the contract marks, counted without the code that the site is made with."""
    if isinstance(node, list):
        return sum(map(marks, node))
    if not isinstance(node, dict):
        return 0
    own = len(node.get("x-inferred", ())) + (node.get("x-provenance") == "inferred")
    return own + ("x-required-role" in node) + ("x-max-body-bytes" in node) + sum(map(marks, node.values()))


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Page]:
    return {name: Page(site / name) for name in PAGES}


def test_every_link_leads_to_something_in_the_site(site: Path, pages: dict[str, Page]) -> None:
    index = json.loads(
        (site / "search-index.js").read_text("utf-8").removeprefix("const INDEX = ").rstrip(";\n")
    )
    links = {link for page in pages.values() for link in (*page.loaded, *page.links) if link != "data:,"}
    for link in links | {entry["url"] for entry in index}:
        file, _, anchor = link.partition("#")
        assert (site / file).is_file(), link
        if file == "reference.html" and anchor:
            assert anchor.rpartition("/")[2] in CONTRACT.operations
        elif anchor:
            assert anchor in pages[file].ids, link


def test_no_id_occurs_twice(pages: dict[str, Page]) -> None:
    for page in pages.values():
        assert len(page.ids) == len(set(page.ids))


def test_there_is_a_question_for_each_mark(pages: dict[str, Page]) -> None:
    count = marks(CONTRACT.document)
    assert count > 100
    assert pages["questions.html"].classes.count("question") == count
    assert f"{count} questions to the people of the API" in pages["questions.html"].text
    assert f"{count} open questions" in pages["index.html"].text


@pytest.mark.parametrize(
    ("subject", "where", "text", "assumption", "operations"),
    [
        (
            "Parameter `Scope`",
            "",
            "What is the default?",
            "The default `company`",
            ("listDeals", "getDealPipeline"),
        ),
        (
            "Operation `createDeal`",
            "response `201`",
            "Which status does a success have?",
            "The status 201",
            ("createDeal",),
        ),
        (
            "Schema `Stage`",
            "field `color`",
            "Is it always present?",
            "That `color` is never absent",
            STAGE_OPERATIONS,
        ),
        (
            "Operation `deletePipelineStage`",
            "",
            "Which role does it require?",
            "The required role `admin`",
            ("deletePipelineStage",),
        ),
        (
            EVERYTHING,
            "",
            "How large may a request be?",
            "The limit of 5242880 bytes",
            tuple(CONTRACT.operations),
        ),
    ],
)
def test_a_question_says_what_we_assume_and_what_depends_on_it(
    subject: str, where: str, text: str, assumption: str, operations: tuple[str, ...]
) -> None:
    (found,) = (
        each
        for each in questions(CONTRACT, LAWS)
        if (each.subject, each.where, each.text) == (subject, where, text)
    )
    assert (found.assumption, found.operations) == (assumption, operations)


def test_a_question_names_the_laws_that_need_the_answer() -> None:
    about_risk = {each.laws for each in questions(CONTRACT, LAWS) if each.subject == "Schema `Risk`"}
    assert about_risk
    needed = {law.name for law in LAWS if "Deal.risk" in law.about}
    assert {name for laws in about_risk for name in laws} == needed


def test_a_question_names_the_line_of_the_contract(site: Path, pages: dict[str, Page]) -> None:
    lines = (site / "openapi.yaml").read_text("utf-8").splitlines()
    found = [int(line) for line in re.findall(r"line (\d+)", pages["questions.html"].text)]
    assert len(found) == marks(CONTRACT.document)
    assert "x-max-body-bytes" in lines[found[0] - 1]
    assert found[0] < max(found) <= len(lines)


def test_every_law_is_there_with_the_words_that_it_rests_on(pages: dict[str, Page]) -> None:
    for law in LAWS:
        assert law.name in pages["laws.html"].ids
        assert law.basis.replace("`", "") in pages["laws.html"].text


def test_every_error_is_there_with_its_examples_and_operations(pages: dict[str, Page]) -> None:
    text = pages["errors.html"].text
    statuses = {s for each in CONTRACT.operations.values() for s in each.statuses if s >= 400}
    assert {f"e{status}" for status in statuses} <= {*pages["errors.html"].ids}
    for response in CONTRACT.document["components"]["responses"].values():
        for name in response["content"].get("application/json", {}).get("examples", {}):
            assert name in text or "deleted" in name
    assert re.search(r"401 Wrong email or password.*?Answered by\s+login\s", text, re.DOTALL)


def test_every_change_since_the_last_release_is_there(pages: dict[str, Page]) -> None:
    released = read_document(ROOT / "openapi" / "released.yaml")[1]
    text = pages["changes.html"].text
    for change in contract_changes(released, CONTRACT.document):
        assert f"{change.where}: {change.what}" in text


def test_changes_are_listed_from_version_to_version_the_newest_first() -> None:
    released = read_document(ROOT / "openapi" / "released.yaml")[1]
    older = {**released, "info": {**released["info"], "version": "0.9.0"}}
    version = released["info"]["version"]
    found = steps([older, released, CONTRACT.document])
    assert [(each.new, each.old) for each in found] == [
        (CONTRACT.document["info"]["version"], version),
        (version, "0.9.0"),
    ]
    assert found[0].count == len(contract_changes(released, CONTRACT.document))
    assert found[1].count == 0


def test_the_views_are_files_too(site: Path) -> None:
    views = {"documented": CONTRACT.documented, "full": CONTRACT.full, "annotated": CONTRACT.annotated}
    for name, view in views.items():
        assert json.loads((site / f"{name}.json").read_text("utf-8")) == view
        assert yaml.safe_load((site / f"{name}.yaml").read_text("utf-8")) == view
    assert (site / "openapi.yaml").read_bytes() == CONTRACT.source


def test_the_site_names_the_license_of_what_it_carries(site: Path) -> None:
    assert "MIT license" in (site / "THIRD-PARTY.txt").read_text("utf-8")


def test_a_second_build_makes_the_same_and_leaves_other_files_alone(site: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    assert deals_docs("build", tmp_path).returncode == 0
    assert {each.name for each in tmp_path.iterdir()} - {each.name for each in site.iterdir()} == {"mine.txt"}
    for file in site.iterdir():
        assert file.read_bytes() == (tmp_path / file.name).read_bytes()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["build", "taken"], "taken: File exists"),
        (
            ["build", "site", "--contract", "nowhere.yaml"],
            "nowhere.yaml: cannot be read: No such file or directory",
        ),
        (["build", "site", "--since", "taken"], "taken: is not an OpenAPI document"),
        (["build", "site", "--contract", "odd.yaml"], "odd.yaml cannot be shown: KeyError: 'components'"),
    ],
)
def test_what_cannot_be_made_is_said_in_one_line(tmp_path: Path, arguments: list[str], reason: str) -> None:
    (tmp_path / "taken").write_text("text", encoding="utf-8")
    (tmp_path / "odd.yaml").write_text("info: {version: 1.0.0}\npaths: {}\n", encoding="utf-8")
    done = deals_docs(*arguments, folder=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"deals-docs could not run: {reason}\n")
    assert not (tmp_path / "site").exists()
