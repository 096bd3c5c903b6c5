"""Who may do what: nothing without a token, nothing with a wrong one."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from contract_tests.facts import CONTRACT
from contract_tests.law import NotJudged, answered, expect, granted, law
from contract_tests.scene.scene import Scene
from contract_tests.target.exchange import Exchange

PUBLIC: Final = ("login",)
Request = dict[str, Any]


def _own(s: Scene) -> Request:
    """A deal, a task, a note and a stage made for requests that ought to be refused."""
    return s.once("own", lambda: _made(s))


def _made(s: Scene) -> Request:
    if s.target.settings.read_only:
        deals = s.all_deals().ids
        return {"deal": deals[0] if deals else s.unknown_id(), "task": 1, "note": 1, "stage": 1, "home": 1}
    deal = s.new_deal()
    try:
        stage = s.new_stage()
    except NotJudged:  # not an administrator; a stage that others use is not put at risk
        stage = s.unknown_id()
    parts = {"task": s.new_task(deal), "note": s.new_note(deal, f"Note {s.word()}")}
    return {"deal": deal, **parts, "stage": stage, "home": s.stage_like()["id"]}


def _deal_body(s: Scene) -> Request:
    return {"json": {"name": f"Deal {s.word()}", "stage_id": _own(s)["home"]}}


# A request of each operation that is right but for who sends it.
REQUESTS: Final[Mapping[str, Callable[[Scene], Request]]] = {
    "listDeals": lambda s: {},
    "createDeal": _deal_body,
    "getDealPipeline": lambda s: {},
    "listDealStages": lambda s: {},
    "getDealStats": lambda s: {},
    "exportDeals": lambda s: {},
    "downloadDealTemplate": lambda s: {},
    "importDeals": lambda s: {"files": {"file": ("deals.csv", b"name,stage_name\r\n", "text/csv")}},
    "getDeal": lambda s: {"id": _own(s)["deal"]},
    "updateDeal": lambda s: {"id": _own(s)["deal"], **_deal_body(s)},
    "deleteDeal": lambda s: {"id": _own(s)["deal"]},
    "moveDealToStage": lambda s: {"id": _own(s)["deal"], "json": {"stage_id": _own(s)["home"]}},
    "setDealPrimaryQuote": lambda s: {"id": _own(s)["deal"], "json": {"quote_id": 1}},
    "createDealNote": lambda s: {"id": _own(s)["deal"], "json": {"content": f"Note {s.word()}"}},
    "deleteDealNote": lambda s: {"id": _own(s)["deal"], "noteId": _own(s)["note"]},
    "listDealTasks": lambda s: {"id": _own(s)["deal"]},
    "createDealTask": lambda s: {"id": _own(s)["deal"], "json": {"title": f"Task {s.word()}"}},
    "updateDealTask": lambda s: {
        "id": _own(s)["deal"], "taskId": _own(s)["task"], "json": {"title": f"Task {s.word()}"},
    },
    "deleteDealTask": lambda s: {"id": _own(s)["deal"], "taskId": _own(s)["task"]},
    "getDealTimeline": lambda s: {"id": _own(s)["deal"]},
    "listDealLinkedEmails": lambda s: {"id": _own(s)["deal"]},
    "createPipelineStage": lambda s: {"json": {"name": f"Stage {s.word()}"}},
    "reorderPipelineStages": lambda s: {"json": {"order": [stage["id"] for stage in s.stages()]}},
    "updatePipelineStage": lambda s: {"id": _own(s)["stage"], "json": {"name": f"Stage {s.word()}"}},
    "deletePipelineStage": lambda s: {"id": _own(s)["stage"]},
}  # fmt: skip
ADMINS: Final = [name for name, each in CONTRACT.operations.items() if each.required_role]


def _asked(s: Scene, operation: str, person: str) -> Exchange:
    request = REQUESTS[operation](s)
    if CONTRACT.operations[operation].method == "GET":
        s.call(operation, **request)  # what may be read is read first, as a cache would see it
    exchange = s.call(operation, as_=person, **request)
    if exchange.ok:
        s.refresh()  # what was made for it may be gone
    return exchange


def _stopped(s: Scene, operation: str, person: str, wanted: int) -> None:
    exchange = _asked(s, operation, person)
    expect(exchange.status == wanted, str(wanted), answered(exchange), exchange, operation=operation)


@law(each=REQUESTS)
def nothing_is_answered_without_a_token(s: Scene, operation: str) -> None:
    """“Authorization: Bearer <token> header”, “401 missing or invalid token”."""
    _stopped(s, operation, "nobody", 401)


@law(each=REQUESTS)
def nothing_is_answered_to_a_forged_token(s: Scene, operation: str) -> None:
    """“Authorization: Bearer <token> header”, “401 missing or invalid token”: the signature is not right."""
    _stopped(s, operation, "bad", 401)


@law(each=REQUESTS, needs=("expired",))
def nothing_is_answered_to_an_expired_token(s: Scene, operation: str) -> None:
    """“401 missing or invalid token”; “an expiring token can be exchanged”: some day it ends."""
    _stopped(s, operation, "expired", 401)


@law("listDeals", cases=("garbage", "no token after Bearer", "another payload", "no signature"))
def a_token_is_looked_at_before_it_is_believed(s: Scene, forgery: str) -> None:
    """“All Deals operations need a JWT”, “401 missing or invalid token”."""
    token = _forged(forgery, s.target.people["me"] or "")
    exchange = s.call("listDeals", as_="nobody", headers={"Authorization": f"Bearer {token}".strip()})
    expect(exchange.status == 401, "401", answered(exchange), exchange)


def _forged(kind: str, token: str) -> str:
    if kind == "garbage":
        return "not-a-token"
    if kind == "no token after Bearer":
        return ""
    parts = token.split(".")
    if len(parts) != 3:
        raise NotJudged("the token is no JWT with three parts")
    if kind == "another payload":
        return f"{parts[0]}.{_encoded({'sub': '1', 'role': 'admin', 'exp': 4102444800})}.{parts[2]}"
    return f"{_encoded({'alg': 'none', 'typ': 'JWT'})}.{parts[1]}."


def _encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


@law(each=ADMINS, needs=("writes", "other"), drift=True)
def an_administrators_work_is_not_everybodys(s: Scene, operation: str) -> None:
    """“Some endpoints require Admin role”, “403 insufficient permissions”; which ones is our guess."""
    _stopped(s, operation, "other", 403)


@law(each=ADMINS, needs=("writes", "other"))
def a_valid_token_is_not_called_invalid(s: Scene, operation: str) -> None:
    """“401 missing or invalid token, 403 insufficient permissions”: a token that opens one door is valid."""
    granted(s.call("listDeals", as_="other", query={"per_page": 1}))
    exchange = _asked(s, operation, "other")
    expect(exchange.status != 401, "403, or whatever else but 401", answered(exchange), exchange)


# Signing in


def _sign_in(s: Scene, **changes: Any) -> Any:
    settings = s.target.settings
    body = {"email": settings.email, "password": settings.password} | changes
    return s.call(
        "login", as_="nobody", json={name: value for name, value in body.items() if value is not None}
    )


@law("login", needs=("writes", "login"))
def the_token_of_a_sign_in_opens_the_door(s: Scene) -> None:
    """“POST /auth/login, public, body {email, password} → {success, token, user …}”: a token that works."""
    exchange = granted(_sign_in(s))
    answer = exchange.json if isinstance(exchange.json, dict) else {}
    expect(answer.get("token"), "a token", answered(exchange), exchange)
    user = answer.get("user") if isinstance(answer.get("user"), dict) else {}
    email = str((user or {}).get("email"))
    mine = email.casefold() == str(s.target.settings.email).casefold()
    expect(mine, f"the user {s.target.settings.email}", email, exchange)
    headers = {"Authorization": f"Bearer {answer['token']}"}
    entered = s.call("listDeals", as_="nobody", query={"per_page": 1}, headers=headers)
    expect(entered.ok, "success with the token just given", answered(entered), exchange)


@law(
    "login", needs=("writes", "login"), cases=("wrong password", "unknown e-mail", "no password", "no e-mail")
)
def nobody_signs_in_without_the_right_password(s: Scene, case: str) -> None:
    """“body {email, password} (both required)”, “401 missing or invalid token”, “400 invalid input”."""
    changes: dict[str, dict[str, Any]] = {
        "wrong password": {"password": f"not {s.word()}"},
        "unknown e-mail": {"email": f"{s.word()}@nowhere.example"},
        "no password": {"password": None},
        "no e-mail": {"email": None},
    }
    exchange = _sign_in(s, **changes[case])
    expect(exchange.status in (400, 401, 403, 404, 422), "a refusal", answered(exchange), exchange)
    told = exchange.json if isinstance(exchange.json, dict) else {}
    expect(not told.get("token"), "no token", "a token", exchange)
