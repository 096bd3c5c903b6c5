"""A call to the handler of an operation, and what a mutation can do with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from flask import Response

from mock_server.context import current_mock
from mock_server.domain.listing import last_page
from mock_server.domain.world import World
from mock_server.handlers import Handler

Body = dict[str, Any]
ALL_ROWS = 10**9  # more rows than any world has
UNFILTERED: Mapping[str, None] = dict.fromkeys(
    ("search", "stage_id", "assigned_to", "won", "stage_ids", "date_from", "date_to", "scope")
)


@dataclass(frozen=True, slots=True)
class HandlerCall:
    """The handler of an operation and its arguments; `memory` is kept as long as its world is there."""

    operation: str
    handler: Handler
    arguments: Mapping[str, Any]
    memory: dict[Any, Any]

    def __call__(self, **changed: Any) -> Any:
        """The handler's response, with some arguments changed."""
        return self.handler(**{**self.arguments, **changed})

    @property
    def id(self) -> int:
        """The id in the path."""
        id_: int = self.arguments["id_"]
        return id_

    @property
    def query(self) -> Body:
        """The query parameters, including defaults."""
        query: Body = self.arguments["query"]
        return query

    @property
    def body(self) -> Body:
        """The request body."""
        return self.arguments.get("body") or {}

    @property
    def file(self) -> bytes:
        """The content of the uploaded file; empty if there is none."""
        return self.body["file"].content if "file" in self.body else b""

    def with_query(self, **query: Any) -> HandlerCall:
        """This call with other query parameters; None means that a parameter is not sent."""
        return self._with(query={**self.query, **query})

    def with_fields(self, **fields: Any) -> HandlerCall:
        """This call with other fields in the body."""
        return self._with(body={**self.body, **fields})

    def without_fields(self, *fields: str) -> HandlerCall:
        """This call without these fields in the body."""
        return self._with(body={name: value for name, value in self.body.items() if name not in fields})

    def _with(self, **changed: Any) -> HandlerCall:
        return replace(self, arguments={**self.arguments, **changed})

    def rows(self, **query: Any) -> list[Body]:
        """All deals of the list, on all pages."""
        rows: list[Body] = self.with_query(**query, page=1, per_page=ALL_ROWS)()["data"]
        return rows

    def paged(self, rows: list[Body], offset: int | None = None) -> Body:
        """The requested page of these rows; `offset` overrides where it starts."""
        page, per_page = self.query["page"], self.query["per_page"]
        start = (page - 1) * per_page if offset is None else offset
        return {
            "data": rows[start : start + per_page],
            "current_page": page,
            "last_page": last_page(len(rows), per_page),
            "per_page": per_page,
            "total": len(rows),
        }

    def cached(self, key: Any = None) -> Any:
        """The response of the first call with this key, whatever has changed since."""
        if (self.operation, key) not in self.memory:
            self.memory[self.operation, key] = self()
        return self.memory[self.operation, key]

    def in_world(self, world: World) -> Any:
        """The response that another world gives."""
        before = current_world()
        with _temporary_world(world, before):
            return self()

    def without_saving(self, **changed: Any) -> Any:
        """The response, with its changes to the world undone."""
        before = current_world()
        response = self(**changed)
        replace_world(before)
        return response


@contextmanager
def _temporary_world(world: World, previous: World) -> Iterator[None]:
    replace_world(world)
    try:
        yield
    finally:
        replace_world(previous)


def current_world() -> World:
    """The world as it is now."""
    return current_mock().world


def replace_world(world: World) -> None:
    """Replace the world with this one."""
    current_mock().store.commit(lambda _: world)


def change_world(change: Callable[[World], World]) -> None:
    """Change the world in addition to what the handler does."""
    current_mock().store.commit(change)


def body_of(response: Any) -> Body:
    """The body of a handler's response; changing it changes the response."""
    body: Body = response[0] if isinstance(response, tuple) else response
    return body


def records_in(value: Any, key: str) -> Iterator[Body]:
    """All objects with this property in a response, at any depth."""
    if isinstance(value, dict):
        if key in value:
            yield value
        value = list(value.values())
    if isinstance(value, list | tuple):
        for part in value:
            yield from records_in(part, key)


def deals_in(response: Any) -> Iterator[Body]:
    """The deals in a response."""
    return records_in(response, "stage_name")


def board_with(board: Body, deals_of: Callable[[Body], list[Body]]) -> Body:
    """The board with other deals in its columns, and matching counts and totals."""
    for column in board["data"]:
        column["deals"] = deals = deals_of(column)
        column.update(deals_count=len(deals), total_value=sum(deal["value"] or 0 for deal in deals))
    return board


def day_after(day: str | None, days: int = 1) -> str | None:
    """The date this many days later; unchanged if the calendar does not reach that far."""
    try:
        return day and (date.fromisoformat(day) + timedelta(days=days)).isoformat()
    except OverflowError:
        return day


def web_page(status: int, text: str) -> Response:
    """An HTML page like those of a web framework."""
    page = f"<!doctype html><html><body><h1>{status}</h1><p>{text}</p></body></html>"
    return Response(page, status, content_type="text/html; charset=utf-8")
