"""`--state FILE`: what a restart keeps, and that the file is whole at any moment."""

from __future__ import annotations

import json
import os
import random
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.mock_server.processes import MOCK, MockProcess, mock_process

PAGES = ("/api/deals?per_page=100", "/api/deals/pipeline", "/api/deals/stats", "/api/deals/export")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state.json"


def seen(mock: MockProcess, world: str = "", token: str = "") -> list[bytes]:
    """What the mock shows of a world."""
    answers = [mock.send("GET", path, world=world, token=token) for path in PAGES]
    assert [answer.status_code for answer in answers] == [200] * len(PAGES)
    return [answer.content for answer in answers]


def created(mock: MockProcess, name: str, world: str = "") -> int:
    answer = mock.send("POST", "/api/deals", world=world, json={"name": name, "stage_id": 1})
    assert answer.status_code == 201
    id_: int = answer.json()["data"]["id"]
    return id_


def refused(*options: str) -> str:
    """What a mock says that does not start."""
    done = subprocess.run([*MOCK, "--port", "0", *options], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    return done.stderr


def on_disk(file: Path) -> Any:
    return json.loads(file.read_bytes())


def names_on_disk(file: Path) -> int:
    return json.dumps(on_disk(file)).count("Kill ")


def wait_for(what: Any) -> None:
    while not what():
        time.sleep(0.05)


def test_a_restart_keeps_all_worlds_with_tokens_clocks_and_snapshots(file: Path) -> None:
    with mock_process("--state", str(file), "--deals", "20") as first:
        token = first.token
        assert f"All worlds are kept in {file}." in first.greeting
        began = seen(first)
        created(first, "In the base world")
        assert first.send("DELETE", "/api/deals/10", world="mine").status_code == 200
        assert first.send("PUT", "/__admin/snapshots/before", world="mine").status_code == 200
        last = created(first, "In a copy", "mine")
        gone = created(first, "Gone at once", "mine")
        assert first.send("DELETE", f"/api/deals/{gone}", world="mine").status_code == 200
        first.send("POST", "/__admin/clock/advance", world="mine", json={"days": 28})
        first.send("POST", "/__admin/worlds/other", json={"fixture": "everything-at-risk"})
        base, mine, other = seen(first), seen(first, "mine"), seen(first, "other", token)
        assert first.end() == 0
    with mock_process("--state", str(file), "--deals", "50") as second:
        assert f"The data comes from {file}, with 2 copies; --deals had no effect." in second.greeting
        worlds = second.send("GET", "/__admin/worlds").json()["data"]
        assert sorted(world["name"] for world in worlds) == ["base", "mine", "other"]
        assert second.send("GET", "/__admin/health").json()["started_with"] == {"state": str(file)}
        assert (seen(second), seen(second, "mine", token), seen(second, "other", token)) == (
            base,
            mine,
            other,
        )
        assert created(second, "The next id", "mine") == gone + 1
        restored = second.send("POST", "/__admin/snapshots/before/restore", world="mine")
        assert restored.json()["now"].startswith("2026-02-09T12:00:00")
        assert second.send("GET", f"/api/deals/{last}", world="mine").status_code == 404
        assert second.send("GET", "/api/deals/10", world="mine").status_code == 404
        assert (
            second.send("POST", "/__admin/reset", world="mine")
            .json()["now"]
            .startswith("2026-02-09T12:00:00")
        )
        second.send("POST", "/__admin/reset")
        assert seen(second) == began


def test_a_change_is_saved_soon_and_nothing_is_written_without_one(file: Path) -> None:
    with mock_process("--state", str(file), "--deals", "3") as mock:
        at_start = file.stat().st_ino
        created(mock, "Soon on disk")
        wait_for(lambda: "Soon on disk" in file.read_text())
        after = file.stat().st_ino
        assert after != at_start
        mock.send("GET", "/api/deals")
        time.sleep(2.5)
        assert file.stat().st_ino == after
        mock.send("POST", "/__admin/undo")
        wait_for(lambda: "Soon on disk" not in file.read_text())
        mock.send("POST", "/__admin/worlds/short-lived")
        wait_for(lambda: len(on_disk(file)["worlds"]) == 2)
        mock.send("DELETE", "/__admin/worlds/short-lived")
        wait_for(lambda: len(on_disk(file)["worlds"]) == 1)


def test_killed_at_any_moment_the_file_is_whole_and_never_older_than_the_one_before(file: Path) -> None:
    moments = random.Random(12)
    kept = 0
    for _ in range(12):
        with mock_process("--state", str(file)) as mock:
            assert mock.send("GET", "/api/deals?search=Kill").json()["total"] == kept
            made = saved = kept
            until = time.monotonic() + moments.uniform(0.5, 2.5)
            while time.monotonic() < until:
                made += 1
                created(mock, f"Kill {made}")
                saved = max(saved, names_on_disk(file))
            mock.process.kill()
            mock.process.wait()
        kept = names_on_disk(file)
        assert saved <= kept <= made
    assert kept > 0


def test_the_clock_of_an_exported_world_is_its_own_after_each_restart(file: Path) -> None:
    exported = file.with_name("bug.yaml")
    with mock_process("--deals", "12") as mock:
        mock.send("POST", "/__admin/clock/advance", json={"days": 28})
        exported.write_bytes(mock.send("GET", "/__admin/export").content)
    for _ in range(2):
        with mock_process("--fixture", str(exported), "--state", str(file), now="") as mock:
            assert "The clock stands still at 2026-03-09 12:00:00 UTC, as in the file." in mock.greeting
            assert mock.send("GET", "/__admin/export").content == exported.read_bytes()
            assert mock.send("GET", "/api/deals/10").status_code == 200
            assert mock.end() == 0


def test_two_mocks_cannot_have_one_file(file: Path) -> None:
    with mock_process("--state", str(file), "--deals", "3") as first:
        assert refused("--state", str(file)) == f"deals-mock: {file}: another mock is using it\n"
        link = file.parent / "link.json"
        link.symlink_to(file)
        assert "another mock is using it" in refused("--state", str(link))
        first.process.kill()
        first.process.wait()
    with mock_process("--state", str(file)) as next_one:
        assert "The data comes from" in next_one.greeting


@pytest.mark.skipif(os.name != "posix", reason="needs a directory that cannot be written to")
def test_a_place_that_cannot_be_written_to_is_one_line(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere" / "state.json"
    assert refused("--state", str(nowhere)) == (
        f"deals-mock: {nowhere}: cannot be written: no such file or directory\n"
    )
    assert refused("--state", str(tmp_path)).startswith(
        f"deals-mock: {tmp_path}: cannot be read: is a directory"
    )
    assert refused("--state", "/proc/state.json").startswith(
        "deals-mock: /proc/state.json: cannot be written: "
    )


def test_a_disk_that_is_full_later_is_said_once_and_tried_again(file: Path) -> None:
    with mock_process("--state", str(file), "--deals", "3") as mock:
        blocker = Path(f"{file}.new")
        blocker.mkdir()
        created(mock, "Saved later")
        line = mock.process.stderr.readline()
        assert f"{file}: cannot be written: is a directory; " in line
        created(mock, "And this")
        time.sleep(2.5)
        blocker.rmdir()
        wait_for(lambda: "And this" in file.read_text())
        assert mock.end() == 0
        assert mock.process.stderr.read() == ""


def test_a_file_that_cannot_be_used_is_named_and_left_alone(file: Path) -> None:
    with mock_process("--state", str(file), "--deals", "3") as mock:
        assert mock.end() == 0
    whole = file.read_text()
    file.write_text(whole[: len(whole) // 2])
    before = file.read_bytes()
    said = refused("--state", str(file))
    assert said.startswith(f"deals-mock: {file}: line 3, column ")
    assert said.endswith("; the file is left as it is\n")
    assert file.read_bytes() == before
