"""One response on demand: the header `Prefer` (RFC 7240) asks for an example of the contract, or for a delay.

Prefer: code=404            the first example of this status
Prefer: example=outOfRange  the example of this name; with `code`, of this status
Prefer: delay=800           the response comes this many milliseconds later
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from deals_spec import Contract, Operation, Schema
from deals_spec.document import resolved
from mock_server.checked_json import written
from mock_server.domain.values import in_short
from mock_server.errors import BadRequest
from mock_server.header_fields import values_of
from mock_server.transport.scope import ANSWERED_BY, CONTEXT, operation_of

LONGEST_DELAY: Final = 60_000  # milliseconds
PREFERENCE: Final = re.compile(r'\s*([A-Za-z]+)\s*=\s*(?:"([^"]*)"|([^\s";,]*))\s*')
KNOWN: Final = ("code", "example", "delay")


@dataclass(frozen=True, slots=True)
class Example:
    """A response as the contract shows it."""

    status: int
    name: str
    kind: str
    value: Any
    headers: Mapping[str, str]

    def response(self) -> Response:
        body = self.value.encode() if isinstance(self.value, str) else written(self.value).body
        return Response(body, self.status, dict(self.headers), self.kind)


def preferences(values: Iterable[str]) -> dict[str, str]:
    """The preferences that are known here; of a repeated one the first counts (RFC 7240, section 2).

    A semicolon would begin a parameter of a preference. None of these has any, so it separates them, too.
    """
    found: dict[str, str] = {}
    for text in chain.from_iterable(re.split("[,;]", each) for each in values):
        match = PREFERENCE.fullmatch(text)
        if match and match[1].lower() in KNOWN:
            found.setdefault(match[1].lower(), match[2] if match[2] is not None else match[3])
    return found


class Preferences:
    """ASGI middleware: an example instead of the response, or the response later.

    `Preference-Applied` says that the mock has done so. What the contract does not have is a 400 that
    names what it has.
    """

    def __init__(self, app: ASGIApp, contract: Contract) -> None:
        self.app = app
        self._contract = contract

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        operation_id = operation_of(scope)
        wanted = preferences(values_of(scope["headers"], b"prefer")) if operation_id is not None else {}
        if operation_id is None or not wanted:
            await self.app(scope, receive, send)
            return
        delay = _delay(wanted)
        answer: ASGIApp = self.app
        if "code" in wanted or "example" in wanted:
            answer = self._chosen(self._contract.operations[operation_id], wanted).response()
            scope["extensions"][CONTEXT][ANSWERED_BY] = "preference"
        await asyncio.sleep(delay)
        await answer(scope, receive, _saying(wanted, send))

    def _chosen(self, operation: Operation, wanted: Mapping[str, str]) -> Example:
        known = list(examples(self._contract.document, operation))
        code, name = wanted.get("code"), wanted.get("example")
        codes = [str(status) for status in operation.responses]
        if code is not None and code not in codes:
            raise _not_in_contract("code", code, codes)
        fitting = [each for each in known if code in (None, str(each.status))]
        for example in fitting:
            if name in (None, example.name):
                return example
        names = dict.fromkeys(each.name for each in fitting)
        raise _not_in_contract("example", name, names)


def examples(document: Schema, operation: Operation) -> Iterator[Example]:
    """The examples of an operation's responses, those of success first."""
    for status, response in sorted(operation.responses.items()):
        for kind, media in response.get("content", {}).items():
            for name, each in media.get("examples", {}).items():
                headers = _header_examples(document, response, name)
                yield Example(status, name, kind, resolved(document, each)["value"], headers)


def _header_examples(document: Schema, response: Schema, name: str) -> dict[str, str]:
    """The examples of a response's headers that have this name."""
    found = {}
    for header, node in response.get("headers", {}).items():
        examples = resolved(document, node).get("examples", {})
        if name in examples:
            found[header] = str(examples[name]["value"])
    return found


def _not_in_contract(preference: str, value: str | None, known: Collection[str]) -> BadRequest:
    return BadRequest(
        f"Prefer: {preference}={value} is not in the contract; it must be one of {in_short(known)}"
    )


def _delay(wanted: Mapping[str, str]) -> float:
    """How many seconds to wait."""
    text = wanted.get("delay", "0")
    if not re.fullmatch("[0-9]{1,9}", text) or int(text) > LONGEST_DELAY:
        raise BadRequest(f"Prefer: delay must be from 0 to {LONGEST_DELAY} milliseconds")
    return int(text) / 1000


def _saying(applied: Mapping[str, str], send: Send) -> Send:
    text = ", ".join(f"{name}={value}" for name, value in applied.items())

    async def saying(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)["Preference-Applied"] = text
        await send(message)

    return saying
