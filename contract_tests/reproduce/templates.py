"""Texts with variables: what a request sends, with names in place of the run's ids, words and secrets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

from contract_tests.client.client import Client
from contract_tests.client.exchange import Exchange
from contract_tests.client.tokens import VARIABLES, header_variable
from contract_tests.reproduce.answers import bare
from contract_tests.reproduce.parts import Part
from contract_tests.reproduce.things import KIND_OF_FIELD, Thing, Things

MARK: Final = "\ue000"  # around the name of a variable; no request of ours contains it
# A field of JSON: its name and its value, unless that is an object.
FIELD: Final = re.compile(r'("([\w-]+)"\s*:\s*)(\[[^][{}"]*\]|"(?:[^"\\]|\\.)*"|[-\w.]+)')
SHORTEST_PART: Final = 12  # characters of a part of a token


def variable(name: str) -> str:
    """A variable in a template."""
    return f"{MARK}{name}{MARK}"


def pieces(template: str) -> Iterator[tuple[bool, str]]:
    """The pieces of a template: whether each is a variable, and its name or text."""
    for number, piece in enumerate(template.split(MARK)):
        if piece:
            yield number % 2 == 1, piece


def has_variables(template: str) -> bool:
    """Whether a template has variables."""
    return MARK in template


class Templates:
    """Puts variables into the requests and responses of a run."""

    def __init__(self, client: Client, things: Things, names: Mapping[Thing, str]) -> None:
        self._things, self._names = things, names
        self.contract = client.contract
        run = things.run_id
        self._words = {run: "run", run.upper(): "RUN", run.capitalize(): "Run"}
        self._secrets = dict(_secrets(client))
        self._credentials = _credentials(client)
        known = sorted([*self._secrets, *self._words], key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known)))

    def text(self, text: str) -> str:
        """Any text."""
        named = self._words | self._secrets
        return self._known.sub(lambda found: variable(named[found[0]]), text)

    def path(self, exchange: Exchange, base_url: str) -> str:
        """The path and query of a request, below the base URL."""
        path, mark, query = exchange.url.removeprefix(base_url).partition("?")
        parts = path.split("/")
        for place, thing in self._things.in_path(exchange).items():
            if name := self._names.get(thing):
                parts[place] = variable(name)
        path = "/".join(parts)
        return self.text(path + mark + re.sub(r"([^&=]+)=([^&]*)", self._pair, query))

    def body(self, body: bytes) -> str | None:
        """The body of a request as text; None if it is not text."""
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            return None
        try:
            json.loads(text)
        except (ValueError, RecursionError):
            return self.text(text)
        return self.text(self._with_ids(text))

    def place(self, part: Part) -> str:
        """The place of a part in a response."""
        place = part.place
        for thing in part.owners:
            name = self._names.get(thing)
            found = re.search(rf"@{re.escape(thing[1])}(?=\.|$)", place)
            if found:
                there = f"@{variable(name)}" if name else "*"
                place = place[: found.start()] + there + place[found.end() :]
        return self.text(re.sub(rf"@[^.{MARK}]+(?=\.|$)", "*", place))

    def id_of(self, thing: Thing) -> str:
        """The id of a record."""
        name = self._names.get(thing)
        return variable(name) if name else thing[1]

    def value(self, part: Part) -> str:
        """The value of a part of a response."""
        name = self._names.get((part.of, bare(part.raw))) if part.of else None
        if name:
            return part.raw.replace(bare(part.raw), variable(name))
        return self.text(part.raw)

    def _pair(self, found: re.Match[str]) -> str:
        kind = KIND_OF_FIELD.get(found[1])
        if kind is None:
            return found[0]
        ids = re.split(r"(,|%2C)", found[2])
        return f"{found[1]}=" + "".join(self.id_of((kind, id)) for id in ids)

    def _with_ids(self, text: str) -> str:
        """JSON with variables in place of ids and credentials."""

        def with_variables(found: re.Match[str]) -> str:
            kind = KIND_OF_FIELD.get(found[2])
            if kind is not None:
                return found[1] + re.sub(r"[\w-]+", lambda id: self.id_of((kind, id[0])), found[3])
            name = self._credentials.get(found[3])
            return f'{found[1]}"{variable(name)}"' if name else found[0]

        return FIELD.sub(with_variables, text)


def _secrets(client: Client) -> Iterator[tuple[str, str]]:
    """Every secret that a request may contain, with the variable that stands for it."""
    for person, name in reversed(VARIABLES.items()):
        token = client.people.get(person)
        for number, part in enumerate((token or "").split("."), 1):
            if token and len(part) >= SHORTEST_PART and part != token:
                yield part, f"{name[1:]}_{number}"
        if token:
            yield token, name[1:]
    for header, value in client.settings.headers:
        if value:
            yield value, header_variable(header)[1:]


def _credentials(client: Client) -> dict[str, str]:
    """The JSON of the credentials with which the run signs in."""
    given = {"EMAIL": client.settings.email, "PASSWORD": client.settings.password}
    return {json.dumps(value): name for name, value in given.items() if value}
