"""What a request costs may grow, but not unnoticed: the guard that no load of the machine can disturb."""

from __future__ import annotations

from collections import Counter

from benchmarks.calls import HOW_TO_RENEW, ROWS, SLACK, counted, grown, table


def test_no_request_needs_more_calls_than_the_table_allows() -> None:
    found = grown(counted(), table())
    assert not found, "\n".join([*found, HOW_TO_RENEW])


def test_the_table_has_every_request() -> None:
    assert table().keys() == ROWS.keys()


def test_the_same_request_needs_the_same_calls() -> None:
    assert counted() == counted()


def test_what_has_grown_is_named_with_the_files_of_the_most_calls() -> None:
    calls = Counter({"json_body.py": 90, "app.py": 21})
    assert grown({"list": Counter({"app.py": round(100 * (1 + SLACK))})}, {"list": 100}) == []
    assert grown({"list": calls}, {"list": 100}) == [
        "list: 111 calls, but 100 in calls.json; most of them in json_body.py (90), app.py (21)"
    ]
