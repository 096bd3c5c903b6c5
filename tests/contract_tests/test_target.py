"""The client of the server under test: accounts, pace, patience, and clean-up."""

from __future__ import annotations

import json
import time

import pytest

from contract_tests.client import patience as module
from contract_tests.client.cleanup import clean_up
from contract_tests.client.errors import (
    HaltedError,
    NoSuchPersonError,
    OutOfTimeError,
    ReadOnlyError,
    ThrottledError,
    UnreachableError,
)
from contract_tests.client.exchange import Exchange
from contract_tests.client.route import route_to
from contract_tests.settings.settings import Settings
from tests.contract_tests.builders import TOKEN, exchange, target
from tests.contract_tests.little_server import LittleServer, LittleWorld, Received, Reply


def tokens(received: list[Received]) -> list[str | None]:
    return [each.token for each in received]


def test_everybody_sends_their_own_token(server: LittleServer) -> None:
    asked = target(server.url, admin_token="the-admin-token")
    for person in ("me", "admin", "nobody", "bad"):
        asked.call("listDeals", as_=person)

    assert tokens(server.received) == [TOKEN, "the-admin-token", None, asked.people["bad"]]
    assert asked.people["bad"] not in (TOKEN, None)


def test_what_needs_an_admin_is_asked_as_one_if_there_is_one(server: LittleServer) -> None:
    target(server.url, admin_token="the-admin-token").call("deletePipelineStage", id=9)
    target(server.url).call("deletePipelineStage", id=9)

    assert tokens([r for r in server.received if r.method == "DELETE"]) == ["the-admin-token", TOKEN]


def test_a_person_without_a_token_cannot_be_asked_as(server: LittleServer) -> None:
    with pytest.raises(NoSuchPersonError, match="other"):
        target(server.url).call("listDeals", as_="other")


def test_a_netrc_file_and_cookies_are_not_used(
    server: LittleServer, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"{tmp_path}/netrc"
    with open(path, "w", encoding="utf-8") as file:
        file.write("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("NETRC", path)
    server.answer = lambda _: Reply(headers={"Set-Cookie": "session=1; Path=/"})
    asked = target(server.url)
    asked.call("listDeals", as_="nobody")
    asked.call("listDeals", as_="nobody")

    assert tokens(server.received) == [None, None]
    assert all("cookie" not in each.headers for each in server.received)


def test_the_proxy_of_the_environment_is_used_but_where_it_is_not_to_be(
    server: LittleServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", server.url)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server.answer = lambda _: Reply()
    target("http://deals.invalid/api").call("listDeals")
    assert [each.headers["host"] for each in server.received] == ["deals.invalid"]

    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    target(server.url).call("listDeals")
    assert len(server.received) == 2


def test_the_certificates_of_the_environment_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/of/the/company.pem")
    assert route_to(Settings("https://deals.invalid/api")).session().verify == "/of/the/company.pem"
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    for name in ("CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    assert route_to(Settings("https://deals.invalid/api")).session().verify is True


def test_parameters_and_bodies_arrive_as_they_were_meant(server: LittleServer) -> None:
    asked = target(server.url)
    asked.call("listDeals", query={"search": "a&b=ü", "page": 2, "won": None, "stage_ids": ["1", "2"]})
    asked.call("createDeal", json={"name": "x", "stage_id": 1})

    listed, created = server.received
    assert listed.query == {"search": ["a&b=ü"], "page": ["2"], "stage_ids": ["1", "2"]}
    assert json.loads(created.body) == {"name": "x", "stage_id": 1}
    assert created.headers["content-type"] == "application/json"


def test_read_only_sends_nothing_but_get(server: LittleServer) -> None:
    asked = target(server.url, read_only=True)
    asked.call("listDeals")
    for method in ("POST", "put", "DELETE", "PATCH", "HEAD", "OPTIONS"):
        with pytest.raises(ReadOnlyError):
            asked.send(method, "/deals")
    assert clean_up(asked) == []

    assert server.calls() == [("GET", "/deals")]


def test_after_a_429_it_waits_and_asks_again(server: LittleServer) -> None:
    replies = iter([Reply(429, {"success": False, "message": "slow"}, {"Retry-After": "0.05"}), Reply()])
    server.answer = lambda _: next(replies)
    seen: list[int] = []
    asked = target(server.url)
    asked.observers.append(lambda exchange: seen.append(exchange.status))
    started = time.monotonic()

    assert asked.call("listDeals").status == 200
    assert time.monotonic() - started >= 0.05
    assert seen == [429, 200]


def test_a_429_without_end_is_no_verdict(server: LittleServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "THROTTLED_ATTEMPTS", 3)
    server.answer = lambda _: Reply(429, {}, {"Retry-After": "0"})

    with pytest.raises(ThrottledError, match="still 429 after 3 attempts"):
        target(server.url).call("listDeals")


def test_requests_keep_their_distance(server: LittleServer) -> None:
    asked = target(server.url, rate_limit=50.0)
    started = time.monotonic()
    for _ in range(4):
        asked.call("listDeals")

    assert time.monotonic() - started >= 0.06


def test_nothing_is_sent_after_the_end(server: LittleServer) -> None:
    asked = target(server.url)
    asked.stop.deadline = time.monotonic() - 1
    with pytest.raises(OutOfTimeError):
        asked.call("listDeals")
    asked.stop.deadline, asked.stop.halted = None, "stopped"
    with pytest.raises(HaltedError):
        asked.call("listDeals")

    assert server.received == []


def test_a_dead_target_is_named_without_the_token() -> None:
    with pytest.raises(UnreachableError) as error:
        target("http://127.0.0.1:9/api").call("listDeals")

    assert "http://127.0.0.1:9/api/deals" in str(error.value)
    assert TOKEN not in str(error.value)


def test_what_was_made_is_taken_away_again(server: LittleServer, world: LittleWorld) -> None:
    asked = target(server.url)
    asked.call("createDeal", json={"name": "one", "stage_id": 1})
    asked.call("createPipelineStage", json={"name": "new"})
    world.deals[7] = {"id": 7, "name": "somebody else's"}

    assert clean_up(asked) == []
    assert set(world.deals) == {7}
    assert set(world.stages) == {1, 2, 3}


def test_what_carries_the_runs_name_is_found(server: LittleServer, world: LittleWorld) -> None:
    asked = target(server.url)
    asked.send("POST", "/deals", json={"name": "dc-abc123 by other means", "stage_id": 1})
    asked.created.gone("deal", next(iter(world.deals)))

    assert clean_up(asked) == []
    assert world.deals == {}


def test_the_stages_stand_in_their_order_again(server: LittleServer, world: LittleWorld) -> None:
    asked = target(server.url)
    asked.call("reorderPipelineStages", json={"order": [3, 1, 2]})

    assert world.order() == [3, 1, 2]
    assert clean_up(asked) == []
    assert world.order() == [1, 2, 3]


def test_what_cannot_be_taken_away_is_said(server: LittleServer, world: LittleWorld) -> None:
    asked = target(server.url)
    asked.call("createDeal", json={"name": "one", "stage_id": 1})
    server.answer = lambda request: Reply(403, {}) if request.method == "DELETE" else world(request)

    assert clean_up(asked) == ["deal 100: DELETE /deals/100 returned 403"]


def test_what_is_gone_at_the_second_try_is_not_complained_of(
    server: LittleServer, world: LittleWorld
) -> None:
    asked = target(server.url)
    asked.call("createPipelineStage", json={"name": "dc-abc123 one"})
    refusals = iter([422])

    def at_first_refusing(request: Received) -> Reply:
        refused = next(refusals, None) if request.method == "DELETE" else None
        return Reply(refused) if refused else world(request)

    server.answer = at_first_refusing
    assert clean_up(asked) == []
    assert set(world.stages) == {1, 2, 3}


def test_what_cannot_be_taken_away_is_said_once(server: LittleServer, world: LittleWorld) -> None:
    asked = target(server.url)
    asked.call("createDeal", json={"name": "dc-abc123 one", "stage_id": 1})
    server.answer = lambda request: Reply(403) if request.method == "DELETE" else world(request)

    assert clean_up(asked) == ["deal 100: DELETE /deals/100 returned 403"]


def test_tasks_and_notes_go_with_their_deal(server: LittleServer, world: LittleWorld) -> None:
    asked = target(server.url)
    asked.call("createDeal", json={"name": "one", "stage_id": 1})
    asked.made("task", 5, parent=100)
    asked.made("note", 6, parent=100)
    clean_up(asked)

    assert [path for method, path in server.calls() if method == "DELETE"] == ["/deals/100"]


@pytest.mark.parametrize(
    ("as_", "header"),
    [
        ("me", '"Authorization: Bearer $TOKEN"'),
        ("admin", '"Authorization: Bearer $ADMIN_TOKEN"'),
        ("other", '"Authorization: Bearer $OTHER_TOKEN"'),
        ("nobody", None),
    ],
)
def test_a_curl_line_names_the_token_only(as_: str, header: str | None) -> None:
    line = exchange(as_=as_).curl()

    assert ("Authorization" in line) == (header is not None)
    assert header is None or header in line


@pytest.mark.parametrize(
    ("body", "part"),
    [
        (b'{"name": "it\'s"}', '--data-raw \'{"name": "it\'"\'"\'s"}\''),
        (b"two\nlines'", "--data-raw $'two\\nlines\\''"),
        (b"\xff\x00", "echo /wA= | base64 -d | curl"),
    ],
)
def test_a_curl_line_carries_any_body_on_one_line(body: bytes, part: str) -> None:
    line = exchange(method="POST", request_body=body).curl()

    assert part in line
    assert "\n" not in line


def test_a_curl_line_carries_a_file() -> None:
    line = exchange(method="POST", files={"file": ("a.csv", b"name\nx\n", "text/csv")}).curl()

    assert line.startswith("printf %s $'name\\nx\\n' | curl")
    assert "-F 'file=@-;filename=a.csv;type=text/csv'" in line


JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N"


@pytest.mark.parametrize(
    "text", [JWT, JWT.split(".")[1], JWT.split(".")[2], "eyJhbGciOiJub25lIn0.eyJhIjoxMn0."]
)
def test_no_part_of_a_token_is_shown(text: str) -> None:
    assert text not in target(token=JWT).redact(f"the token {text} is not valid")


def test_a_password_is_hidden_even_if_it_is_a_common_word() -> None:
    asked = target(email="a@b", password="password")

    shown = asked.redact('{"email": "a@b", "password": "password"}')
    assert shown == '{"email": "a@b", "password": "$PASSWORD"}'


def test_a_token_that_a_sign_in_gave_is_hidden(server: LittleServer) -> None:
    server.answer = lambda _: Reply(body={"success": True, "token": "opaque-but-secret", "user": {}})
    asked = target(server.url)
    asked.call("login", as_="nobody", json={"email": "a@b", "password": "x"})

    assert asked.redact("opaque-but-secret") == "$TOKEN"


def _observed(exchange: Exchange) -> None:
    raise AssertionError("clean-up is not judged")


def test_cleaning_up_is_not_judged(server: LittleServer) -> None:
    asked = target(server.url)
    asked.call("createDeal", json={"name": "one", "stage_id": 1})
    asked.observers.append(_observed)

    assert clean_up(asked) == []
