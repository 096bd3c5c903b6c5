"""A live server: other users work at the same time, replicas lag behind, and proxies change the form."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from random import Random
from time import monotonic
from typing import Any

from mock_server.context import current_mock
from mock_server.domain.pipeline import is_closed, stages_in_order
from mock_server.domain.world import Deal, World
from mock_server.handlers import handled_operations
from mock_server.mutations.handler_call import HandlerCall, change_world, current_world
from mock_server.mutations.http_exchange import HttpReply, HttpRequest
from mock_server.mutations.mutation import around_handler, around_http

LATE = ("getDealPipeline", "getDealStats", "exportDeals")
EVERYTHING = tuple(id_ for id_ in handled_operations() if id_ != "login")
SOME = ("listDeals", "getDealPipeline", "createDeal", "exportDeals")
TABLES = {
    "createDeal": "deals",
    "createDealNote": "notes",
    "createDealTask": "tasks",
    "createPipelineStage": "stages",
}
OTHERS = "the documentation does not say that nobody else changes data at the same time"
ELSEWHERE = "the documentation does not say how soon a write is visible elsewhere"
LAG = 0.3  # seconds


@around_handler(*EVERYTHING, documented=OTHERS)
def colleagues_add_deals(call: HandlerCall) -> Any:
    """Before every sixth request, a colleague adds a deal."""
    if _turn(call) % 6 == 0:
        change_world(_colleague_adds)
    return call()


@around_handler(*EVERYTHING, documented=OTHERS)
def colleagues_work_on_their_deals(call: HandlerCall) -> Any:
    """Before every eighth request, a colleague updates or moves an open deal that already existed."""
    theirs = call.memory.setdefault("theirs", [deal.id for deal in current_world().deals])
    turn = _turn(call)
    if turn % 8 == 0:
        change_world(lambda world: _colleague_works(world, theirs, turn // 8))
    return call()


@around_handler(
    "getDealTimeline",
    "listDealLinkedEmails",
    documented="the documentation does not say that no new emails arrive",
)
def emails_keep_arriving(call: HandlerCall) -> Any:
    """Before every third request for the emails of a deal, another one arrives."""
    emails = current_world().emails.of(call.id)
    if _turn(call) % 3 == 0 and emails:
        now, last = current_mock().now, emails[-1]
        new = replace(last, direction="inbound", subject=f"Re: {last.subject}", body="Any news?", sent_at=now)
        change_world(lambda world: world.put("emails", replace(new, id=world.emails.next_id)))
    return call()


@around_handler(*EVERYTHING, documented=ELSEWHERE)
def board_and_statistics_lag_behind(call: HandlerCall) -> Any:
    """The board, the statistics and the export show the data of 0.3 seconds ago."""
    return _late(call, call.operation in LATE)


@around_handler(*EVERYTHING, documented=ELSEWHERE)
def the_search_index_lags_behind(call: HandlerCall) -> Any:
    """A change can be found with `search` 0.3 seconds later."""
    return _late(call, call.operation == "listDeals" and bool(call.query.get("search")))


@around_http(*SOME, documented="HTTP allows compression if the client accepts it")
async def responses_are_compressed(request: HttpRequest) -> HttpReply:
    """Responses are compressed if the client accepts gzip."""
    reply = await request.forward()
    accepted = dict(request.scope["headers"]).get(b"accept-encoding", b"")
    if b"gzip" not in accepted or not reply.body:
        return reply
    packed = replace(reply, body=gzip.compress(reply.body, 1))
    return packed.with_headers(content_encoding="gzip", vary="Accept-Encoding")


@around_http(*SOME, documented="the order of keys, white space and escapes have no meaning in JSON")
async def json_is_sorted_and_escaped(request: HttpRequest) -> HttpReply:
    r"""JSON is indented and sorted by key, with é escaped as \u00e9 and / as \/ (as PHP does)."""
    reply = await request.forward()
    if not reply.headers.get("content-type", "").startswith("application/json"):
        return reply
    text = json.dumps(reply.json, indent=4, sort_keys=True).replace("/", r"\/")
    return replace(reply, body=text.encode())


@around_handler(*TABLES, documented="the documentation does not say how IDs are assigned")
def ids_are_scattered(call: HandlerCall) -> Any:
    """New IDs are large and in no particular order."""
    table, chance = TABLES[call.operation], call.memory.setdefault("chance", Random(7))
    new = chance.randrange(10**9, 9 * 10**15)
    change_world(lambda world: _counting_from(world, table, new))
    return call()


def _turn(call: HandlerCall) -> int:
    """The number of this request."""
    turn: int = call.memory.get("turn", 0) + 1
    call.memory["turn"] = turn
    return turn


def _colleague_adds(world: World) -> World:
    now, number = current_mock().now, world.deals.next_id
    deal = Deal(
        id=number,
        name=f"Referral no. {number}",
        stage_id=min(stage.id for stage in world.stages if not is_closed(stage)),
        value=4900 + number,
        probability=10,
        assigned_to=max(user.id for user in world.users if user != current_mock().viewer),
        stage_entered_at=now,
        created_at=now,
        updated_at=now,
    )
    return world.put("deals", deal)


def _colleague_works(world: World, theirs: list[int], turn: int) -> World:
    stages = [stage.id for stage in stages_in_order(world) if not is_closed(stage)]
    still_open = [deal for deal in world.deals if deal.id in theirs and deal.stage_id in stages]
    if not still_open:
        return world
    now, deal = current_mock().now, still_open[turn % len(still_open)]
    if turn % 2:
        return world.put("deals", replace(deal, value=(deal.value or 0) + 500, updated_at=now))
    new = stages[turn % len(stages)]
    return world.put("deals", replace(deal, stage_id=new, stage_entered_at=now, updated_at=now))


def _late(call: HandlerCall, is_late: bool) -> Any:
    """The response, from an earlier world if `is_late`."""
    past: list[tuple[float, World]] = call.memory.setdefault("past", [(0.0, current_world())])
    if is_late:
        then = monotonic() - LAG
        while len(past) > 1 and past[1][0] <= then:
            past.pop(0)
        return call.in_world(past[0][1])
    try:
        return call()
    finally:
        if current_world() is not past[-1][1]:
            past.append((monotonic(), current_world()))


def _counting_from(world: World, table: str, id_: int) -> World:
    changed: Any = {table: replace(world.table(table), next_id=id_)}
    return replace(world, **changed)
