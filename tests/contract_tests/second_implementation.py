"""A second server of the Deals API: true to the documentation, and otherwise unlike our contract.

It exists to show that the suite blames nobody for our guesses.
"""

from __future__ import annotations

import asyncio
import csv
import io
import math
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.contract_tests.second_bodies import (
    Call,
    answer,
    deal_input,
    done,
    integer,
    stage_input,
    task_input,
    tersely,
    text,
)
from tests.contract_tests.second_seed import EMAILS, PASSWORD, QUOTE_OF_DEAL, TOKENS, seeded
from tests.contract_tests.second_world import COLUMNS, PEOPLE, RefusedError, whole

Handler = Any  # Callable[[Call], Awaitable[Response]], and it has a name
IMPORT_DELAY = 0.2


# Operations
async def login(request: Request) -> Response:
    given = await Call(request, 0).body()
    email, password = text(given, "email", required=True), text(given, "password", required=True)
    person = next((p for p in PEOPLE.values() if p["email"] == email and password == PASSWORD), None)
    if person is None:
        raise RefusedError(401, "Who are you?")
    token = next(token for token, who in TOKENS.items() if who == person["id"])
    user = {name: person[name] for name in ("id", "first_name", "last_name", "email", "role")}
    return done(token=token, user=user, app_version=None, app_environment=None, expires_in=3600)


async def list_deals(call: Call) -> Response:
    size = min(max(whole(call.query.get("per_page") or 25, "per_page"), 1), 100)
    page = max(whole(call.query.get("page") or 1, "page"), 1)
    narrow = {"scope": "me"} if call.request.app.state.terse else {}
    found = call.world.listed(narrow | call.query, call.me)
    rows = [call.world.shown(deal) for deal in found[(page - 1) * size : page * size]]
    last = max(math.ceil(len(found) / size), 1)
    paging = {"current_page": page, "last_page": last, "per_page": size, "total": len(found), "from": None}
    return answer({"data": rows, **paging})


async def create_deal(call: Call) -> Response:
    return done(data={"id": call.world.save_deal(None, deal_input(call, await call.body()))["id"]})


async def get_deal(call: Call) -> Response:
    notes = [note for note in call.world.notes.values() if note["deal_id"] == call.key()]
    activity = [{"kind": "note", "note_id": note["id"], "text": note["content"]} for note in notes]
    quote = call.deal["primary_quote"]
    return done(
        data=call.world.shown(call.deal) | {"activity": activity, "primary_quote": quote and {"id": quote}}
    )


async def update_deal(call: Call) -> Response:
    call.world.save_deal(call.deal, deal_input(call, await call.body()))
    return done(message="Saved")


async def delete_deal(call: Call) -> Response:
    call.world.remove_deal(call.deal["id"])
    return done()


async def move_deal(call: Call) -> Response:
    deal, stage = call.deal, integer(await call.body(), "stage_id", required=True)
    if stage is None or stage not in call.world.stages:
        raise RefusedError(404, "There is no such stage")
    call.world.move(deal, stage)
    return done(message="Moved")


async def set_quote(call: Call) -> Response:
    deal, quote = call.deal, integer(await call.body(), "quote_id", required=True)
    if QUOTE_OF_DEAL.get(quote or 0) != deal["id"]:
        raise RefusedError(400, "Bad quote", quote_id="Not a quote of this deal")
    deal["primary_quote"] = quote
    return done()


async def pipeline(call: Call) -> Response:
    columns = []
    found = call.world.listed({**call.query, "sort_by": "created_at"}, call.me)
    for stage in call.world.in_order():
        deals = [call.world.shown(deal) for deal in found if deal["stage_id"] == stage["id"]]
        if deals:
            columns.append(
                {
                    "stage": stage,
                    "count": len(deals),
                    "sum": sum(d["value"] or 0 for d in deals),
                    "deals": deals,
                }
            )
    return done(data={"stages": columns, "currency": "EUR"})


async def stages(call: Call) -> Response:
    return done(data=[{**stage, "icon": "circle"} for stage in call.world.in_order()])


async def stats(call: Call) -> Response:
    deals = [call.world.shown(deal) for deal in call.world.deals.values()]
    won, lost = sum(d["is_won"] for d in deals), sum(d["is_lost"] for d in deals)
    values = sum(d["value"] or 0 for d in deals)
    return done(
        data={
            "count": len(deals),
            "sum": values,
            "winRate": won / ((won + lost) or 1),
            "won": won,
            "lost": lost,
        }
    )


async def export(call: Call) -> Response:
    return Response(call.world.csv_of(list(call.world.deals.values())), media_type="text/csv")


async def template(call: Call) -> Response:
    return Response(";".join(COLUMNS) + "\r\n", media_type="text/csv")


async def import_deals(call: Call) -> Response:
    """The rows go in a moment later, and a bad one is passed over in silence."""
    try:
        async with call.request.form() as form:
            file = form["file"]
            content = file if isinstance(file, str) else (await file.read()).decode("utf-8-sig")
        content = content.lstrip("\ufeff")
        delimiter = ";" if ";" in content.partition("\n")[0] else ","
        rows = list(csv.DictReader(io.StringIO(content), delimiter=delimiter))
    except (KeyError, UnicodeDecodeError, csv.Error, HTTPException, AssertionError):
        raise RefusedError(400, "Bad file", file="A CSV file is needed") from None
    if rows and "Deal name" not in rows[0]:
        raise RefusedError(400, "Bad file", file="The header is not the template's")
    asyncio.get_running_loop().call_later(IMPORT_DELAY, call.world.imported, rows)
    return answer({"success": True, "imported": len(rows)})


async def create_note(call: Call) -> Response:
    deal, content = call.deal, text(await call.body(), "content", required=True)
    key = next(call.world.ids)
    call.world.notes[key] = {"id": key, "deal_id": deal["id"], "content": content}
    return done(data={"id": key})


async def delete_note(call: Call) -> Response:
    del call.world.notes[call.world.found("notes", call.key("noteId"), deal_id=call.deal["id"])["id"]]
    return done()


async def list_tasks(call: Call) -> Response:
    deal = call.deal
    items = [task for task in call.world.tasks.values() if task["deal_id"] == deal["id"]]
    return done(data={"items": items, "count": len(items)})


async def create_task(call: Call) -> Response:
    deal, read = call.deal, task_input(await call.body())
    key = next(call.world.ids)
    call.world.tasks[key] = {"id": key, "deal_id": deal["id"], **read}
    return done(data={"id": key})


async def update_task(call: Call) -> Response:
    task = call.world.found("tasks", call.key("taskId"), deal_id=call.deal["id"])
    call.world.tasks[task["id"]] = {
        "id": task["id"],
        "deal_id": task["deal_id"],
        **task_input(await call.body()),
    }
    return done()


async def delete_task(call: Call) -> Response:
    del call.world.tasks[call.world.found("tasks", call.key("taskId"), deal_id=call.deal["id"])["id"]]
    return done()


async def timeline(call: Call) -> Response:
    found = sorted((e for e in EMAILS if e["deal"] == call.deal["id"]), key=lambda e: str(e["at"]))
    return done(data={"entries": [{"email": e["id"], "headline": e["title"]} for e in found], "more": False})


async def linked_emails(call: Call) -> Response:
    return done(emails=[e for e in EMAILS if e["deal"] == call.deal["id"]])


async def create_stage(call: Call) -> Response:
    given = await call.body()
    text(given, "name", required=True)
    last = call.world.in_order()[-1]["display_order"]
    blank = {"color": None, "probability": None, "is_won": False, "is_lost": False}
    stage = stage_input(given, {"id": 0, "name": "", "display_order": last + 10, **blank})
    stage["id"] = next(call.world.ids)
    call.world.stages[stage["id"]] = stage
    return done(data={"id": stage["id"]})


async def update_stage(call: Call) -> Response:
    stage = call.world.found("stages", call.key())
    call.world.stages[stage["id"]] = stage_input(await call.body(), stage)
    return done()


async def delete_stage(call: Call) -> Response:
    call.world.remove_stage(call.world.found("stages", call.key())["id"])
    return done()


async def reorder(call: Call) -> Response:
    order = (await call.body()).get("order")
    known = call.world.stages
    if not isinstance(order, list) or any(
        isinstance(i, bool) or not isinstance(i, int) or i not in known for i in order
    ):
        raise RefusedError(400, "Bad order", order="A list of stage ids")
    call.world.reorder(order)
    return done()


# Wiring: method, path, operation, whether it is the administrator's.
OPERATIONS: tuple[tuple[str, str, Handler, bool], ...] = (
    ("GET", "/deals", list_deals, False),
    ("POST", "/deals", create_deal, False),
    ("GET", "/deals/pipeline", pipeline, False),
    ("GET", "/deals/stages", stages, False),
    ("GET", "/deals/stats", stats, False),
    ("GET", "/deals/export", export, False),
    ("GET", "/deals/template", template, False),
    ("POST", "/deals/import", import_deals, False),
    ("GET", "/deals/{id}", get_deal, False),
    ("PUT", "/deals/{id}", update_deal, False),
    ("DELETE", "/deals/{id}", delete_deal, False),
    ("PUT", "/deals/{id}/stage", move_deal, False),
    ("PUT", "/deals/{id}/primary-quote", set_quote, False),
    ("POST", "/deals/{id}/notes", create_note, False),
    ("DELETE", "/deals/{id}/notes/{noteId}", delete_note, False),
    ("GET", "/deals/{id}/tasks", list_tasks, False),
    ("POST", "/deals/{id}/tasks", create_task, False),
    ("PUT", "/deals/{id}/tasks/{taskId}", update_task, False),
    ("DELETE", "/deals/{id}/tasks/{taskId}", delete_task, False),
    ("GET", "/deals/{id}/timeline", timeline, False),
    ("GET", "/deals/{id}/linked-emails", linked_emails, False),
    ("POST", "/pipeline-stages", create_stage, True),
    ("PUT", "/pipeline-stages/reorder", reorder, True),
    ("PUT", "/pipeline-stages/{id}", update_stage, True),
    ("DELETE", "/pipeline-stages/{id}", delete_stage, True),
)


def _guarded(handler: Handler, *, admins_only: bool) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        me = TOKENS.get(token.strip()) if scheme.lower() == "bearer" else None
        if me is None:
            raise RefusedError(401, "Sign in first")
        if admins_only and PEOPLE[me]["role"] != "admin":
            raise RefusedError(403, "Not for you")
        answered = await handler(Call(request, me))
        return tersely(answered) if request.app.state.terse else answered

    return endpoint


async def _refused(request: Request, refusal: Any) -> Response:
    errors = {"errors": refusal.errors} if refusal.errors else _no_errors(request)
    return answer({"success": False, "message": refusal.message, **errors}, refusal.status)


async def _lost(request: Request, __: Exception) -> Response:
    return answer({"success": False, "message": "Nothing here", "code": "E404", **_no_errors(request)}, 404)


def _no_errors(request: Request) -> dict[str, Any]:
    return {"errors": []} if request.app.state.terse else {}


def second_implementation(*, terse: bool = False, **replaced: Handler) -> Starlette:
    """A fresh server with a fresh world, its API under /v2; handlers may be replaced by name.

    A terse one leaves out what has no value, writes empty lists as null, and lists only the caller's deals.
    """
    routes = [Route("/v2/auth/login", login, methods=["POST"])]
    for method, path, handler, admins_only in OPERATIONS:
        chosen = replaced.get(handler.__name__, handler)
        routes.append(Route(f"/v2{path}", _guarded(chosen, admins_only=admins_only), methods=[method]))
    app = Starlette(routes=routes, exception_handlers={RefusedError: _refused, 404: _lost})
    app.state.world, app.state.terse = seeded(), terse
    return app
