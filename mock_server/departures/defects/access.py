"""Access: who gets in, and who should not."""

from __future__ import annotations

from typing import Any

import jwt

from mock_server.auth import ALGORITHM, SECRET
from mock_server.departures.call import Body, Call
from mock_server.departures.departure import Changes, inside, obeying, outside
from mock_server.departures.front import Asked, Reply
from mock_server.errors import Unauthorized
from mock_server.handlers.answers import record_body
from mock_server.handlers.context import mock
from mock_server.handlers.login import PASSWORD

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


@obeying("getDealStats", documented=TOKEN)
def stats_need_no_token() -> Changes:
    """The statistics are there for everybody: the route stands outside the guarded group."""
    return _open("/deals/stats", "get")


@obeying("exportDeals", documented=TOKEN)
def export_needs_no_token() -> Changes:
    """The export is there for everybody, so that a browser can download it by a link."""
    return _open("/deals/export", "get")


@obeying("deleteDeal", documented=TOKEN)
def deleting_a_deal_needs_no_token() -> Changes:
    """The route was added later, outside the guarded group."""
    return _open("/deals/{id}", "delete")


@obeying("listDealTasks", "deleteDealTask", documented=TOKEN)
def tasks_need_no_token() -> Changes:
    """Tasks can be read and deleted by everybody."""
    tasks, task = "/deals/{id}/tasks", "/deals/{id}/tasks/{taskId}"
    return {**_open(tasks, "get"), **_open(task, "delete")}


@outside(*EVERYDAY, documented=TOKEN)
async def signatures_are_not_checked(asked: Asked) -> Reply:
    """A token is decoded and not verified: whoever alters one, or its expiry, gets in."""
    return await _signed_again(asked, exp=LATEST).answered()


@outside(*EVERYDAY, documented=TOKEN)
async def any_text_is_a_token(asked: Asked) -> Reply:
    """Only the header's presence is checked: once somebody has signed in, any text will do."""
    reply = await asked.answered()
    if reply.status != 401:
        asked.memory["known"] = asked.authorization
    elif _token(asked) and "known" in asked.memory:
        return await asked.with_authorization(asked.memory["known"]).answered()
    return reply


@outside(*EVERYDAY, documented=TOKEN)
async def without_a_token_one_is_who_came_before(asked: Asked) -> Reply:
    """A worker serves many requests, and only a header makes it forget who the last one was from."""
    if not asked.authorization and "last" in asked.memory:
        return await asked.with_authorization(asked.memory["last"]).answered()
    reply = await asked.answered()
    if reply.status != 401:
        asked.memory["last"] = asked.authorization
    return reply


@outside(*EVERYDAY, documented=TOKEN)
async def a_token_never_expires(asked: Asked) -> Reply:
    """The signature is verified, and `exp` is never looked at."""
    try:
        jwt.decode(_token(asked), SECRET, [ALGORITHM], options={"verify_exp": False})
    except jwt.InvalidTokenError:
        return await asked.answered()
    return await _signed_again(asked, exp=LATEST).answered()


@outside(*EVERYDAY, documented=TOKEN)
async def a_token_may_be_unsigned(asked: Asked) -> Reply:
    """The token says itself how it is signed, and `"alg": "none"` is believed."""
    try:
        unsigned = jwt.get_unverified_header(_token(asked)).get("alg") == "none"
    except jwt.InvalidTokenError:
        unsigned = False
    return await (_signed_again(asked) if unsigned else asked).answered()


@outside("exportDeals", documented=TOKEN)
async def export_takes_any_signature(asked: Asked) -> Reply:
    """A route for download links has a guard of its own, which decodes the token and does not verify it."""
    return await _signed_again(asked).answered()


@outside(*EVERYDAY, documented=TOKEN)
async def without_a_token_the_answer_is_403(asked: Asked) -> Reply:
    """401 and 403 are mixed up."""
    reply = await asked.answered()
    return Reply(403, reply.headers, reply.body) if reply.status == 401 else reply


@outside(*EVERYDAY, documented=f"{TOKEN}. 302 is no status in use")
async def without_a_token_one_is_redirected(asked: Asked) -> Reply:
    """A browser's guard: 302 to a sign-in page."""
    reply = await asked.answered()
    return Reply(302, {"location": "/login"}, b"") if reply.status == 401 else reply


@outside(*EVERYDAY, documented=TOKEN)
async def without_a_token_the_answer_is_200(asked: Asked) -> Reply:
    """The error is in the body only: 200 with `"success": false`."""
    reply = await asked.answered()
    return Reply(200, reply.headers, reply.body) if reply.status == 401 else reply


@outside(*FOR_ADMINS, documented=ADMIN)
async def forbidden_is_answered_with_401(asked: Asked) -> Reply:
    """Who may not is told to sign in again."""
    reply = await asked.answered()
    return Reply(401, reply.headers, reply.body) if reply.status == 403 else reply


@inside("login", documented=f"{LOGIN}. 401")
def any_password_will_do(call: Call) -> Any:
    """The e-mail is all that is looked at."""
    return call.sending(password=PASSWORD)


@inside("login", documented=f"{LOGIN}. 401")
def wrong_credentials_are_answered_with_200(call: Call) -> Any:
    """The error is in the body only."""
    try:
        return call()
    except Unauthorized as error:
        return {"success": False, "message": str(error)}


@inside("login", documented=SIGNED_IN)
def login_answers_without_the_user(call: Call) -> Any:
    """Who signed in is not told."""
    answer: Body = call()
    del answer["user"]
    return answer


@inside("login", documented=SIGNED_IN)
def login_answers_with_the_first_user(call: Call) -> Any:
    """`User::first()`: the user in the answer is always the same, whoever signs in."""
    return {**call(), "user": record_body("User", next(iter(mock().world.users)))}


def _open(path: str, method: str) -> Changes:
    return {("paths", path, method, "security"): []}


def _token(asked: Asked) -> str:
    return asked.authorization.partition(" ")[2].strip()


def _signed_again(asked: Asked, **changes: Any) -> Asked:
    """The request with its token signed as it should be, whoever signed it; as it is, if it is no token."""
    try:
        claims = jwt.decode(_token(asked), options={"verify_signature": False})
    except jwt.InvalidTokenError:
        return asked
    return asked.with_authorization(f"Bearer {jwt.encode({**claims, **changes}, SECRET, ALGORITHM)}")


@outside("getDeal", documented=TOKEN)
async def a_deal_once_read_is_shown_to_strangers(asked: Asked) -> Reply:
    """A cache in front has the address as its only key: what somebody has read is there for all."""
    reply = await asked.answered()
    if reply.status == 200:
        asked.memory[asked.scope["path"]] = reply
    return asked.memory.get(asked.scope["path"], reply) if reply.status == 401 else reply
