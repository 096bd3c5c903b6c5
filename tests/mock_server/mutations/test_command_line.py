"""The command line of mutations: listed, chosen by name, told in the greeting."""

from __future__ import annotations

import subprocess
import sys

import pytest

from mock_server import cli
from mock_server.mutations import all_defects, all_variations


@pytest.mark.parametrize(
    ("option", "mutations"), [("--list-defects", all_defects()), ("--list-variations", all_variations())]
)
def test_the_list_is_printed_and_nothing_is_started(
    option: str, mutations: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main([option])
    told = capsys.readouterr().out
    assert end.value.code == 0
    assert told.endswith(f"{len(mutations)} in all.\n")
    assert mutations.keys() <= set(told.splitlines())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--defect", "page-ignored"], "no defect 'page-ignored'; did you mean page-is-ignored"),
        (["--variation", "won-0"], "no variation 'won-0'; did you mean won-0-is-not-won"),
        (["--defect", "page-is-ignored", "--variation", "won-0-is-not-won"], "not allowed with"),
        (["--defect"], "expected one argument"),
    ],
)
def test_a_bad_choice_is_one_line_and_status_2(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(arguments)
    stderr = capsys.readouterr().err
    assert end.value.code == 2
    assert said in stderr
    assert stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (
            ["--defect", "page-is-ignored"],
            "Running with the defect page-is-ignored: Every page holds the deals of the first.",
        ),
        (
            ["--variation", "per-page-is-clamped"],
            "Running with the variation per-page-is-clamped: More than 100 is taken for 100.",
        ),
        ([], ""),
    ],
)
def test_the_greeting_tells_what_is_on(arguments: list[str], line: str) -> None:
    options = cli.parser().parse_args(arguments)
    assert cli.mutation_line(options) == line
    chosen = options.defect or options.variation
    assert list(cli.facts(options)["started_with"].items())[1:] == (
        [(arguments[0].lstrip("-"), chosen.name)] if chosen else []
    )


def test_help_has_a_group_of_its_own_for_them(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    told = capsys.readouterr().out
    group = told[told.index("mutations:") : told.index("examples:")]
    for option in ("--defect NAME", "--list-defects", "--variation NAME", "--list-variations"):
        assert option in group


def test_a_reader_may_stop_reading_the_list() -> None:
    command = [sys.executable, "-m", "mock_server", "--list-defects"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(timeout=20) == 0


@pytest.mark.parametrize(
    ("arguments", "loaded"),
    [([], False), (["--defect", "page-is-ignored"], True), (["--variation", "won-0-is-not-won"], True)],
)
def test_mutations_are_loaded_only_if_asked_for(arguments: list[str], loaded: bool) -> None:
    script = (
        "import sys\n"
        "from mock_server import cli\n"
        "cli.serve = lambda app, *_, **__: app(None, None, None).close()\n"  # started, and ended at once
        f"cli.main(['--port', '0', '--deals', '1', *{arguments}])\n"
        "sys.exit('mock_server.mutations' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], timeout=60).returncode == loaded
