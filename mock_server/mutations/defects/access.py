"""Access: login, tokens and roles."""

from __future__ import annotations

from typing import Any

import jwt

from mock_server.auth import ALGORITHM, SECRET
from mock_server.context import current_mock
from mock_server.errors import Unauthorized
from mock_server.handlers.login import PASSWORD
from mock_server.mutations.handler_call import Body, HandlerCall
from mock_server.mutations.http_exchange import HttpReply, HttpRequest
from mock_server.mutations.mutation import Changes, around_handler, around_http, with_contract
from mock_server.responses import record_body

TOKEN = "All Deals operations need a JWT: Authorization: Bearer <token>. 401 missing or invalid token"
LOGIN = "POST /auth/login, public, body {email, password} (both required)"
LOGGED_IN = (
    '{"success": true, "token": "eyJ…", "user": {"id", "first_name", "last_name", "email", "role"}, …}'
)
ADMIN = "Some endpoints require Admin role. 403 insufficient permissions"
LATEST = 4_000_000_000  # an expiry time in the distant future
READS = ("listDeals", "getDeal", "getDealPipeline", "listDealStages", "getDealStats", "exportDeals")
EVERYDAY = (*READS, "createDeal", "updateDeal", "deleteDeal", "moveDealToStage")
FOR_ADMINS = {
    "importDeals": ("/deals/import", "post"),
    "createPipelineStage": ("/pipeline-stages", "post"),
    "reorderPipelineStages": ("/pipeline-stages/reorder", "put"),
    "updatePipelineStage": ("/pipeline-stages/{id}", "put"),
    "deletePipelineStage": ("/pipeline-stages/{id}", "delete"),
}


@with_contract("getDealStats", documented=TOKEN)
def stats_need_no_token() -> Changes:
    """The statistics can be read without a token."""
    return _open("/deals/stats", "get")


@with_contract("exportDeals", documented=TOKEN)
def export_needs_no_token() -> Changes:
    """The export can be downloaded without a token."""
    return _open("/deals/export", "get")


@with_contract("deleteDeal", documented=TOKEN)
def deleting_a_deal_needs_no_token() -> Changes:
    """A deal can be deleted without a token."""
    return _open("/deals/{id}", "delete")


@with_contract("listDealTasks", "deleteDealTask", documented=TOKEN)
def tasks_need_no_token() -> Changes:
    """Tasks can be listed and deleted without a token."""
    tasks, task = "/deals/{id}/tasks", "/deals/{id}/tasks/{taskId}"
    return {**_open(tasks, "get"), **_open(task, "delete")}


@around_http(*EVERYDAY, documented=TOKEN)
async def signatures_are_not_checked(request: HttpRequest) -> HttpReply:
    """Tokens are decoded but not verified, so a forged or expired token is accepted."""
    return await _signed_again(request, exp=LATEST).forward()


@around_http(*EVERYDAY, documented=TOKEN)
async def any_text_is_accepted_as_a_token(request: HttpRequest) -> HttpReply:
    """After one valid request, any text is accepted as a token."""
    reply = await request.forward()
    if reply.status != 401:
        request.memory["known"] = request.authorization
    elif _token(request) and "known" in request.memory:
        return await request.with_authorization(request.memory["known"]).forward()
    return reply


@around_http(*EVERYDAY, documented=TOKEN)
async def without_a_token_the_previous_user_is_used(request: HttpRequest) -> HttpReply:
    """A request without a token is executed as the user of the previous request."""
    if not request.authorization and "last" in request.memory:
        return await request.with_authorization(request.memory["last"]).forward()
    reply = await request.forward()
    if reply.status != 401:
        request.memory["last"] = request.authorization
    return reply


@around_http(*EVERYDAY, documented=TOKEN)
async def a_token_never_expires(request: HttpRequest) -> HttpReply:
    """The signature of a token is verified, but its expiry time is not."""
    try:
        jwt.decode(_token(request), SECRET, [ALGORITHM], options={"verify_exp": False})
    except jwt.InvalidTokenError:
        return await request.forward()
    return await _signed_again(request, exp=LATEST).forward()


@around_http(*EVERYDAY, documented=TOKEN)
async def a_token_may_be_unsigned(request: HttpRequest) -> HttpReply:
    """Unsigned tokens with `"alg": "none"` are accepted."""
    try:
        unsigned = jwt.get_unverified_header(_token(request)).get("alg") == "none"
    except jwt.InvalidTokenError:
        unsigned = False
    return await (_signed_again(request) if unsigned else request).forward()


@around_http("exportDeals", documented=TOKEN)
async def export_accepts_any_signature(request: HttpRequest) -> HttpReply:
    """The export accepts tokens with an invalid signature."""
    return await _signed_again(request).forward()


@around_http(*EVERYDAY, documented=TOKEN)
async def without_a_token_the_answer_is_403(request: HttpRequest) -> HttpReply:
    """A request without a valid token returns 403 instead of 401."""
    reply = await request.forward()
    return HttpReply(403, reply.headers, reply.body) if reply.status == 401 else reply


@around_http(*EVERYDAY, documented=f"{TOKEN}. 302 is not among the status codes in use")
async def without_a_token_the_answer_is_a_redirect(request: HttpRequest) -> HttpReply:
    """A request without a valid token returns 302 to a login page instead of 401."""
    reply = await request.forward()
    return HttpReply(302, {"location": "/login"}, b"") if reply.status == 401 else reply


@around_http(*EVERYDAY, documented=TOKEN)
async def without_a_token_the_answer_is_200(request: HttpRequest) -> HttpReply:
    """A request without a valid token returns 200 with `"success": false`."""
    reply = await request.forward()
    return HttpReply(200, reply.headers, reply.body) if reply.status == 401 else reply


@around_http(*FOR_ADMINS, documented=ADMIN)
async def forbidden_is_answered_with_401(request: HttpRequest) -> HttpReply:
    """A user without the required role gets 401 instead of 403."""
    reply = await request.forward()
    return HttpReply(401, reply.headers, reply.body) if reply.status == 403 else reply


@around_handler("login", documented=f"{LOGIN}. 401 missing or invalid token")
def any_password_is_accepted(call: HandlerCall) -> Any:
    """A user can log in with any password."""
    return call.with_fields(password=PASSWORD)()


@around_handler("login", documented=f"{LOGIN}. 401 missing or invalid token")
def wrong_credentials_are_answered_with_200(call: HandlerCall) -> Any:
    """A login with wrong credentials returns 200 with `"success": false`."""
    try:
        return call()
    except Unauthorized as error:
        return {"success": False, "message": str(error)}


@around_handler("login", documented=LOGGED_IN)
def login_omits_the_user(call: HandlerCall) -> Any:
    """A login returns no `user`."""
    response: Body = call()
    del response["user"]
    return response


@around_handler("login", documented=LOGGED_IN)
def login_returns_the_first_user(call: HandlerCall) -> Any:
    """A login always returns the first user, whoever logs in."""
    return {**call(), "user": record_body("User", next(iter(current_mock().world.users)))}


def _open(path: str, method: str) -> Changes:
    return {("paths", path, method, "security"): []}


def _token(request: HttpRequest) -> str:
    return request.authorization.partition(" ")[2].strip()


def _signed_again(request: HttpRequest, **changes: Any) -> HttpRequest:
    """The request with its token signed correctly; unchanged if it has no token that can be decoded."""
    try:
        claims = jwt.decode(_token(request), options={"verify_signature": False})
    except jwt.InvalidTokenError:
        return request
    return request.with_authorization(f"Bearer {jwt.encode({**claims, **changes}, SECRET, ALGORITHM)}")


@around_http("getDeal", documented=TOKEN)
async def a_cached_deal_needs_no_token(request: HttpRequest) -> HttpReply:
    """A deal that was read once can be read without a token, because it is cached by its URL alone."""
    reply = await request.forward()
    if reply.status == 200:
        request.memory[request.scope["path"]] = reply
    return request.memory.get(request.scope["path"], reply) if reply.status == 401 else reply
