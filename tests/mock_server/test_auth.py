"""Tokens identify users, users have roles, and nobody gets in without them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import jwt
import pytest

from mock_server.auth import LIFETIME, SECRET, Guard, Tokens, bearer, one_of_each_role
from mock_server.clock import FrozenClock, SystemClock
from mock_server.contract import MockContract
from mock_server.domain.world import User, World
from mock_server.errors import Forbidden, Unauthorized
from mock_server.store import Store

NOW = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)


def user(id_: int, role: str) -> User:
    return User(id=id_, first_name="A", last_name="B", email=f"{id_}@x.example", role=role, team="t")


ADMIN, MANAGER, REP, SECOND_REP = user(1, "admin"), user(2, "manager"), user(3, "rep"), user(4, "rep")
WORLD = World().put("users", SECOND_REP, REP, MANAGER, ADMIN)
TOKENS = Tokens(FrozenClock(NOW))


def claims(**changes: Any) -> dict[str, Any]:
    now = int(NOW.timestamp())
    return {"sub": "3", "email": REP.email, "role": "rep", "iat": now, "exp": now + 60, **changes}


def signed(secret: bytes = SECRET, algorithm: str = "HS256", **changes: Any) -> str:
    return jwt.encode(claims(**changes), secret, algorithm)


def test_a_token_reads_back_as_its_person() -> None:
    assert TOKENS.read(TOKENS.issue(REP), WORLD) == REP


def test_a_token_is_good_for_thirty_days() -> None:
    now = datetime.now(UTC)
    token = Tokens(SystemClock()).issue(REP)
    assert Tokens(FrozenClock(now + LIFETIME - timedelta(minutes=1))).read(token, WORLD) == REP
    with pytest.raises(Unauthorized, match="expired"):
        Tokens(FrozenClock(now + LIFETIME + timedelta(minutes=1))).read(token, WORLD)


@pytest.mark.parametrize("year", [1971, 2026, 2099, 2999])
def test_with_a_fixed_clock_a_token_is_valid_for_the_mock_and_for_its_clients(year: int) -> None:
    tokens = Tokens(FrozenClock(datetime(year, 1, 1, tzinfo=UTC)))
    token = tokens.issue(REP)
    assert tokens.read(token, WORLD) == REP
    assert Tokens(SystemClock()).read(token, WORLD) == REP
    told = jwt.decode(token, options={"verify_signature": False})
    assert told["iat"] < datetime.now(UTC).timestamp() < told["exp"]


@pytest.mark.parametrize("clock", [SystemClock(), FrozenClock(datetime(1971, 1, 1, tzinfo=UTC))])
def test_an_expired_token_has_expired_by_any_clock(clock: Any) -> None:
    with pytest.raises(Unauthorized, match="expired"):
        Tokens(clock).read(Tokens(clock).issue_expired(REP), WORLD)


def test_a_token_is_not_valid_before_its_time() -> None:
    begins = int(NOW.timestamp())
    assert TOKENS.read(signed(nbf=begins), WORLD) == REP
    with pytest.raises(Unauthorized, match="not valid yet"):
        TOKENS.read(signed(nbf=begins + 1), WORLD)


def test_a_token_survives_a_restart() -> None:
    assert Tokens(FrozenClock(NOW)).read(TOKENS.issue(REP), WORLD) == REP


def test_the_role_comes_from_the_world_not_from_the_token() -> None:
    assert TOKENS.read(signed(role="admin"), WORLD).role == "rep"


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "a.b.c",
        "é.é.é",
        signed(secret=b"x" * 32),
        signed(secret=SECRET * 2, algorithm="HS512"),
        jwt.encode(claims(), None, "none"),
        signed()[:-3],
        signed(exp="soon"),
        signed(exp=True),
        signed(exp=1e400),
        signed(sub="99"),
        signed(sub="x"),
        signed(sub="9" * 5000),
        signed(sub=3),
        signed(email=ADMIN.email),
        jwt.encode({"sub": "3", "email": REP.email}, SECRET, "HS256"),
        "eyJhbGciOiJIUzI1NiJ9." + "W1tb" * 20000 + ".c2ln",
    ],
    ids=lambda token: token[-12:],
)
def test_a_token_that_the_mock_did_not_issue_is_invalid(token: str) -> None:
    with pytest.raises(Unauthorized):
        TOKENS.read(token, WORLD)


@pytest.mark.parametrize("header", ["Bearer abc", "bearer abc", "  BEARER   abc "])
def test_the_scheme_is_read_whatever_its_case(header: str) -> None:
    assert bearer(header) == "abc"


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic abc", "abc", "Bearerabc"])
def test_without_a_bearer_token_nobody_is_signed_in(header: str | None) -> None:
    with pytest.raises(Unauthorized, match="Missing token"):
        bearer(header)


@pytest.fixture(scope="module")
def guard() -> Guard:
    return Guard(MockContract.load(), lambda _: Store("x", WORLD, FrozenClock(NOW)))


def request(operation: str, person: User) -> Any:
    scope = {"extensions": {"connexion_routing": {"operation_id": operation}}}
    return SimpleNamespace(scope=scope, headers={"authorization": f"Bearer {TOKENS.issue(person)}"})


def test_an_admin_may_change_the_stages(guard: Guard) -> None:
    assert guard.check(request("createPipelineStage", ADMIN)) == ADMIN


@pytest.mark.parametrize("person", [REP, MANAGER])
def test_a_role_too_low_is_told_which_it_takes(guard: Guard, person: User) -> None:
    with pytest.raises(Forbidden, match="This operation requires the admin role"):
        guard.check(request("createPipelineStage", person))


@pytest.mark.parametrize("person", [REP, MANAGER, ADMIN])
def test_everybody_may_list_deals(guard: Guard, person: User) -> None:
    assert guard.get_fn({}, [])(request("listDeals", person)) == {"sub": person}


def test_one_person_of_each_role_is_chosen_the_highest_first() -> None:
    assert one_of_each_role(("rep", "manager", "admin"), WORLD) == [ADMIN, MANAGER, REP]
    assert one_of_each_role(("rep", "owner"), WORLD) == [REP]
