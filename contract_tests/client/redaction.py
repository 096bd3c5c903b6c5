"""Tokens and passwords, to be kept out of every output."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from contract_tests.client.exchange import Exchange
from contract_tests.client.tokens import VARIABLES

JWT = re.compile(r"eyJ[\w-]{5,}\.[\w-]{5,}\.?[\w-]*")
SHORTEST_PART = 12  # characters of a JWT part or token that is worth hiding


class Secrets:
    """Replaces every known token and password in a text."""

    def __init__(self, people: Mapping[str, str | None], password: str | None) -> None:
        self._known: dict[str, str] = {}
        self._password = password
        self.learn(people)

    def learn(self, people: Mapping[str, str | None]) -> None:
        """Learn these tokens."""
        for person, token in people.items():
            if token:
                self._add(token, VARIABLES.get(person, VARIABLES["me"]))

    def learn_from(self, exchange: Exchange) -> None:
        """Learn the token from the response to a sign-in."""
        if exchange.operation_id == "login" and exchange.ok:
            for token in _tokens(exchange.json):
                self._add(token, VARIABLES["me"])

    def redact(self, text: str) -> str:
        """The text with a name in place of each secret."""
        for secret, name in sorted(self._known.items(), key=lambda item: -len(item[0])):
            text = text.replace(secret, name)
        text = JWT.sub("<token>", text)
        return self._without_password(text)

    def _add(self, token: str, name: str) -> None:
        whole = {token, quote(token, safe=""), json.dumps(token)[1:-1]}
        parts = (part for part in token.split(".")[1:] if len(part) >= SHORTEST_PART)
        found = dict.fromkeys(whole, name) | dict.fromkeys(parts, f"<part of {name}>")
        self._known = found | self._known  # a new dict: other threads may be reading the old one

    def _without_password(self, text: str) -> str:
        """Hide the password; if it may be a common word (even `password`), only where it is a JSON value."""
        if not self._password:
            return text
        quoted = json.dumps(self._password)
        text = re.sub(rf"(:\s*){re.escape(quoted)}", r'\1"$PASSWORD"', text)
        return text if self._password.isalpha() else text.replace(self._password, "$PASSWORD")


def _tokens(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for each in node:
            yield from _tokens(each)
    elif isinstance(node, dict):
        for key, value in node.items():
            if "token" in key.lower() and isinstance(value, str) and len(value) >= SHORTEST_PART:
                yield value
            else:
                yield from _tokens(value)
