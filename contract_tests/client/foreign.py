"""Responses that are not the application's, but those of a gateway, a proxy or another web server."""

from __future__ import annotations

import re
from typing import Final

from contract_tests.client.content import excerpt
from contract_tests.client.exchange import Exchange
from deals_spec import Contract

UNAVAILABLE: Final = frozenset({502, 503, 504})  # what a gateway says of a server that it does not reach
SHOWN: Final = 80  # characters of a page
HTML: Final = ("text/html", "application/xhtml+xml")


def is_foreign(exchange: Exchange, contract: Contract) -> bool:
    """Whether somebody else answered: 502 to 504 without the API's error body, or a web page.

    No operation of the API returns HTML. An application that fails in HTML is told apart by asking on.
    """
    if exchange.status in UNAVAILABLE:
        return not _is_error_of(exchange, contract)
    return is_page(exchange)


def is_page(exchange: Exchange) -> bool:
    """Whether the response is a web page, by its type and by its content."""
    kind = (exchange.content_type or "").partition(";")[0].strip().lower()
    return kind in HTML and exchange.body.lstrip()[:1] == b"<"


def is_json(exchange: Exchange) -> bool:
    """Whether the response is JSON, by its type or by its content."""
    kind = (exchange.content_type or "").partition(";")[0].strip().lower()
    return kind.endswith("json") or exchange.json is not None


def described(exchange: Exchange) -> str:
    """The status, the type and the beginning of a response in one plain line."""
    what = "a web page" if is_page(exchange) else plain(exchange.content_type or "no Content-Type")
    return f"{exchange.status} ({what}: {content(exchange)})"


def content(exchange: Exchange) -> str:
    """The title of a page, or the beginning of another response, in one plain line."""
    title = re.search(rb"<title[^>]*>([^<]*)</title>", exchange.body[:10_000], re.IGNORECASE)
    return plain(excerpt(title[1] if title and title[1].strip() else exchange.body, SHOWN))


def plain(text: str) -> str:
    """The text on one line, without characters that could steer a terminal."""
    return "".join(each if each.isprintable() else " " for each in text)


def _is_error_of(exchange: Exchange, contract: Contract) -> bool:
    """Whether the body has what every error of the API has."""
    schemas = contract.document.get("components", {}).get("schemas", {})
    required = set(schemas.get("ErrorAnswer", {}).get("required", ()))
    return isinstance(exchange.json, dict) and required <= exchange.json.keys()
