"""The way to the server: what is wrong with it is told in one plain line, before anything is judged."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from contract_tests.client.route import route_to, without_password
from contract_tests.settings.settings import Settings
from tests.contract_tests.little_server import LittleServer, LittleWorld, Received, Reply, little_server, page
from tests.contract_tests.openings import CERTIFICATE, DEAD, complaint, opened

pytestmark = pytest.mark.usefixtures("own_environment")
SIGN_IN = {"token": None, "email": "a@b.example", "password": "a-password-that-is-secret"}


# What answers is not the API


@pytest.mark.parametrize("how", [{}, SIGN_IN])
@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (page(200, "Deals App"), "but a single-page application: GET /deals/stages returned 200 (a web page: "
         "Deals App)"),
        (page(404, "None"), "but another web server: GET /deals/stages returned 404 (a web page: None)"),
        (Reply(200, b"OK", content_type="text/plain"), "returned 200 (text/plain: OK)"),
        (page(503, "Maintenance"), "the server does not respond: GET /deals/stages returned 503 (a web page: "
         "Maintenance)"),
        (Reply(301, b"", {"Location": "https://deals.example/api/deals/stages"}),
         "it redirects to https://deals.example/api/deals/stages; use --base-url https://deals.example/api"),
        (Reply(302, b"", {"Location": "/login"}), "it redirects to /login"),
    ],
)  # fmt: skip
def test_what_answers_instead_of_the_api_is_named(
    reply: Reply, told: str, how: dict[str, Any], server: LittleServer
) -> None:
    server.answer = lambda _: reply

    assert told in complaint(server.url, **how)
    assert "POST" not in {each.method for each in server.received}  # no password for a stranger


def test_what_it_sends_cannot_steer_the_terminal(server: LittleServer) -> None:
    server.answer = lambda _: page(200, "\x1b[2J\x1b]0;title\x07 Deals")

    assert complaint(server.url).isprintable()


@pytest.mark.parametrize("how", [{}, SIGN_IN])
@pytest.mark.parametrize(("wrong", "right"), [("", "/api"), ("/api/api", "/api"), ("/api/v1", "/api")])
@pytest.mark.parametrize("missing", [Reply(404, {}), page(404), page(200)])
def test_a_wrong_base_path_is_named_with_the_right_one(
    missing: Reply, wrong: str, right: str, how: dict[str, Any], server: LittleServer, world: LittleWorld
) -> None:
    def answer(request: Received) -> Reply:
        below = request.inside and request.path in ("/deals/stages", "/deals")
        return world(request) if below else missing

    server.answer = answer
    root = server.url.removesuffix("/api")

    assert f"did you mean {root}{right}?" in complaint(root + wrong, **how)


@pytest.mark.parametrize("how", [{}, SIGN_IN])
@pytest.mark.parametrize(
    "reply", [Reply(403, {"message": "missing X-Api-Key"}), page(403, "missing X-Api-Key")]
)
def test_a_missing_header_of_a_gateway_is_suspected(
    reply: Reply, how: dict[str, Any], server: LittleServer
) -> None:
    server.answer = lambda _: reply
    text = complaint(server.url, **how)

    assert "returns 403" in text
    assert "missing X-Api-Key" in text
    assert "with and without a token" in text
    assert "--header NAME=VALUE" in text


def test_an_account_without_access_is_told_apart_from_a_gateway(server: LittleServer) -> None:
    server.answer = lambda request: Reply(403 if request.token else 401, {})

    assert complaint(server.url) == f"access denied: {server.url} returned 403 for the token"


def test_other_credentials_that_it_asks_for_are_named(server: LittleServer) -> None:
    server.answer = lambda _: Reply(401, {}, {"WWW-Authenticate": 'Basic realm="staging"'})

    assert "it asks for Basic authentication, not a bearer token" in complaint(server.url)


# Nothing answers


def test_a_refused_connection_is_named() -> None:
    url = f"{DEAD}/api"

    assert complaint(url) == f"cannot reach the server: GET {url}/deals/stages: connection refused"


def test_an_unknown_host_is_named() -> None:
    assert complaint("http://nowhere.invalid/api").endswith(": the host nowhere.invalid is unknown")


def test_a_server_that_does_not_respond_in_time_is_named(server: LittleServer, world: LittleWorld) -> None:
    server.answer = lambda request: (time.sleep(1), world(request))[1]

    assert complaint(server.url, request_timeout=0.2).endswith(": no complete response within 0.2 s")


@contextmanager
def _saying(answer: bytes) -> Iterator[str]:
    """A server that says this to everybody."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(1000)
                    connection.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"


def test_what_does_not_speak_http_is_named() -> None:
    with _saying(b"SSH-2.0-OpenSSH_9.6\r\n") as place:
        assert complaint(f"http://{place}/api").endswith("what answers does not speak HTTP")
        assert complaint(f"https://{place}/api").endswith(f"did you mean http://{place}?")
    with _saying(b"\x15\x03\x01\x00\x02\x02\x16") as place:
        assert complaint(f"http://{place}/api").endswith("does not speak HTTP; did you mean https://?")


# Proxies


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_a_dead_proxy_of_the_environment_is_named_without_its_password(
    name: str, server: LittleServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "http://user:hunter2secret@127.0.0.1:9")
    text = complaint(server.url)

    assert f"the proxy http://127.0.0.1:9 ({name}) cannot be reached: connection refused" in text
    assert "--no-proxy goes without it" in text
    assert "hunter2secret" not in text
    assert server.received == []


def test_a_dead_proxy_is_named_for_https_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", DEAD)

    assert f"the proxy {DEAD} (HTTPS_PROXY) cannot be reached" in complaint("https://deals.invalid/api")


def test_a_dead_proxy_that_was_given_is_named(server: LittleServer) -> None:
    assert f"the proxy {DEAD} (--proxy) cannot be reached: connection refused" in complaint(
        server.url, proxy=DEAD
    )


def test_no_proxy_goes_without_the_one_of_the_environment(
    server: LittleServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", DEAD)
    opened(server.url, no_proxy=True)

    assert server.received


def test_a_given_proxy_goes_before_the_one_of_the_environment(
    server: LittleServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", DEAD)
    monkeypatch.setenv("NO_PROXY", "deals.invalid")
    opened("http://deals.invalid/api", proxy=server.url.removesuffix("/api"))

    assert {each.headers["host"] for each in server.received} == {"deals.invalid"}


def test_a_proxy_that_answers_in_the_servers_place_is_named(
    server: LittleServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answer = lambda _: page(503, "Squid: host not found")
    proxy = server.url.removesuffix("/api")
    monkeypatch.setenv("HTTP_PROXY", proxy)
    text = complaint("http://deals.invalid/api")

    assert f"(through the proxy {proxy} (HTTP_PROXY))" in text
    assert "Squid: host not found" in text


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://user:word@proxy.example:3128", "http://proxy.example:3128"),
        ("http://user:w@rd@proxy.example", "http://proxy.example"),
        ("http://proxy.example/", "http://proxy.example/"),
        ("proxy.example:3128", "proxy.example:3128"),
    ],
)
def test_the_password_of_a_proxy_is_never_shown(url: str, shown: str) -> None:
    assert without_password(url) == shown


# Waiting


def test_a_server_that_is_starting_is_waited_for(world: LittleWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contract_tests.run.opening.BETWEEN_ATTEMPTS", 0.01)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    with little_server(world) as server:
        replies = iter([page(502), page(503)])
        server.answer = lambda request: next(replies, None) or world(request)
        assert opened(server.url, wait=10.0).client.sent
    text = complaint(f"http://127.0.0.1:{port}/api", wait=0.3)
    assert re.search(r"connection refused \(waited \d s\)", text)


def test_threads_that_follow_one_another_use_one_connection(
    server: LittleServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    connections = []
    accept = server.process_request
    monkeypatch.setattr(server, "process_request", lambda *how: (connections.append(how[1]), accept(*how)))
    client = opened(server.url).client
    for _ in range(3):
        thread = threading.Thread(target=client.call, args=("listDealStages",))
        thread.start()
        thread.join()

    assert len(connections) == 1


def test_the_route_says_where_everything_comes_from() -> None:
    settings = Settings("https://deals.example/api", proxy="http://a:b@proxy.example:1", ca_file=CERTIFICATE)
    route = route_to(settings, {})

    assert route.shown_proxy == "http://proxy.example:1 (--proxy)"
    assert (route.certificates, route.certificates_from) == (str(CERTIFICATE), "--ca-file")
