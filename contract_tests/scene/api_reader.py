"""Reading the server under test, whatever the structure of its responses; reads can be shared."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final, TypeVar

from contract_tests.client.client import Client
from contract_tests.client.created import ordered_ids
from contract_tests.client.exchange import Exchange
from contract_tests.scene.expectations import NotJudged, expect, granted, response_of
from contract_tests.scene.json_search import VOLATILE, Record, differences, groups_in, records_in
from contract_tests.scene.limits import ContractLimits
from contract_tests.scene.listing import Listing, Page

MOST_PAGES: Final = 12  # a longer list is sampled
FAR: Final = 1_000_003  # far beyond every id in use
LARGEST_ID: Final = 2**31 - 1
PAUSES: Final = (
    0.05,
    0.1,
    0.2,
    0.4,
    0.8,
)  # seconds between reads, for a server that takes a moment to show a change
Value = TypeVar("Value")


class ApiReader:
    """Reads the API; what is read `once` is kept until `refresh`."""

    def __init__(self, client: Client, writes: Counter[str] | None = None) -> None:
        self.client = client
        self.limits = ContractLimits(client.contract)
        self.writes = Counter[str]() if writes is None else writes  # of all workers of the run
        self._kept: dict[str, Any] = {}
        client.observers.append(self._count_write)

    def refresh(self) -> None:
        """Forget what was read."""
        self._kept.clear()

    def once(self, name: str, read: Callable[[], Value]) -> Value:
        """Read this once and share it until `refresh`."""
        if name not in self._kept:
            self._kept[name] = read()
        found: Value = self._kept[name]
        return found

    # The list of deals

    def page(self, query: Mapping[str, Any] | None = None, *, as_: str = "me") -> Page:
        """One page of the list of deals."""
        exchange = granted(self.client.call("listDeals", query=query, as_=as_))
        body = exchange.json if isinstance(exchange.json, dict) else {}
        records, total = body.get("data"), body.get("total")
        if records is None and "data" in body:
            records = []  # an empty list may be null
        understood = isinstance(records, list) and all(isinstance(r, dict) and "id" in r for r in records)
        expect(
            understood and isinstance(total, int),
            "a page {data, current_page, last_page, per_page, total}",
            response_of(exchange),
            exchange,
        )
        numbers = (body.get(name) for name in ("current_page", "last_page", "per_page"))
        return Page(exchange, records or [], total or 0, *numbers)

    def listing(
        self, query: Mapping[str, Any] | None = None, *, as_: str = "me", per_page: int | None = None
    ) -> Listing:
        """All pages of the list for these filters, of the maximum size unless `per_page` is given."""
        pages: list[Page] = []
        per_page = min(per_page or self.limits.largest_page, self.limits.largest_page)
        for number in range(1, MOST_PAGES + 1):
            page = self.page({**(query or {}), "per_page": per_page, "page": number}, as_=as_)
            pages.append(page)
            last = page.last_page if isinstance(page.last_page, int) else number
            if not page.records or number >= last:
                return Listing(pages, complete=True)
        return Listing(pages, complete=False)

    def search(
        self, term: str, enough: Callable[[Listing], bool], *, as_: str = "me", **query: Any
    ) -> Listing:
        """The deals found by a term, read until `enough`: a search index may take a moment.

        If they are not enough in the default scope, which is not documented, the widest one is read.
        """
        return self.eventually(lambda: self._in_some_scope({"search": term, **query}, enough, as_), enough)

    def total(self, **query: Any) -> int:
        """How many deals match these filters."""
        return self.page({**query, "per_page": 1}).total

    def all_deals(self, *, fresh: bool = False) -> Listing:
        """The whole list, or the beginning of a long one; read once, or with `fresh` again after a write."""
        writes, found = self.once("deals", lambda: (self.writes.total(), self.listing()))
        if not fresh or writes == self.writes.total():
            return found
        del self._kept["deals"]
        return self.all_deals()

    def unknown_id(self) -> int:
        """An id that no record has."""
        ids = [id for id in self.all_deals().ids if isinstance(id, int)]
        return min(max(ids, default=0) + FAR, LARGEST_ID)

    # Other views

    def deal(self, id: Any) -> Record:
        """The current details of a deal."""
        return self.details(id)[0]

    def details(self, id: Any) -> tuple[Record, Exchange]:
        """The current details of a deal, and the request that read them."""
        exchange = granted(self.client.call("getDeal", id=id))
        expect(isinstance(exchange.data, dict), "the deal under `data`", response_of(exchange), exchange)
        return exchange.data, exchange

    def stages(self, *, fresh: bool = False) -> list[Record]:
        """The pipeline stages in display order."""
        if fresh:
            self._kept.pop("stages", None)
        return self.once("stages", self._read_stages)

    def tasks(self, deal_id: Any) -> tuple[list[Record], Exchange]:
        """The tasks of a deal, and the request that read them."""
        exchange = granted(self.client.call("listDealTasks", id=deal_id))
        found = records_in(exchange.json)
        if found is None:
            raise NotJudged("no list of tasks is recognised in the response of listDealTasks")
        return found, exchange

    def board(self, **query: Any) -> tuple[list[tuple[Record, list[Record]]], Exchange]:
        """The groups of deals on the board, and the request that read them."""
        exchange = granted(self.client.call("getDealPipeline", query=query))
        found = groups_in(exchange.json)
        if found is None:
            raise NotJudged("no groups of deals are recognised in the response of getDealPipeline")
        return found, exchange

    # Comparing, and waiting

    def changed(
        self, before: Record, after: Record, kind: str = "Deal", *, ignoring: Collection[str] = VOLATILE
    ) -> list[str]:
        """The differences between two states of a record, in the fields of the contract."""
        return differences(self.known(before, kind), after, ignoring=ignoring)

    def known(self, record: Record, kind: str = "Deal", *, ignoring: Collection[str] = ()) -> Record:
        """The fields of a record that the contract has."""
        fields = set(self.client.contract.properties(kind)) - set(ignoring)
        return {name: value for name, value in record.items() if name in fields}

    def eventually(self, read: Callable[[], Value], enough: Callable[[Value], bool]) -> Value:
        """Read until `enough`, for a server that takes a moment; returns the last result."""
        value = read()
        for pause in PAUSES:
            if enough(value):
                break
            time.sleep(pause)
            value = read()
        return value

    # Inside

    def _in_some_scope(self, query: Record, enough: Callable[[Listing], bool], as_: str) -> Listing:
        found, wider = self.listing(query, as_=as_), {**self.limits.widest_scope, **query}
        if enough(found) or wider == query:
            return found
        allowed = self.client.call("listDeals", query={**wider, "per_page": 1}, as_=as_).ok
        wide = self.listing(wider, as_=as_) if allowed else found
        return wide if enough(wide) else found

    def _count_write(self, exchange: Exchange) -> None:
        if exchange.method != "GET" and exchange.ok:
            self.writes[exchange.method] += 1

    def _read_stages(self) -> list[Record]:
        exchange = granted(self.client.call("listDealStages"))
        found = exchange.data
        understood = isinstance(found, list) and all(isinstance(s, dict) and "id" in s for s in found)
        expect(understood, "the stages under `data`", response_of(exchange), exchange)
        order = ordered_ids(found)
        return sorted(found, key=lambda stage: order.index(stage["id"]))
