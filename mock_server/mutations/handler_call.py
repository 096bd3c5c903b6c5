"""One call of an operation, on its way to the handler, and what may be done with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Response

from mock_server.context import current_mock
from mock_server.domain.listing import last_page
from mock_server.domain.world import World
from mock_server.handlers import Handler

Body = dict[str, Any]
EVERYTHING = 10**9  # more than any world holds
UNFILTERED: Mapping[str, None] = dict.fromkeys(
    ("search", "stage_id", "assigned_to", "won", "stage_ids", "date_from", "date_to", "scope")
)


@dataclass(frozen=True, slots=True)
class HandlerCall:
    """The handler of an operation and its arguments; `memory` lasts as long as the mock."""

    operation: str
    handler: Handler
    arguments: Mapping[str, Any]
    memory: dict[Any, Any]

    def __call__(self, **changed: Any) -> Any:
        """The handler's answer, with some arguments changed."""
        return self.handler(**{**self.arguments, **changed})

    @property
    def id(self) -> int:
        """The id in the path."""
        id_: int = self.arguments["id_"]
        return id_

    @property
    def query(self) -> Body:
        """The query, with its defaults."""
        query: Body = self.arguments["query"]
        return query

    @property
    def body(self) -> Body:
        """The body."""
        return self.arguments.get("body") or {}

    def asking(self, **query: Any) -> Any:
        """The answer to another query; None is as good as not asked for."""
        return self(query={**self.query, **query})

    def sending(self, **fields: Any) -> Any:
        """The answer to a body with other fields."""
        return self(body={**self.body, **fields})

    def leaving_out(self, *fields: str) -> Any:
        """The answer to a body without these fields."""
        return self(body={name: value for name, value in self.body.items() if name not in fields})

    def rows(self, **query: Any) -> list[Body]:
        """Of the list of deals: all that it would give, page after page."""
        rows: list[Body] = self.asking(**query, page=1, per_page=EVERYTHING)["data"]
        return rows

    def paged(self, rows: list[Body], offset: int | None = None) -> Body:
        """The asked for page of these rows; `offset` is where it begins, if not where it should."""
        page, per_page = self.query["page"], self.query["per_page"]
        start = (page - 1) * per_page if offset is None else offset
        return {
            "data": rows[start : start + per_page],
            "current_page": page,
            "last_page": last_page(len(rows), per_page),
            "per_page": per_page,
            "total": len(rows),
        }

    def once(self, key: Any = None) -> Any:
        """The answer as it was the first time, whatever has happened since."""
        if (self.operation, key) not in self.memory:
            self.memory[self.operation, key] = self()
        return self.memory[self.operation, key]

    def seeing(self, world: World) -> Any:
        """The answer as it would be in another world."""
        before = now_in()
        with _standing(world, before):
            return self()

    def undone(self, **changed: Any) -> Any:
        """The answer, with nothing of what it tells kept."""
        before = now_in()
        answer = self(**changed)
        put_in_place(before)
        return answer


@contextmanager
def _standing(world: World, afterwards: World) -> Iterator[None]:
    put_in_place(world)
    try:
        yield
    finally:
        put_in_place(afterwards)


def now_in() -> World:
    """The world as it is now."""
    return current_mock().world


def put_in_place(world: World) -> None:
    """Make this the world."""
    current_mock().worlds.commit(lambda _: world)


def also(change: Callable[[World], World]) -> None:
    """Change the world beside what the handler has done."""
    current_mock().worlds.commit(change)


def body_of(answer: Any) -> Body:
    """The body of a handler's answer; whoever changes it changes the answer."""
    body: Body = answer[0] if isinstance(answer, tuple) else answer
    return body


def found_in(value: Any, sign: str) -> Iterator[Body]:
    """The records of one kind in an answer, however deep: those with this property."""
    if isinstance(value, dict):
        if sign in value:
            yield value
        value = list(value.values())
    if isinstance(value, list | tuple):
        for part in value:
            yield from found_in(part, sign)


def deals_in(answer: Any) -> Iterator[Body]:
    """The deals of an answer."""
    return found_in(answer, "stage_name")


def board_with(board: Body, deals_of: Callable[[Body], list[Body]]) -> Body:
    """The board with other deals in its columns, and their counts and sums as they then are."""
    for column in board["data"]:
        column["deals"] = deals = deals_of(column)
        column.update(deals_count=len(deals), total_value=sum(deal["value"] or 0 for deal in deals))
    return board


def day_after(day: str | None, days: int = 1) -> str | None:
    """The date so many days later, where the calendar has it."""
    try:
        return day and (date.fromisoformat(day) + timedelta(days=days)).isoformat()
    except OverflowError:
        return day


def web_page(status: int, text: str) -> Response:
    """An error as a web framework shows it to people."""
    page = f"<!doctype html><html><body><h1>{status}</h1><p>{text}</p></body></html>"
    return Response(page, status, content_type="text/html; charset=utf-8")
