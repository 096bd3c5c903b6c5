"""`--max-time` and the clean-up after it hold whatever the server does."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from contract_tests.client import cleanup, patience
from contract_tests.client.cleanup import clean_up, time_for
from contract_tests.client.errors import HaltedError, OutOfTimeError, TimedOutError
from contract_tests.client.time_limit import TimeLimits
from contract_tests.run.suite import Suite
from contract_tests.settings.settings import Settings
from tests.contract_tests.builders import TOKEN, target
from tests.contract_tests.little_server import LittleServer, LittleWorld, Received, Reply, little_server, page

SOON = 30.0  # seconds; what hangs would take minutes


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PAUSES", (0.001,))
    monkeypatch.setattr(patience, "RECOVERY", (0.001,))
    monkeypatch.setattr(cleanup, "ONE_RESPONSE", 0.3)
    monkeypatch.setattr(cleanup, "SHORTEST", 1.0)


@pytest.fixture
def world() -> LittleWorld:
    return LittleWorld(TOKEN)


@pytest.fixture
def hang() -> Iterator[threading.Event]:
    """Once set, the server no longer responds."""
    hang = threading.Event()
    yield hang
    hang.clear()


@pytest.fixture
def server(world: LittleWorld, hang: threading.Event) -> Iterator[LittleServer]:
    def answer(request: Received) -> Reply:
        while hang.is_set():
            time.sleep(0.02)
        return world(request)

    with little_server(answer) as server:
        yield server
        hang.clear()


def suite_at(server: LittleServer, **settings: Any) -> Suite:
    suite = Suite(Settings(base_url=server.url, token=TOKEN, **settings))
    suite.open()
    return suite


def made(suite: Suite, count: int) -> None:
    for number in range(count):
        suite.client.call("createDeal", json={"name": f"{suite.run_id} {number}", "stage_id": 1})


def test_a_hanging_request_ends_when_the_time_is_over(server: LittleServer, hang: threading.Event) -> None:
    asked = target(server.url)
    hang.set()
    started = time.monotonic()
    asked.stop.deadline = started + 0.3

    with pytest.raises(OutOfTimeError, match=r"--max-time\) was reached: GET .*no complete response within"):
        asked.call("listDeals")
    assert time.monotonic() - started < SOON


def test_a_server_that_hangs_is_lost(server: LittleServer, hang: threading.Event) -> None:
    suite = suite_at(server, request_timeout=0.3)
    first = suite.client.sent + 1
    hang.set()
    with pytest.raises(HaltedError):
        suite.client.call("getDeal", id=7)
    suite.close()

    assert f"no complete response within 0.3 s (the last 2 requests, since request {first})" in suite.lost


def test_an_operation_that_hangs_alone_is_not_the_server(server: LittleServer, world: LittleWorld) -> None:
    suite = suite_at(server, request_timeout=0.3)
    ended = threading.Event()
    server.answer = lambda r: (r.path == "/deals/7" and ended.wait(20), world(r))[1]
    with pytest.raises(TimedOutError):
        suite.client.call("getDeal", id=7)
    ended.set()

    assert suite.client.call("listDeals").ok
    assert suite.lost == ""


def test_clean_up_of_a_hanging_server_gives_up_and_says_what_is_left(
    server: LittleServer, hang: threading.Event
) -> None:
    suite = suite_at(server, max_time=60.0)
    made(suite, 20)
    hang.set()
    started = time.monotonic()
    suite.close()

    assert time.monotonic() - started < SOON
    left = "\n".join(suite.left)
    assert "deal 117, 116, 115, 114, 113, 112, 111, 110, 109, 108 and 8 more: not deleted (" in left
    assert "the server stopped responding" in suite.lost
    assert any(f"deals-contract clean-up --run-id {suite.run_id}" in each for each in suite.recorder.remarks)


def test_clean_up_gives_up_when_its_time_is_over(server: LittleServer, world: LittleWorld) -> None:
    suite = suite_at(server, max_time=2.0)
    made(suite, 30)
    server.answer = lambda request: (time.sleep(0.1), world(request))[1]
    started = time.monotonic()
    suite.close()

    assert time.monotonic() - started < SOON
    assert "the time for the clean-up (1 s) was reached" in suite.left[-1]
    assert 0 < len(world.deals) < 30


def test_clean_up_without_max_time_takes_as_long_as_it_succeeds(
    server: LittleServer, world: LittleWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cleanup, "LONGEST", 1.0)
    suite = suite_at(server)
    made(suite, 30)
    server.answer = lambda request: (time.sleep(0.05), world(request))[1]
    suite.close()

    assert (suite.left, world.deals) == ([], {})


def test_clean_up_of_a_server_behind_a_broken_gateway_gives_up(server: LittleServer) -> None:
    suite = suite_at(server)
    made(suite, 20)
    server.received.clear()
    server.answer = lambda _: page(503, "Out of order")
    suite.close()

    assert len(server.received) <= 6
    assert "503 (a web page: Out of order)" in suite.left[-1]


def test_an_error_of_the_application_does_not_keep_the_rest_from_being_deleted(
    server: LittleServer, world: LittleWorld
) -> None:
    suite = suite_at(server)
    made(suite, 5)
    server.answer = lambda r: Reply(500, {}) if r.path in ("/deals/104", "/deals/103") else world(r)
    suite.close()

    assert set(world.deals) == {103, 104}
    assert suite.left == [
        "deal 104: DELETE /deals/104 returned 500",
        "deal 103: DELETE /deals/103 returned 500",
    ]


@pytest.mark.parametrize(
    ("max_time", "seconds"), [(None, 30.0), (5.0, 1.0), (20.0, 10.0), (60.0, 30.0), (6000.0, 30.0)]
)
def test_the_clean_up_has_a_time_of_its_own(max_time: float | None, seconds: float) -> None:
    found = time_for(Settings("http://there/api", max_time=max_time))
    assert found == (2.5 if max_time == 5.0 else seconds)


def test_keep_deletes_nothing_but_restores_the_order_of_the_stages(
    server: LittleServer, world: LittleWorld
) -> None:
    suite = suite_at(server, keep=True)
    made(suite, 2)
    suite.client.call("reorderPipelineStages", json={"order": [3, 1, 2]})
    suite.close()

    assert set(world.deals) == {100, 101}
    assert world.order() == [1, 2, 3]
    assert (suite.kept, suite.left) == (["deal 101", "deal 100"], [])
    assert any("clean-up --run-id" in each for each in suite.recorder.remarks)


def test_an_interrupt_during_clean_up_lists_what_is_left(
    server: LittleServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    suite = suite_at(server)
    made(suite, 2)

    def interrupted(_: object) -> list[str]:
        raise KeyboardInterrupt

    monkeypatch.setattr("contract_tests.run.suite.clean_up", interrupted)
    suite.close()

    assert suite.left == ["deal 101, 100: not deleted (interrupted)"]
    assert suite.exit_status == 2


def test_all_exchanges_can_be_broken_off(server: LittleServer, hang: threading.Event) -> None:
    asked = target(server.url)
    hang.set()
    failures: list[Exception] = []

    def ask() -> None:
        try:
            asked.call("listDeals")
        except Exception as error:
            failures.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    until = time.monotonic() + SOON
    while not failures and time.monotonic() < until:
        asked.transport.end_all()
        time.sleep(0.02)
    thread.join(SOON)

    assert [type(error) for error in failures] == [TimedOutError]


def test_the_thread_of_the_time_limits_ends_with_them() -> None:
    limits = TimeLimits()
    with limits.of(0.05):
        pass
    until = time.monotonic() + SOON
    while limits._wakes_at is not None and time.monotonic() < until:
        time.sleep(0.01)

    assert limits._wakes_at is None


def test_clean_up_signs_in_again_if_the_token_has_ended(server: LittleServer, world: LittleWorld) -> None:
    tokens = iter(["first", "second"])

    def answer(request: Received) -> Reply:
        if request.path == "/auth/login":
            world.token = next(tokens)
            return Reply(body={"success": True, "token": world.token, "user": {}})
        return world(request)

    server.answer = answer
    suite = Suite(Settings(base_url=server.url, email="a@b.example", password="secret-1234"))
    suite.open()
    made(suite, 2)
    world.token = "ended"
    suite.close()

    assert (world.deals, suite.left) == ({}, [])


def test_nothing_is_cleaned_up_that_was_not_written(server: LittleServer) -> None:
    asked = target(server.url)
    asked.call("listDeals")
    server.received.clear()

    assert clean_up(asked) == []
    assert server.received == []
