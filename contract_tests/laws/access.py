"""Authorization: requests without a valid token are refused, and roles are respected."""

from __future__ import annotations

import base64
import json
from typing import Any, Final

from contract_tests.client.exchange import Exchange
from contract_tests.laws.law import law
from contract_tests.scene.expectations import NotJudged, expect, granted, response_of
from contract_tests.scene.limits import ContractLimits
from contract_tests.scene.requests import valid_request
from contract_tests.scene.scene import Scene

FORBIDDEN: Final = 403
PUBLIC: Final = ("login",)


def _guarded(limits: ContractLimits) -> list[str]:
    """The operations that need a token."""
    return [id for id, operation in limits.contract.operations.items() if not operation.public]


def _for_admins(limits: ContractLimits) -> list[str]:
    return [id for id, operation in limits.contract.operations.items() if operation.required_role]


def _requested(s: Scene, operation: str, person: str) -> Exchange:
    request = valid_request(s, operation)
    if not s.limits.contract.operations[operation].writes:
        s.call(operation, **request)  # fills any cache with an allowed response
    exchange = s.call(operation, as_=person, **request)
    if exchange.ok:
        s.refresh()  # the records made for it may be deleted
    return exchange


def _stopped(s: Scene, operation: str, person: str, wanted: int) -> None:
    exchange = _requested(s, operation, person)
    if exchange.status == FORBIDDEN != wanted and _requested(s, operation, "me").status == FORBIDDEN:
        raise NotJudged(f"{operation} returned 403 to everybody")
    expect(exchange.status == wanted, str(wanted), response_of(exchange), exchange, operation=operation)


@law(each=_guarded)
def requests_without_a_token_are_refused(s: Scene, operation: str) -> None:
    """“Authorization: Bearer <token> header”, “401 missing or invalid token”."""
    _stopped(s, operation, "nobody", 401)


@law(each=_guarded)
def requests_with_a_forged_token_are_refused(s: Scene, operation: str) -> None:
    """“Authorization: Bearer <token> header”, “401 missing or invalid token”: its signature is invalid."""
    _stopped(s, operation, "bad", 401)


@law(each=_guarded, needs=("expired",))
def requests_with_an_expired_token_are_refused(s: Scene, operation: str) -> None:
    """“401 missing or invalid token”; “An expiring token can be exchanged for a new one”: tokens expire."""
    _stopped(s, operation, "expired", 401)


@law("listDeals", cases=("not a JWT", "empty", "altered payload", "unsigned"))
def a_forged_or_malformed_token_is_refused(s: Scene, forgery: str) -> None:
    """“All Deals operations need a JWT”, “401 missing or invalid token”: a token is verified."""
    token = _forged(forgery, s.client.people["me"] or "")
    exchange = s.call("listDeals", as_="nobody", headers={"Authorization": f"Bearer {token}".strip()})
    expect(exchange.status == 401, "401", response_of(exchange), exchange)


def _forged(kind: str, token: str) -> str:
    if kind == "not a JWT":
        return "not-a-token"
    if kind == "empty":
        return ""
    parts = token.split(".")
    if len(parts) != 3:
        raise NotJudged("the token is not a JWT with three parts")
    if kind == "altered payload":
        return f"{parts[0]}.{_encoded({'sub': '1', 'role': 'admin', 'exp': 4102444800})}.{parts[2]}"
    return f"{_encoded({'alg': 'none', 'typ': 'JWT'})}.{parts[1]}."


def _encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


@law(each=_for_admins, needs=("writes", "other"), drift=True)
def admin_operations_are_refused_to_other_roles(s: Scene, operation: str) -> None:
    """“Some endpoints require Admin role”, “403 insufficient permissions”; we guess which endpoints."""
    _stopped(s, operation, "other", 403)


@law(each=_for_admins, needs=("writes", "other"))
def a_valid_token_is_never_rejected_as_invalid(s: Scene, operation: str) -> None:
    """“401 missing or invalid token, 403 insufficient permissions”: a token that works elsewhere is valid."""
    granted(s.call("listDeals", as_="other", query={"per_page": 1}))
    exchange = _requested(s, operation, "other")
    expect(exchange.status != 401, "any status but 401", response_of(exchange), exchange)


# Signing in


def _sign_in(s: Scene, **changes: Any) -> Any:
    settings = s.client.settings
    body = {"email": settings.email, "password": settings.password} | changes
    return s.call(
        "login", as_="nobody", json={name: value for name, value in body.items() if value is not None}
    )


@law("login", needs=("writes", "login"))
def signing_in_returns_a_working_token(s: Scene) -> None:
    """“POST /auth/login”, body “{email, password}”, returns “token” and “user”: the token works."""
    exchange = granted(_sign_in(s))
    body = exchange.json if isinstance(exchange.json, dict) else {}
    expect(body.get("token"), "a token", response_of(exchange), exchange)
    user = body.get("user") if isinstance(body.get("user"), dict) else {}
    email = str((user or {}).get("email"))
    mine = email.casefold() == str(s.client.settings.email).casefold()
    expect(mine, f"the user {s.client.settings.email}", email, exchange)
    headers = {"Authorization": f"Bearer {body['token']}"}
    listed = s.call("listDeals", as_="nobody", query={"per_page": 1}, headers=headers)
    expect(listed.ok, "success with the new token", response_of(listed), exchange)


@law(
    "login",
    needs=("writes", "login"),
    cases=("wrong password", "unknown email", "password missing", "email missing"),
)
def signing_in_with_wrong_credentials_is_refused(s: Scene, case: str) -> None:
    """“body {email, password} (both required)”, “401 missing or invalid token”, “400 invalid input”."""
    changes: dict[str, dict[str, Any]] = {
        "wrong password": {"password": f"not {s.word()}"},
        "unknown email": {"email": f"{s.word()}@nowhere.example"},
        "password missing": {"password": None},
        "email missing": {"email": None},
    }
    exchange = _sign_in(s, **changes[case])
    expect(
        exchange.status in (400, 401, 403, 404, 422),
        "400, 401, 403, 404 or 422",
        response_of(exchange),
        exchange,
    )
    body = exchange.json if isinstance(exchange.json, dict) else {}
    expect(not body.get("token"), "no token", "a token", exchange)
