"""A run's marker: a deal whose name tells other runs on the same server that this run is at work."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from contract_tests.client.client import Client
from contract_tests.client.created import made_id, ordered_ids
from contract_tests.client.errors import NoSuchOperationError, UnreachableError
from contract_tests.client.exchange import Exchange
from contract_tests.scene.api_reader import PAUSES
from contract_tests.scene.json_search import Record
from contract_tests.scene.limits import ContractLimits
from contract_tests.scene.run_names import lasting

WORD: Final = "Contractrun"  # one plain word: a search finds it whatever it takes for a separator
AT_WORK, WAITS, HAS = "is at work", "waits for the stages", "has the stages"
NEEDED: Final = ("listDealStages", "listDeals", "createDeal", "updateDeal", "deleteDeal")
NAME: Final = re.compile(rf"{WORD} (dc-[0-9a-f]{{6}}) ({AT_WORK}|{WAITS}|{HAS}) \((\d+)\)")
RENEWED: Final = 10.0  # seconds after which a marker is written again
SILENT: Final = 120.0  # seconds after which a run that has not renewed its marker is taken for dead


@dataclass(frozen=True)
class Marker:
    """What a marker says."""

    run: str
    state: str
    beat: int  # how often it has been written
    written: datetime | None = None  # by the server's clock, if it says so


class Markers:
    """Writes the marker of this run, and reads those of others."""

    def __init__(self, client: Client, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.run = client.run_id
        self.usable = _may_write(client)  # whether other runs can see this run's marker
        self.state = ""
        self._client, self._clock = client.quiet(), clock
        self._id: Any = None
        self._stage_id: Any = None
        self._beat = 0
        self._renewed = 0.0
        self._first_seen: dict[Marker, float] = {}

    # The marker of this run

    def show(self, state: str) -> None:
        """Write this into the marker; a server on which that is not possible has no markers."""
        if not self.usable:
            return
        self._beat, self._renewed = self._beat + 1, self._clock()
        try:
            self.usable = self._write(f"{WORD} {self.run} {state} ({self._beat})")
        except (NoSuchOperationError, UnreachableError):  # the requests of the tests tell whether it is there
            self.usable = False
        self.state = state

    def renew(self) -> None:
        """Write the marker again if that is due, as a sign of life."""
        if self._id is not None and self._clock() - self._renewed > RENEWED:
            self.show(self.state)

    def remove(self) -> None:
        """Delete the marker."""
        if self._id is not None:
            self._client.call("deleteDeal", id=self._id)
            self._id, self.usable = None, False

    def _write(self, name: str) -> bool:
        """Update the marker; if there is none any more, make one."""
        body = {"name": name, "stage_id": self._stage_id}
        if self._id is not None and self._client.call("updateDeal", id=self._id, json=body).ok:
            return True
        self._stage_id = self._stage()
        made = self._client.call("createDeal", json={"name": name, "stage_id": self._stage_id})
        id = made_id(made.json, "deal") if made.ok else None
        self._id = id if self._client.ownership.is_own("deal", id) else None
        return self._id is not None

    def _stage(self) -> Any:
        """A stage for the marker: the first that no run has made."""
        found = self._client.call("listDealStages").data
        stages = [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
        return next(iter(ordered_ids(lasting(stages))), None)

    # The markers of other runs

    def others(self) -> list[Marker]:
        """What the markers of other runs say that are still alive; read after this run's own is visible."""
        for pause in (*PAUSES, None):
            found, mine, now = self._read()
            if not self.usable or self._id is None or (mine is not None and mine.beat == self._beat):
                break
            if pause is None:
                self.usable = False  # what this run writes cannot be found, so nobody can take turns
            else:
                self._client.stop.pause(pause)
        return [marker for marker in found if self._alive(marker, now)]

    def _read(self) -> tuple[list[Marker], Marker | None, datetime | None]:
        """The markers of others, this run's own, and the server's time."""
        limits = ContractLimits(self._client.contract)
        query = {"search": WORD, **limits.widest_scope, "per_page": limits.largest_page}
        exchange = self._client.call("listDeals", query=query)
        records = exchange.data if exchange.ok and isinstance(exchange.data, list) else []
        read = [marker for record in records if isinstance(record, dict) and (marker := _marker(record))]
        newest = {each.run: each for each in sorted(read, key=lambda each: each.beat)}
        mine = newest.pop(self.run, None)
        now = mine.written if mine is not None and mine.written else _date_of(exchange)
        return list(newest.values()), mine, now

    def _alive(self, marker: Marker, now: datetime | None) -> bool:
        """Whether its run has written it not long ago, by the server's clock and by ours."""
        seen = self._first_seen.setdefault(marker, self._clock())
        if self._clock() - seen > SILENT:
            return False
        return not (now and marker.written) or (now - marker.written).total_seconds() < SILENT


def _may_write(client: Client) -> bool:
    """Whether the settings and the contract allow what a marker needs."""
    known = all(name in client.contract.operations for name in NEEDED)
    return known and not client.settings.read_only and not any(map(client.refusal, NEEDED))


def _marker(record: Record) -> Marker | None:
    found = NAME.fullmatch(str(record.get("name")))
    if found is None:
        return None
    return Marker(found[1], found[2], int(found[3]), _moment(record.get("updated_at")))


def _moment(text: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _date_of(exchange: Exchange) -> datetime | None:
    text = next((value for name, value in exchange.headers.items() if name.lower() == "date"), "")
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
