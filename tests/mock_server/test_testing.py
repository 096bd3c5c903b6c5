"""`mock_server.testing` as used by somebody who tests a client of the API."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import httpx
import pytest

from mock_server.mutations import UnknownMutationError, all_defects
from mock_server.testing import (
    PASSWORD,
    Mock,
    RunningMock,
    TickingClock,
    WorldFileError,
    build_mock,
    running_mock,
)

NOW = "2026-02-09T12:00:00Z"


def fetch(mock: RunningMock, path: str, body: Any = None, role: str = "admin") -> tuple[int, Any]:
    """Status and body of a GET, or of a POST if there is a body."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", **mock.headers(role)}
    try:
        with urlopen(Request(mock.api_url + path, data, headers), timeout=20) as response:
            return response.status, json.load(response)
    except HTTPError as error:
        return error.code, json.load(error)


def total(mock: RunningMock) -> int:
    """How many deals the list has."""
    status, body = fetch(mock, "/deals")
    assert status == 200
    return int(body["total"])


def test_a_mock_runs_with_the_world_that_is_asked_for() -> None:
    with running_mock(deals=20, now=NOW) as mock:
        assert mock.api_url == f"{mock.url}/api"
        assert total(mock) == len(mock.world.deals) == 20
        status, created = fetch(mock, "/deals", {"name": "New", "stage_id": 1}, "rep")
        assert status == 201
        assert created["data"]["created_at"] == "2026-02-09T12:00:00.000000Z"
        assert mock.world.deals[created["data"]["id"]].name == "New"


def test_a_mock_ends_with_its_block_and_leaves_nothing() -> None:
    threads = set(threading.enumerate())
    with running_mock(deals=1) as mock:
        total(mock)
        assert set(threading.enumerate()) != threads
    assert set(threading.enumerate()) <= threads
    with pytest.raises(OSError, match="refused"):
        urlopen(mock.url, timeout=5)


def test_a_mock_ends_with_a_block_that_fails() -> None:
    threads = set(threading.enumerate())
    with pytest.raises(ZeroDivisionError), running_mock(deals=1):
        _ = 1 / 0
    assert set(threading.enumerate()) <= threads


def test_two_mocks_at_once_know_nothing_of_each_other() -> None:
    with running_mock(deals=3) as one, running_mock(deals=5, mutation="page-is-ignored") as other:
        fetch(one, "/deals", {"name": "New", "stage_id": 1})
        assert one.url != other.url
        assert (total(one), total(other)) == (4, 5)


def test_reset_goes_back_to_the_first_world() -> None:
    with running_mock(deals=3, now=NOW) as mock:
        token, first = mock.token("rep"), mock.world
        fetch(mock, "/deals", {"name": "New", "stage_id": 1})
        assert total(mock) == 4
        mock.reset()
        assert mock.world is first
        assert total(mock) == 3
        assert mock.token("rep") == token


@pytest.mark.parametrize("mutation", ["page-is-ignored", all_defects()["page-is-ignored"]])
def test_a_mock_may_be_faulty(mutation: Any) -> None:
    with running_mock(deals=30, mutation=mutation) as mock:
        _, first = fetch(mock, "/deals?per_page=10&page=1")
        _, second = fetch(mock, "/deals?per_page=10&page=2")
        assert first["data"] == second["data"]


def test_a_mutation_is_on_for_every_kind() -> None:
    assert build_mock(deals=1, mutation="won-0-is-not-won").app


def test_people_are_who_their_role_says() -> None:
    with running_mock(deals=1) as mock:
        stage = {"name": "Signed"}
        assert [fetch(mock, "/pipeline-stages", stage, role)[0] for role in ("rep", "admin")] == [403, 201]
        for role in mock.contract.roles:
            person = mock.person(role)
            login = {"email": person.email, "password": PASSWORD}
            assert person.role == role
            assert fetch(mock, "/auth/login", login)[1]["user"]["id"] == person.id


async def answer(mock: Mock, token: str) -> int:
    transport = httpx.ASGITransport(mock.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://mock") as client:
        response = await client.get("/api/deals", headers={"Authorization": f"Bearer {token}"})
        return response.status_code


def ask(mock: Mock, token: str) -> int:
    """The status of the list of deals, in this process."""
    return asyncio.run(answer(mock, token))


def test_in_the_same_process_no_socket_is_needed() -> None:
    mock = build_mock(deals=3, now=NOW)
    assert ask(mock, mock.token("rep")) == 200
    assert ask(mock, mock.expired_token("rep")) == 401


def test_time_goes_on_as_the_clock_of_a_test_does() -> None:
    clock = TickingClock(datetime(2026, 2, 9, tzinfo=UTC))
    mock = build_mock(deals=3, clock=clock)
    token = mock.token()
    clock.tick(timedelta(days=29))
    assert ask(mock, token) == 200
    clock.tick(timedelta(days=2))
    assert ask(mock, token) == 401
    clock.set(datetime(2026, 2, 9))
    assert ask(mock, token) == 200


def test_the_same_arguments_give_the_same_world() -> None:
    one, other = (build_mock(deals=20, seed=7, now=NOW) for _ in range(2))
    assert list(one.world.deals) == list(other.world.deals)
    assert list(one.world.deals) != list(build_mock(deals=20, seed=8, now=NOW).world.deals)


def test_a_world_may_be_a_fixture_a_file_or_a_value(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("companies:\n- {id: 7, name: Mine}\n")
    assert len(build_mock(fixture="empty").world.deals) == 0
    for mine in (build_mock(fixture=file), build_mock(fixture=str(file))):
        assert [company.name for company in mine.world.companies] == ["Mine"]
        assert build_mock(world=mine.world).world is mine.world


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        (
            {"mutatoin": "page-is-ignored"},
            ValueError,
            "unknown option mutatoin; must be one of: fixture",
        ),
        ({"deals": -1}, ValueError, "deals must be an integer of at least 0, not -1"),
        ({"deals": "20"}, ValueError, "deals must be an integer of at least 0, not '20'"),
        ({"seed": True}, ValueError, "seed must be an integer"),
        (
            {"now": "noon"},
            ValueError,
            "'noon' is not a valid time; expected a form such as 2026-01-15T09:30:00Z",
        ),
        (
            {"now": NOW, "clock": TickingClock(datetime(2026, 1, 1))},
            ValueError,
            "now and clock cannot be combined",
        ),
        ({"world": build_mock(deals=1).world, "deals": 1}, ValueError, "world cannot be combined with deals"),
        ({"fixture": "no-such"}, WorldFileError, "no such file or fixture; the fixtures are"),
        ({"fixture": "empty", "deals": 5}, WorldFileError, "has no recipe, so deals cannot be set"),
        ({"mutation": "page-ignored"}, UnknownMutationError, "did you mean page-is-ignored"),
        ({"mutation": "xyzzy"}, UnknownMutationError, "--list-defects and --list-variations"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(
    arguments: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        build_mock(**arguments)
    with pytest.raises(error, match=said), running_mock(**arguments):
        pytest.fail("It runs")


def test_a_role_that_nobody_has_is_refused() -> None:
    mock = build_mock(deals=1)
    with pytest.raises(ValueError, match="role must be one of rep, manager, admin, not 'boss'"):
        mock.token("boss")
    lonely = build_mock(world=mock.world.drop("users", *(u.id for u in mock.world.users if u.role == "rep")))
    with pytest.raises(ValueError, match="no user in this world has the role 'rep'"):
        lonely.headers("rep")


def test_a_sound_mock_does_not_load_the_mutations() -> None:
    script = (
        "import sys\n"
        "from mock_server.testing import build_mock\n"
        "build_mock(deals=1).app\n"
        "sys.exit('mock_server.mutations' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], timeout=60).returncode == 0


def test_importing_the_mock_neither_warns_nor_silences() -> None:
    script = (
        "import warnings\n"
        "before = list(warnings.filters)\n"
        "import mock_server.testing\n"
        "assert warnings.filters == before\n"
    )
    ended = subprocess.run([sys.executable, "-W", "error", "-c", script], capture_output=True, timeout=60)
    assert (ended.stderr, ended.returncode) == (b"", 0)
