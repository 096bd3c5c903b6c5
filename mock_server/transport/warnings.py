"""What the mock warns of: in the header `X-Mock-Warning` of any response, and in the log."""

from __future__ import annotations

import logging
from collections.abc import Collection
from itertools import islice
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mock_server.header_fields import WARNING
from mock_server.transport.scope import CONTEXT

WARNINGS: Final = "warnings"  # in the context of a request: what to warn of
MOST: Final = 10  # warnings that are told one by one
log = logging.getLogger(__name__)


def warn(scope: Scope, texts: Collection[str]) -> None:
    """Let the response to this request warn of something."""
    scope["extensions"].setdefault(CONTEXT, {}).setdefault(WARNINGS, []).extend(texts)


class Warnings:
    """ASGI middleware: adds the header to the response, whatever layer has made it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def warning(message: Message) -> None:
            if message["type"] == "http.response.start":
                texts = scope["extensions"].get(CONTEXT, {}).get(WARNINGS)
                if texts:
                    log.warning("%s %s: %s", scope["method"], scope["path"], as_header(texts))
                    MutableHeaders(scope=message)[WARNING] = as_header(texts)
            await send(message)

        await self.app(scope, receive, warning if scope["type"] == "http" else send)


def as_header(texts: Collection[str]) -> str:
    """The first texts as the value of a header, and how many more there are."""
    shown = [*islice(texts, MOST)]
    more = len(texts) - len(shown)
    text = ", ".join([*shown, *([f"and {more} more"] if more else [])])
    return text.encode("ascii", "backslashreplace").decode()
