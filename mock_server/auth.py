"""Authentication and authorization: tokens, users and roles."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import jwt

from mock_server.clock import Clock, is_set, stands_still
from mock_server.contract import MockContract
from mock_server.domain.world import User, World
from mock_server.errors import Forbidden, Unauthorized
from mock_server.store import WorldHolder

ALGORITHM = "HS256"
LIFETIME = timedelta(days=30)
FAR_FUTURE = datetime(2100, 1, 1, tzinfo=UTC)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

# The same in every mock, on purpose: a token pasted into a script or a browser still works
# after a restart, and there is nothing here to protect. Anyone who reads this can sign tokens.
SECRET = hashlib.sha256(b"deals-mock: tokens of invented people for invented deals").digest()

# Times are checked against the mock's own clock, which may be fixed, not the system clock.
CLAIMS: Any = {
    "require": ["sub", "email", "iat", "exp"],
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
}
NO_TOKEN = "Missing token: send Authorization: Bearer <token>"
INVALID = "The token is not valid"
EXPIRED = "The token has expired"
NOT_YET = "The token is not valid yet"
BY_CLOCK = "clock"  # the claim that says what the mock's clock showed, if it stood still
NOTHING: Mapping[str, int] = MappingProxyType({})


class Tokens:
    """Issues and verifies tokens."""

    def __init__(self, clock: Clock, secret: bytes = SECRET) -> None:
        self._clock = clock
        self._secret = secret

    def issue(self, user: User) -> str:
        """A token for this user, valid for thirty days.

        If the mock's clock stands still, its clients go by another: a token is then valid in both, until
        somebody moves the mock's clock by thirty days.
        """
        now = self._clock.now()
        if stands_still(self._clock):
            return self._signed(user, LONG_AGO, max(now + LIFETIME, FAR_FUTURE), {BY_CLOCK: _seconds(now)})
        return self._signed(user, now, now + LIFETIME)

    def issue_expired(self, user: User) -> str:
        """A token that has expired by any clock."""
        return self._signed(user, LONG_AGO, LONG_AGO + LIFETIME)

    def _signed(
        self, user: User, issued: datetime, expires: datetime, more: Mapping[str, int] = NOTHING
    ) -> str:
        claims = {
            "sub": str(user.id),
            "email": user.email,
            "role": user.role,
            "iat": _seconds(issued),
            "exp": _seconds(expires),
            **more,
        }
        return jwt.encode(claims, self._secret, ALGORITHM)

    def read(self, token: str, world: World) -> User:
        """The user that a token was issued to; raises Unauthorized if there is none in this world.

        The email must match too: in another world the same id may belong to somebody else.
        """
        claims = self._claims(token)
        sub = claims["sub"]
        user = world.users.get(int(sub)) if re.fullmatch("[0-9]{1,18}", sub) else None
        if user is None or user.email != claims["email"]:
            raise Unauthorized(INVALID)
        return user

    def _claims(self, token: str) -> Mapping[str, Any]:
        claims = _verified(token, self._secret)
        begins, ends = claims.get("nbf", 0), claims["exp"]
        if type(begins) is not int or type(ends) is not int:
            raise Unauthorized(INVALID)
        now = self._clock.now().timestamp()
        issued = claims.get(BY_CLOCK)
        if is_set(self._clock) and type(issued) is int:
            ends = issued + int(LIFETIME.total_seconds())
        if ends <= now:
            raise Unauthorized(EXPIRED)
        if begins > now:
            raise Unauthorized(NOT_YET)
        return claims


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


@lru_cache(maxsize=1000)
def _verified(token: str, secret: bytes) -> Mapping[str, Any]:
    """The claims of a token that was signed with this secret; the same ones each time it is sent."""
    try:
        return MappingProxyType(jwt.decode(token, secret, [ALGORITHM], options=CLAIMS))
    except (jwt.InvalidTokenError, ValueError, RecursionError) as error:
        raise Unauthorized(INVALID) from error


def bearer(header: str | None) -> str:
    """The token in an Authorization header."""
    scheme, _, token = (header or "").strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthorized(NO_TOKEN)
    return token.strip()


class Guard:
    """Connexion's handler for bearer security: 401 without a valid token, then 403 if the role is too low."""

    def __init__(self, contract: MockContract, store_of: Callable[[Any], WorldHolder]) -> None:
        self._contract = contract
        self._store_of = store_of  # of the scope of a request

    def get_fn(self, _scheme: dict[str, Any], _scopes: list[str]) -> Callable[[Any], Any]:
        """The function that Connexion calls with each request; `sub` becomes the handlers' `user`."""
        return lambda request: {"sub": self.check(request)}

    def check(self, request: Any) -> User:
        """The user who sent the request; raises Forbidden if they may not call this operation."""
        store = self._store_of(request.scope)
        token = bearer(request.headers.get("authorization"))
        user = Tokens(store.clock).read(token, store.current)
        operation = self._contract.operations[_operation_of(request)]
        if not self._may(user.role, operation.required_role):
            raise Forbidden(f"This operation requires the {operation.required_role} role")
        return user

    def _may(self, role: str, required: str | None) -> bool:
        rank = self._contract.roles.index
        return required is None or rank(role) >= rank(required)


def _operation_of(request: Any) -> str:
    operation_id: str = request.scope["extensions"]["connexion_routing"]["operation_id"]
    return operation_id


def one_of_each_role(roles: Sequence[str], world: World) -> list[User]:
    """One user of each role, the highest role first, for trying out the mock."""
    first = {user.role: user for user in reversed(list(world.users))}
    return [first[role] for role in reversed(roles) if role in first]
