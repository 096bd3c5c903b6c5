"""Never green for nothing: what comes of a run that could judge little, through no fault of the server's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mock_server.testing import PASSWORD, Mock, build_mock
from tests.contract_tests.command import run
from tests.contract_tests.servers import serving

QUICK = ("--skip", "conformance,lifecycle")
PERSON = "admin"


class Gate:
    """An ASGI application in front of another one, which refuses some requests, whoever sends them."""

    def __init__(self, app: Any, *, writes: bool = True, requests: int = 1_000_000) -> None:
        self._app, self._writes, self._left = app, writes, requests

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass a request on, or refuse it."""
        self._left -= 1
        status = 401 if self._left < 0 else 403 if self._forbids(scope) else None
        if status is None:
            await self._app(scope, receive, send)
            return
        body = json.dumps({"success": False, "message": "No."}).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _forbids(self, scope: Any) -> bool:
        return not self._writes and scope["method"] != "GET" and not scope["path"].endswith("/login")


@pytest.fixture(scope="module")
def mock() -> Mock:
    return build_mock(deals=60)


def judged(mock: Mock, folder: Path, *options: str, token: bool = True, **gate: Any) -> tuple[int, str]:
    """The exit status of a run against this server, and its verdict."""
    email = ["--email", mock.person(PERSON).email, "--password", PASSWORD]
    with serving(Gate(mock.app, **gate)) as root:
        account = ["--token", mock.token(PERSON)] if token else email
        status, out, err = run("--base-url", f"{root}/api", *account, *options, directory=folder)
    return status, out + err


def test_a_token_that_may_only_read_is_no_verdict(mock: Mock, tmp_path: Path) -> None:
    status, said = judged(mock, tmp_path, *QUICK, writes=False)

    assert status == 2
    assert "judged only" in said
    assert "createDeal returned 403" in said


def test_a_token_that_expires_is_no_verdict(mock: Mock, tmp_path: Path) -> None:
    status, said = judged(mock, tmp_path, *QUICK, requests=150)

    assert status == 2
    assert "0 violations" in said


def test_a_run_that_was_cut_short_is_no_verdict(mock: Mock, tmp_path: Path) -> None:
    status, said = judged(mock, tmp_path, *QUICK, "--max-time", "1")

    assert status == 2
    assert "judged only" in said


def test_a_run_that_leaves_everything_out_is_no_verdict(mock: Mock, tmp_path: Path) -> None:
    status, said = judged(mock, tmp_path, "--only", "listDeals", "--skip", "listDeals")

    assert status == 2
    assert "judged nothing" in said


def test_one_rule_that_cannot_be_judged_is_no_verdict(mock: Mock, tmp_path: Path) -> None:
    rule = "requests_with_an_expired_token_are_refused"
    status, said = judged(mock, tmp_path, "--only", rule, "--min-judged", "0")

    assert status == 2
    assert "requires --expired-token" in said


@pytest.mark.parametrize(("option", "token"), [("", False), ("--read-only", True), ("--skip=Stages", False)])
def test_what_options_leave_out_does_not_count(mock: Mock, tmp_path: Path, option: str, token: bool) -> None:
    status, said = judged(mock, tmp_path, *QUICK, *filter(None, [option]), token=token)

    assert status == 0, said
