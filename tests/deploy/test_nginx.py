"""One mock for a whole company, with the nginx files of deploy/: four processes, 50 worlds, 50 clients."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from benchmarks.company import KEY, Company, MockBehind, company, nginx_path

WORLDS = [f"team-{number}" for number in range(50)]
OPTIONS = ["--deals", "20", "--require-world"]
CLIENT = httpx.Client(timeout=60, verify=False)


@pytest.mark.skipif(not nginx_path(), reason="nginx is not installed")
def test_one_mock_for_a_whole_company(tmp_path: Path, subtests: pytest.Subtests) -> None:
    # One test, because each process of pytest-xdist would start all of it again.
    state = tmp_path / "state.json"  # of the first process; the others have none
    with CLIENT, company([*OPTIONS, "--state", str(state)], OPTIONS, OPTIONS, OPTIONS) as running:
        with ThreadPoolExecutor(len(WORLDS)) as clients:
            list(clients.map(lambda world: work(running, world), WORLDS))
        for claim in (
            each_client_sees_its_world_and_no_other,
            each_world_lives_in_one_process,
            a_world_is_controlled_where_it_lives,
            nobody_controls_a_mock_without_the_key,
            a_request_without_a_world_is_refused,
        ):
            with subtests.test(claim.__name__):
                claim(running)
        with subtests.test("a killed process loses only its worlds, and none with a state file"):
            killed_processes_lose_only_their_worlds(running, state)


def work(running: Company, world: str) -> None:
    """Make three deals, naming the world in each way."""
    for number, (prefix, headers) in enumerate(ways_to_name(world)):
        deal = {"name": f"made in {world}, {number}", "stage_id": 1}
        assert send(running, "POST", f"{prefix}/api/deals", headers=headers, json=deal).status_code == 201


def each_client_sees_its_world_and_no_other(running: Company) -> None:
    for world in WORLDS:
        assert made_in(running, world) == [f"made in {world}, {number}" for number in range(3)]


def each_world_lives_in_one_process(running: Company) -> None:
    lives = [worlds_of(mock) for mock in running.mocks]
    assert all(lives)
    assert sorted(name for worlds in lives for name in worlds) == sorted(WORLDS)


def a_world_is_controlled_where_it_lives(running: Company) -> None:
    for prefix, headers in ways_to_name(WORLDS[0]):
        changes = send(running, "GET", f"{prefix}/__admin/history", headers=headers).json()["data"]
        assert len(changes) == 3
    for made in ("made-first", "made-second", "made-third"):
        assert send(running, "POST", f"/__admin/worlds/{made}", json={"fixture": "empty"}).status_code == 201
        assert send(running, "GET", f"/worlds/{made}/api/deals").json()["total"] == 0
        assert send(running, "DELETE", f"/__admin/worlds/{made}").status_code == 200
        assert not any(made in worlds_of(mock) for mock in running.mocks)


def nobody_controls_a_mock_without_the_key(running: Company) -> None:
    """Through the proxy everybody comes from this machine, so the key alone keeps others out."""
    for path in ("/__admin/worlds", f"/worlds/{WORLDS[0]}/__admin/history"):
        assert send(running, "GET", path, headers={"X-Mock-Admin-Key": "guessed-key"}).status_code == 403


def a_request_without_a_world_is_refused(running: Company) -> None:
    assert send(running, "GET", "/api/deals").status_code == 400


def killed_processes_lose_only_their_worlds(running: Company, state: Path) -> None:
    keeps, forgets = running.mocks[0], running.mocks[3]
    kept, forgotten = worlds_of(keeps), worlds_of(forgets)
    until_saved(state, kept)
    for mock in (keeps, forgets):
        mock.kill()
    for world in WORLDS:
        is_down = world in kept | forgotten
        status = send(running, "GET", f"/worlds/{world}/api/deals").status_code
        assert status == (502 if is_down else 200), world
    for mock in (keeps, forgets):
        mock.start()
    for mock in (keeps, forgets):
        mock.wait()
    for world in WORLDS:
        assert len(made_in(running, world)) == (0 if world in forgotten else 3), world


def send(running: Company, method: str, path: str, **more: Any) -> httpx.Response:
    """Any request to the proxy, as an admin who has the key."""
    headers = {"Authorization": f"Bearer {running.token}", "X-Mock-Admin-Key": KEY, **more.pop("headers", {})}
    return CLIENT.request(method, running.url + path, headers=headers, **more)


def ways_to_name(world: str) -> list[tuple[str, dict[str, str]]]:
    """What comes before the path, and the headers."""
    return [
        (f"/worlds/{world}", {}),
        ("", {"X-Mock-World": world}),
        ("", {"Cookie": f"theme=dark; X-Mock-World={world}"}),
    ]


def made_in(running: Company, world: str) -> list[str]:
    """The names of the deals that clients have made in a world."""
    found = send(running, "GET", f"/worlds/{world}/api/deals?search=made%20in").json()["data"]
    return sorted(deal["name"] for deal in found)


def worlds_of(mock: MockBehind) -> set[str]:
    """The worlds in a process, asked past the proxy."""
    listed = CLIENT.get(f"{mock.told['address']}/__admin/worlds", headers={"X-Mock-Admin-Key": KEY})
    return {world["name"] for world in listed.json()["data"]} - {"base"}


def until_saved(state: Path, worlds: set[str]) -> None:
    """Wait until the state file, which is written about once a second, has what the clients have made."""
    while not state.exists() or any(
        state.read_text("utf-8").count(f"made in {world}, ") < 3 for world in worlds
    ):
        time.sleep(0.1)
