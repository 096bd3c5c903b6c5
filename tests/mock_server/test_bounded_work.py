"""One request harms nobody: whatever it contains, it is answered soon, and in few words."""

from __future__ import annotations

import gzip
import json
import time
import zlib
from typing import Any

import pytest

from mock_server.errors import MOST_FIELDS
from tests.mock_server.conftest import Api, contract

MODULUS = 2**61 - 1  # Python's hash of an integer is its remainder: all multiples collide
SHORT = 20_000  # bytes of an answer
SOON = 5.0  # seconds of computing; each of these took much longer, some of them hours
JSON = {"Content-Type": "application/json"}


def answered(api: Api, method: str, path: str, content: bytes, **headers: str) -> Any:
    begin = time.process_time()
    answer = api.send(method, path, content=content, headers={**JSON, **headers})
    assert time.process_time() - begin < SOON
    assert len(answer.content) < SHORT
    return answer


@pytest.mark.parametrize(
    "order",
    [
        [""] * 1_500_000,
        [MODULUS * n for n in range(1, 30_000)],
        [MODULUS * n for n in range(1, 9_000)],
        list(range(1, 9_000)),
        [[]] * 9_000,
    ],
    ids=["texts", "colliding numbers", "fewer colliding numbers", "unknown ids", "lists"],
)
def test_an_order_of_the_stages(api: Api, order: list[Any]) -> None:
    before = api.world
    body = json.dumps({"order": order}, separators=(",", ":")).encode()[: contract().max_body_bytes]
    assert answered(api, "PUT", "/api/pipeline-stages/reorder", body).status_code in (400, 422)
    assert api.world is before


def test_a_filter_by_colliding_numbers(reader: Api) -> None:
    stages = ",".join(str(MODULUS * n) for n in range(1, 2_500))
    begin = time.process_time()
    assert reader.send("GET", f"/api/deals?stage_ids={stages}").json()["total"] == 0
    assert time.process_time() - begin < SOON


def test_half_a_million_unknown_fields(api: Api) -> None:
    body = json.dumps({f"f{n}": 0 for n in range(400_000)}, separators=(",", ":")).encode()
    answer = answered(api, "POST", "/api/deals", body)
    assert (answer.status_code, answer.json()["message"]) == (400, "The body has more than 10000 values")


def test_many_invalid_fields_are_counted(api: Api) -> None:
    answer = answered(
        api, "PUT", "/api/pipeline-stages/reorder", json.dumps({"order": [""] * 5_000}).encode()
    )
    assert len(answer.json()["errors"]) == MOST_FIELDS
    assert answer.json()["message"].startswith("Validation failed: 4")


def test_many_query_parameters(reader: Api) -> None:
    begin = time.process_time()
    answer = reader.send("GET", "/api/deals?" + "&".join(f"p{n}=1" for n in range(2_000)))
    assert (answer.status_code, time.process_time() - begin < SOON) == (400, True)


def test_a_packed_body_is_unpacked_up_to_the_limit(api: Api) -> None:
    deal = gzip.compress(json.dumps({"name": "Packed", "stage_id": 1}).encode())
    answer = answered(api, "POST", "/api/deals", deal, **{"Content-Encoding": "gzip"})
    assert answer.status_code == 201
    bomb = gzip.compress(b" " * 60_000_000, 1)
    answer = answered(api, "POST", "/api/deals", bomb, **{"Content-Encoding": "gzip"})
    limit = contract().max_body_bytes
    assert answer.json()["message"] == f"The unpacked request body is larger than {limit} bytes"
    answer = answered(api, "POST", "/api/deals", deal[:-9], **{"Content-Encoding": "GZIP"})
    assert answer.json()["message"] == "The gzip body is cut off"


def test_a_gzip_body_may_have_several_members_and_nothing_else(api: Api) -> None:
    deal = json.dumps({"name": "Packed", "stage_id": 1}).encode()
    halves = gzip.compress(deal[:9]) + gzip.compress(deal[9:])
    answer = answered(api, "POST", "/api/deals", halves, **{"Content-Encoding": "gzip"})
    assert answer.json()["data"]["name"] == "Packed"
    for packed, encoding in (
        (gzip.compress(deal) + b"more", "gzip"),
        (gzip.compress(b"") * 1000 + gzip.compress(deal), "gzip"),
        (zlib.compress(deal) + zlib.compress(b" "), "deflate"),
    ):
        answer = answered(api, "POST", "/api/deals", packed, **{"Content-Encoding": encoding})
        assert (answer.status_code, encoding in answer.json()["message"]) == (400, True)
