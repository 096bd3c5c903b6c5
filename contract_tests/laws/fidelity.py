"""What is sent is what is kept: odd texts, zeros, who has much in common, and the time of the change."""

from __future__ import annotations

from typing import Any, Final

from contract_tests.client.exchange import Exchange
from contract_tests.laws.law import law
from contract_tests.scene.deal_writes import full_body, id_of, is_saved
from contract_tests.scene.expectations import NotJudged, expect, granted
from contract_tests.scene.json_search import Record, lost_fields, lost_names
from contract_tests.scene.scene import Scene

TEXTS: Final = {
    "long": "a deal with a name of some length, as they come from other systems, " * 3,
    "accents": "Žluťoučký kůň & Søren Ångström – Café Zoë",
    "emoji": "Rocket 🚀 and family 👨‍👩‍👧",
    "markup": "<b>bold</b> & “quoted” 'text' \\ slash",
}
VALUES: Final = {"cents of millions": 45678901.23, "billions": 123456789012.5, "less than nothing": -250.5}


def _accepted(exchange: Exchange) -> bool:
    """Whether it was taken; to refuse what is odd is no breach of the documentation."""
    if not exchange.ok and exchange.status in (400, 422):
        return False
    return granted(exchange).ok


@law("createDeal", "updateDeal", needs=("writes",), cases=TEXTS)
def a_deal_name_is_refused_or_stored_unchanged(s: Scene, case: str) -> None:
    """“name: Deal name/title”: a name that is taken is the deal's name, whole and unchanged."""
    stage = s.make.stage_like()["id"]
    new, other = ({"name": f"{TEXTS[case].strip()} {s.word()}", "stage_id": stage} for _ in range(2))
    _refused_or_kept(s, new, other)


@law("updateDeal", needs=("writes",))
def a_rename_that_changes_only_the_case_is_saved(s: Scene) -> None:
    """“name: Deal name/title”: the name as it was sent, in these very letters."""
    stage, word = s.make.stage_like()["id"], s.word()
    id = s.make.deal(name=f"in small letters {word}", stage_id=stage)
    body = {"name": f"In Small LETTERS {word}", "stage_id": stage}
    changed = s.call("updateDeal", id=id, json=body)
    if _accepted(changed):
        is_saved(s, id, body, changed)


@law("createDeal", "updateDeal", needs=("writes",), cases=VALUES)
def a_deal_value_is_refused_or_stored_unchanged(s: Scene, case: str) -> None:
    """“value: number, Monetary value”: a value that is taken is the deal's value, and no other number."""
    rest = {"stage_id": s.make.stage_like()["id"], "value": VALUES[case]}
    new, other = ({"name": f"Worth {s.word()}", **rest} for _ in range(2))
    _refused_or_kept(s, new, other)


def _refused_or_kept(s: Scene, new: Record, other: Record) -> None:
    """A deal made so, and another one changed so, is as it was sent, unless that was refused."""
    made = s.call("createDeal", json=new)
    if _accepted(made):
        is_saved(s, id_of(s, new, made), new, made)
    id = s.make.deal()
    changed = s.call("updateDeal", id=id, json=other)
    if _accepted(changed):
        is_saved(s, id, other, changed)


@law("createDeal", "updateDeal", needs=("writes",))
def zero_is_stored_as_zero(s: Scene) -> None:
    """“value: number”, “probability: Win probability percentage (0-100)”: 0 may be set like any other."""
    stage = s.make.stage_like()["id"]
    id = s.make.deal(value=70, probability=70, stage_id=stage)
    body = {"name": f"Nothing {s.word()}", "stage_id": stage, "value": 0, "probability": 0}
    is_saved(s, id, body, granted(s.call("updateDeal", id=id, json=body)))


@law("createDeal", needs=("writes",))
def each_deal_field_is_saved_without_the_others(s: Scene) -> None:
    """“value Optional”, “contact_id Optional”, “tags Optional” …: each of them as it was sent."""
    word, whole = s.word(), full_body(s)
    sent: dict[str, tuple[Record, Exchange]] = {}
    for field in sorted(whole.keys() - {"name", "stage_id"}):
        body = {"name": f"Only {field} {word}", "stage_id": whole["stage_id"], field: whole[field]}
        exchange = s.call("createDeal", json=body)
        if exchange.ok:  # a field that asks for another may be refused, but not be lost
            sent[body["name"]] = (body, exchange)
    found = s.api.search(word, lambda reading: reading.total >= len(sent))
    never = lost_names(whole, s.api.deal(s.make.deal(**whole)))  # nor beside the others: another law says so
    for record in found.records:
        body, exchange = sent[record["name"]]
        kept = {name: value for name, value in body.items() if name not in never}
        if lost_fields(kept, record) and (lost := lost_fields(kept, s.api.deal(record["id"]))):
            expect(False, "every field as it was sent", "; ".join(lost), exchange)


@law(each=("updateDeal", "moveDealToStage", "deleteDeal"), needs=("writes",))
def a_write_changes_only_the_deal_in_the_path(s: Scene, operation: str) -> None:
    """“id Required: Resource ID”: the deal of the path changes, and no other, whatever they share."""
    body = full_body(s)
    stranger = s.make.deal(value=1, notes="before")
    before, id, after = (s.make.deal(**body) for _ in range(3))
    task = s.make.task(after) if operation == "deleteDeal" else None
    others: dict[Any, Any] = {other: s.api.deal(other) for other in (stranger, before, after)}
    bodies: dict[str, list[Any]] = {
        "updateDeal": [{**body, "value": 4444, "notes": "only here"}, full_body(s, place=1)],
        "moveDealToStage": [{"stage_id": s.make.stage_like(place=1)["id"]}],
        "deleteDeal": [None],
    }
    for sent in bodies[operation]:
        exchange = granted(s.call(operation, id=id, **({"json": sent} if sent else {})))
        _unharmed(s, others, exchange)
    found = s.api.search(body["name"].split()[-1], lambda reading: {before, after} <= set(reading.ids))
    expect({before, after} <= set(found.ids), f"the deals {before} and {after}", found.ids, exchange)
    if task is not None:
        left = [each.get("id") for each in s.api.tasks(after)[0]]
        expect(left == [task], f"the task {task} of deal {after}", left, exchange)


def _unharmed(s: Scene, before: dict[Any, Record], write: Exchange) -> None:
    """These deals are as they were."""
    for id, record in before.items():
        exchange = s.call("getDeal", id=id)
        there = exchange.ok and isinstance(exchange.data, dict)
        expect(there, f"deal {id} still there", f"status {exchange.status}", write)
        wrong = s.api.changed(record, exchange.data, ignoring=("risk",))
        expect(not wrong, f"deal {id} as it was", "; ".join(wrong), write)


@law("updateDeal", needs=("writes",))
def an_update_advances_updated_at(s: Scene) -> None:
    """“updated_at” beside “created_at”: when the deal was last changed."""
    id = s.make.deal(value=1)
    before = s.api.deal(id)
    # A deal made in between shows that the target's clock has moved on.
    between = s.api.eventually(
        lambda: s.api.deal(s.make.deal())["created_at"], lambda moment: bool(moment > before["updated_at"])
    )
    if between <= before["updated_at"]:
        raise NotJudged("the target's clock stands still")
    body = {"name": before["name"], "stage_id": before["stage_id"], "value": 2}
    exchange = granted(s.call("updateDeal", id=id, json=body))
    after = s.api.deal(id)["updated_at"]
    expect(after >= between, f"{between} or later", after, exchange)
