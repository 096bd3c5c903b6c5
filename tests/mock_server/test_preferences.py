"""`Prefer`: one response on demand, from the contract's examples and on contract."""

from __future__ import annotations

import time
from typing import Any

import pytest

from mock_server.transport.preferences import preferences
from tests.mock_server.conftest import Api, contract
from tests.mock_server.example_requests import path_with

ALL = [
    (operation, status, name)
    for operation in contract().operations.values()
    for status, response in operation.responses.items()
    for media in response.get("content", {}).values()
    for name in media["examples"]
]


def prefer(api: Api, wanted: str, path: str = "/api/deals/10", method: str = "GET", **kwargs: Any) -> Any:
    return api.send(method, path, headers={"Prefer": wanted}, **kwargs)


@pytest.mark.parametrize(
    ("operation", "status", "name"), ALL, ids=[f"{each[0].id}-{each[1]}-{each[2]}" for each in ALL]
)
def test_every_example_of_the_contract_can_be_had(api: Api, operation: Any, status: int, name: str) -> None:
    wanted = f"code={status}, example={name}"
    before = api.world
    answer = prefer(api, wanted, f"/api{path_with(operation, 999, 1)}", operation.method)
    assert (answer.status_code, answer.headers["preference-applied"]) == (status, wanted)
    assert api.world is before


def test_a_status_is_enough_and_so_is_a_name(api: Api) -> None:
    assert prefer(api, "code=404").json()["message"] == "Deal 999 not found"
    assert prefer(api, "example=tooMany").status_code == 429
    assert prefer(api, "example=tooMany").headers["retry-after"] == "1"


def test_it_needs_neither_a_token_nor_a_valid_request(api: Api) -> None:
    answer = prefer(api.as_("nobody"), "code=201", "/api/deals", "POST", content=b"{")
    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ("code=418", "code=418 is not in the contract; it must be one of 200, 400, 401, 403, 404, 429, 500"),
        ("code=", "code= is not in the contract"),
        ("example=nope", "example=nope is not in the contract; it must be one of success, brokenJson"),
        ("code=404, example=tooMany", "must be one of unknownRecord"),
        ("delay=soon", "delay must be from 0 to 60000 milliseconds"),
        ("delay=99999999999", "delay must be from 0 to 60000 milliseconds"),
    ],
)
def test_what_the_contract_does_not_have_is_told(api: Api, wanted: str, says: str) -> None:
    answer = prefer(api, wanted)
    assert (answer.status_code, says in answer.json()["message"]) == (400, True), answer.text


def test_a_response_may_come_later(api: Api) -> None:
    begin = time.monotonic()
    answer = prefer(api, "delay=300")
    assert answer.json()["data"]["id"] == 10
    assert answer.headers["preference-applied"] == "delay=300"
    assert time.monotonic() - begin >= 0.3


def test_other_preferences_are_ignored(api: Api) -> None:
    answer = prefer(api, "respond-async, return=minimal")
    assert answer.status_code == 200
    assert "preference-applied" not in answer.headers


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (["code=404"], {"code": "404"}),
        (['Code="404"; foo=bar', "delay=5"], {"code": "404", "delay": "5"}),
        (["code=404; delay=100"], {"code": "404", "delay": "100"}),
        (["code=404, code=500"], {"code": "404"}),
        (["return=minimal, wait=3, code = 429"], {"code": "429"}),
        (["", ";", "=", "code"], {}),
    ],
)
def test_the_header_is_read_as_rfc_7240_has_it(values: list[str], found: dict[str, str]) -> None:
    assert preferences(values) == found
