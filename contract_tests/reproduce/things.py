"""What requests refer to: records by their ids, and the run's words in names and searches."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from contract_tests.client.client import Client
from contract_tests.client.created import MAKERS, OWNED, made_id
from contract_tests.client.exchange import Exchange

KIND_OF_FIELD: Final = {
    "stage_id": "stage",
    "stage_ids": "stage",
    "order": "stage",
    "deal_id": "deal",
    "task_id": "task",
    "note_id": "note",
}
PARAMETERS: Final = {parameter: kind for kind, parameter in OWNED.items()}
# A field that only this kind of record has → the kind.
TELLING: Final = {
    "stage_id": "deal",
    "stage_name": "deal",
    "display_order": "stage",
    "title": "task",
    "content": "note",
}

Thing = tuple[str, str]  # kind, id as text


def kind_of_record(record: Mapping[str, Any]) -> str:
    """The kind of record that this is; an empty text if it is none that a run makes."""
    return next((kind for field, kind in TELLING.items() if field in record), "")


class Things:
    """Reads what a run's requests refer to."""

    def __init__(self, client: Client) -> None:
        self._contract, self._history = client.contract, client.created.history
        self.run_id = client.run_id
        self._word = re.compile(rf"{re.escape(client.run_id)}(?:w\d+)?t\d+e", re.IGNORECASE)

    def made(self, thing: Thing) -> bool:
        """Whether the run has made this."""
        return self._history.has_made(*thing)

    @property
    def writes(self) -> list[Exchange]:
        """The successful writes of the run, in order."""
        return self._history.writes

    def in_path(self, exchange: Exchange) -> dict[int, Thing]:
        """The records in the path, by the place of their ids among its parts."""
        operation = self._contract.match(exchange.method, exchange.path)
        if operation is None:
            return {}
        kinds = PARAMETERS | {"id": "stage" if operation.path.startswith("/pipeline-stages") else "deal"}
        parts = zip(operation.path.split("/"), exchange.path.split("/"), strict=False)
        return {
            place: (kinds[parameter[1:-1]], part)
            for place, (parameter, part) in enumerate(parts)
            if parameter[1:-1] in operation.path_parameters and parameter[1:-1] in kinds
        }

    def used_by(self, exchange: Exchange) -> set[Thing]:
        """The records of the run to which a request refers."""
        found = set(self.in_path(exchange).values())
        for name, value in exchange.query:
            if kind := KIND_OF_FIELD.get(name):
                found |= {(kind, id) for id in value.split(",")}
        found |= set(_in_json(exchange.request_json))
        return {thing for thing in found if self.made(thing)}

    def is_foreign(self, exchange: Exchange) -> bool:
        """Whether a response is about everybody's records: its request names nothing that the run made."""
        return not self.used_by(exchange) and not self.words_in(exchange)

    def words_in(self, exchange: Exchange) -> set[str]:
        """The run's words in a request, in lower case."""
        return self.words_of(text_of(exchange))

    def words_of(self, text: str) -> set[str]:
        """The run's words in a text, in lower case."""
        return {word.lower() for word in self._word.findall(text)}

    def made_by(self, exchange: Exchange) -> Thing | None:
        """What a request made, if its response shows it."""
        kind = MAKERS.get(exchange.operation_id or "")
        id = made_id(exchange.json, kind) if kind and exchange.ok else None
        return None if kind is None or id is None else (kind, str(id))


def text_of(exchange: Exchange) -> str:
    """Everything that a request sends, as text."""
    query = "&".join(f"{name}={value}" for name, value in exchange.query)
    contents = [exchange.request_body or b"", *(content for _, content, _ in exchange.files.values())]
    return " ".join([exchange.path, query, *(content.decode("utf-8", "replace") for content in contents)])


def _in_json(node: Any, kind: str = "") -> Iterator[Thing]:
    if isinstance(node, dict):
        for name, value in node.items():
            yield from _in_json(value, KIND_OF_FIELD.get(name, ""))
    elif isinstance(node, list):
        for value in node:
            yield from _in_json(value, kind)
    elif kind and isinstance(node, int | str) and not isinstance(node, bool):
        yield kind, str(node)
