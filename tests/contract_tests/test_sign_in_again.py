"""A run whose token ends signs in again, once, and nobody is accused of it."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from contract_tests.client.errors import HaltedError
from contract_tests.client.tokens import same_account
from contract_tests.run.suite import CouldNotRunError, Suite
from contract_tests.settings.settings import Settings
from contract_tests.verdict.findings import Kind
from tests.contract_tests.builders import TOKEN
from tests.contract_tests.little_server import LittleServer, LittleWorld, Received, Reply, little_server

SIGN_IN: dict[str, Any] = {"email": "a@b.example", "password": "a-password-that-is-secret"}
ENDED = Reply(401, {"success": False, "message": "The token has expired"})


class SigningIn:
    """A server whose tokens end when a test says so."""

    def __init__(self) -> None:
        self.world = LittleWorld("none yet")
        self.signed_in = 0
        self.refuses = False
        self._lock = threading.Lock()

    def __call__(self, request: Received) -> Reply:
        if request.path != "/auth/login":
            return self.world(request)
        if self.refuses:
            return Reply(403, {"success": False, "message": "locked"})
        with self._lock:
            self.signed_in += 1
            self.world.token = f"token-number-{self.signed_in}"
        return Reply(body={"success": True, "token": self.world.token, "user": {}})

    def end_token(self) -> None:
        self.world.token = "none at all"


@pytest.fixture
def there() -> SigningIn:
    return SigningIn()


@pytest.fixture
def server(there: SigningIn) -> Iterator[LittleServer]:
    with little_server(there) as server:
        yield server


@pytest.fixture
def suite(server: LittleServer) -> Suite:
    suite = Suite(Settings(base_url=server.url, **SIGN_IN))
    suite.open()
    return suite


def seen_by(suite: Suite) -> list[int]:
    seen: list[int] = []
    suite.client.observers.append(lambda exchange: seen.append(exchange.status))
    return seen


def test_a_token_that_ended_is_replaced_and_the_request_sent_again(suite: Suite, there: SigningIn) -> None:
    seen = seen_by(suite)
    there.end_token()
    made = suite.client.call("createDeal", json={"name": "dc one", "stage_id": 1})

    assert made.status == 201
    assert seen == [201]
    assert (there.signed_in, len(there.world.deals)) == (2, 1)
    assert suite.client.redact("token-number-1 token-number-2") == "$TOKEN $TOKEN"


def test_many_threads_sign_in_once(suite: Suite, there: SigningIn) -> None:
    there.end_token()
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: suite.client.sibling().call("listDeals").status, range(24)))

    assert set(statuses) == {200}
    assert there.signed_in == 2


@pytest.mark.parametrize("person", ["nobody", "bad"])
def test_a_token_that_is_meant_to_be_rejected_is_not_replaced(
    person: str, suite: Suite, there: SigningIn
) -> None:
    assert suite.client.call("listDeals", as_=person).status == 401
    assert there.signed_in == 1


def test_an_operation_that_alone_rejects_the_token_is_judged(
    suite: Suite, server: LittleServer, there: SigningIn
) -> None:
    server.answer = lambda request: ENDED if request.path == "/deals/7" else there(request)

    assert suite.client.call("getDeal", id=7).status == 401
    assert there.signed_in == 1


def test_a_sign_in_that_is_no_longer_possible_ends_the_run(suite: Suite, there: SigningIn) -> None:
    there.end_token()
    there.refuses = True
    with pytest.raises(HaltedError, match="signing in again returned 403"):
        suite.client.call("listDeals")

    assert "rejects the token that it accepted before" in suite.lost


def test_a_given_token_that_ended_ends_the_run_and_says_what_helps(
    server: LittleServer, there: SigningIn
) -> None:
    there.world.token = TOKEN
    suite = Suite(Settings(base_url=server.url, token=TOKEN))
    suite.open()
    before = suite.recorder.of(Kind.VIOLATION)
    there.end_token()
    with pytest.raises(HaltedError, match="with --email and --password instead of --token, a run signs in"):
        suite.client.call("listDeals")

    assert suite.recorder.of(Kind.VIOLATION) == before


def test_skip_login_forbids_signing_in(server: LittleServer, there: SigningIn) -> None:
    suite = Suite(Settings(base_url=server.url, skip=("login",), **SIGN_IN))
    with pytest.raises(CouldNotRunError, match="--skip login forbids signing in; give a --token instead"):
        suite.open()
    assert there.signed_in == 0

    there.world.token = TOKEN
    suite = Suite(Settings(base_url=server.url, token=TOKEN, skip=("Authentication",), **SIGN_IN))
    suite.open()
    reasons = {(f.operation, f.reason) for f in suite.recorder.of(Kind.NOT_JUDGED)}
    assert (there.signed_in, ("login", "--skip Authentication") in reasons) == (0, False)


def jwt(**claims: Any) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{payload}.signature"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (jwt(sub="7", role="rep", iat=1, exp=2), jwt(sub="7", role="rep", iat=5, exp=6), True),
        (jwt(sub="7", role="rep"), jwt(sub="8", role="rep"), False),
        ("opaque", "opaque", False),
        ("a.!.c", "a.!.c", False),
        ("a.e30.c", "opaque", False),
    ],
)
def test_two_tokens_are_of_one_account_if_their_claims_say_so(one: str, other: str, same: bool) -> None:
    assert same_account(one, other) == same
