"""Hostile requests get exactly the documented error, and change nothing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from deals_spec import Operation
from mock_server.transport.reading import PUBLIC_BODY
from tests.mock_server.conftest import Api, contract

TABLE: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "hostile.yaml").read_text("utf-8"))
METHODS = ("get", "post", "put", "delete", "patch")


def _request(row: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    """Method, path and what httpx sends."""
    method = next(name for name in METHODS if name in row)
    if "json" in row:
        return method, row[method], {"json": row["json"]}
    content = bytes.fromhex(row["hex"]) if "hex" in row else row.get("text", "").encode()
    headers = dict(row.get("headers", {}))
    if content and row.get("type", "application/json"):
        headers["Content-Type"] = row.get("type", "application/json")
    return method, row[method], {"content": content, "headers": headers}


def test_the_table_is_long_enough() -> None:
    assert len(TABLE) >= 90
    assert len({row["why"] for row in TABLE}) == len(TABLE)


@pytest.mark.parametrize("row", TABLE, ids=[row["why"] for row in TABLE])
def test_a_hostile_request_gets_its_error_and_changes_nothing(api: Api, row: dict[str, Any]) -> None:
    before = api.world
    method, path, sent = _request(row)
    answer = api.as_(row.get("as", "admin")).send(method.upper(), path, **sent)
    expected = {"success": False, "message": row["message"]}
    if "errors" in row:
        expected["errors"] = row["errors"]
    assert (answer.status_code, answer.json()) == (row["status"], expected)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers.get("allow") == row.get("allow")
    assert api.world is before


def test_a_body_over_the_limit_is_refused_however_it_comes(api: Api) -> None:
    before, limit = api.world, contract().max_body_bytes
    whole = b'{"name": "' + b"x" * limit + b'", "stage_id": 1}'
    pieces = (whole[at : at + 65536] for at in range(0, len(whole), 65536))
    for content in (whole, pieces):  # announced, and in chunks
        answer = api.send("POST", "/api/deals", content=content, headers={"Content-Type": "application/json"})
        assert answer.status_code == 400
        assert answer.json() == {
            "success": False,
            "message": f"The request body is larger than {limit} bytes",
        }
    assert api.world is before


def test_a_body_nested_too_deeply_is_refused(api: Api) -> None:
    answer = api.send(
        "POST", "/api/deals", content=b"[" * 200_000, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 400
    assert answer.json()["success"] is False


def test_a_body_without_a_token_is_small(api: Api) -> None:
    body = {"email": "rep@revorbit.example", "password": "password", "more": "x" * PUBLIC_BODY}
    answer = api.as_("nobody").post("/auth/login", body)
    assert answer.status_code == 400
    assert answer.json()["message"] == f"The request body is larger than {PUBLIC_BODY} bytes"
    assert api.as_("nobody").post("/auth/login", {**body, "more": "x" * 60_000}).status_code == 200


@pytest.mark.parametrize("operation", [each for each in contract().operations.values() if not each.public])
def test_nobody_has_a_body_read_without_a_token(api: Api, operation: Operation) -> None:
    for content, length in ((b"{", "1"), (b"", "999999999999")):  # not even its size is looked at
        path = re.sub(r"\{\w+\}", "1", f"/api{operation.path}")
        headers = {"Content-Type": "application/json", "Content-Length": length}
        answer = api.as_("nobody").send(operation.method, path, content=content, headers=headers)
        assert answer.status_code == 401
