"""Tokens, passwords and header values, to be kept out of every output."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from contract_tests.client.exchange import Exchange
from contract_tests.client.tokens import VARIABLES, header_variable

JWT = re.compile(r"eyJ[\w-]{5,}\.[\w-]{5,}\.?[\w-]*")
UNMISTAKABLE = 12  # characters of a secret, or of a part of a JWT, that no other text contains by chance
SHORTEST_TOKEN = 12  # characters of a token that a sign-in returns
SHORTEST_WORD = 4  # characters of a secret that is replaced wherever it is a word of its own


class Secrets:
    """Replaces every known token, password and header value in a text."""

    def __init__(
        self,
        people: Mapping[str, str | None],
        password: str | None,
        headers: Iterable[tuple[str, str]] = (),
        proxy_password: str = "",
    ) -> None:
        self._unmistakable: dict[str, str] = {}  # secret → what is shown instead
        self._patterns: dict[re.Pattern[str], str] = {}
        self.learn(people)
        self._add(password or "", "$PASSWORD")
        self._add(proxy_password, "$PROXY_PASSWORD")
        for name, value in headers:
            self._add(value, header_variable(name), header=f"{re.escape(name)}:\\s*")

    def learn(self, people: Mapping[str, str | None]) -> None:
        """Learn these tokens."""
        for person, token in people.items():
            self._add_token(token or "", VARIABLES.get(person, VARIABLES["me"]))

    def hide(self, secret: str, name: str) -> None:
        """Learn a secret that is no token of the run, and what to show instead."""
        self._add_token(secret, name)

    def learn_from(self, exchange: Exchange) -> None:
        """Learn the token from the response to a sign-in."""
        if exchange.operation_id == "login" and exchange.ok:
            for token in _tokens(exchange.json):
                self._add_token(token, VARIABLES["me"])

    def redact(self, text: str) -> str:
        """The text with a name in place of each secret."""
        for secret, name in sorted(self._unmistakable.items(), key=lambda item: -len(item[0])):
            text = text.replace(secret, name)
        text = JWT.sub("<token>", text)
        for pattern, name in self._patterns.items():
            text = pattern.sub(rf"\1{name}", text)
        return text

    def _add_token(self, token: str, name: str) -> None:
        self._add(token, name)
        parts = (part for part in token.split(".")[1:] if len(part) >= UNMISTAKABLE)
        # A new dict, here and below: other threads may be reading the old one.
        self._unmistakable = dict.fromkeys(parts, f"<part of {name}>") | self._unmistakable

    def _add(self, secret: str, name: str, *, header: str = "bearer\\s+") -> None:
        """Hide a secret everywhere; a short or common one only where it cannot be anything else."""
        if not secret:
            return
        forms = {secret, quote(secret, safe=""), json.dumps(secret)[1:-1]}
        if len(secret) >= UNMISTAKABLE and not secret.isalpha():
            self._unmistakable = dict.fromkeys(forms, name) | self._unmistakable
            return
        any_form = "|".join(map(re.escape, forms))
        a_word = len(secret) >= SHORTEST_WORD and not (secret.isalpha() and len(secret) < UNMISTAKABLE)
        places = r"()(?<![\w-])" if a_word else rf'((?i:\b{header})|:\s*"(?=(?:{any_form})"))'
        pattern = re.compile(rf"{places}(?:{any_form})(?![\w-])")
        self._patterns = {pattern: name} | self._patterns


def _tokens(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for each in node:
            yield from _tokens(each)
    elif isinstance(node, dict):
        for key, value in node.items():
            if "token" in key.lower() and isinstance(value, str) and len(value) >= SHORTEST_TOKEN:
                yield value
            else:
                yield from _tokens(value)
