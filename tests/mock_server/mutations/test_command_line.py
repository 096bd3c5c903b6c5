"""The command line options for mutations: listed, selected by name, shown in the greeting."""

from __future__ import annotations

import subprocess
import sys

import pytest

from mock_server import cli
from mock_server.mutations import all_defects, all_variations


@pytest.mark.parametrize(
    ("option", "mutations"), [("--list-defects", all_defects()), ("--list-variations", all_variations())]
)
def test_the_list_is_printed_and_no_server_is_started(
    option: str, mutations: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main([option])
    printed = capsys.readouterr().out
    assert end.value.code == 0
    kind = option.removeprefix("--list-")
    assert printed.endswith(f"Total: {len(mutations)} {kind}.\n")
    assert mutations.keys() <= set(printed.splitlines())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--defect", "page-ignored"], "unknown defect 'page-ignored'; did you mean page-is-ignored"),
        (["--variation", "won-0"], "unknown variation 'won-0'; did you mean won-0-is-not-won"),
        (["--defect", "page-is-ignored", "--variation", "won-0-is-not-won"], "not allowed with"),
        (["--defect"], "expected one argument"),
    ],
)
def test_an_invalid_choice_prints_one_line_and_exits_with_2(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(arguments)
    stderr = capsys.readouterr().err
    assert end.value.code == 2
    assert message in stderr
    assert stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (
            ["--defect", "page-is-ignored"],
            "Running with the defect page-is-ignored: Every page returns the deals of page 1.",
        ),
        (
            ["--variation", "per-page-is-clamped"],
            "Running with the variation per-page-is-clamped: A `per_page` above 100 is treated as 100.",
        ),
        ([], ""),
    ],
)
def test_the_greeting_names_the_mutation(arguments: list[str], line: str) -> None:
    options = cli.parser().parse_args(arguments)
    assert cli.mutation_line(options) == line
    chosen = options.defect or options.variation
    assert list(cli.facts(options)["started_with"].items())[1:] == (
        [(arguments[0].lstrip("-"), chosen.name)] if chosen else []
    )


def test_help_has_a_separate_group_for_mutations(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    printed = capsys.readouterr().out
    group = printed[printed.index("mutations:") : printed.index("examples:")]
    for option in ("--defect NAME", "--list-defects", "--variation NAME", "--list-variations"):
        assert option in group


def test_a_closed_pipe_ends_the_list_without_an_error() -> None:
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
def test_mutations_are_loaded_only_if_requested(arguments: list[str], loaded: bool) -> None:
    script = (
        "import sys\n"
        "from mock_server import cli\n"
        "cli.serve = lambda app, *_, **__: app(None, None, None).close()\n"  # stop at once
        f"cli.main(['--port', '0', '--deals', '1', *{arguments}])\n"
        "sys.exit('mock_server.mutations' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], timeout=60).returncode == loaded
