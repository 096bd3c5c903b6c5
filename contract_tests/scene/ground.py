"""The ground on which laws stand: what the target shows, read once, and things made for the laws alone."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final, Self, TypeVar

from contract_tests.facts import LARGEST_PAGE
from contract_tests.law import NotJudged, answered, expect, granted
from contract_tests.scene.digging import VOLATILE, Record, differences, groups_in, records_in, same
from contract_tests.scene.reading import Page, Reading
from contract_tests.target.exchange import Exchange
from contract_tests.target.implementation import Target
from contract_tests.target.ledger import made_id, ordered_ids

MOST_PAGES: Final = 12  # a longer list is sampled
FAR: Final = 1_000_003  # beyond every id that is in use
LARGEST_ID: Final = 2**31 - 1
LOOKS: Final = 10  # at the deals, to see whether others change them
PAUSES: Final = (0.05, 0.1, 0.2, 0.4, 0.8)  # seconds that a server may take to show something
Answer = TypeVar("Answer")


class Ground:
    """Reads the target, and makes things there."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.call = target.call
        self.shown: list[Exchange] = []  # requests that together show what a law found
        self._numbers = itertools.count(1)
        self._fresh: dict[str, Any] = {}
        self._writes = 0
        target.observers.append(self._note)

    def sibling(self) -> Self:
        """Another one in the same run, that shares nothing but the supply of words."""
        twin = type(self)(self.target.sibling())
        twin._numbers = self._numbers
        return twin

    def refresh(self) -> None:
        """Forget what was read, so that it is read anew."""
        self._fresh.clear()

    def word(self) -> str:
        """A word that stands nowhere else; every name made here carries the run's id."""
        return f"{self.target.run_id}t{next(self._numbers)}e"

    # Reading

    def page(self, query: Mapping[str, Any] | None = None, *, as_: str = "me") -> Page:
        """One page of the list of deals."""
        exchange = granted(self.call("listDeals", query=query, as_=as_))
        body = exchange.json if isinstance(exchange.json, dict) else {}
        records, total = body.get("data"), body.get("total")
        understood = isinstance(records, list) and all(isinstance(r, dict) and "id" in r for r in records)
        expect(
            understood and isinstance(total, int),
            "a page {data, current_page, last_page, per_page, total}",
            answered(exchange),
            exchange,
        )
        numbers = (body.get(name) for name in ("current_page", "last_page", "per_page"))
        return Page(exchange, records or [], total or 0, *numbers)

    def read(
        self, query: Mapping[str, Any] | None = None, *, as_: str = "me", per_page: int = LARGEST_PAGE
    ) -> Reading:
        """All pages of the list for these filters."""
        pages: list[Page] = []
        per_page = min(per_page, LARGEST_PAGE)
        for number in range(1, MOST_PAGES + 1):
            page = self.page({**(query or {}), "per_page": per_page, "page": number}, as_=as_)
            pages.append(page)
            last = page.last_page if isinstance(page.last_page, int) else number
            if not page.records or number >= last:
                return Reading(pages, complete=True)
        return Reading(pages, complete=False)

    def search(self, term: str, enough: Callable[[Reading], bool], **query: Any) -> Reading:
        """The deals found by a term, read until it is enough: an index may take a moment."""
        return self.eventually(lambda: self.read({"search": term, **query}), enough)

    def total(self, **query: Any) -> int:
        """How many deals pass these filters."""
        return self.page({**query, "per_page": 1}).total

    def all_deals(self, *, fresh: bool = False) -> Reading:
        """The whole list, or the beginning of a long one; read once, `fresh`: again after a write."""
        writes, found = self.once("deals", lambda: (self._writes, self.read()))
        if not fresh or writes == self._writes:
            return found
        del self._fresh["deals"]
        return self.all_deals()

    def stages(self, *, fresh: bool = False) -> list[Record]:
        """The pipeline's stages in display order."""
        if fresh:
            self._fresh.pop("stages", None)
        return self.once("stages", self._read_stages)

    def deal(self, id: Any) -> Record:
        """A deal's details as they are now."""
        return self.details(id)[0]

    def details(self, id: Any) -> tuple[Record, Exchange]:
        """A deal's details, and the request that read them."""
        exchange = granted(self.call("getDeal", id=id))
        expect(isinstance(exchange.data, dict), "the deal under `data`", answered(exchange), exchange)
        return exchange.data, exchange

    def tasks(self, deal_id: Any) -> tuple[list[Record], Exchange]:
        """A deal's tasks, and the request that read them."""
        exchange = granted(self.call("listDealTasks", id=deal_id))
        found = records_in(exchange.json)
        if found is None:
            raise NotJudged("no list of tasks is recognised in the answer of listDealTasks")
        return found, exchange

    def board(self, **query: Any) -> tuple[list[tuple[Record, list[Record]]], Exchange]:
        """The groups of deals on the board, and the request that read them."""
        exchange = granted(self.call("getDealPipeline", query=query))
        found = groups_in(exchange.json)
        if found is None:
            raise NotJudged("no groups of deals are recognised in the answer of getDealPipeline")
        return found, exchange

    def stage_like(self, *, won: bool = False, lost: bool = False, place: int = 0) -> Record:
        """A stage of this kind; one is made if there are too few."""
        kind = [s for s in self.stages() if (s.get("is_won"), s.get("is_lost")) == (won, lost)]
        if len(kind) > place:
            return kind[place]
        made = self.new_stage(is_won=won, is_lost=lost)
        return next(stage for stage in self.stages(fresh=True) if stage["id"] == made)

    def unknown_id(self) -> int:
        """An id that no record has."""
        ids = [id for id in self.all_deals().ids if isinstance(id, int)]
        return min(max(ids, default=0) + FAR, LARGEST_ID)

    # Making

    def new_deal(self, **fields: Any) -> Any:
        """Make a deal; its id."""
        body = {"name": f"Deal {self.word()}", **fields}
        if "stage_id" not in body:
            body["stage_id"] = self.stage_like()["id"]
        exchange = self._made("createDeal", json=body)
        id = made_id(exchange.json, "deal")
        return id if id is not None else self._by_name(body["name"])

    def new_stage(self, **fields: Any) -> Any:
        """Make a stage; its id."""
        body = {"name": f"Stage {self.word()}", **fields}
        exchange = self._made("createPipelineStage", json=body)
        id = made_id(exchange.json, "stage")
        named = (stage["id"] for stage in self.stages(fresh=True) if stage.get("name") == body["name"])
        found = next(named, None) if id is None else id
        if found is None:
            raise NotJudged("a stage was made and is not in the list of stages")
        self.target.made("stage", found)
        return found

    def new_task(self, deal_id: Any, **fields: Any) -> Any:
        """Make a task of a deal; its id."""
        body = {"title": f"Task {self.word()}", **fields}
        exchange = self._made("createDealTask", id=deal_id, json=body)
        id = made_id(exchange.json, "task")
        if id is None:
            id = next((t["id"] for t in self.tasks(deal_id)[0] if t.get("title") == body["title"]), None)
        if id is None:
            raise NotJudged("a task was made and its id is not told")
        return id

    def new_note(self, deal_id: Any, content: str) -> Any:
        """Make a note on a deal; its id."""
        id = made_id(self._made("createDealNote", id=deal_id, json={"content": content}).json, "note")
        if id is None:
            raise NotJudged("a note was made and its id is not told")
        return id

    def changed(
        self,
        before: Record,
        after: Record,
        kind: str = "Deal",
        *,
        ignoring: Collection[str] = VOLATILE,
    ) -> list[str]:
        """Where a record is not as before, in fields that the contract knows: others may live."""
        return differences(self.known(before, kind), after, ignoring=ignoring)

    def known(self, record: Record, kind: str = "Deal", *, ignoring: Collection[str] = ()) -> Record:
        """The fields of a record that the contract knows."""
        fields = self.target.contract.full["components"]["schemas"][kind]["properties"].keys() - set(ignoring)
        return {name: value for name, value in record.items() if name in fields}

    def eventually(self, read: Callable[[], Answer], enough: Callable[[Answer], bool]) -> Answer:
        """Read until it is enough, for a server that takes a moment; the last reading."""
        answer = read()
        for pause in PAUSES:
            if enough(answer):
                break
            time.sleep(pause)
            answer = read()
        return answer

    def moves(self) -> bool:
        """Whether the deals change while nothing is done here: others are at work."""
        seen = self._oldest_and_newest()
        for _ in range(LOOKS):
            time.sleep(PAUSES[0])
            if self._oldest_and_newest() != seen:
                return True
        return False

    def _oldest_and_newest(self) -> list[Any]:
        query = {"sort_by": "created_at", "per_page": LARGEST_PAGE}
        answers = [self.call("listDeals", query={**query, "sort_dir": way}).json for way in ("ASC", "DESC")]
        # Whether these are pages as they should be, is for the laws to say.
        records = [record for answer in answers for record in records_in(answer) or []]
        totals = [answer.get("total") for answer in answers if isinstance(answer, dict)]
        return [totals, [self.known(record, ignoring=VOLATILE) for record in records]]

    def _note(self, exchange: Exchange) -> None:
        if exchange.method != "GET" and exchange.ok:
            self._writes += 1

    def _made(self, operation: str, **how: Any) -> Exchange:
        exchange = self.call(operation, **how)
        if not exchange.ok:
            raise NotJudged(f"what it needs could not be made: {operation} answered {exchange.status}")
        return exchange

    def _by_name(self, name: str) -> Any:
        word = name.split()[-1]
        found = self.read({"search": word}).records
        id = next((deal["id"] for deal in found if same(name, deal.get("name"))), None)
        if id is None:
            raise NotJudged("a deal was made, and its id is neither told nor found by its name")
        self.target.made("deal", id)
        return id

    def _read_stages(self) -> list[Record]:
        exchange = granted(self.call("listDealStages"))
        found = exchange.data
        understood = isinstance(found, list) and all(isinstance(s, dict) and "id" in s for s in found)
        expect(understood, "the stages under `data`", answered(exchange), exchange)
        order = ordered_ids(found)
        return sorted(found, key=lambda stage: order.index(stage["id"]))

    def once(self, name: str, read: Callable[[], Answer]) -> Answer:
        """What is read once and shared, until the scene is refreshed."""
        if name not in self._fresh:
            self._fresh[name] = read()
        found: Answer = self._fresh[name]
        return found
