"""Garbage collection is paused while a world is made, and never looks through it."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from mock_server.garbage import MUCH, long_work, made_to_stay, nothing_to_collect
from mock_server.testing import running_mock


@pytest.fixture(autouse=True)
def _thawed() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.enable()


def test_collection_goes_on_after_the_pause() -> None:
    with nothing_to_collect():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_collection_stays_off_where_it_was_off() -> None:
    gc.disable()
    with nothing_to_collect():
        pass
    assert not gc.isenabled()


def test_collection_goes_on_after_an_error() -> None:
    with pytest.raises(ValueError, match="broken"), made_to_stay():
        raise ValueError("broken")
    assert gc.isenabled()


@pytest.mark.parametrize("much", [False, True])
def test_much_that_long_work_leaves_behind_is_not_looked_through(much: bool) -> None:
    gc.collect()
    before = gc.get_freeze_count()
    with long_work():
        made: list[list[object]] = [[] for _ in range(2 * MUCH if much else 10)]
    assert (gc.get_freeze_count() - before > MUCH) == much
    assert gc.isenabled()
    assert made


def test_what_was_made_to_stay_is_not_looked_through() -> None:
    with made_to_stay():
        made = [[]]
    assert gc.get_freeze_count() > 0
    assert not any(each is made for each in gc.get_objects())


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/deals", None, 200),
        ("GET", "/deals/10", None, 200),
        ("POST", "/deals", {"name": "New", "stage_id": 1}, 201),
        ("POST", "/deals", {"name": ""}, 422),
        ("GET", "/deals/999999", None, 404),
        ("GET", "/nothing", None, 404),
        ("GET", "/deals/export", None, 200),
    ],
)
def test_a_request_leaves_nothing_to_collect(
    method: str, path: str, body: dict[str, object] | None, status: int
) -> None:
    with running_mock(deals=20) as mock:
        address = urlsplit(mock.api_url)
        client = HTTPConnection(address.netloc)  # which leaves nothing itself
        sent = json.dumps(body) if body else None
        headers = {**mock.headers(), "Content-Type": "application/json"}

        def ask(times: int) -> set[int]:
            statuses = set()
            for _ in range(times):
                client.request(method, address.path + path, sent, headers)
                response = client.getresponse()
                response.read()
                statuses.add(response.status)
            return statuses

        ask(5)
        gc.collect()
        with nothing_to_collect():
            assert ask(20) == {status}
            assert gc.collect() < 20
        client.close()
