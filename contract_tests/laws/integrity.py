"""What nothing may do: a read that writes, a refusal that leaves a trace, an unknown id that is found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from contract_tests.facts import fact
from contract_tests.law import NotJudged, answered, expect, law, refused
from contract_tests.laws.access import REQUESTS
from contract_tests.laws.deals import full_body
from contract_tests.scene.scene import Scene

READS: Final = (  # first those that tell the state: one that writes is found out first
    "getDeal", "listDealTasks", "listDeals", "listDealStages", "getDealPipeline", "getDealStats",
    "getDealTimeline", "listDealLinkedEmails", "exportDeals", "downloadDealTemplate",
)  # fmt: skip
OF_A_DEAL: Final = (
    "getDeal", "updateDeal", "deleteDeal", "moveDealToStage", "createDealNote", "listDealTasks",
    "createDealTask", "getDealTimeline", "listDealLinkedEmails",
)  # fmt: skip
Change = dict[str, Any]


@law(*READS, needs=("writes",))
def a_read_changes_nothing(s: Scene) -> None:
    """“Retrieve …”: GET reads, and leaves deals, tasks and stages as they were."""
    deal = REQUESTS["getDeal"](s)["id"]
    before = _state(s, deal)
    for operation in READS:
        s.call(operation, **REQUESTS[operation](s))
    if _state(s, deal) == before:
        return
    for operation in READS:  # which of them was it?
        before = _state(s, deal)
        exchange = s.call(operation, **REQUESTS[operation](s))
        after = _state(s, deal)
        wrong = [where for where in before if before[where] != after[where]]
        expect(not wrong, "all as it was", f"changed: {wrong}", exchange, operation=operation)


def _state(s: Scene, deal: Any) -> dict[str, Any]:
    """A deal, its tasks and the stages, all that the herd shows in the list: without their risk."""
    listed = s.read(s.herd.base).records
    return {
        "list": [s.known(record, ignoring=("risk",)) for record in listed],
        "deal": s.known(s.deal(deal), ignoring=("risk",)),
        "tasks": [s.known(task, "Task") for task in s.tasks(deal)[0]],
        "stages": [s.known(stage, "Stage") for stage in s.stages(fresh=True)],
    }


LEAST, MOST = (fact("updateDeal", "probability", limit) for limit in ("minimum", "maximum"))

# What is wrong with a body, and the field with which it is so.
WRONG: Final[Mapping[str, Change]] = {
    "name missing": {"name": None},
    "stage_id missing": {"stage_id": None},
    f"probability over {MOST}": {"probability": MOST + 1},
    f"probability below {LEAST}": {"probability": LEAST - 1},
    "no such day": {"expected_close_date": "2031-02-30"},
    "no date": {"expected_close_date": "tomorrow"},
    "value no number": {"value": "a lot"},
    "stage_id no number": {"stage_id": "first"},
}


def _body(s: Scene, change: Change) -> dict[str, Any]:
    """A full body with a change; None leaves the field out."""
    body = {**full_body(s, place=1), **change}
    return {name: value for name, value in body.items() if value is not None}


@law("updateDeal", needs=("writes",), cases=WRONG)
def a_refused_update_changes_nothing(s: Scene, wrong: str) -> None:
    """“name Required”, “stage_id Required”, “(0-100)”, “(YYYY-MM-DD)”; “400 invalid input”, “422 …”."""
    id = s.once("unchanged", lambda: s.new_deal(**full_body(s)))
    before = s.deal(id)
    exchange = refused(s.call("updateDeal", id=id, json=_body(s, WRONG[wrong])), why=wrong)
    changed = s.changed(before, s.deal(id), ignoring=("risk",))
    expect(not changed, "the deal as it was", "; ".join(changed), exchange)


@law("createDeal", needs=("writes",), cases=[case for case in WRONG if not case.endswith("missing")])
def a_refused_create_makes_nothing(s: Scene, wrong: str) -> None:
    """“(0-100)”, “(YYYY-MM-DD)”, “number”, “integer”; “400 invalid input”, “422 validation error”."""
    body = _body(s, WRONG[wrong])
    word = str(body["name"]).split()[-1]
    exchange = refused(s.call("createDeal", json=body), why=wrong)
    found = s.page({"search": word})
    expect(found.total == 0, "no deal made", f"{found.total} deals", exchange, found.exchange)


@law("createDeal", "updateDeal", needs=("writes",), cases=("createDeal", "updateDeal"))
def a_deal_cannot_be_in_a_stage_that_is_not_there(s: Scene, operation: str) -> None:
    """“stage_id Required: Pipeline stage ID”."""
    id = s.new_deal()
    word = s.word()
    body = {"name": f"Nowhere {word}", "stage_id": s.unknown_id()}
    before = s.deal(id)
    how = {"id": id} if operation == "updateDeal" else {}
    exchange = s.call(operation, json=body, **how)
    refused(exchange, 400, 404, 422, why="there is no such stage")
    found = s.page({"search": word})
    expect(found.total == 0, "no deal of that name", f"{found.total}", exchange, operation=operation)
    changed = s.changed(before, s.deal(id), ignoring=("risk",))
    expect(not changed, "the deal as it was", "; ".join(changed), exchange, operation=operation)


WRONG_TASKS: Final[Mapping[str, Change]] = {
    "title missing": {"description": "no title"},
    "no such priority": {"title": "A task", "priority": "urgent"},
}


@law("updateDealTask", needs=("writes",), cases=WRONG_TASKS)
def a_refused_update_of_a_task_changes_nothing(s: Scene, wrong: str) -> None:
    """“title Required”, “priority: Values: low, medium, high”; “400 invalid input”, “422 …”."""
    deal = s.new_deal()
    task = s.new_task(deal, description="before", priority="high")
    before = s.tasks(deal)[0]
    exchange = refused(s.call("updateDealTask", id=deal, taskId=task, json=WRONG_TASKS[wrong]), why=wrong)
    expect(s.tasks(deal)[0] == before, "the tasks as they were", "changed", exchange)


@law("createDealTask", "createDealNote", needs=("writes",), cases=("createDealTask", "createDealNote"))
def a_refused_task_or_note_is_not_kept(s: Scene, operation: str) -> None:
    """“title Required”, “content Required”, “priority: Values: low, medium, high”; “400 invalid input”."""
    deal = s.new_deal()
    before = (s.deal(deal), s.tasks(deal)[0])
    bodies: dict[str, list[Change]] = {
        "createDealTask": [{}, {"title": "A task", "priority": "urgent"}],
        "createDealNote": [{}],
    }
    for body in bodies[operation]:
        exchange = refused(s.call(operation, id=deal, json=body), why=f"{body} lacks or mistakes a field")
        changed = s.changed(before[0], s.deal(deal), ignoring=("risk",))
        expect(not changed, "the deal as it was", "; ".join(changed), exchange, operation=operation)
        expect(s.tasks(deal)[0] == before[1], "no task kept", "one more", exchange, operation=operation)


@law("setDealPrimaryQuote", needs=("writes",))
def a_quote_that_is_not_there_cannot_be_primary(s: Scene) -> None:
    """“Set which quote is the primary quote for this deal”: one that there is."""
    id = s.new_deal()
    before = s.deal(id)
    exchange = s.call("setDealPrimaryQuote", id=id, json={"quote_id": s.unknown_id()})
    refused(exchange, 400, 404, 422, why="there is no such quote")
    changed = s.changed(before, s.deal(id), ignoring=("risk",))
    expect(not changed, "the deal as it was", "; ".join(changed), exchange)


@law("setDealPrimaryQuote", needs=("writes", "quote"))
def the_primary_quote_is_the_one_that_was_set(s: Scene) -> None:
    """“Set which quote is the primary quote for this deal”."""
    settings = s.target.settings
    quote, owner = settings.quote_id, settings.quote_deal_id
    known = (r["id"] for r in s.all_deals().records if r.get("primary_quote_id") == quote)
    id = owner if owner is not None else next(known, None)
    if id is None:
        raise NotJudged(f"no deal shows quote {quote} as its primary quote, so whose it is is not known")
    before = s.deal(id)
    exchange = s.call("setDealPrimaryQuote", id=id, json={"quote_id": quote})
    expect(exchange.ok, "success", answered(exchange), exchange)
    after = s.deal(id)
    earlier = before.get("primary_quote_id")
    if earlier not in (None, after.get("primary_quote_id")):  # as it was: the deal is not ours
        s.call("setDealPrimaryQuote", id=id, json={"quote_id": earlier})
    shown = {"primary_quote_id": quote} if "primary_quote_id" in before else {}
    changed = s.changed({**before, **shown}, after, ignoring=("risk", "updated_at"))
    expect(not changed, f"quote {quote}, and all else as it was", "; ".join(changed), exchange)


@law(each=OF_A_DEAL)
def an_unknown_deal_is_not_found(s: Scene, operation: str) -> None:
    """“id Required: Resource ID”, “404 not found”."""
    _not_found(s, operation, id=s.unknown_id())


@law("getDeal", cases=("0", "-1", "2147483648", "99999999999999999999"))
def an_id_that_no_deal_can_have_is_not_found(s: Scene, id: str) -> None:
    """“id: integer”, “404 not found”, “400 invalid input”."""
    refused(s.call("getDeal", id=int(id)), 400, 404, 422, why="there is no such deal")


@law(each=("updateDealTask", "deleteDealTask", "deleteDealNote"), needs=("writes",))
def an_unknown_task_or_note_is_not_found(s: Scene, operation: str) -> None:
    """“taskId Required”, “noteId Required”, “404 not found”: whether or not the deal is there."""
    name = "noteId" if operation == "deleteDealNote" else "taskId"
    _not_found(s, operation, **{name: s.unknown_id()})
    _not_found(s, operation, id=s.unknown_id())


@law(each=("updatePipelineStage", "deletePipelineStage"), needs=("writes",))
def an_unknown_stage_is_not_found(s: Scene, operation: str) -> None:
    """“id Required: Resource ID”, “404 not found”."""
    _not_found(s, operation, id=s.unknown_id())


def _not_found(s: Scene, operation: str, **ids: Any) -> None:
    make: Callable[[Scene], dict[str, Any]] = REQUESTS[operation]
    exchange = s.call(operation, **{**make(s), **ids})
    if exchange.status in (401, 403):
        raise NotJudged(f"{operation} answered {exchange.status}")
    expect(exchange.status == 404, "404", answered(exchange), exchange, operation=operation)
