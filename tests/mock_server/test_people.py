"""Users: signing in, valid and invalid tokens, and what each role may do."""

from __future__ import annotations

from typing import Any

import jwt
import pytest

from mock_server.auth import SECRET, Tokens
from mock_server.clock import FrozenClock
from mock_server.domain.world import User
from tests.mock_server.conftest import NOW, PEOPLE, Api, contract, seeded
from tests.mock_server.example_requests import path_with

USERS = list(seeded().users)
OPERATIONS = [operation for operation in contract().operations.values() if not operation.public]
rank = contract().roles.index


def login(api: Api, email: str, password: str = "password") -> Any:
    return api.as_("nobody").post("/auth/login", {"email": email, "password": password})


def with_token(api: Api, token: str) -> Any:
    return api.as_("nobody").send("GET", "/api/deals/stages", headers={"Authorization": f"Bearer {token}"})


# Signing in


@pytest.mark.parametrize("user", USERS, ids=lambda user: user.email)
def test_everybody_signs_in_with_the_seeded_password(reader: Api, user: User) -> None:
    answer = login(reader, user.email)
    assert answer.status_code == 200
    names = ("id", "first_name", "last_name", "email", "role")
    assert answer.json()["user"] == {name: getattr(user, name) for name in names}
    assert with_token(reader, answer.json()["token"]).status_code == 200


def test_a_token_is_a_jwt_for_its_person(reader: Api) -> None:
    token = login(reader, "rep@revorbit.example").json()["token"]
    assert jwt.get_unverified_header(token)["alg"] == "HS256"
    claims = jwt.decode(token, options={"verify_signature": False})
    assert (claims["sub"], claims["role"]) == ("3", "rep")
    assert claims["iat"] < int(NOW.timestamp()) < claims["exp"]


@pytest.mark.parametrize("email", ["REP@RevOrbit.example", " rep@revorbit.example "])
def test_an_address_is_read_whatever_its_case(reader: Api, email: str) -> None:
    assert login(reader, email).json()["user"]["id"] == 3


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("rep@revorbit.example", "Password"),
        ("rep@revorbit.example", ""),
        ("nobody@revorbit.example", "password"),
        ("", "password"),
        ("rep@revorbit.example' OR 1=1 --", "password"),
    ],
)
def test_a_wrong_address_and_a_wrong_password_are_the_same_error(
    reader: Api, email: str, password: str
) -> None:
    answer = login(reader, email, password)
    assert (answer.status_code, answer.json()) == (
        401,
        {"success": False, "message": "Invalid email or password"},
    )


# Tokens


def forged(**changes: Any) -> str:
    """Ada's token with these claims changed (None removes one), signed with the mock's own secret."""
    now = int(NOW.timestamp())
    claims = {"sub": "1", "email": "admin@revorbit.example", "iat": now, "exp": now + 60, **changes}
    return jwt.encode({k: v for k, v in claims.items() if v is not None}, SECRET, "HS256")


def test_a_token_made_by_the_same_secret_is_good(reader: Api) -> None:
    assert with_token(reader, forged()).status_code == 200


@pytest.mark.parametrize(
    ("token", "message"),
    [
        (Tokens(FrozenClock(NOW)).issue_expired(USERS[0]), "The token has expired"),
        (forged(exp=int(NOW.timestamp())), "The token has expired"),
        (Tokens(FrozenClock(NOW), b"another secret, just as long as the real").issue(USERS[0]), None),
        (jwt.encode({"sub": "1", "email": USERS[0].email, "exp": 2**40}, None, "none"), None),
        (forged(sub="99"), None),
        (forged(email="rep@revorbit.example"), None),
        (forged(exp=None), None),
        (forged()[:-1], None),
        (forged() + "x", None),
        ("x.y.z", None),
    ],
    ids=lambda value: str(value)[-8:],
)
def test_an_invalid_token_is_reported(reader: Api, token: str, message: str | None) -> None:
    answer = with_token(reader, token)
    assert answer.status_code == 401
    assert answer.json() == {"success": False, "message": message or "The token is not valid"}
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_token_gives_no_more_rights_than_the_world_does(api: Api) -> None:
    token = forged(sub="3", email="rep@revorbit.example", role="admin")
    answer = api.as_("nobody").send(
        "POST", "/api/pipeline-stages", headers={"Authorization": f"Bearer {token}"}, json={"name": "x"}
    )
    assert answer.status_code == 403


# Every operation


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
@pytest.mark.parametrize("person", ["nobody", "rep", "manager", "admin"])
def test_every_operation_knows_who_may_call_it(api: Api, operation: Any, person: str) -> None:
    before = api.world
    status = (
        api.as_(person).send(operation.method, f"/api{path_with(operation, 10)}", content=b"{").status_code
    )
    if person == "nobody":
        assert status == 401
    elif rank(person) < rank(operation.required_role or person):
        assert status == 403
    else:
        assert status not in (401, 403)
    if status >= 400:
        assert api.world is before


def test_only_signing_in_needs_no_token() -> None:
    assert [each.id for each in contract().operations.values() if each not in OPERATIONS] == ["login"]


def test_the_token_of_a_deleted_user_is_invalid(api: Api) -> None:
    rep = api.as_("rep")
    assert rep.get("/deals/stages").status_code == 200
    api.store.commit(lambda world: world.drop("users", PEOPLE["rep"]))
    assert rep.get("/deals/stages").status_code == 401
