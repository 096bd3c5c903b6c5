"""A server with one fault: the mock, behind something that spoils requests or answers on their way."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.types import Message, Receive, Scope, Send

from contract_tests.contract import Contract

BASE = "/api"
Json = Any


@dataclass(frozen=True)
class Request:
    """A request on its way."""

    operation: str
    method: str
    path: str  # below the base path
    query: dict[str, str]
    headers: dict[str, str]
    raw: bytes

    @property
    def json(self) -> Json:
        return json.loads(self.raw or b"null")

    def told(self, **query: Any) -> Request:
        """With other query parameters; None takes one away."""
        changed = {name: str(value) for name, value in {**self.query, **query}.items() if value is not None}
        return replace(self, query=changed)

    def saying(self, body: Json) -> Request:
        headers = {**self.headers, **JSON}
        return replace(self, raw=json.dumps(body).encode(), headers=headers)

    def at(self, operation: str, **ids: Any) -> Request:
        """The same to another operation."""
        found = CONTRACT.operations[operation]
        return replace(self, operation=operation, method=found.method, path=found.path.format(**ids))

    @property
    def ids(self) -> list[int]:
        """The numbers in the path."""
        return [int(part) for part in re.findall(r"/(\d+)", self.path)]

    def with_id(self, change: Callable[[int], int], place: int = 0) -> Request:
        """With another number in the path."""
        parts = re.split(r"(?<=/)(\d+)", self.path)
        parts[1 + 2 * place] = str(change(int(parts[1 + 2 * place])))
        return replace(self, path="".join(parts))


@dataclass(frozen=True)
class Answer:
    """An answer on its way back."""

    status: int
    raw: bytes
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def json(self) -> Json:
        return json.loads(self.raw)

    @property
    def ok(self) -> bool:
        return self.status < 300

    def saying(self, body: Json) -> Answer:
        return replace(self, raw=json.dumps(body).encode())


Call = Callable[[Request], Awaitable[Answer]]
Fault = Callable[[Request, Call], Awaitable[Answer]]
CONTRACT = Contract.load()
JSON = {"content-type": "application/json"}
DONE = Answer(200, b'{"success": true, "message": "Done"}', JSON)


async def sound(request: Request, call: Call) -> Answer:
    """No fault."""
    return await call(request)


class Faulty:
    """An ASGI application with a fault, which can be exchanged."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.fault: Fault = sound

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(BASE):
            await self.app(scope, receive, send)
            return
        request = await _read(scope, receive)

        async def call(wanted: Request) -> Answer:
            return await self._call(scope, wanted)

        answer = await self.fault(request, call)
        headers = {**answer.headers, "content-length": str(len(answer.raw))}
        pairs = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": answer.status, "headers": pairs})
        await send({"type": "http.response.body", "body": answer.raw})

    async def _call(self, scope: Scope, request: Request) -> Answer:
        headers = {**request.headers, "content-length": str(len(request.raw))}
        path = BASE + request.path
        asked = {
            **scope,
            "method": request.method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": urlencode(request.query).encode(),
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
        }
        sent = [{"type": "http.request", "body": request.raw, "more_body": False}]
        got: list[Message] = []

        async def receive() -> Message:
            return sent.pop(0) if sent else {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            got.append(message)

        await self.app(asked, receive, send)
        pairs = {name.decode(): value.decode("latin-1") for name, value in got[0]["headers"]}
        return Answer(got[0]["status"], b"".join(message.get("body", b"") for message in got[1:]), pairs)


async def _read(scope: Scope, receive: Receive) -> Request:
    raw, more = b"", True
    while more:
        message = await receive()
        raw, more = raw + message.get("body", b""), message.get("more_body", False)
    path = scope["path"].removeprefix(BASE)
    found = CONTRACT.match(scope["method"], path)
    query = dict(parse_qsl(scope["query_string"].decode()))
    headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
    return Request(found.id if found else "", scope["method"], path, query, headers, raw)


# Ways to be wrong


def asked(operations: str, change: Callable[[Request], Request]) -> Fault:
    """These operations hear something else than was said."""

    async def fault(request: Request, call: Call) -> Answer:
        wrong = request.operation in operations.split()
        return await call(change(request) if wrong else request)

    return fault


def told(operations: str, change: Callable[[Request, Json], Json]) -> Fault:
    """The answers of these operations, if good, are changed."""

    async def fault(request: Request, call: Call) -> Answer:
        answer = await call(request)
        if request.operation not in operations.split() or not answer.ok:
            return answer
        return answer.saying(change(request, answer.json))

    return fault


def pretended(operations: str) -> Fault:
    """These operations do nothing, and say that it is done."""

    async def fault(request: Request, call: Call) -> Answer:
        good = request.operation in operations.split()
        if good and "authorization" in request.headers:
            return DONE
        return await call(request)

    return fault


def deaf(name: str, operations: str = "listDeals") -> Fault:
    """A query parameter is ignored."""
    return asked(operations, lambda request: request.told(**{name: None}))


def heard(name: str, change: Callable[[str], Any], operations: str = "listDeals") -> Fault:
    """A query parameter is taken for something else."""

    def wrong(request: Request) -> Request:
        return request.told(**{name: change(request.query[name])}) if name in request.query else request

    return asked(operations, wrong)


def forgotten(operations: str, *names: str) -> Fault:
    """Fields of the body are lost."""

    def without(request: Request) -> Request:
        body = request.json
        return request.saying({name: value for name, value in body.items() if name not in names})

    return asked(operations, without)


def put(operations: str, **fields: Any) -> Fault:
    """Fields of the body, where they are given, are saved otherwise."""

    def other(request: Request) -> Request:
        body = request.json
        try:
            wrong = {
                n: f(body[n]) if callable(f) else f for n, f in fields.items() if body.get(n) is not None
            }
        except (TypeError, ValueError):  # it is no such value: let it be refused
            return request
        return request.saying({**body, **wrong})

    return asked(operations, other)


def paged(**fields: Callable[[Json], Any]) -> Fault:
    """Numbers of the page are wrong."""
    return told("listDeals", lambda _, page: {**page, **{name: f(page) for name, f in fields.items()}})


def shown(operations: str, change: Callable[[Json], Json]) -> Fault:
    """Each deal of these answers is shown otherwise."""

    def spoiled(node: Json) -> Json:
        if isinstance(node, list):
            return [spoiled(each) for each in node]
        if not isinstance(node, dict):
            return node
        inner = {name: spoiled(value) for name, value in node.items()}
        return change(inner) if {"id", "stage_id", "is_won"} <= inner.keys() else inner

    return told(operations, lambda _, answer: spoiled(answer))


def also(operation: str, then: str, **ids: Callable[[Request], Any]) -> Fault:
    """What an operation does, it does to something else, too."""

    async def fault(request: Request, call: Call) -> Answer:
        answer = await call(request)
        if request.operation == operation and answer.ok:
            await call(request.at(then, **{name: find(request) for name, find in ids.items()}))
        return answer

    return fault


def accepting(operations: str, *statuses: int) -> Fault:
    """What is refused is said to be done."""

    async def fault(request: Request, call: Call) -> Answer:
        answer = await call(request)
        return DONE if request.operation in operations.split() and answer.status in statuses else answer

    return fault


def days_off(text: str, days: int) -> str:
    """A day so many days later."""
    return (datetime.date.fromisoformat(text) + datetime.timedelta(days=days)).isoformat()
