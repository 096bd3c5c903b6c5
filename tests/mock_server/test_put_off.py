"""What the mock never uses is not loaded with it, and works for whoever uses it all the same."""

from __future__ import annotations

import subprocess
import sys

import pytest

from deals_spec.document import CHECKOUT
from mock_server.framework import NOT_USED
from mock_server.put_off import put_off

ROOT = CHECKOUT.parent.parent


def printed_by(code: str) -> str:
    """What a process of its own prints, in which nothing has been loaded before."""
    command = [sys.executable, "-W", "ignore", "-c", code]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def test_the_mock_is_loaded_without_them() -> None:
    names = {*NOT_USED, "urllib3"}
    assert printed_by(f"import mock_server.cli, sys; print({names} & set(sys.modules))") == "set()"


@pytest.mark.parametrize("option", ["--help", "--version", "--dales"])
def test_what_only_says_something_does_not_wait_for_the_server(option: str) -> None:
    code = (
        "import contextlib, os, sys\n"
        "from mock_server.__main__ import main\n"
        f"sys.argv[1:] = [{option!r}]\n"
        "sys.stdout, out = open(os.devnull, 'w'), sys.stdout\n"
        "with contextlib.suppress(SystemExit):\n"
        "    main()\n"
        "print({'connexion', 'faker', 'flask', 'starlette', 'yaml'} & set(sys.modules), file=out)"
    )
    assert printed_by(code) == "set()"


@pytest.mark.parametrize(
    ("connexions", "itself"),
    [
        ("connexion.security.httpx.AsyncClient", "httpx.AsyncClient"),
        ("connexion.json_schema.requests.get", "requests.get"),
        ("type(connexion.AsyncApp('app').test_client())", "starlette.testclient.TestClient"),
    ],
)
def test_what_connexion_has_of_them_is_the_thing_itself(connexions: str, itself: str) -> None:
    code = (
        "import mock_server.cli, connexion, connexion.security, connexion.json_schema;"
        f"used = {connexions};"
        f"import {itself.rpartition('.')[0]};"
        f"print(used is {itself})"
    )
    assert printed_by(code) == "True"


def test_who_imports_one_later_has_the_module_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    with put_off({"colorsys": ()}):
        import colorsys as stand_in
    assert "colorsys" not in sys.modules
    import colorsys

    assert stand_in is not colorsys
    assert stand_in.hls_to_rgb is colorsys.hls_to_rgb


def test_what_is_loaded_already_stays() -> None:
    with put_off({"json": ()}):
        import json
    assert json is sys.modules["json"]
    assert json.dumps(1) == "1"


def test_what_is_used_at_once_is_loaded_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    with put_off({"colorsys": ()}):
        from colorsys import hls_to_rgb
    assert hls_to_rgb(0, 1, 0) == (1, 1, 1)
    assert hls_to_rgb is sys.modules["colorsys"].hls_to_rgb
