"""A client that knows what its own deals must look like, and finds out when they do not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from benchmarks.robustness.wire import Answer, Connection

MOST_DEALS = 30  # of one client at a time
VOLATILE = frozenset({"risk", "updated_at"})  # depend on notes, tasks and the time
OF_THE_STAGE = frozenset(
    {"stage_id", "stage_name", "is_won", "is_lost", "closed_at", "probability", "loss_reason"}
)
OF_THE_COMPANY = frozenset({"company_id", "company_name"})
STAGES, COMPANIES = range(1, 7), range(1, 6)
Record = dict[str, Any]


class DivergedError(Exception):
    """An answer is not what the client's model says."""


@dataclass(slots=True)
class OwnDeal:
    """A deal as the client expects it."""

    record: Record
    notes: dict[int, str] = field(default_factory=dict)
    tasks: dict[int, Record] = field(default_factory=dict)


class Client:
    """Does a little of everything with deals of its own; others do the same with theirs at the same time."""

    def __init__(self, url: str, token: str, word: str, random: Random) -> None:
        self.word = word
        self.deals: dict[int, OwnDeal] = {}
        self.sent = 0
        self.failures: list[str] = []
        self._connection = Connection(url)
        self._token = token
        self._random = random

    def work(self, requests: int) -> None:
        """Send at least this many requests, and then compare everything; stop at the first failure."""
        actions: tuple[tuple[Callable[[], None], int], ...] = (
            (self.create, 15),
            (self.update, 20),
            (self.move, 10),
            (self.note, 10),
            (self.forget_note, 4),
            (self.task, 10),
            (self.finish_task, 6),
            (self.drop_task, 4),
            (self.read_back, 12),
            (self.find_all, 5),
            (self.delete, 4),
        )
        choices, weights = zip(*actions, strict=True)
        try:
            while self.sent < requests:
                action = self._random.choices(choices, weights)[0]
                (action if self.deals else self.create)()
            self.find_all()
            for id_ in self.deals:
                self.compare(id_)
        except Exception as error:  # whatever goes wrong in a thread must be told
            self.failures.append(f"client {self.word}, request {self.sent}: {error}")
        finally:
            self._connection.close()

    def create(self) -> None:
        """Create a deal, or delete one if there are many."""
        if len(self.deals) >= MOST_DEALS:
            self.delete()
            return
        sent = self._fields()
        record = self._saved("POST", "/deals", sent, 201)
        self._agree(sent, record)
        if record["id"] in self.deals:
            raise DivergedError(f"the id {record['id']} was given twice")
        self.deals[record["id"]] = OwnDeal(record)

    def update(self) -> None:
        """Change some fields; the others keep their values."""
        id_, deal = self._any()
        fields = self._fields()
        kept = self._random.sample(sorted(fields), self._random.randint(1, len(fields)))
        sent = {name: fields[name] for name in {*kept, "name", "stage_id"}}
        record = self._saved("PUT", f"/deals/{id_}", sent, 200)
        self._agree(sent, record)
        self._unchanged(deal.record, record, {*sent, *OF_THE_STAGE, *OF_THE_COMPANY})
        deal.record = record

    def move(self) -> None:
        """Move a deal to another stage."""
        id_, deal = self._any()
        sent = {"stage_id": self._random.choice(STAGES)}
        record = self._saved("PUT", f"/deals/{id_}/stage", sent, 200)
        self._agree(sent, record)
        self._unchanged(deal.record, record, OF_THE_STAGE)
        deal.record = record

    def note(self) -> None:
        """Add a note."""
        id_, deal = self._any()
        sent = {"content": f"{self.word} noted {self.sent}"}
        record = self._saved("POST", f"/deals/{id_}/notes", sent, 201)
        self._agree({**sent, "deal_id": id_}, record)
        deal.notes[record["id"]] = sent["content"]

    def forget_note(self) -> None:
        """Delete a note, if there is one."""
        id_, deal = self._any()
        if deal.notes:
            note = self._random.choice(sorted(deal.notes))
            self._ask("DELETE", f"/deals/{id_}/notes/{note}", None, 200)
            del deal.notes[note]

    def task(self) -> None:
        """Add a task."""
        id_, deal = self._any()
        sent = {"title": f"{self.word} task {self.sent}", "priority": "high", "due_date": "2026-03-01"}
        record = self._saved("POST", f"/deals/{id_}/tasks", sent, 201)
        self._agree({**sent, "deal_id": id_}, record)
        deal.tasks[record["id"]] = record

    def finish_task(self) -> None:
        """Change a task, if there is one."""
        id_, deal = self._any()
        if deal.tasks:
            task = self._random.choice(sorted(deal.tasks))
            sent = {"title": f"{self.word} changed {self.sent}", "due_time": "14:00"}
            record = self._saved("PUT", f"/deals/{id_}/tasks/{task}", sent, 200)
            self._agree(sent, record)
            self._unchanged(deal.tasks[task], record, sent.keys())
            deal.tasks[task] = record

    def drop_task(self) -> None:
        """Delete a task, if there is one."""
        id_, deal = self._any()
        if deal.tasks:
            task = self._random.choice(sorted(deal.tasks))
            self._ask("DELETE", f"/deals/{id_}/tasks/{task}", None, 200)
            del deal.tasks[task]

    def read_back(self) -> None:
        """Compare one deal."""
        self.compare(self._any()[0])

    def delete(self) -> None:
        """Delete a deal; afterwards it is gone."""
        id_, _ = self._any()
        self._ask("DELETE", f"/deals/{id_}", None, 200)
        self._ask("GET", f"/deals/{id_}", None, 404)
        del self.deals[id_]

    def find_all(self) -> None:
        """Search for the client's own word: nothing is lost, nothing is foreign."""
        page = self._ask("GET", f"/deals?per_page=100&search={self.word}", None, 200).json()
        found = {deal["id"]: deal for deal in page["data"]}
        if found.keys() != self.deals.keys() or page["total"] != len(self.deals):
            lost, foreign = self.deals.keys() - found.keys(), found.keys() - self.deals.keys()
            raise DivergedError(f"lost {sorted(lost)}, foreign {sorted(foreign)}, total {page['total']}")
        for id_, deal in self.deals.items():
            self._unchanged(deal.record, found[id_], ())

    def compare(self, id_: int) -> None:
        """The deal, its notes and its tasks are exactly as the model says."""
        deal = self.deals[id_]
        shown = self._ask("GET", f"/deals/{id_}", None, 200).json()["data"]
        notes = {note["id"]: note["content"] for note in shown.pop("deal_notes")}
        self._unchanged(deal.record, shown, ())
        if notes != deal.notes:
            raise DivergedError(f"deal {id_} has the notes {notes}, not {deal.notes}")
        listed = self._ask("GET", f"/deals/{id_}/tasks", None, 200).json()["data"]
        tasks = {task["id"]: task for task in listed}
        if tasks != deal.tasks:
            raise DivergedError(f"deal {id_} has the tasks {tasks}, not {deal.tasks}")

    def _any(self) -> tuple[int, OwnDeal]:
        if not self.deals:
            self.create()
        id_ = self._random.choice(list(self.deals))
        return id_, self.deals[id_]

    def _fields(self) -> Record:
        choose = self._random.choice
        return {
            "name": f"{self.word} deal {self.sent}",
            "stage_id": choose(STAGES),
            "value": choose((0, 0.5, 50_000, 123_456.78, None)),
            "probability": choose((0, 35, 100)),
            "company_id": choose((*COMPANIES, None)),
            "expected_close_date": choose(("2026-03-15", "2027-01-01", None)),
            "notes": choose((f"of {self.word}", "東京 😀", None)),
            "tags": choose(("enterprise,priority", None)),
        }

    def _ask(self, method: str, path: str, body: object, expected: int) -> Answer:
        self.sent += 1
        answer = self._connection.ask(method, path, self._token, body)
        if answer.status != expected:
            raise DivergedError(f"{method} {path} {body} gave {answer.status}: {answer.body[:300]!r}")
        return answer

    def _saved(self, method: str, path: str, body: object, expected: int) -> Record:
        record: Record = self._ask(method, path, body, expected).json()["data"]
        return record

    @staticmethod
    def _agree(sent: Mapping[str, Any], record: Record) -> None:
        expected = dict(sent)
        if "probability" in sent and (record["is_won"] or record["is_lost"]):  # there is no doubt left
            expected["probability"] = 100 if record["is_won"] else 0
        wrong = {name: record.get(name) for name, value in expected.items() if record.get(name) != value}
        if wrong:
            raise DivergedError(f"record {record['id']} was saved with {wrong}, but {dict(sent)} was sent")

    @staticmethod
    def _unchanged(before: Record, after: Record, changed: Any) -> None:
        names = before.keys() | after.keys()
        wrong = [
            name for name in sorted(names - VOLATILE - set(changed)) if before.get(name) != after.get(name)
        ]
        if wrong:
            told = {name: (before.get(name), after.get(name)) for name in wrong}
            raise DivergedError(f"record {before['id']} changed by itself: {told}")
