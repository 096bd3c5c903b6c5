"""Judging a law again on recorded responses, without sending anything."""

from __future__ import annotations

import copy
import itertools
import json
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Unpack

from contract_tests.client.client import Client
from contract_tests.client.created import CreatedResources
from contract_tests.client.errors import NoResponseError
from contract_tests.client.exchange import Exchange
from contract_tests.client.sending import Prepared, Sending
from contract_tests.laws.law import Law
from contract_tests.scene import api_reader
from contract_tests.scene.api_reader import ApiReader
from contract_tests.scene.expectations import Broken, NotJudged, response_of
from contract_tests.scene.maker import Maker
from contract_tests.scene.scene import Scene


@dataclass(frozen=True)
class Outcome:
    """How a law is broken: where in its code, and in which words."""

    line: int
    expected: str
    received: str


NOT_JUDGED = Outcome(0, "", "")


class DivergedError(NoResponseError):
    """The law sends a request that was not recorded."""


class Rehearsal:
    """A judgement that can be repeated: `with Rehearsal(law, scene) as rehearsal: law.judge(scene)`."""

    def __init__(self, law: Law, scene: Scene) -> None:
        self._law, self._scene = law, scene
        self._before = copy.copy(scene)  # what the scene knew when the judgement began
        self._numbers: list[int] = []  # of the words that the judgement used

    @property
    def law_id(self) -> str:
        """The law, with its case."""
        return self._law.id

    def __enter__(self) -> Rehearsal:
        self._scene._numbers = _Noted(self._before._numbers, self._numbers)
        return self

    def __exit__(self, *_: object) -> None:
        self._scene._numbers = self._before._numbers

    def __call__(self, exchanges: Iterable[Exchange]) -> Outcome | None:
        """How the law is broken if the server responds like this; None if it holds as far as is recorded."""
        client = _RecordedClient(self._scene.client, exchanges)
        scene = copy.copy(self._before)
        scene._numbers = itertools.chain(self._numbers, itertools.count(max(self._numbers, default=0) + 1))
        scene.client, scene.call, scene.api = client, client.call, _HastyReader(client)
        scene.make = Maker(client, scene.api, scene.word, set(self._before.make.lasting_stages))
        scene.parent, scene._shares = None, False  # it would ask the server
        try:
            self._law.judge(scene)
        except Broken as broken:
            return _outcome(broken)
        except DivergedError:
            return None if client.at_the_end else NOT_JUDGED
        except (NotJudged, NoResponseError):
            return NOT_JUDGED
        return None


class _Noted(Iterator[int]):
    """Notes each number that is used; a law may use several threads, for which a generator is not made."""

    def __init__(self, numbers: Iterator[int], noted: list[int]) -> None:
        self._numbers, self._noted = numbers, noted

    def __next__(self) -> int:
        number = next(self._numbers)
        self._noted.append(number)
        return number


def _outcome(broken: Broken) -> Outcome:
    frames = traceback.extract_tb(broken.__traceback__)
    lines = [frame.lineno or 0 for frame in frames if not frame.filename.endswith("expectations.py")]
    received = broken.received
    for exchange in broken.exchanges:  # of a whole response only the status counts
        received = received.replace(response_of(exchange), f"status {exchange.status}")
    return Outcome(lines[-1], broken.expected, received)


class _RecordedClient(Client):
    """Answers from a record."""

    def __init__(self, client: Client, exchanges: Iterable[Exchange]) -> None:
        self.__dict__.update(client.__dict__)
        self.observers, self.created = [], CreatedResources()
        self.created.order = ["known"]
        self._recorded = list(exchanges)
        self._next = 0

    @property
    def at_the_end(self) -> bool:
        """Whether every recorded response was used."""
        return self._next >= len(self._recorded)

    def send(
        self,
        method: str,
        path: str,
        *,
        as_: str = "me",
        operation_id: str | None = None,
        **how: Unpack[Sending],
    ) -> Exchange:
        """The recorded response to this request."""
        exchange = self._recorded_answer(Prepared(method.upper(), path, as_, how, operation_id))
        for observer in self.observers:
            observer(exchange)
        return exchange

    def _recorded_answer(self, prepared: Prepared) -> Exchange:
        """The response to the request, or to the one that was sent in its place with other values."""
        for number in range(self._next, len(self._recorded)):
            if _same_request(self._recorded[number], prepared):
                self._next = number + 1
                return self._recorded[number]
        alike = self._recorded[self._next : self._next + 1]
        if alike and (alike[0].operation_id, alike[0].as_) == (prepared.operation_id, prepared.as_):
            self._next += 1
            return alike[0]
        known = [each for each in self._recorded[: self._next] if _same_request(each, prepared)]
        if known and prepared.method == "GET":
            return known[-1]
        if prepared.operation_id == "createPipelineStage" and self._stages:
            return self._made_stage(prepared)
        raise DivergedError(f"{prepared.method} {prepared.path} was not recorded")

    @property
    def _stages(self) -> list[Any]:
        """The stages as they were read last."""
        lists = (each.data for each in self._recorded[: self._next] if each.operation_id == "listDealStages")
        return next((each for each in reversed([*lists]) if isinstance(each, list)), [])

    def _made_stage(self, prepared: Prepared) -> Exchange:
        """As if one of the stages were new: which stages there are does not matter by itself."""
        body = json.dumps({"success": True, "data": {"id": self._stages[0].get("id")}}).encode()
        path = f"{self.base_url}{prepared.path}"
        sent = prepared.method, prepared.path, path
        return Exchange(*sent, 201, {}, body, prepared.body, prepared.as_, prepared.operation_id)


def _same_request(exchange: Exchange, prepared: Prepared) -> bool:
    sent = exchange.method, exchange.path, exchange.query, exchange.request_body, exchange.as_
    return sent == (prepared.method, prepared.path, prepared.query, prepared.body, prepared.as_)


class _HastyReader(ApiReader):
    """Reads as often as the original did, without the pauses."""

    def eventually(self, read: Callable[[], Any], enough: Callable[[Any], bool]) -> Any:
        """Read until `enough`; returns the last result."""
        value = read()
        for _ in api_reader.PAUSES:
            if enough(value):
                break
            value = read()
        return value
