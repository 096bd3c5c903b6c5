"""Which deals and stages are the run's own: it changes and deletes no others, whatever the server answers."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any, Final

from contract_tests.client.created import MAKERS, OWNED, made_id
from contract_tests.client.errors import NotOwnError
from contract_tests.client.exchange import Exchange
from deals_spec import Operation

LISTS: Final = {"listDeals": "deal", "listDealStages": "stage"}
READERS: Final = {"deal": "getDeal", "stage": "listDealStages"}
Record = tuple[str, str]  # kind, id


class Ownership:
    """What was on the server before; a faulty create may answer with the id of such a record."""

    def __init__(self, run_id: str) -> None:
        self._run_id = run_id
        self._lock = threading.Lock()
        self._made: set[Record] = set()
        self._others: dict[Record, datetime] = {}  # since when they are known
        self._compared: set[str] = set()  # kinds of which the first create was compared with a read
        self._misleading: set[str] = set()  # kinds whose creates answer with another's id

    def check(self, operation: Operation, path: str) -> None:
        """Raise an error if a write is about a record that the run has not made."""
        kind, id = _record_in(operation, path)
        if operation.method != "GET" and (kind, id) in self._others:
            raise NotOwnError(f"{kind} {id} was not made by this run, which therefore does not change it")

    def learn_from(self, exchange: Exchange) -> None:
        """Note which records there are, and which the run has made."""
        if not exchange.ok:
            return
        if (kind := LISTS.get(exchange.operation_id or "")) and isinstance(exchange.data, list):
            for record in exchange.data:
                self._saw(kind, record)
        elif (made := made_by(exchange)) is not None:
            with self._lock:
                if self._is_another(made, exchange):
                    self._others.setdefault(made, exchange.sent_at)
                else:
                    self._made.add(made)
                    self._others.pop(made, None)

    def allow(self, kind: str, id: Any) -> None:
        """Let the run change this record of others, because its user has named it."""
        with self._lock:
            self._made.add((kind, str(id)))
            self._others.pop((kind, str(id)), None)

    def is_own(self, kind: str, id: Any) -> bool:
        """Whether the run may change and delete this."""
        return (kind, str(id)) not in self._others

    def reader_of(self, create: Exchange) -> str:
        """The operation that shows whether the run's first create has made a new record; usually empty."""
        made = made_by(create)
        if made is None or made[0] in self._compared or self._run_id not in _name(create.request_json):
            return ""
        self._compared.add(made[0])
        return READERS[made[0]]

    def compare(self, create: Exchange, read: Exchange) -> None:
        """Note that a create has answered with another's id, if a read shows that."""
        made = made_by(create)
        records = read.data if isinstance(read.data, list) else [read.data]
        found = [
            each for each in records if isinstance(each, dict) and made and str(each.get("id")) == made[1]
        ]
        if made and found and self._is_anothers_name(create, found[0]):
            with self._lock:
                self._made.discard(made)
                self._misleading.add(made[0])
                self._others[made] = create.sent_at

    def _saw(self, kind: str, record: Any) -> None:
        if not isinstance(record, dict) or "id" not in record:
            return
        key = (kind, str(record["id"]))
        with self._lock:
            if self._run_id in _name(record):
                self._others.pop(key, None)  # an id may be used again after a deletion
            elif key not in self._made:
                self._others.setdefault(key, datetime.now(UTC))

    def _is_another(self, made: Record, create: Exchange) -> bool:
        """Whether this was there before: no list shows a new record before its create is sent."""
        if self._run_id in _name(create.data) and made[0] not in self._misleading:
            return False
        since = self._others.get(made)
        return (since is not None and since < create.sent_at) or self._is_anothers_name(create, create.data)

    def _is_anothers_name(self, create: Exchange, record: Any) -> bool:
        """Whether a record has a name that a server cannot have made of the one that was sent."""
        sent, shown = _name(create.request_json), _name(record)
        if self._run_id not in sent or not shown:
            return False
        enough = sent.index(self._run_id) + len(self._run_id) // 2  # of a name that the server cuts off
        return self._run_id not in shown and not (sent.startswith(shown) and len(shown) >= enough)


def made_by(exchange: Exchange) -> Record | None:
    """The deal or stage whose id the response to a create shows."""
    kind = MAKERS.get(exchange.operation_id or "")
    if kind is None or kind in OWNED or not exchange.ok:
        return None
    id = made_id(exchange.json, kind)
    return None if id is None else (kind, str(id))


def _name(record: Any) -> str:
    return str(record.get("name") or "").casefold() if isinstance(record, dict) else ""


def _record_in(operation: Operation, path: str) -> Record:
    """The deal or stage in a path."""
    kind = "stage" if operation.path.startswith("/pipeline-stages") else "deal"
    parts = path.strip("/").split("/")
    return (kind, parts[1]) if "id" in operation.path_parameters else (kind, "")
