"""Making records on the server under test; the run deletes them at its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from contract_tests.client.client import Client
from contract_tests.client.created import made_id
from contract_tests.client.exchange import Exchange
from contract_tests.client.ownership import made_by
from contract_tests.scene.api_reader import ApiReader
from contract_tests.scene.expectations import NotJudged
from contract_tests.scene.json_search import Record, same
from contract_tests.scene.run_names import made_by_a_run


class Maker:
    """Makes deals, stages, tasks and notes; every name contains the run's id."""

    def __init__(
        self, client: Client, api: ApiReader, word: Callable[[], str], lasting_stages: set[str] | None = None
    ) -> None:
        self.client, self._api, self._word = client, api, word
        # The stages that are made because there are too few; they last as long as the run.
        self.lasting_stages: set[str] = set() if lasting_stages is None else lasting_stages

    def deal(self, **fields: Any) -> Any:
        """Make a deal; returns its id."""
        body = {"name": f"Deal {self._word()}", **fields}
        if "stage_id" not in body:
            body["stage_id"] = self.stage_like()["id"]
        exchange = self._made("createDeal", json=body)
        id = made_id(exchange.json, "deal")
        return id if id is not None else self._by_name(body["name"])

    def stage(self, **fields: Any) -> Any:
        """Make a stage; returns its id."""
        body = {"name": f"Stage {self._word()}", **fields}
        exchange = self._made("createPipelineStage", json=body)
        id = made_id(exchange.json, "stage")
        named = (stage["id"] for stage in self._api.stages(fresh=True) if stage.get("name") == body["name"])
        found = next(named, None) if id is None else id
        if found is None:
            raise NotJudged("a stage was created but is not in the list of stages")
        self.client.made("stage", found)
        return found

    def stage_like(self, *, won: bool = False, lost: bool = False, place: int = 0) -> Record:
        """An existing stage of this kind; a new one if there are too few."""
        kind = [s for s in self.usable_stages() if (s.get("is_won"), s.get("is_lost")) == (won, lost)]
        if len(kind) > place:
            return kind[place]
        made = self.stage(is_won=won, is_lost=lost)
        self.lasting_stages.add(str(made))
        return next(stage for stage in self._api.stages(fresh=True) if stage["id"] == made)

    def usable_stages(self, *, fresh: bool = False) -> list[Record]:
        """The stages in which deals may be put: not those of a run, which may be gone at any moment."""
        stages = self._api.stages(fresh=fresh)
        return [s for s in stages if str(s["id"]) in self.lasting_stages or not made_by_a_run(s)]

    def task(self, deal_id: Any, **fields: Any) -> Any:
        """Make a task on a deal; returns its id."""
        body = {"title": f"Task {self._word()}", **fields}
        exchange = self._made("createDealTask", id=deal_id, json=body)
        id = made_id(exchange.json, "task")
        if id is None:
            tasks, _ = self._api.tasks(deal_id)
            id = next((task["id"] for task in tasks if task.get("title") == body["title"]), None)
        if id is None:
            raise NotJudged("a task was created but its id is not shown")
        return id

    def note(self, deal_id: Any, content: str) -> Any:
        """Make a note on a deal; returns its id."""
        id = made_id(self._made("createDealNote", id=deal_id, json={"content": content}).json, "note")
        if id is None:
            raise NotJudged("a note was created but the response does not show its id")
        return id

    def _made(self, operation: str, **how: Any) -> Exchange:
        exchange = self.client.call(operation, **how)
        if not exchange.ok:
            raise NotJudged(
                f"the records it needs could not be created: {operation} returned {exchange.status}"
            )
        if (made := made_by(exchange)) and not self.client.ownership.is_own(*made):
            raise NotJudged(f"{operation} returns the id of another record: {' '.join(made)}")
        return exchange

    def _by_name(self, name: str) -> Any:
        found = self._api.search(name.split()[-1], lambda listing: bool(listing.records)).records
        id = next((deal["id"] for deal in found if same(name, deal.get("name"))), None)
        if id is None:
            raise NotJudged(
                "a deal was created but the response does not show its id, and a search does not find it"
            )
        self.client.made("deal", id)
        return id
