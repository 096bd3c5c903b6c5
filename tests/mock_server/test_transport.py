"""The layers between the socket and the handlers, each by itself."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

import pytest
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.contract import MockContract
from mock_server.errors import BadRequest, Errors
from mock_server.transport.bridge import FlaskBridge
from mock_server.transport.checking import ResponseChecker, breach
from mock_server.transport.cors import ApiCors
from mock_server.transport.json_body import read_json
from mock_server.transport.reading import Upload, read_body, read_multipart, read_query
from mock_server.transport.routing import Routing

CONTRACT = MockContract.load()
ERROR = {"success": False, "message": "x"}


def call(app: ASGIApp, method: str, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """One request, and the status, headers and body of its response."""
    raw = [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "raw_path": path.encode(), "headers": raw}
    scope |= {"query_string": b"", "http_version": "1.1"}
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        sent.append(message)

    async def running() -> None:
        await app(scope, receive, send)

    asyncio.run(running())
    start = Headers(raw=sent[0]["headers"])
    return sent[0]["status"], dict(start), b"".join(m.get("body", b"") for m in sent[1:])


def answering(status: int, body: Any, kind: str = "application/json", operation: str = "getDeal") -> ASGIApp:
    """An application that returns this response, for this operation."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("extensions", {})["connexion_routing"] = {"operation_id": operation}
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = [(b"content-type", kind.encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": raw[:5], "more_body": True})
        await send({"type": "http.response.body", "body": raw[5:]})

    return app


REACHED = answering(200, {})


@pytest.mark.parametrize(
    "path",
    [
        "/api",
        "/api/",
        "/api/deals/",
        "/api//deals",
        "//api/deals",
        "/api/nope",
        "/api/deals/x",
        "/api/deals%2F1",
    ],
)
def test_a_path_that_is_not_in_the_contract_is_not_found(path: str) -> None:
    status, _, body = call(Errors(Routing(REACHED, CONTRACT)), "GET", path)
    assert (status, json.loads(body)) == (404, {"success": False, "message": "Not found"})


@pytest.mark.parametrize("method", ["HEAD", "PATCH", "TRACE", "CONNECT", "BREW"])
def test_a_method_that_is_not_in_the_contract_gets_the_allowed_ones(method: str) -> None:
    status, headers, _ = call(Errors(Routing(REACHED, CONTRACT)), method, "/api/deals/1")
    assert (status, headers["allow"]) == (405, "GET, PUT, DELETE, OPTIONS")


def test_options_names_the_methods() -> None:
    status, headers, body = call(Routing(REACHED, CONTRACT), "OPTIONS", "/api/deals")
    assert (status, headers["allow"], body) == (204, "GET, POST, OPTIONS", b"")


@pytest.mark.parametrize("path", ["/api/deals", "/docs", "/apis"])
def test_known_routes_and_paths_outside_the_api_go_on(path: str) -> None:
    assert call(Routing(REACHED, CONTRACT), "GET", path)[0] == 200


def test_any_origin_may_read_the_api_and_nothing_else() -> None:
    app = ApiCors(REACHED, "/__admin/health".__eq__)
    _, api, _ = call(app, "GET", "/api/deals", origin="https://a.example")
    _, admin, _ = call(app, "GET", "/__admin/health", origin="https://a.example")
    assert api["access-control-allow-origin"] == "https://a.example"
    assert "Content-Disposition" in api["access-control-expose-headers"]
    assert "access-control-allow-origin" not in admin


def test_a_preflight_allows_the_contracts_methods_and_any_header() -> None:
    asked = {"access_control_request_method": "PUT", "access_control_request_headers": "authorization,x-a"}
    status, headers, _ = call(
        ApiCors(REACHED, "/__admin/health".__eq__), "OPTIONS", "/api/deals/1", origin="null", **asked
    )
    assert status == 200
    assert "PUT" in headers["access-control-allow-methods"]
    assert headers["access-control-allow-headers"] == "authorization,x-a"


@pytest.mark.parametrize(
    ("status", "kind", "body", "said"),
    [
        (404, "application/json", ERROR, None),
        (404, "application/json; charset=utf-8", ERROR, None),
        (418, "application/json", ERROR, "the contract does not declare this status"),
        (404, "text/html", b"<p>", "the contract does not declare the content type text/html"),
        (404, "", b"", "the contract does not declare the content type (none)"),
        (404, "application/json", b"{", "the body cannot be read"),
        (404, "application/json", b"\xff", "the body cannot be read"),
        (404, "application/json", {"success": True, "message": "x"}, "success must be one of: False"),
        (200, "application/json", {"success": True}, "data is required"),
    ],
)
def test_a_response_that_the_contract_does_not_allow_is_a_breach(
    status: int, kind: str, body: Any, said: str | None
) -> None:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    found = breach(CONTRACT.compiled["getDeal"], status, kind, raw)
    assert found == said if said is None else found and found.startswith(said)


def test_a_breach_becomes_a_server_error_with_one_clear_line(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        status, _, body = call(ResponseChecker(answering(202, {"a": 1}), CONTRACT), "GET", "/api/deals/1")
    assert (status, json.loads(body)) == (500, {"success": False, "message": "Server error"})
    assert caplog.messages == ["getDeal returned 202, but the contract does not declare this status"]


def test_a_declared_response_goes_out_whole() -> None:
    checker = ResponseChecker(answering(404, ERROR), CONTRACT)
    assert call(checker, "GET", "/api/deals/1")[::2] == (404, json.dumps(ERROR).encode())


def test_a_crash_is_a_server_error_and_its_reason_stays_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async def crashing(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError("a secret")

    status, _, body = call(Errors(crashing), "GET", "/x")
    assert (status, json.loads(body)) == (500, {"success": False, "message": "Server error"})
    assert "a secret" in caplog.text


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b"{}x",
        b"NaN",
        b"-Infinity",
        b"1e999",
        b"9" * 5000,
        b'"\\ud800"',
        b'{"\\udfff": 1}',
        b"[" * 100_000,
        b"{'a': 1}",
        b"\xef\xbb\xbf{}",
    ],
    ids=lambda body: repr(body[:12]),
)
def test_what_is_not_json_cannot_be_read(body: bytes) -> None:
    with pytest.raises(BadRequest, match=r"not valid JSON|too many digits"):
        read_json(body)


@pytest.mark.parametrize(
    ("text", "column"),
    [
        (r'"\ud83d\ude00 \ud83d"', 15),
        (r'"\ud83d \ude00"', 2),
        (r'"\\ud83d \ude00"', 10),
        (r'"\ud83d\ud83d\ude00"', 2),
        (r'["\u00e9", "\uDE00"]', 13),
    ],
)
def test_half_of_a_pair_is_found_where_it_stands(text: str, column: int) -> None:
    with pytest.raises(BadRequest, match=rf"column {column}: .* is half of a surrogate pair"):
        read_json(text.encode())


def test_what_is_not_utf8_cannot_be_read() -> None:
    with pytest.raises(BadRequest, match="UTF-8"):
        read_json(b'{"a": "\xff"}')


def test_json_is_read_with_whole_numbers_as_integers() -> None:
    value = read_json(b'{"a": 1.0, "b": 5e4, "c": 0.5, "d": "\\ud83d\\ude00", "e": 1e300}')
    assert value == {"a": 1, "b": 50000, "c": 0.5, "d": "😀", "e": 1e300}
    assert [type(value[name]) for name in "abe"] == [int, int, float]


def part(head: str, body: str) -> str:
    return f"--b\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n"


def test_a_multipart_body_is_read_with_its_files() -> None:
    text = part('name="file"; filename="ä.csv"', "a,b") + part('name="note"', "hello") + "--b--\r\n"
    assert read_multipart(text.encode(), {"boundary": "b"}, []) == {
        "file": Upload("ä.csv", b"a,b"),
        "note": "hello",
    }


@pytest.mark.parametrize("options", [{"boundary": "b"}, {}, {"boundary": ""}, {"boundary": "é"}])
def test_a_broken_multipart_body_cannot_be_read(options: dict[str, str]) -> None:
    with pytest.raises(BadRequest, match="multipart"):
        read_multipart(part('name="file"; filename="a"', "x").encode(), options, [])


@pytest.mark.parametrize("query", [b"search=%ff", b"search=\xff"])
def test_a_query_that_is_not_utf8_cannot_be_read(query: bytes) -> None:
    with pytest.raises(BadRequest, match="UTF-8"):
        read_query(CONTRACT.compiled["listDeals"], query)


def test_a_query_is_read_and_of_a_name_that_comes_twice_the_last() -> None:
    query = read_query(CONTRACT.compiled["listDeals"], "page=9&page=2&search=é%26+b&odd=1".encode())
    assert query.texts == {"page": "2", "search": "é& b", "odd": "1"}
    assert query.repeated == ["page"]


def received(*chunks: bytes, announced: str | None = None, limit: int = 10) -> bytes:
    messages = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    coming = iter([*messages, {"type": "http.request", "body": b""}])

    async def receive() -> Any:
        return next(coming)

    headers = Headers({} if announced is None else {"content-length": announced})
    return asyncio.run(read_body(receive, headers, limit))


def test_a_body_up_to_the_limit_is_read_whole() -> None:
    assert received(b"12345", b"67890") == b"1234567890"


@pytest.mark.parametrize("announced", ["11", "9" * 5000])
def test_a_body_that_is_announced_too_large_is_not_even_read(announced: str) -> None:
    with pytest.raises(BadRequest, match="larger than 10 bytes"):
        received(announced=announced)


def test_a_body_that_grows_too_large_is_read_no_further() -> None:
    with pytest.raises(BadRequest, match="larger than 10 bytes"):
        received(b"12345", b"67890", b"1")


def test_a_client_that_goes_away_is_not_answered() -> None:
    async def gone() -> Any:
        return {"type": "http.disconnect"}

    with pytest.raises(ClientDisconnect):
        asyncio.run(read_body(gone, Headers({}), 10))


def test_the_bridge_calls_flask_and_closes_its_answer() -> None:
    closed: list[bool] = []

    class Chunks(list[bytes]):
        def close(self) -> None:
            closed.append(True)

    def wsgi(environ: Any, start: Any) -> Chunks:
        start("201 Created", [("X-Path", environ["PATH_INFO"])])
        return Chunks([b"a", b"b"])

    status, headers, body = call(FlaskBridge(wsgi), "GET", "/a")
    assert (status, headers["x-path"], body, closed) == (201, "/a", b"ab", [True])
