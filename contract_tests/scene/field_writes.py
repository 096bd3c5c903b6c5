"""Writing chosen values into the fields of any record, and reading back what was saved."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from contract_tests.client.created import made_id
from contract_tests.client.exchange import Exchange
from contract_tests.scene.deal_writes import id_of
from contract_tests.scene.expectations import UNREADABLE_INPUT, NotJudged, expect, granted, response_of
from contract_tests.scene.json_search import Record, descendants, same
from contract_tests.scene.limits import ContractLimits
from contract_tests.scene.requests import smallest_body
from contract_tests.scene.scene import Scene

SHOWN: Final = 60  # characters of a value in a finding
DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
PLAIN_DAY: Final = "2031-05-06"
_PLAIN: Final[Mapping[type, Any]] = {str: "plain", int: 12, float: 12.5}
NAMES: Final = ("name", "title")  # fields by which people recognise a record


class FieldWriter:
    """Writes one kind of record through one operation, on records of its own."""

    def __init__(self, s: Scene, operation: str, **fields: Any) -> None:
        self._s, self.operation = s, operation
        self._path, self._read = _KINDS[operation](s, fields)

    def send(self, values: Mapping[str, Any]) -> tuple[Record, Exchange]:
        """Send the smallest valid body with these values; returns the whole body and its exchange."""
        body = smallest_body(self.operation, self._s.word, lambda: self._s.make.stage_like()["id"]) or {}
        body |= values
        return body, answered(self._s.call(self.operation, json=body, **self._path))

    def saved(self, body: Record, exchange: Exchange) -> Record:
        """The record that this request has written, as a read shows it."""
        return self._read(body, exchange)

    def refused_or_whole(self, values: Mapping[str, Any], *, must: Collection[str] = ()) -> set[str]:
        """Expect each value to be saved whole unless refused; returns the fields that were saved.

        `must` names fields that may not be refused, because the documentation gives them this limit.
        """
        body, exchange = self.send(values)
        if exchange.status not in UNREADABLE_INPUT:
            granted(exchange)
            self._expect_whole(values, self.saved(body, exchange), exchange)
            return set(values)
        named = named_fields(exchange) & values.keys()
        self._expect_allowed(values, named or (set(values) if len(values) == 1 else set()), must, exchange)
        if len(values) == 1:
            return set()
        if named:
            rest = {name: value for name, value in values.items() if name not in named}
            return self.refused_or_whole(rest, must=must) if rest else set()
        alone = ({name: value} for name, value in values.items())
        return {name for each in alone for name in self.refused_or_whole(each, must=must)}

    def _expect_whole(self, sent: Mapping[str, Any], got: Record, exchange: Exchange) -> None:
        lost = {name: value for name, value in sent.items() if name in got and not is_whole(value, got[name])}
        if lost and (never := self.never_saved(lost)):
            lost = {name: value for name, value in lost.items() if name not in never}
            if not lost:
                raise NotJudged(f"not even a plain value is saved: {', '.join(sorted(never))}")
        wrong = [f"{name} is {in_short(got[name])}, not {in_short(value)}" for name, value in lost.items()]
        expect(not wrong, "each value saved whole, or refused", "; ".join(wrong), exchange)

    def never_saved(self, fields: Mapping[str, Any]) -> set[str]:
        """The fields, of these, of which a plain value is not saved, either: for other laws to judge."""
        plain = {name: PLAIN_DAY if is_day(value) else _PLAIN[type(value)] for name, value in fields.items()}
        plain = {
            name: f"{value} {self._s.word()}" if name in NAMES else value for name, value in plain.items()
        }
        body, exchange = self.send(plain)
        saved = self.saved(body, exchange) if exchange.ok else {}
        return {name for name, value in plain.items() if not is_whole(value, saved.get(name))}

    def _expect_allowed(
        self, values: Mapping[str, Any], refused: set[str], must: Collection[str], exchange: Exchange
    ) -> None:
        wrong = sorted(refused & set(must))
        shown = ", ".join(f"{name} {in_short(values[name])}" for name in wrong)
        expect(
            not wrong, f"success ({shown} is within the documented limits)", response_of(exchange), exchange
        )


def is_day(value: Any) -> bool:
    """Whether a value is a date (YYYY-MM-DD)."""
    return isinstance(value, str) and DAY.fullmatch(value) is not None


def answered(exchange: Exchange) -> Exchange:
    """The exchange, unless it is a server error: that is a finding of its own, and needs no second one."""
    if exchange.status >= 500:
        raise NotJudged(f"a server error: {response_of(exchange)}")
    return exchange


def named_fields(exchange: Exchange) -> set[str]:
    """The fields that a refusal names as wrong."""
    body = exchange.json if isinstance(exchange.json, dict) else {}
    errors = body.get("errors")
    return set(errors) if isinstance(errors, dict) else set()


def is_whole(sent: Any, got: Any) -> bool:
    """Whether a value came back whole; an amount may be rounded to cents, and line ends may differ."""
    if isinstance(sent, str) and isinstance(got, str):
        return _plain(sent) == _plain(got) or same(sent, got)
    return same(sent, got)


def in_short(value: Any) -> str:
    """A value for a finding; of a long text its length and its end."""
    if not isinstance(value, str) or len(value) <= SHOWN:
        return repr(value)
    return f"a text of {len(value)} characters that ends in {value[-SHOWN // 2 :]!r}"


def text_fields(limits: ContractLimits, operation: str) -> list[str]:
    """The fields of a body that take any text."""
    full, documented = (limits.contract.fields(operation, view) for view in ("full", "documented"))
    coded = ("format", "enum", "pattern")
    return [
        name
        for name in limits.contract.body_fields(operation, "documented")
        if documented[name].get("type") == "string" and not any(key in full.get(name, {}) for key in coded)
    ]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text).replace("\r\n", "\n").strip()


# How each kind of record is written and read: from the scene and fields of a record to be updated, the path
# of the request and a function that reads what it has saved.
Read = Callable[[Record, Exchange], Record]
Kind = tuple[Record, Read]


def _new_deal(s: Scene, _: Record) -> Kind:
    return {}, lambda body, made: s.api.deal(id_of(s, body, made))


def _old_deal(s: Scene, fields: Record) -> Kind:
    id = s.make.deal(**fields)
    return {"id": id}, lambda _, __: s.api.deal(id)


def _own_deal(s: Scene) -> Any:
    """A deal for tasks and notes, shared by the laws."""
    return s.api.once("a deal to write to", s.make.deal)


def _new_task(s: Scene, _: Record) -> Kind:
    deal = _own_deal(s)
    return {"id": deal}, lambda body, made: _task(s, deal, made_id(made.json, "task"), body)


def _old_task(s: Scene, fields: Record) -> Kind:
    deal = _own_deal(s)
    id = s.make.task(deal, **fields)
    return {"id": deal, "taskId": id}, lambda body, _: _task(s, deal, id, body)


def _new_note(s: Scene, _: Record) -> Kind:
    deal = _own_deal(s)
    return {"id": deal}, lambda body, made: _note(s, deal, made_id(made.json, "note"), body)


def _new_stage(s: Scene, _: Record) -> Kind:
    return {}, lambda body, made: _stage(s, made_id(made.json, "stage"), body)


def _old_stage(s: Scene, fields: Record) -> Kind:
    id = s.make.stage(**fields)
    return {"id": id}, lambda body, _: _stage(s, id, body)


_KINDS: Final[Mapping[str, Callable[[Scene, Record], Kind]]] = {
    "createDeal": _new_deal,
    "updateDeal": _old_deal,
    "createDealTask": _new_task,
    "updateDealTask": _old_task,
    "createDealNote": _new_note,
    "createPipelineStage": _new_stage,
    "updatePipelineStage": _old_stage,
}
WRITES: Final = tuple(_KINDS)


def _task(s: Scene, deal: Any, id: Any, body: Record) -> Record:
    return _one_of(s.api.tasks(deal)[0], id, body)


def _stage(s: Scene, id: Any, body: Record) -> Record:
    found = _one_of(s.api.stages(fresh=True), id, body)
    s.client.made("stage", found["id"])
    return found


def _one_of(records: list[Record], id: Any, body: Record) -> Record:
    """The record with this id; the one with the name in the body, if the response showed no id."""
    named = [
        record for record in records if any(name in body and record.get(name) == body[name] for name in NAMES)
    ]
    found = [record for record in records if record.get("id") == id] if id is not None else named
    if not found:
        raise NotJudged("what was written is not in the list")  # for other laws to judge
    return found[0]


def _note(s: Scene, deal: Any, id: Any, body: Record) -> Record:
    """The note under whatever name the details show it: a text in the record with its id."""
    records = [each for each in descendants(s.api.deal(deal)) if isinstance(each, dict)]
    begin = body["content"][: SHOWN // 2]
    for record in records:
        if id is not None and id in record.values():
            texts = [
                text
                for text in record.values()
                if isinstance(text, str) and begin.startswith(text[: len(begin)])
            ]
            if texts:
                return {"content": max(texts, key=len)}
    raise NotJudged("the details of a deal do not show its notes")
