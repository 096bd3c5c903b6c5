"""The command, as it is called: how it ends, and what it says."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import time
from pathlib import Path
from typing import Any

import pytest

from contract_tests.cli import _Run, main
from contract_tests.report.terminal import Terminal
from contract_tests.run.interrupts import Interrupts
from tests.contract_tests.builders import TOKEN
from tests.contract_tests.command import PASSWORD, run, started
from tests.contract_tests.little_server import LittleServer, LittleWorld, Received, Reply


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


THERE = ["--base-url", "http://there/api"]
SIGNED = [*THERE, "--token", TOKEN]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--token", TOKEN], "--base-url (or DEALS_BASE_URL) is required"),
        (THERE, "credentials are required: --token (or DEALS_TOKEN)"),
        ([*THERE, "--tokn", TOKEN], "unknown option --tokn; did you mean --token?"),
        ([*THERE, f"--tokn={TOKEN}"], "unknown option --tokn"),
        ([*THERE, TOKEN], "unexpected argument that follows no option"),
        ([*THERE, "--token"], "argument --token: expected one argument"),
        ([*SIGNED, "--seed", "x"], "--seed must be a whole number, but is 'x'"),
        ([*SIGNED, "--only", "listDeal"], "did you mean listDeals?"),
        ([*SIGNED, "--skip", "pages_partition"], "--skip: there is no law, check, operation, tag or part"),
        ([*SIGNED, "--waivers", "none"], "--waivers must be an existing file, but is 'none'"),
        ([*SIGNED, "--config", "none.toml"], "cannot read the settings file none.toml"),
        ([*SIGNED, f"--insecure={TOKEN}"], "argument --insecure takes no value"),
        ([*SIGNED, "--report-dir", f"{__file__}/below"], "--report-dir must not be below the file"),
        ([*SIGNED, "--compare", __file__], "test_cli.py is not a report.json of deals-contract"),
        ([*SIGNED, "--update-waivers", __file__], "cannot read the waivers file"),
        (["--list", "law"], "argument --list: invalid choice: 'law'"),
        (["clean-up", *SIGNED], "the following arguments are required: --run-id"),
    ],
)
def test_a_wrong_option_ends_with_one_line_and_2(
    arguments: list[str],
    complaint: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("DEALS_")]:
        monkeypatch.delenv(name)
    code = main(arguments)
    out, err = capsys.readouterr()

    assert (code, out) == (2, "")
    assert TOKEN not in err
    assert err.startswith("deals-contract could not run: ")
    assert complaint in err
    assert err.count("\n") == 1


def test_a_dead_port_ends_with_one_line_and_2(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}/api"
    code, _, err = run("--base-url", url, directory=tmp_path, DEALS_TOKEN=TOKEN)

    assert code == 2
    assert err.startswith("deals-contract could not run: cannot reach the server: GET http://127.0.0.1")
    assert err.count("\n") == 1


def test_a_wrong_token_ends_with_one_line_and_2(server: LittleServer, tmp_path: Path) -> None:
    server.answer = LittleWorld("another token")
    code, _, err = run("--base-url", server.url, "--token", TOKEN, directory=tmp_path)

    assert code == 2
    assert f"access denied: {server.url} returned 401 for the token" in err
    assert err.count("\n") == 1


def test_a_wrong_password_ends_with_one_line_and_2(server: LittleServer, tmp_path: Path) -> None:
    code, _, err = run(
        "--base-url", server.url, "--email", "a@b.example", directory=tmp_path, DEALS_PASSWORD=PASSWORD
    )

    assert code == 2
    assert "sign-in as a@b.example failed: /auth/login returned 401" in err


def test_a_forgotten_base_path_is_named(server: LittleServer, tmp_path: Path) -> None:
    root, world = server.url.removesuffix("/api"), LittleWorld(TOKEN)
    server.answer = lambda request: world(request) if request.inside else Reply(404, {})
    code, _, err = run("--base-url", root, "--token", TOKEN, directory=tmp_path)

    assert code == 2
    assert f"no Deals API at {root}: /deals/stages returned 404; did you mean {server.url}?" in err


def test_a_run_reports_and_ends_with_its_verdict(server: LittleServer, tmp_path: Path) -> None:
    code, out, err = run(
        "--base-url", server.url, "--only", "listDealStages", "--report-dir", "out", directory=tmp_path,
        DEALS_TOKEN=TOKEN,
    )  # fmt: skip
    report = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))

    assert (code, err) == (1, "")  # the little server's stages lack most of their fields
    assert out.splitlines()[-1] == report["closing"]
    assert report["closing"].startswith("Does not conform: ")
    assert {f["operation"] for f in report["findings"]} == {"listDealStages"}
    for path in filter(Path.is_file, (tmp_path / "out").rglob("*")):  # the scripts, too
        assert TOKEN not in path.read_text("utf-8")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_cleans_up_and_says_so(number: int, server: LittleServer, tmp_path: Path) -> None:
    world = LittleWorld(TOKEN)

    def slowly_answered(request: Received) -> Reply:
        reply = world(request)
        time.sleep(0.5 if request.method == "POST" else 0)  # the interrupt comes before the first response
        return reply

    server.answer = slowly_answered
    slowly = ["--rate-limit", "60/s", "--only", "createDeal"]
    process = started("--base-url", server.url, *slowly, "--token", TOKEN, directory=tmp_path)
    until = time.monotonic() + 60
    while not world.deals and time.monotonic() < until and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)

    assert process.returncode == 2, out + err
    assert "Interrupted: cleaning up" in out
    assert out.splitlines()[-1].startswith("Interrupted: ")
    assert (world.deals, set(world.stages), world.order()) == ({}, {1, 2, 3}, [1, 2, 3])


def test_an_interrupt_that_got_lost_ends_the_run_before_the_next_rule() -> None:
    interrupts = Interrupts()
    run: Any = _Run(Any, Terminal(io.StringIO()), Any, interrupts)
    with interrupts.deferred():
        interrupts.handle(signal.SIGINT, None)
    with pytest.raises(KeyboardInterrupt):
        run.pytest_runtest_logstart("test_laws.py::test_law[any]")


def test_the_first_violation_ends_the_run_if_asked(server: LittleServer, tmp_path: Path) -> None:
    code, out, _ = run("--base-url", server.url, "--token", TOKEN, "-x", directory=tmp_path)

    assert code == 1
    assert "stopped at the first violation" in out
    assert len(server.received) < 10


def test_no_part_of_a_run_hides_that_it_was_cut_short(server: LittleServer, tmp_path: Path) -> None:
    words = ["--base-url", server.url, "--token", TOKEN, "--only", "createDeal", "--max-time", "0.01"]
    code, out, err = run(*words, directory=tmp_path)

    assert "Conforms:" not in out
    assert code == 2 or "--max-time" in out, err


def left_behind(world: LittleWorld) -> None:
    world.deals |= {7: {"id": 7, "name": "dc-0a1b2c a deal"}, 8: {"id": 8, "name": "somebody's"}}
    world.stages[4] = {"id": 4, "name": "dc-0a1b2c a stage", "display_order": 4}


def test_clean_up_deletes_what_a_run_has_left_and_nothing_else(server: LittleServer, tmp_path: Path) -> None:
    world = LittleWorld(TOKEN)
    left_behind(world)
    server.answer = world
    words = ["clean-up", "--run-id", "dc-0a1b2c", "--base-url", server.url, "--token", TOKEN]
    code, out, err = run(*words, directory=tmp_path)

    assert (code, out, err) == (0, "Run dc-0a1b2c: nothing is left\n", "")
    assert (set(world.deals), set(world.stages)) == ({8}, {1, 2, 3})


def test_clean_up_says_what_it_could_not_delete(server: LittleServer, tmp_path: Path) -> None:
    world = LittleWorld(TOKEN)
    left_behind(world)
    server.answer = lambda request: Reply(403, {}) if request.method == "DELETE" else world(request)
    words = ["clean-up", "--run-id", "dc-0a1b2c", "--base-url", server.url, "--token", TOKEN]
    code, out, _ = run(*words, directory=tmp_path)

    assert code == 2
    assert "Not cleaned up: deal 7: " in out
    assert out.endswith("Run dc-0a1b2c: something is left\n")


def test_clean_up_refuses_what_is_no_run(tmp_path: Path) -> None:
    words = ["clean-up", "--run-id", "dc", *SIGNED]
    code, out, err = run(*words, directory=tmp_path)

    assert (code, out) == (2, "")
    assert err == "deals-contract could not run: 'dc' is not the id of a run, such as dc-0a1b2c\n"
