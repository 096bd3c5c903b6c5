"""How the second implementation reads requests and writes answers: leniently, and with words of its own."""

from __future__ import annotations

import json
import math
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from tests.contract_tests.second_world import (
    OPTIONAL_IDS,
    Record,
    RefusedError,
    World,
    calendar_day,
    whole,
)


class Call:
    """One request, with the person who makes it."""

    def __init__(self, request: Request, me: int) -> None:
        self.request, self.me = request, me
        self.world: World = request.app.state.world
        self.query = dict(request.query_params)

    def key(self, name: str = "id") -> int:
        return whole(self.request.path_params[name], name)

    @property
    def deal(self) -> Record:
        return self.world.found("deals", self.key())

    async def body(self) -> Record:
        try:
            read = json.loads(await self.request.body(), parse_constant=_not_a_number)
        except (ValueError, RecursionError):
            raise RefusedError(422, "No JSON", body="The body is not JSON") from None
        if not isinstance(read, dict):
            raise RefusedError(400, "Bad body", body="The body is not an object")
        return read


def _not_a_number(text: str) -> float:
    raise ValueError(text)


def answer(content: Record, status: int = 200) -> Response:
    text = json.dumps(content, allow_nan=False)
    return Response(text, status, media_type="application/json; charset=utf-8")


def tersely(response: Response) -> Response:
    """The same answer, without what has no value; an empty list is null."""
    if response.media_type != "application/json; charset=utf-8":
        return response
    return answer(_terse(json.loads(response.body)), response.status_code)


def _terse(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {name: _terse(member) for name, member in value.items() if member is not None}
        return {name: None if member == [] else member for name, member in kept.items()}
    return [_terse(each) for each in value] if isinstance(value, list) else value


def done(**extra: Any) -> Response:
    return answer({"success": True, **extra})


# What a body may carry. Numbers may come as texts, texts as numbers: it is not our place to be strict.
def integer(given: Record, name: str, *, required: bool = False) -> int | None:
    found = number(given, name, required=required)
    if found is not None and found != int(found):
        raise RefusedError(400, "Bad field", **{name: f"{name} is a whole number"})
    return None if found is None else int(found)


def number(given: Record, name: str, *, required: bool = False) -> float | None:
    value = given.get(name)
    if value in (None, "") and not required:
        return None
    try:
        if isinstance(value, bool | list | dict):
            raise ValueError
        found = float(value)  # type: ignore[arg-type]
        if not math.isfinite(found):
            raise ValueError
    except (TypeError, ValueError, OverflowError):
        raise RefusedError(400, "Bad field", **{name: f"{name} is a number"}) from None
    return found


def text(given: Record, name: str, *, required: bool = False) -> str | None:
    value = given.get(name)
    if isinstance(value, bool | list | dict) or (required and (value is None or not str(value).strip())):
        raise RefusedError(400, "Bad field", **{name: f"{name} is a text"})
    return None if value is None else str(value)


def flag(given: Record, name: str) -> bool:
    value = given.get(name)
    if value not in (None, True, False, "0", "1"):
        raise RefusedError(400, "Bad field", **{name: f"{name} is true or false"})
    return value in (True, "1")


def deal_input(call: Call, given: Record) -> Record:
    stage = integer(given, "stage_id", required=True)
    if stage not in call.world.stages:
        raise RefusedError(400, "Bad field", stage_id="There is no such stage")
    read: Record = {
        "name": text(given, "name", required=True),
        "stage_id": stage,
        "value": number(given, "value"),
    }
    read |= {name: integer(given, name) for name in OPTIONAL_IDS}
    read["probability"] = integer(given, "probability")
    if read["probability"] is not None and not 0 <= read["probability"] <= 100:
        raise RefusedError(400, "Bad field", probability="From 0 to 100")
    day = text(given, "expected_close_date")
    read["expected_close_date"] = calendar_day(day, "expected_close_date") if day else None
    return read | {"notes": text(given, "notes"), "tags": text(given, "tags")}


def task_input(given: Record) -> Record:
    read: Record = {"title": text(given, "title", required=True), "status": "open"}
    read |= {name: text(given, name) for name in ("description", "due_date", "due_time", "priority")}
    if read["priority"] not in (None, "low", "medium", "high"):
        raise RefusedError(400, "Bad field", priority="low, medium or high")
    if read["due_date"]:
        calendar_day(read["due_date"], "due_date")
    return read | {name: integer(given, name) for name in ("assigned_to", "contact_id", "company_id")}


def stage_input(given: Record, stage: Record) -> Record:
    read = {**stage, **{name: text(given, name, required=True) for name in ("name",) if name in given}}
    read |= {name: text(given, name) for name in ("color",) if name in given}
    read |= {name: flag(given, name) for name in ("is_won", "is_lost") if name in given}
    read |= {name: integer(given, name) for name in ("probability",) if name in given}
    if read["is_won"] and read["is_lost"]:
        raise RefusedError(400, "Bad flags", is_lost="Won or lost, not both")
    return read
