"""Reads change nothing, refused requests change nothing, and unknown ids are not found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from contract_tests.laws.law import law
from contract_tests.scene.deal_writes import full_body
from contract_tests.scene.expectations import NotJudged, expect, refused, response_of
from contract_tests.scene.json_search import Record
from contract_tests.scene.limits import ContractLimits
from contract_tests.scene.requests import valid_request
from contract_tests.scene.scene import Scene

READS: Final = (  # first the operations that `_state` uses: if one of them writes, it is found first
    "getDeal", "listDealTasks", "listDeals", "listDealStages", "getDealPipeline", "getDealStats",
    "getDealTimeline", "listDealLinkedEmails", "exportDeals", "downloadDealTemplate",
)  # fmt: skip
OF_A_DEAL: Final = (
    "getDeal", "updateDeal", "deleteDeal", "moveDealToStage", "createDealNote", "listDealTasks",
    "createDealTask", "getDealTimeline", "listDealLinkedEmails",
)  # fmt: skip
Change = dict[str, Any]
WrongChange = Change | Callable[[ContractLimits], Change]


@law(*READS, needs=("writes",), of_stages="order")
def a_read_changes_nothing(s: Scene) -> None:
    """“Retrieve …”: a GET leaves deals, tasks and stages unchanged."""
    deal = valid_request(s, "getDeal")["id"]
    before = _state(s, deal)
    for operation in READS:
        s.call(operation, **valid_request(s, operation))
    if _state(s, deal) == before:
        return
    for operation in READS:  # find out which of them it was
        before = _state(s, deal)
        exchange = s.call(operation, **valid_request(s, operation))
        after = _state(s, deal)
        wrong = [where for where in before if before[where] != after[where]]
        expect(not wrong, "no change", f"changed: {wrong}", exchange, operation=operation)


def _state(s: Scene, deal: Any) -> dict[str, Any]:
    """The sample deals as listed, a deal, its tasks and the stages, without the risk."""
    listed = s.api.listing(s.samples.base).records
    return {
        "list": [s.api.known(record, ignoring=("risk",)) for record in listed],
        "deal": s.api.known(s.api.deal(deal), ignoring=("risk",)),
        "tasks": _tasks(s, deal),
        "stages": [s.api.known(stage, "Stage") for stage in s.stages()],
    }


def _beyond(keyword: str, by: int) -> Callable[[ContractLimits], Change]:
    """A probability just beyond a documented limit."""
    return lambda limits: {"probability": limits.of("updateDeal", "probability", keyword) + by}


# What is wrong with a body, and the field that makes it so.
WRONG: Final[Mapping[str, WrongChange]] = {
    "name missing": {"name": None},
    "stage_id missing": {"stage_id": None},
    "probability above its maximum": _beyond("maximum", 1),
    "probability below its minimum": _beyond("minimum", -1),
    "expected_close_date is an impossible date": {"expected_close_date": "2031-02-30"},
    "expected_close_date is not a date": {"expected_close_date": "tomorrow"},
    "value is not a number": {"value": "a lot"},
    "stage_id is not a number": {"stage_id": "first"},
}


def _body(s: Scene, change: WrongChange) -> dict[str, Any]:
    """A full body with a change; a field that is None is left out."""
    change = change(s.limits) if callable(change) else change
    body = {**full_body(s, place=1), **change}
    return {name: value for name, value in body.items() if value is not None}


@law("updateDeal", needs=("writes",), cases=WRONG)
def an_invalid_update_is_refused_and_changes_nothing(s: Scene, wrong: str) -> None:
    """“Required”, “(0-100)”, “(YYYY-MM-DD)”, “number”; “400 invalid input”, “422 validation error”."""
    id = s.api.once("unchanged", lambda: s.make.deal(**full_body(s)))
    before = s.api.deal(id)
    exchange = refused(s.call("updateDeal", id=id, json=_body(s, WRONG[wrong])), why=wrong)
    changed = s.api.changed(before, s.api.deal(id), ignoring=("risk",))
    expect(not changed, "the deal unchanged", "; ".join(changed), exchange)


@law("createDeal", needs=("writes",), cases=[case for case in WRONG if not case.endswith("missing")])
def an_invalid_create_is_refused_and_creates_nothing(s: Scene, wrong: str) -> None:
    """“(0-100)”, “(YYYY-MM-DD)”, “number”, “integer”; “400 invalid input”, “422 validation error”."""
    body = _body(s, WRONG[wrong])
    word = str(body["name"]).split()[-1]
    exchange = refused(s.call("createDeal", json=body), why=wrong)
    found = s.api.page({"search": word})
    expect(found.total == 0, "no deal created", f"{found.total} deals", exchange, found.exchange)


@law("createDeal", "updateDeal", needs=("writes",), cases=("createDeal", "updateDeal"))
def an_unknown_stage_id_is_refused(s: Scene, operation: str) -> None:
    """“stage_id Required: Pipeline stage ID”: the ID of an existing stage."""
    id = s.make.deal()
    word = s.word()
    body = {"name": f"Nowhere {word}", "stage_id": s.api.unknown_id()}
    before = s.api.deal(id)
    how = {"id": id} if operation == "updateDeal" else {}
    exchange = s.call(operation, json=body, **how)
    refused(exchange, 400, 404, 422, why="there is no such stage")
    found = s.api.page({"search": word})
    expect(found.total == 0, "no deal with that name", f"{found.total} deals", exchange, operation=operation)
    changed = s.api.changed(before, s.api.deal(id), ignoring=("risk",))
    expect(not changed, "the deal unchanged", "; ".join(changed), exchange, operation=operation)


WRONG_TASKS: Final[Mapping[str, Change]] = {
    "title missing": {"description": "no title"},
    "unknown priority": {"title": "A task", "priority": "no-such-priority"},
}


@law("updateDealTask", needs=("writes",), cases=WRONG_TASKS)
def an_invalid_task_update_is_refused_and_changes_nothing(s: Scene, wrong: str) -> None:
    """“title Required”, “Values: low, medium, high”; “400 invalid input”, “422 validation error”."""
    deal = s.make.deal()
    task = s.make.task(deal, description="before", priority="high")
    before = _tasks(s, deal)
    exchange = refused(s.call("updateDealTask", id=deal, taskId=task, json=WRONG_TASKS[wrong]), why=wrong)
    expect(_tasks(s, deal) == before, "the tasks unchanged", "changed tasks", exchange)


@law("createDealTask", "createDealNote", needs=("writes",), cases=("createDealTask", "createDealNote"))
def an_invalid_task_or_note_is_refused_and_not_saved(s: Scene, operation: str) -> None:
    """“title Required”, “content Required”, “priority: Values: low, medium, high”; “400 invalid input”."""
    deal = s.make.deal()
    before = (s.api.deal(deal), _tasks(s, deal))
    bodies: dict[str, list[Change]] = {
        "createDealTask": [{}, {"title": "A task", "priority": "no-such-priority"}],
        "createDealNote": [{}],
    }
    for body in bodies[operation]:
        exchange = refused(
            s.call(operation, id=deal, json=body), why=f"{body} lacks a required field or has an invalid one"
        )
        changed = s.api.changed(before[0], s.api.deal(deal), ignoring=("risk",))
        expect(not changed, "the deal unchanged", "; ".join(changed), exchange, operation=operation)
        expect(_tasks(s, deal) == before[1], "no new task", "a new task", exchange, operation=operation)


def _tasks(s: Scene, deal: Any) -> list[Record]:
    """The tasks of a deal, in the fields of the contract: others may change by themselves."""
    return [s.api.known(task, "Task") for task in s.api.tasks(deal)[0]]


@law("setDealPrimaryQuote", needs=("writes",))
def an_unknown_quote_cannot_be_primary(s: Scene) -> None:
    """“Set which quote is the primary quote for this deal”: an existing quote."""
    id = s.make.deal()
    before = s.api.deal(id)
    exchange = s.call("setDealPrimaryQuote", id=id, json={"quote_id": s.api.unknown_id()})
    refused(exchange, 400, 404, 422, why="there is no such quote")
    changed = s.api.changed(before, s.api.deal(id), ignoring=("risk",))
    expect(not changed, "the deal unchanged", "; ".join(changed), exchange)


@law("setDealPrimaryQuote", needs=("writes", "quote"))
def the_primary_quote_is_the_one_that_was_set(s: Scene) -> None:
    """“Set which quote is the primary quote for this deal”."""
    settings = s.client.settings
    quote, owner = settings.quote_id, settings.quote_deal_id
    known = (r["id"] for r in s.api.all_deals().records if r.get("primary_quote_id") == quote)
    id = owner if owner is not None else next(known, None)
    if id is None:
        raise NotJudged(
            f"no deal shows quote {quote} as its primary quote, so its deal is unknown: give --quote-deal-id"
        )
    s.client.ownership.allow("deal", id)
    before = s.api.deal(id)
    exchange = s.call("setDealPrimaryQuote", id=id, json={"quote_id": quote})
    expect(exchange.ok, "success", response_of(exchange), exchange)
    after = s.api.deal(id)
    earlier = before.get("primary_quote_id")
    if earlier not in (None, after.get("primary_quote_id")):  # restore it: the deal is not ours
        s.call("setDealPrimaryQuote", id=id, json={"quote_id": earlier})
    shown = {"primary_quote_id": quote} if "primary_quote_id" in before else {}
    changed = s.api.changed({**before, **shown}, after, ignoring=("risk", "updated_at"))
    expect(not changed, f"primary quote {quote}, and everything else unchanged", "; ".join(changed), exchange)


@law(each=OF_A_DEAL)
def an_unknown_deal_is_not_found(s: Scene, operation: str) -> None:
    """“id Required: Resource ID”, “404 not found”."""
    _not_found(s, operation, id=s.api.unknown_id())


@law("getDeal", cases=("0", "-1", "2147483648", "99999999999999999999"))
def an_impossible_deal_id_is_refused(s: Scene, id: str) -> None:
    """“id: integer”, “404 not found”, “400 invalid input”."""
    refused(s.call("getDeal", id=int(id)), 400, 404, 422, why="there is no such deal")


@law(each=("updateDealTask", "deleteDealTask", "deleteDealNote"), needs=("writes",))
def an_unknown_task_or_note_is_not_found(s: Scene, operation: str) -> None:
    """“taskId Required”, “noteId Required”, “404 not found”: also if the deal is unknown."""
    name = "noteId" if operation == "deleteDealNote" else "taskId"
    _not_found(s, operation, **{name: s.api.unknown_id()})
    _not_found(s, operation, id=s.api.unknown_id())


@law(each=("updatePipelineStage", "deletePipelineStage"), needs=("writes",))
def an_unknown_stage_is_not_found(s: Scene, operation: str) -> None:
    """“id Required: Resource ID”, “404 not found”."""
    _not_found(s, operation, id=s.api.unknown_id())


def _not_found(s: Scene, operation: str, **ids: Any) -> None:
    request = valid_request(s, operation)
    exchange = s.call(operation, **{**request, **ids})
    if exchange.status in (401, 403):
        raise NotJudged(f"{operation} returned {exchange.status}")
    expect(exchange.status == 404, "404", response_of(exchange), exchange, operation=operation)
