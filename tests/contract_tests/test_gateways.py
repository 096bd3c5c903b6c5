"""What stands between the run and the application: gateways that answer in its place, cut connections."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from contract_tests.client import pace, patience
from contract_tests.client.errors import HaltedError, UnreachableError
from contract_tests.client.exchange import Exchange
from contract_tests.client.pace import retry_after
from contract_tests.laws.law import Law
from contract_tests.run.attempts import REPEATED
from contract_tests.run.law_runner import judge_law
from contract_tests.run.suite import Suite
from contract_tests.scene.expectations import expect
from contract_tests.scene.scene import Scene
from contract_tests.settings.settings import Settings
from contract_tests.verdict.findings import Kind
from tests.contract_tests.builders import TOKEN, target
from tests.contract_tests.little_server import (
    DROPPED,
    LittleServer,
    LittleWorld,
    Received,
    Reply,
    page,
)

DEAL = {"name": "dc-abc123 one", "stage_id": 1}
ERROR = {"success": False, "message": "Sorry"}


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PAUSES", (0.001, 0.001, 0.001))
    monkeypatch.setattr(patience, "RECOVERY", (0.001,) * 5)


@pytest.fixture
def suite(server: LittleServer) -> Suite:
    """A run that has begun; what it saw at first is forgotten."""
    suite = Suite(Settings(base_url=server.url, token=TOKEN))
    suite.open()
    server.received.clear()
    return suite


def interrupting(server: LittleServer, world: LittleWorld, reply: Reply, *, times: int = 10**9) -> None:
    """Give this reply so often, and then the world's."""
    left = iter(range(times))
    server.answer = lambda request: world(request) if next(left, None) is None else reply


def broken_for(
    server: LittleServer, world: LittleWorld, reply: Reply, concerned: Callable[[Received], bool]
) -> None:
    server.answer = lambda request: reply if concerned(request) else world(request)


def seen_by(suite: Suite) -> list[int]:
    seen: list[int] = []
    suite.client.observers.append(lambda exchange: seen.append(exchange.status))
    return seen


def violations(suite: Suite) -> list[tuple[str, str]]:
    return [(f.rule, f.operation) for f in suite.recorder.of(Kind.VIOLATION)]


@pytest.mark.parametrize(
    "reply",
    [page(502), page(503), page(504), page(404), page(200), page(403), DROPPED,
     Reply(503, b"upstream connect error", content_type="text/plain"),
     Reply(502, {"message": "An invalid response was received from the upstream server"})],
)  # fmt: skip
def test_what_is_not_the_applications_is_asked_again(
    reply: Reply, suite: Suite, server: LittleServer, world: LittleWorld
) -> None:
    seen = seen_by(suite)
    interrupting(server, world, reply, times=1)

    assert suite.client.call("listDeals").status == 200
    assert seen == [200]
    assert server.calls() == [("GET", "/deals")] * 2


@pytest.mark.parametrize(("reply", "repeated"), [(page(502), True), (page(503), False), (DROPPED, True)])
def test_a_write_is_asked_again_and_says_that_it_may_have_been_applied_twice(
    reply: Reply, repeated: bool, suite: Suite, server: LittleServer, world: LittleWorld
) -> None:
    interrupting(server, world, reply, times=1)
    made = suite.client.call("createDeal", json=DEAL)

    assert (made.status, made.repeated) == (201, repeated)
    assert len(world.deals) == 1


def test_what_a_repeated_create_made_twice_is_deleted(
    suite: Suite, server: LittleServer, world: LittleWorld
) -> None:
    first = iter([True])

    def answer(request: Received) -> Reply:
        reply = world(request)
        return DROPPED if request.method == "POST" and next(first, False) else reply

    server.answer = answer
    suite.client.call("createDeal", json={"name": f"{suite.run_id} one", "stage_id": 1})
    assert len(world.deals) == 2

    suite.close()
    assert (world.deals, suite.left) == ({}, [])


@pytest.mark.parametrize("reply", [page(500), Reply(503, ERROR), Reply(500, ERROR), Reply(500, b"oops")])
def test_a_server_error_of_the_application_is_judged_and_never_asked_again(
    reply: Reply, suite: Suite, server: LittleServer, world: LittleWorld
) -> None:
    interrupting(server, world, reply, times=1)

    assert suite.client.call("listDeals").status == reply.status
    assert ("not_a_server_error", "listDeals") in violations(suite)
    assert suite.lost == ""


@pytest.mark.parametrize("reply", [page(404), page(502), page(500), Reply(503, {"error": "busy"})])
def test_what_the_application_always_returns_for_one_operation_is_judged(
    reply: Reply, suite: Suite, server: LittleServer, world: LittleWorld
) -> None:
    broken_for(server, world, reply, lambda request: request.path == "/deals/7")

    assert suite.client.call("getDeal", id=7).status == reply.status
    assert {operation for _, operation in violations(suite)} >= {"getDeal"}
    assert suite.lost == ""


def test_a_page_that_was_found_to_be_the_applications_is_not_asked_again(
    suite: Suite, server: LittleServer, world: LittleWorld
) -> None:
    broken_for(server, world, page(404), lambda request: request.path == "/deals/7")
    suite.client.call("getDeal", id=7)
    server.received.clear()
    suite.client.call("getDeal", id=7)

    assert server.calls() == [("GET", "/deals/7")]


def test_a_page_that_only_an_outage_showed_is_not_the_applications(
    suite: Suite, server: LittleServer, world: LittleWorld
) -> None:
    for _ in range(2):
        interrupting(server, world, page(200), times=4)
        assert suite.client.call("listDeals").data == []

    assert [each for each in violations(suite) if "listDeals" in each] == []


def test_an_operation_that_always_cuts_the_connection_is_a_matter_of_its_own(
    suite: Suite, server: LittleServer, world: LittleWorld
) -> None:
    broken_for(server, world, DROPPED, lambda request: request.path == "/deals/7")

    with pytest.raises(UnreachableError, match="/deals/7: the connection was closed"):
        suite.client.call("getDeal", id=7)
    assert suite.client.call("listDeals").ok


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (page(503, "Out of order"), "503 for the last 10 requests, since request {first}: Out of order"),
        (page(200, "Welcome"), "200 for the last 8 requests, since request {first}: Welcome"),
        (page(500), "500 for the last 7 requests, since request {first}: Sorry"),
        (DROPPED, "the server stopped responding: GET {url}/deals: the connection was closed before "
         "the end of the response (the last 10 requests, since request {first})"),
    ],
)  # fmt: skip
def test_many_of_them_end_the_run_without_a_violation(
    reply: Reply, told: str, suite: Suite, server: LittleServer, world: LittleWorld
) -> None:
    before, first = violations(suite), suite.client.sent + 1
    interrupting(server, world, reply)

    with pytest.raises(HaltedError):
        suite.client.call("getDeal", id=7)
    asked = len(server.received)
    with pytest.raises(HaltedError):
        suite.client.call("listDeals")

    assert len(server.received) == asked
    assert violations(suite) == before
    assert told.format(first=first, url=server.url) in suite.lost


def test_a_run_that_was_ended_so_fails_with_2(server: LittleServer, world: LittleWorld) -> None:
    suite = Suite(Settings(base_url=server.url, token=TOKEN, only=("createDeal",)))
    suite.open()
    interrupting(server, world, page(503))
    with pytest.raises(HaltedError):
        suite.client.call("createDeal", json=DEAL)
    suite.close()

    assert suite.exit_status == 2
    assert "503 for the last" in suite.partly


def test_a_server_that_recovers_is_waited_for(suite: Suite, server: LittleServer, world: LittleWorld) -> None:
    interrupting(server, world, page(503), times=7)

    assert suite.client.call("listDeals").status == 200
    assert suite.lost == ""


def test_a_server_that_has_to_be_asked_again_and_again_ends_the_run(
    suite: Suite, server: LittleServer, world: LittleWorld
) -> None:
    count = iter(range(10**6))
    server.answer = lambda request: page(502) if next(count) % 2 == 0 else world(request)

    for _ in range(24):
        suite.client.call("listDeals")
    with pytest.raises(HaltedError, match="25 of the last 25 requests had to be sent again"):
        suite.client.call("listDeals")


def test_one_connection_in_ten_may_be_cut(suite: Suite, server: LittleServer, world: LittleWorld) -> None:
    count = iter(range(10**6))
    server.answer = lambda request: DROPPED if next(count) % 10 == 0 else world(request)

    assert {suite.client.call("listDeals").status for _ in range(200)} == {200}


def test_a_law_that_is_broken_where_a_write_was_repeated_is_not_judged(
    suite: Suite, server: LittleServer, world: LittleWorld
) -> None:
    posts = iter(range(10**6))

    def answer(request: Received) -> Reply:
        reply = world(request)
        return DROPPED if request.method == "POST" and next(posts) % 2 == 0 else reply

    def body(scene: Scene) -> None:
        word = scene.word()
        scene.call("createDeal", json={"name": word, "stage_id": 1})
        found = scene.call("listDeals", query={"search": word})
        expect(len(found.data) == 1, "one deal", f"{len(found.data)} deals", found)

    server.answer = answer
    judge_law(Law("a_law", "documented", ("createDeal",), body), suite)

    assert "a_law" not in {rule for rule, _ in violations(suite)}
    assert ("a_law", REPEATED) in {(f.rule, f.reason) for f in suite.recorder.of(Kind.NOT_JUDGED)}


# 429


def _observed(seen: list[Exchange]) -> Callable[[Exchange], None]:
    return seen.append


@pytest.mark.parametrize(
    ("reply", "judged"),
    [
        (page(429, **{"Retry-After": "0"}), False),
        (Reply(429, ERROR, {"Retry-After": "0"}), True),
    ],
)
def test_a_429_of_a_gateway_is_waited_for_and_not_judged(
    reply: Reply, judged: bool, suite: Suite, server: LittleServer, world: LittleWorld
) -> None:
    seen = seen_by(suite)
    interrupting(server, world, reply, times=1)

    assert suite.client.call("listDeals").status == 200
    assert seen == ([429, 200] if judged else [200])


def _date(seconds: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [
        ({"Retry-After": "7"}, 7, 7),
        ({"retry-after": _date(600), "Date": _date(590)}, 9, 11),
        ({"Retry-After": _date(-3600 + 5), "Date": _date(-3600)}, 4, 6),
        ({"Retry-After": _date(-60)}, 0, 0),
        ({"Retry-After": "3600"}, pace.LONGEST_PAUSE, pace.LONGEST_PAUSE),
        ({"Retry-After": "nan"}, pace.FIRST_PAUSE, pace.FIRST_PAUSE),
        ({"Retry-After": "soon"}, pace.FIRST_PAUSE, pace.FIRST_PAUSE),
        ({}, pace.FIRST_PAUSE, pace.FIRST_PAUSE),
    ],
)
def test_retry_after_is_a_number_or_a_date_by_the_servers_clock(
    headers: dict[str, Any], least: float, most: float
) -> None:
    assert least <= retry_after(headers, 0) <= most


def test_without_a_date_of_the_server_ours_counts() -> None:
    assert 5 <= retry_after({"Retry-After": _date(8)}, 0) <= 8


def test_a_rate_limit_does_not_outlast_the_run() -> None:
    asked = target(rate_limit=0.001)
    asked.stop.deadline = time.monotonic() + 60
    asked.pace.wait(asked.stop)
    with pytest.raises(Exception, match="--max-time"):
        asked.pace.wait(asked.stop)
