"""What the suite's README says is so."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

import contract_tests
from contract_tests.cli import main
from contract_tests.laws.law import laws_in
from contract_tests.run.law_runner import NEEDS, judge_law, rule_names
from contract_tests.settings.command_line import parse
from contract_tests.settings.options import OPTIONS
from contract_tests.settings.settings import described, gather
from contract_tests.verdict.findings import Kind
from contract_tests.verdict.waivers import Waivers
from tests.contract_tests.builders import LIMITS
from tests.contract_tests.mock_target import mock_app, mock_people
from tests.contract_tests.runs import run_against
from tests.contract_tests.servers import serving

PACKAGE = Path(contract_tests.__file__).parent
README = (PACKAGE / "README.md").read_text("utf-8")
# of the command alone; pip's, the mock's, and those of the benchmark
NOT_OURS = {
    "version",
    "list",
    "run-id",
    "config",
    "port",
    "defect",
    "list-defects",
    "quiet",
    "write",
    "thorough",
}


def blocks(language: str) -> list[str]:
    return re.findall(rf"(?ms)^```{language}\n(.*?)^```$", README)


def commands() -> list[str]:
    """Every call of `deals-contract` in a shell block or in the workflow, without its variables."""
    lines = "\n".join([*blocks("sh"), *blocks("yaml")]).splitlines()
    found = re.findall(r"(?m)^.*?\bdeals-contract (--[^#\n]*|clean-up [^#\n]*|… [^#\n]*)", "\n".join(lines))
    return [re.sub(r"…|\$\{\{.*?\}\}", "", each).strip() for each in found]


def options_table() -> str:
    rows = ["| option | environment | |", "|---|---|---|"]
    for option in OPTIONS:
        spelled = " ".join(filter(None, (", ".join(f"`{flag}`" for flag in option.flags), option.metavar)))
        rows.append(f"| {spelled} | `{option.variable}` | {described(option)} |")
    return "\n".join(rows)


def test_every_setting_is_in_the_table() -> None:
    found = re.search(r"(?s)<!-- options:[^\n]*-->\n(.*?)\n<!-- /options -->", README)

    assert found is not None
    assert found[1] == options_table()


def test_there_are_commands_to_check() -> None:
    assert len(commands()) >= 9


@pytest.mark.parametrize("command", commands())
def test_every_command_is_understood(command: str) -> None:
    assert parse(shlex.split(command)).command in ("run", "clean-up")


@pytest.mark.parametrize("command", [each for each in commands() if each.startswith(("--list", "--version"))])
def test_what_needs_no_server_is_shown(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(shlex.split(command)) == 0
    assert capsys.readouterr().out


def test_the_first_run_works(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (first,) = (each for each in commands() if "4010" in each and "--email" in each)
    monkeypatch.chdir(tmp_path)
    with serving(mock_app(deals=20)) as root:
        email = str(mock_people()["email"])
        words = first.replace("http://127.0.0.1:4010", root).replace("admin@revorbit.example", email)
        assert main([*shlex.split(words), "--only", "listDealStages"]) == 0


def test_no_option_is_named_that_is_not_there() -> None:
    named = set(re.findall(r"(?<![\w-])--([a-z][a-z-]+)", README))

    assert named - NOT_OURS <= {option.name for option in OPTIONS}


@pytest.mark.parametrize(("mutation", "kinds"), [(None, []), ("search-is-ignored", [Kind.VIOLATION])])
def test_the_example_of_a_law_holds_and_bites(mutation: str | None, kinds: list[Kind]) -> None:
    module: dict[str, object] = {}
    exec(blocks("python")[0], module)
    (law,) = laws_in(SimpleNamespace(**module), LIMITS)
    app = mock_app(deals=20, mutation=mutation)
    with serving(app) as root, run_against(f"{root}/api", **mock_people()) as suite:
        judge_law(law, suite)
        assert [finding.kind for finding in suite.recorder.findings] == kinds


def test_everything_that_a_law_may_need_is_named() -> None:
    (told,) = re.findall(r"what it `needs` \(([^)]*)\)", README)

    assert set(re.findall(r"`(\w+)`", told)) == set(NEEDS)


def test_the_workflow_is_yaml_with_one_job() -> None:
    workflow = yaml.safe_load(blocks("yaml")[0])
    steps = workflow["jobs"]["contract"]["steps"]

    environment = next(step["env"] for step in steps if "env" in step)
    assert set(environment) <= {option.variable for option in OPTIONS}


def test_the_waiver_that_is_shown_is_one_of_the_example() -> None:
    shown = yaml.safe_load(blocks("yaml")[1])

    assert shown[0] in yaml.safe_load((PACKAGE / "examples" / "waivers.yaml").read_text("utf-8"))


def test_the_examples_can_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PACKAGE / "examples")
    settings = gather({}, {"DEALS_TOKEN": "a-token"})

    assert settings.base_url == "https://staging.example/api"
    assert settings.waivers is not None
    assert {waiver.rule for waiver in Waivers.load(settings.waivers).waivers} <= {None, *rule_names()}


def test_every_room_is_on_the_map() -> None:
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    files = {path.name for path in PACKAGE.glob("[a-z]*.py") if not path.name.startswith("test_")}
    told = README.partition("## Where things are")[2]

    assert {room for room in rooms if f"`{room}/`" not in told} == set()
    assert {file for file in files if f"`{file}`" not in told} == set()


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#]+)\)", README))
def test_links_lead_somewhere(link: str) -> None:
    assert (PACKAGE / link).exists()
