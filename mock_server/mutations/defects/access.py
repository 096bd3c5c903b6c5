"""Access: who gets in, and who should not."""

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
LOGIN = 'POST /auth/login: {"email", "password"}, both required'
SIGNED_IN = '{"success": true, "token", "user": {"id", "first_name", "last_name", "email", "role"}, …}'
ADMIN = "Some endpoints require Admin role. 403 insufficient permissions"
LATEST = 4_000_000_000  # a time of expiry that is far off
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
    """The statistics are there for everybody: the route stands outside the guarded group."""
    return _open("/deals/stats", "get")


@with_contract("exportDeals", documented=TOKEN)
def export_needs_no_token() -> Changes:
    """The export is there for everybody, so that a browser can download it by a link."""
    return _open("/deals/export", "get")


@with_contract("deleteDeal", documented=TOKEN)
def deleting_a_deal_needs_no_token() -> Changes:
    """The route was added later, outside the guarded group."""
    return _open("/deals/{id}", "delete")


@with_contract("listDealTasks", "deleteDealTask", documented=TOKEN)
def tasks_need_no_token() -> Changes:
    """Tasks can be read and deleted by everybody."""
    tasks, task = "/deals/{id}/tasks", "/deals/{id}/tasks/{taskId}"
    return {**_open(tasks, "get"), **_open(task, "delete")}


@around_http(*EVERYDAY, documented=TOKEN)
async def signatures_are_not_checked(request: HttpRequest) -> HttpReply:
    """A token is decoded and not verified: whoever alters one, or its expiry, gets in."""
    return await _signed_again(request, exp=LATEST).forward()


@around_http(*EVERYDAY, documented=TOKEN)
async def any_text_is_a_token(request: HttpRequest) -> HttpReply:
    """Only the header's presence is checked: once somebody has signed in, any text will do."""
    reply = await request.forward()
    if reply.status != 401:
        request.memory["known"] = request.authorization
    elif _token(request) and "known" in request.memory:
        return await request.with_authorization(request.memory["known"]).forward()
    return reply


@around_http(*EVERYDAY, documented=TOKEN)
async def without_a_token_one_is_who_came_before(request: HttpRequest) -> HttpReply:
    """A worker serves many requests, and only a header makes it forget who the last one was from."""
    if not request.authorization and "last" in request.memory:
        return await request.with_authorization(request.memory["last"]).forward()
    reply = await request.forward()
    if reply.status != 401:
        request.memory["last"] = request.authorization
    return reply


@around_http(*EVERYDAY, documented=TOKEN)
async def a_token_never_expires(request: HttpRequest) -> HttpReply:
    """The signature is verified, and `exp` is never looked at."""
    try:
        jwt.decode(_token(request), SECRET, [ALGORITHM], options={"verify_exp": False})
    except jwt.InvalidTokenError:
        return await request.forward()
    return await _signed_again(request, exp=LATEST).forward()


@around_http(*EVERYDAY, documented=TOKEN)
async def a_token_may_be_unsigned(request: HttpRequest) -> HttpReply:
    """The token says itself how it is signed, and `"alg": "none"` is believed."""
    try:
        unsigned = jwt.get_unverified_header(_token(request)).get("alg") == "none"
    except jwt.InvalidTokenError:
        unsigned = False
    return await (_signed_again(request) if unsigned else request).forward()


@around_http("exportDeals", documented=TOKEN)
async def export_takes_any_signature(request: HttpRequest) -> HttpReply:
    """A route for download links has a guard of its own, which decodes the token and does not verify it."""
    return await _signed_again(request).forward()


@around_http(*EVERYDAY, documented=TOKEN)
async def without_a_token_the_answer_is_403(request: HttpRequest) -> HttpReply:
    """401 and 403 are mixed up."""
    reply = await request.forward()
    return HttpReply(403, reply.headers, reply.body) if reply.status == 401 else reply


@around_http(*EVERYDAY, documented=f"{TOKEN}. 302 is no status in use")
async def without_a_token_one_is_redirected(request: HttpRequest) -> HttpReply:
    """A browser's guard: 302 to a sign-in page."""
    reply = await request.forward()
    return HttpReply(302, {"location": "/login"}, b"") if reply.status == 401 else reply


@around_http(*EVERYDAY, documented=TOKEN)
async def without_a_token_the_answer_is_200(request: HttpRequest) -> HttpReply:
    """The error is in the body only: 200 with `"success": false`."""
    reply = await request.forward()
    return HttpReply(200, reply.headers, reply.body) if reply.status == 401 else reply


@around_http(*FOR_ADMINS, documented=ADMIN)
async def forbidden_is_answered_with_401(request: HttpRequest) -> HttpReply:
    """Who may not is told to sign in again."""
    reply = await request.forward()
    return HttpReply(401, reply.headers, reply.body) if reply.status == 403 else reply


@around_handler("login", documented=f"{LOGIN}. 401")
def any_password_will_do(call: HandlerCall) -> Any:
    """The e-mail is all that is looked at."""
    return call.sending(password=PASSWORD)


@around_handler("login", documented=f"{LOGIN}. 401")
def wrong_credentials_are_answered_with_200(call: HandlerCall) -> Any:
    """The error is in the body only."""
    try:
        return call()
    except Unauthorized as error:
        return {"success": False, "message": str(error)}


@around_handler("login", documented=SIGNED_IN)
def login_answers_without_the_user(call: HandlerCall) -> Any:
    """Who signed in is not told."""
    answer: Body = call()
    del answer["user"]
    return answer


@around_handler("login", documented=SIGNED_IN)
def login_answers_with_the_first_user(call: HandlerCall) -> Any:
    """`User::first()`: the user in the answer is always the same, whoever signs in."""
    return {**call(), "user": record_body("User", next(iter(current_mock().world.users)))}


def _open(path: str, method: str) -> Changes:
    return {("paths", path, method, "security"): []}


def _token(request: HttpRequest) -> str:
    return request.authorization.partition(" ")[2].strip()


def _signed_again(request: HttpRequest, **changes: Any) -> HttpRequest:
    """The request with its token signed as it should be, whoever signed it; as it is, if it is no token."""
    try:
        claims = jwt.decode(_token(request), options={"verify_signature": False})
    except jwt.InvalidTokenError:
        return request
    return request.with_authorization(f"Bearer {jwt.encode({**claims, **changes}, SECRET, ALGORITHM)}")


@around_http("getDeal", documented=TOKEN)
async def a_deal_once_read_is_shown_to_strangers(request: HttpRequest) -> HttpReply:
    """A cache in front has the address as its only key: what somebody has read is there for all."""
    reply = await request.forward()
    if reply.status == 200:
        request.memory[request.scope["path"]] = reply
    return request.memory.get(request.scope["path"], reply) if reply.status == 401 else reply
