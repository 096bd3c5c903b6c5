"""The fuzzer: it finds what is wrong, sends the same for the same seed, and leaves a sound mock alone."""

from __future__ import annotations

import pytest

from benchmarks.robustness.fuzz import FAILURES, SHOWN, Fuzzer, Outcome
from benchmarks.robustness.server import started_mock

REQUESTS = 300


def fuzzed(*options: str, seed: int = 7, requests: int = REQUESTS) -> Outcome:
    with started_mock("--deals", "30", *options) as server:
        return Fuzzer(server, seed).run(requests)


def test_the_mock_holds_and_is_asked_for_everything() -> None:
    outcome = fuzzed()

    assert outcome.failures == []
    assert outcome.requests == REQUESTS
    assert {200, 201, 400, 401, 403, 404, 405, 422} <= outcome.statuses.keys()
    assert outcome.statuses[200] > REQUESTS / 5  # not only nonsense


def test_the_same_seed_sends_the_same_requests() -> None:
    first, second = fuzzed(requests=100), fuzzed(requests=100)

    assert first.sent == second.sent
    assert first.statuses == second.statuses
    assert fuzzed(seed=8, requests=100).sent != first.sent


@pytest.mark.parametrize(
    ("defect", "told"),
    [
        ("an-emoji-crashes-the-server", "server error 500"),
        ("updates-answer-202", "status 202"),
        ("field-errors-are-lists", "is not of type 'string'"),
    ],
)
def test_a_defect_is_found_and_its_request_is_kept(defect: str, told: str) -> None:
    outcome = fuzzed("--defect", defect)

    assert any(told in failure for failure in outcome.failures), outcome.failures
    assert len(outcome.failures) <= SHOWN + 2  # the world may be broken, too
    number = next(failure for failure in outcome.failures if told in failure).split("request ")[1].split()[0]
    assert (FAILURES / f"7-{number}.http").read_bytes().count(b"\r\n\r\n") >= 1


def test_the_table_names_the_figures() -> None:
    outcome = Outcome(seed=3, requests=2, sent="ab" * 32, slowest=(0.25, "GET /api/deals"))
    outcome.statuses.update({422: 1, 200: 1})

    assert outcome.table().splitlines() == [
        "seed         3",
        "requests     2, with the digest abababababab",
        "by status    200: 1, 422: 1",
        "slowest      0.250 s, GET /api/deals",
        "failures     0",
    ]
